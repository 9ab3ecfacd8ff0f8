/**
 * Zips and what is in them: each one kept once, by its hash, as a blob and as an unpacked directory, for as long as a version or a layer
 * version refers to it.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Blob } from "../../kernel/blobs.ts";
import type { ServiceContext } from "../../service.ts";
import { codes, type CodeRow } from "./state.ts";
import { unpack } from "./zip.ts";

/** A zip that was taken in and is not referred to yet. Give it back with `settle` when the transaction is done or has failed. */
export interface Admitted {
  readonly codeHash: string;
  readonly codeSize: number;
  readonly unpackedSize: number;
  readonly blob: Blob;
}

export interface CodeStore {
  /** Unpacks `zip`. Raises InvalidParameterValueException for what is no zip or too large. */
  admit(context: ServiceContext, zip: Uint8Array): Promise<Admitted>;
  /** Inside a transaction: one more reference to what was admitted. */
  keep(context: ServiceContext, admitted: Admitted): void;
  /** Inside a transaction: one more reference to what is there already. */
  keepAgain(context: ServiceContext, hash: string): void;
  /** Inside a transaction: one reference fewer; the last one takes the code away afterwards. */
  release(context: ServiceContext, hash: string): void;
  /** What was admitted is kept by now, or it will not be. */
  settle(context: ServiceContext, admitted: Admitted): Promise<void>;
  /** Where the code lies unpacked. */
  directory(context: ServiceContext, hash: string): Promise<string>;
  /** Takes away what no row refers to: once, at the start. */
  sweep(context: ServiceContext): Promise<void>;
}

export function createCodeStore(): CodeStore {
  /** Work on one hash is done in turn: unpacking and taking away must not meet. */
  const turns = new Map<string, Promise<unknown>>();
  /** How many admissions of a hash are not settled. */
  const held = new Map<string, number>();
  /** What this process knows to lie unpacked, and its size. */
  const present = new Map<string, number>();

  function inTurn<T>(hash: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(hash) ?? Promise.resolve()).then(work, work);
    turns.set(hash, turn);
    const end = (): void => {
      if (turns.get(hash) === turn) turns.delete(hash);
    };
    turn.then(end, end);
    return turn;
  }

  async function unpackOnce(context: ServiceContext, hash: string, zip: () => Promise<Uint8Array>): Promise<number> {
    const target = directoryOf(context, hash);
    const building = `${target}.${context.random.hex(8)}.part`;
    await mkdir(building, { recursive: true });
    try {
      const size = await unpack(await zip(), building);
      await rename(building, target);
      present.set(hash, size);
      return size;
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      throw error;
    }
  }

  function removeUnlessUsed(context: ServiceContext, hash: string): Promise<void> {
    return inTurn(hash, async () => {
      if (held.has(hash) || context.table(codes).has(hash)) return;
      present.delete(hash);
      await rm(directoryOf(context, hash), { recursive: true, force: true });
    });
  }

  return {
    async admit(context, zip) {
      const codeHash = createHash("sha256").update(zip).digest("hex");
      held.set(codeHash, (held.get(codeHash) ?? 0) + 1);
      try {
        return await inTurn(codeHash, async () => {
          const row = context.table(codes).get(codeHash);
          if (row !== undefined) {
            return { codeHash, codeSize: row.size, unpackedSize: row.unpackedSize, blob: row.blob };
          }
          // Another admission of the same zip may have unpacked it and not be settled yet.
          const unpackedSize =
            present.get(codeHash) ?? (await unpackOnce(context, codeHash, () => Promise.resolve(zip)));
          return { codeHash, codeSize: zip.length, unpackedSize, blob: await context.blobs.write(zip) };
        });
      } catch (error) {
        dropHold(held, codeHash);
        throw error;
      }
    },
    keep(context, { codeHash, codeSize, unpackedSize, blob }) {
      const table = context.table(codes);
      const row = table.get(codeHash);
      if (row === undefined) context.blobs.keep(blob);
      const fresh: CodeRow = { hash: codeHash, size: codeSize, unpackedSize, blob, references: 0 };
      const kept = row ?? fresh;
      table.put([codeHash], { ...kept, references: kept.references + 1 });
    },
    keepAgain(context, hash) {
      const table = context.table(codes);
      const row = table.get(hash);
      if (row === undefined) throw new Error(`there is no code ${hash} to refer to`);
      table.put([hash], { ...row, references: row.references + 1 });
    },
    release(context, hash) {
      const table = context.table(codes);
      const row = table.get(hash);
      if (row === undefined) return;
      if (row.references > 1) {
        table.put([hash], { ...row, references: row.references - 1 });
        return;
      }
      table.remove(hash);
      context.blobs.release(row.blob);
      context.afterCommit(() => void removeUnlessUsed(context, hash));
    },
    async settle(context, { codeHash, blob }) {
      dropHold(held, codeHash);
      await context.blobs.discard(blob);
      await removeUnlessUsed(context, codeHash);
    },
    async directory(context, hash) {
      const directory = directoryOf(context, hash);
      if (present.has(hash)) return directory;
      return await inTurn(hash, async () => {
        const row = context.table(codes).get(hash);
        if (row === undefined) throw new Error(`there is no code ${hash}`);
        if (existsSync(directory)) present.set(hash, row.unpackedSize);
        else await unpackOnce(context, hash, () => context.blobs.bytes(row.blob));
        return directory;
      });
    },
    async sweep(context) {
      const root = path.join(context.directory, "code");
      const names = await readdir(root).catch(() => []);
      const table = context.table(codes);
      for (const name of names) {
        if (!table.has(name)) await rm(path.join(root, name), { recursive: true, force: true });
      }
    },
  };
}

function dropHold(held: Map<string, number>, hash: string): void {
  const left = (held.get(hash) ?? 0) - 1;
  if (left > 0) held.set(hash, left);
  else held.delete(hash);
}

function directoryOf(context: ServiceContext, hash: string): string {
  return path.join(context.directory, "code", hash);
}
