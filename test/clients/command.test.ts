/** The command as a user types it: a cloud that is brought up, asked, wound on and taken down. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../src/testing/process.ts";
import { run, type Ran } from "./tools.ts";

const COMMAND = fileURLToPath(new URL("../../bin/seatrial", import.meta.url));

describe("the command seatrial", () => {
  let folder: string;
  let port: number;
  const seatrial = (...args: string[]): Promise<Ran> =>
    run(process.execPath, [COMMAND, ...args], { ...process.env, SEATRIAL_PORT: String(port) }, folder);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    port = await freePort();
  });
  afterEach(async () => {
    await seatrial("down");
    rmSync(folder, { recursive: true, force: true });
  });

  it("brings a cloud up, tells of it, winds its clock and takes it down", async () => {
    const up = await seatrial("up", "--detach", "--clock", "manual");
    expect(up).toMatchObject({ status: 0, stderr: "" });
    expect(up.stdout).toContain(`Seatrial is up on http://127.0.0.1:${port}`);

    const [status, env, clock] = await Promise.all([seatrial("status"), seatrial("env"), seatrial("clock")]);
    expect(status.stdout).toMatch(/Running on .* \(process \d+\)\nServices: iam, s3, sts, .*\nClock: .* \(manual\)\n/);
    expect(env.stdout).toContain(`export AWS_ENDPOINT_URL=http://127.0.0.1:${port}\n`);
    expect(env.stdout).toContain("export AWS_ACCESS_KEY_ID=000000000000\n");

    const advanced = await seatrial("clock", "advance", "1h30m");
    const time = (ran: Ran): number => Date.parse(ran.stdout.split(" ")[0] ?? "");
    expect(time(advanced) - time(clock)).toBe(90 * 60_000);

    const second = await seatrial("up", "--detach");
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`A cloud already runs on port ${port}.`);
    const foreground = await seatrial("up", "--data-dir", "other");
    expect(foreground.status).toBe(1);
    expect(foreground.stderr).toContain(`Port ${port} is taken.`);

    expect(await seatrial("down")).toMatchObject({ status: 0, stdout: `Stopped the cloud on port ${port}.\n` });
    expect((await seatrial("status")).status).toBe(1);
  });

  it("refuses a second cloud on the same data directory", async () => {
    expect((await seatrial("up", "--detach", "--data-dir", "data")).status).toBe(0);
    const other = await freePort();
    const second = await seatrial("up", "--detach", "--data-dir", "data", "--port", String(other));
    if (second.status === 0) await seatrial("down", "--port", String(other));
    expect(second.status).toBe(1);
    expect(second.stderr).toContain("Another cloud works in the data directory");
  });

  it("exits with 2 when it is typed wrong and 1 when there is no cloud", async () => {
    const typedWrong = [
      ["up", "--nonsense"],
      ["up", "--port", "70000"],
      ["up", "--clock", "fast"],
      ["sail"],
      ["clock", "advance"],
    ];
    const wrong = await Promise.all(typedWrong.map((args) => seatrial(...args)));
    for (const { status, stderr } of wrong) {
      expect(status, stderr).toBe(2);
      expect(stderr).toMatch(/^error: /);
    }
    const lost = [["down"], ["status"], ["clock"], ["clock", "advance", "10m"]];
    for (const { status, stderr } of await Promise.all(lost.map((args) => seatrial(...args)))) {
      expect(status, stderr).toBe(1);
      expect(stderr).toContain(`No cloud answers on port ${port}.`);
    }
  });
});
