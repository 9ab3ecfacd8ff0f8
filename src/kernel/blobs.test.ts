/** Blobs: kept by the transaction that refers to them, gone with the last reference, swept when nobody kept them. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKernel, type Kernel } from "./kernel.ts";

describe("a blob", () => {
  let directory: string;
  let kernel: Kernel;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-blobs-"));
    kernel = createKernel({ directory });
  });
  afterEach(async () => {
    await kernel.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const files = (): string[] => readdirSync(join(directory, "blobs"));
  const large = Buffer.alloc(100_000, "seatrial ");
  const inPieces = (): Readable =>
    Readable.from([large.subarray(0, 7), large.subarray(7, 60_000), large.subarray(60_000)]);

  it.each([
    ["small bytes", () => Buffer.from("hello"), Buffer.from("hello"), 0],
    ["no bytes", () => Readable.from([]), Buffer.alloc(0), 0],
    ["large bytes", () => large, large, 1],
    ["a small stream", () => Readable.from([Buffer.from("he"), Buffer.from("llo")]), Buffer.from("hello"), 0],
    ["a large stream", inPieces, large, 1],
  ])("made of %s gives them back, whole and in ranges", async (_, source, expected, fileCount) => {
    const blob = await kernel.blobs.write(source());
    kernel.transact(() => kernel.blobs.keep(blob));
    expect(blob.size).toBe(expected.length);
    expect(Buffer.from(await kernel.blobs.bytes(blob)).equals(expected)).toBe(true);
    expect((await buffer(kernel.blobs.read(blob))).equals(expected)).toBe(true);
    if (expected.length > 0) {
      expect(await buffer(kernel.blobs.read(blob, { start: 1, end: 3 }))).toEqual(expected.subarray(1, 4));
    }
    expect(files()).toHaveLength(fileCount);
  });

  it("stays until its last reference is gone", async () => {
    const blob = await kernel.blobs.write(large);
    kernel.transact(() => kernel.blobs.keep(blob));
    kernel.transact(() => kernel.blobs.keep(blob));
    kernel.transact(() => kernel.blobs.release(blob));
    expect(files()).toHaveLength(1);
    kernel.transact(() => kernel.blobs.release(blob));
    await expect.poll(files).toEqual([]);
  });

  it("is not taken away by a transaction that fails", async () => {
    const blob = await kernel.blobs.write(large);
    kernel.transact(() => kernel.blobs.keep(blob));
    expect(() =>
      kernel.transact(() => {
        kernel.blobs.release(blob);
        throw new Error("no");
      }),
    ).toThrow("no");
    expect((await buffer(kernel.blobs.read(blob))).equals(large)).toBe(true);
  });

  it("leaves nothing behind when its source breaks", async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield large;
      throw new Error("the client went away");
    }
    await expect(kernel.blobs.write(Readable.from(broken()))).rejects.toThrow("the client went away");
    expect(files()).toEqual([]);
  });

  it("that nobody kept is swept at the next start, one that was kept is still there", async () => {
    const kept = await kernel.blobs.write(large);
    await kernel.blobs.write(inPieces());
    kernel.transact(() => kernel.blobs.keep(kept));
    await kernel.close();
    kernel = createKernel({ directory });
    expect(files()).toHaveLength(1);
    expect((await buffer(kernel.blobs.read(kept))).equals(large)).toBe(true);
  });
});
