/**
 * Bytes that are too many for a row: an object's content, a function's zip. Written first, then kept by the transaction
 * that refers to them; what no transaction kept is swept at the next start. Small ones live inside the row itself.
 */
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "./errors.ts";
import type { Random } from "./random.ts";
import type { Store } from "./store.ts";
import { defineTable, openTable } from "./table.ts";

/** Goes into a row as it is. */
export type Blob =
  | { readonly size: number; readonly bytes: Uint8Array }
  | { readonly size: number; readonly file: string };

/** Bytes `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Blobs {
  /** Takes all of `source`; the blob is not kept yet. Raises what the source raises, leaving nothing behind. */
  write(source: Readable | Uint8Array): Promise<Blob>;
  /** Inside a transaction: one more row refers to the blob. */
  keep(blob: Blob): void;
  /** Inside a transaction: one row fewer refers to it; the last one takes the bytes away once the transaction is done. */
  release(blob: Blob): void;
  /** For a blob that was written and will not be kept. */
  discard(blob: Blob): Promise<void>;
  read(blob: Blob, range?: ByteRange): Readable;
  bytes(blob: Blob): Promise<Uint8Array>;
  /** The blob as a file on disk; undefined when it lives in its row. Do not change it. */
  path(blob: Blob): string | undefined;
}

const references = defineTable<number>("blobs", "global");
const INLINE_BYTES = 16 * 1024;

/** A full disk is no bug, and is told as the store tells it. */
function told(error: unknown): unknown {
  const full = error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
  if (!full) return error;
  return new AwsError("ServiceUnavailable", "The disk that holds the data directory is full.", { status: 503 });
}

/** `afterCommit` runs a function once the transaction under way has ended well. */
export function createBlobs(
  store: Store,
  directory: string,
  random: Random,
  afterCommit: (work: () => void) => void,
): Blobs {
  const table = openTable(store, references, { account: "", region: "" });
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) {
    if (!table.has(name)) rmSync(join(directory, name), { force: true, recursive: true });
  }

  const pathOf = (file: string): string => join(directory, file);

  async function writeFile(head: readonly Buffer[], rest: AsyncIterator<Buffer>): Promise<Blob> {
    const file = random.hex(32);
    const temporary = `${pathOf(file)}.part`;
    let size = 0;
    async function* all(): AsyncGenerator<Buffer> {
      for (const chunk of head) {
        size += chunk.length;
        yield chunk;
      }
      for (let step = await rest.next(); !step.done; step = await rest.next()) {
        size += step.value.length;
        yield step.value;
      }
    }
    try {
      await pipeline(all, createWriteStream(temporary, { highWaterMark: 1024 * 1024 }));
      await rename(temporary, pathOf(file));
    } catch (error) {
      await rm(temporary, { force: true });
      throw told(error);
    }
    return { size, file };
  }

  return {
    async write(source) {
      if (source instanceof Uint8Array) {
        if (source.length <= INLINE_BYTES) return { size: source.length, bytes: Uint8Array.from(source) };
        const file = random.hex(32);
        const handle = await open(pathOf(file), "wx");
        try {
          await handle.writeFile(source);
        } catch (error) {
          await rm(pathOf(file), { force: true });
          throw told(error);
        } finally {
          await handle.close();
        }
        return { size: source.length, file };
      }
      const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
      const head: Buffer[] = [];
      let size = 0;
      for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
        head.push(step.value);
        size += step.value.length;
        if (size > INLINE_BYTES) return writeFile(head, chunks);
      }
      return { size, bytes: Uint8Array.from(Buffer.concat(head)) };
    },

    keep(blob) {
      if ("file" in blob) table.put([blob.file], (table.get(blob.file) ?? 0) + 1);
    },

    release(blob) {
      if (!("file" in blob)) return;
      const left = (table.get(blob.file) ?? 0) - 1;
      if (left > 0) {
        table.put([blob.file], left);
        return;
      }
      table.remove(blob.file);
      afterCommit(() => void rm(pathOf(blob.file), { force: true }));
    },

    async discard(blob) {
      if ("file" in blob && !table.has(blob.file)) await rm(pathOf(blob.file), { force: true });
    },

    read(blob, range) {
      if ("file" in blob) return createReadStream(pathOf(blob.file), { ...range, highWaterMark: 256 * 1024 });
      const bytes = range === undefined ? blob.bytes : blob.bytes.subarray(range.start, range.end + 1);
      return Readable.from(bytes.length === 0 ? [] : [Buffer.from(bytes)], { objectMode: false });
    },

    bytes: async (blob) => ("file" in blob ? await readFile(pathOf(blob.file)) : blob.bytes),

    path: (blob) => ("file" in blob ? pathOf(blob.file) : undefined),
  };
}
