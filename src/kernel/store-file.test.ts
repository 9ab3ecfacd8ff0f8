/** A damaged file of the store is told as such, where LMDB would crash. */
import { copyFileSync, mkdtempSync, openSync, closeSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskStore } from "./disk-store.ts";
import { UsageError } from "./errors.ts";
import { damageOf } from "./store-file.ts";

describe("the store's file", () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-file-"));
    file = join(directory, "data.mdb");
    const store = createDiskStore(directory);
    for (let index = 0; index < 200; index++) store.transact(() => store.put(`k${index}`, Buffer.alloc(1000, index)));
    await store.close();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is in order after work, and where there is none yet", async () => {
    expect(damageOf(file)).toBeUndefined();
    expect(damageOf(join(directory, "none"))).toBeUndefined();
    const store = createDiskStore(directory);
    expect(store.get("k7")?.length).toBe(1000);
    await store.close();
  });

  it("that is overwritten or cut off is refused with a UsageError that names the directory", () => {
    const whole = `${file}.whole`;
    copyFileSync(file, whole);
    const opened = openSync(file, "r+");
    writeSync(opened, Buffer.alloc(20_000, 0x5a), 0, 20_000, 0);
    closeSync(opened);
    expect(() => createDiskStore(directory)).toThrow(UsageError);
    expect(() => createDiskStore(directory)).toThrow(`${directory} is damaged`);
    for (const length of [1, 5_000, 9_000]) {
      copyFileSync(whole, file);
      truncateSync(file, length);
      expect(() => createDiskStore(directory), `${length} bytes`).toThrow("is damaged");
    }
  });

  it("is not written to while the disk is full, and takes transactions again when there is space", async () => {
    let free = 1_000;
    const store = createDiskStore(directory, () => free);
    expect(() => store.transact(() => store.put("k", Buffer.of(1)))).toThrow(
      expect.objectContaining({ code: "ServiceUnavailable", message: expect.stringContaining(directory) }),
    );
    free = 2 ** 30;
    store.transact(() => store.put("k", Buffer.of(1)));
    expect(store.get("k")).toEqual(Buffer.of(1));
    await store.close();
  });
});
