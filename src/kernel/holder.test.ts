/** One cloud in a data directory at a time, told clearly; a dead one is in nobody's way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "./errors.ts";
import { beganOf, holdDirectory } from "./holder.ts";
import { createKernel } from "./kernel.ts";
import { createMemoryStore } from "./memory-store.ts";
import { openTable } from "./table.ts";

describe("a data directory", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-holder-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is refused to a second cloud, which sweeps nothing of the first", async () => {
    const kernel = createKernel({ directory });
    mkdirSync(join(directory, "blobs"), { recursive: true });
    const upload = join(directory, "blobs", "0123.part");
    writeFileSync(upload, "half of an upload");
    expect(() => createKernel({ directory })).toThrow(UsageError);
    expect(() => createKernel({ directory })).toThrow(`Another cloud works in the data directory ${directory}`);
    expect(existsSync(upload)).toBe(true);
    await kernel.close();
    await createKernel({ directory }).close();
  });

  it.skipIf(process.platform !== "linux")(
    "is free once its holder was killed, though nobody has heard of its end",
    async () => {
      // The shell becomes a program that never asks after the child that it had started.
      const careless = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const [line]: unknown[] = await once(careless.stdout, "data");
        const pid = Number(String(line));
        const store = createMemoryStore();
        const holders = openTable(store, { name: "holder", scope: "global" }, { account: "", region: "" });
        store.transact(() => holders.put(["process"], { pid, began: beganOf(pid) }));
        expect(() => holdDirectory(store, directory)).toThrow(`(process ${pid})`);
        process.kill(pid, "SIGKILL");
        await expect.poll(() => beganOf(pid)).toBe("ended");
        holdDirectory(store, directory)();
      } finally {
        careless.kill("SIGKILL");
      }
    },
  );

  it("is refused while another process holds it, and free once that is dead", async () => {
    const store = createMemoryStore();
    const other = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    const holders = openTable(store, { name: "holder", scope: "global" }, { account: "", region: "" });
    const release = holdDirectory(store, directory);
    const mine = { ...Object(holders.get("process")) };
    release();

    store.transact(() => holders.put(["process"], { ...mine, pid: other.pid, began: "another time" }));
    holdDirectory(store, directory)();

    store.transact(() => holders.put(["process"], { ...mine, pid: process.ppid, began: beganOf(process.ppid) }));
    expect(() => holdDirectory(store, directory)).toThrow(`(process ${process.ppid})`);

    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    store.transact(() => holders.put(["process"], { ...mine, pid: other.pid }));
    holdDirectory(store, directory)();
  });
});
