/** A cloud in a process of its own, for the tests that kill it or speak to it through the command. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export interface CloudProcess {
  readonly endpointUrl: string;
  readonly port: number;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
  /** `SIGTERM`, and waits until the process has ended. */
  stop(): Promise<void>;
}

const COMMAND = fileURLToPath(new URL("../../bin/seatrial", import.meta.url));

/** Starts `seatrial up` with these arguments beside `--port` and waits until it answers. Raises its output when it does not. */
export async function startCloudProcess(args: readonly string[], port?: number): Promise<CloudProcess> {
  const chosen = port ?? (await freePort());
  const child = spawn(process.execPath, [COMMAND, "up", "--port", String(chosen), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  await announced(child);
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) {
        resolve();
        return;
      }
      child.once("exit", () => resolve());
      child.kill(signal);
    });
  return {
    endpointUrl: `http://localhost:${chosen}`,
    port: chosen,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

/** Resolves with the line that says that the cloud is up. */
function announced(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes("Seatrial is up")) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`seatrial up ended with ${code}: ${output}`)));
  });
}

/** A port that nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
