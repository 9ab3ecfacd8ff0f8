/** `seatrial up`: runs the cloud in this process, or in one of its own with `--detach`. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createCloud } from "../cloud.ts";
import type { ClockMode } from "../kernel/clock.ts";
import { UsageError } from "../kernel/errors.ts";
import { healthOf } from "./control-client.ts";

export interface UpOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly ephemeral?: boolean;
  readonly clock: ClockMode;
  readonly detach?: boolean;
}

export async function up(options: UpOptions): Promise<void> {
  if (options.detach) await detach(options);
  else await run(options);
}

async function run({ port, host, dataDir, ephemeral, clock }: UpOptions): Promise<void> {
  const dataDirectory = ephemeral ? undefined : resolve(dataDir);
  const cloud = await createCloud({ port, host, clock, ...(dataDirectory === undefined ? {} : { dataDirectory }) });
  console.log(
    `Seatrial is up on ${cloud.endpointUrl}; state ${dataDirectory === undefined ? "is not kept" : `is kept in ${dataDirectory}`}.`,
  );
  console.log(`Point AWS tools at it: eval "$(seatrial env --port ${cloud.port})"`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void cloud.close().then(() => process.exit(0));
    });
  }
}

/** Starts the same command in a process of its own and waits until that answers. */
async function detach(options: UpOptions): Promise<void> {
  const { port, host, dataDir, ephemeral, clock } = options;
  if (port === 0)
    throw new UsageError("--detach needs a port that others can be told: give --port a number from 1 to 65535.");
  if ((await healthOf(port)) !== undefined) {
    throw new UsageError(
      `A cloud already runs on port ${port}. Stop it with "seatrial down --port ${port}", or give another --port.`,
    );
  }
  const logDirectory = ephemeral ? tmpdir() : resolve(dataDir);
  mkdirSync(logDirectory, { recursive: true });
  const logFile = join(logDirectory, `seatrial-${port}.log`);
  const log = openSync(logFile, "a");
  const place = ephemeral ? ["--ephemeral"] : ["--data-dir", dataDir];
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? "", "up", "--port", String(port), "--host", host, "--clock", clock, ...place],
    { detached: true, stdio: ["ignore", log, log] },
  );
  let ended = false;
  child.once("exit", () => (ended = true));
  child.unref();
  for (let attempt = 0; attempt < 400; attempt++) {
    const health = await healthOf(port);
    if (health !== undefined) {
      console.log(`Seatrial is up on http://127.0.0.1:${port} (process ${health.pid}); it writes to ${logFile}.`);
      console.log(`Point AWS tools at it: eval "$(seatrial env --port ${port})"`);
      return;
    }
    if (ended) break;
    await new Promise((wake) => setTimeout(wake, 25));
  }
  throw new UsageError(
    `The cloud did not come up. The end of ${logFile} says:\n${readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n")}`,
  );
}
