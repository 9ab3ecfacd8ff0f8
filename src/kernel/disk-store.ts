/**
 * The store of a cloud that outlives its process: LMDB. A transaction is written to the file before `transact` returns, so
 * that `kill -9` loses nothing that was answered; the disk itself is synchronised in the background (`noSync`), so that only a
 * power cut can cost the last moments (docs/decisions/0003-durability.md).
 */
import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { AwsError, UsageError } from "./errors.ts";
import { damageOf } from "./store-file.ts";
import { checkKey, refuseWriteOutsideTransaction, type KeyRange, type Store } from "./store.ts";

/** Carries an abort through LMDB, which swallows nothing else by that name. */
const undone = Symbol("undone");

/** LMDB must never meet a full disk: after a write that failed for want of space, lmdb-js corrupts the process's memory. */
const RESERVED_BYTES = 4 * 2 ** 20;
/**
 * Asking the system for its free space costs as much as a transaction, so one look is good for so many transactions (of some 24 KiB of
 * rewritten pages each) and so many bytes of rows: together less than the reserve.
 */
const TRANSACTIONS_A_LOOK = 64;
const BYTES_A_LOOK = 2 ** 20;

/**
 * Opens (or makes) the store in `directory`. Raises UsageError when the directory cannot be used; a transaction raises
 * ServiceUnavailable while the disk is full. `freeBytes` tells how much may still be written there.
 */
export function createDiskStore(directory: string, freeBytes = () => freeBytesOf(directory)): Store {
  const root = openRoot(directory);
  let depth = 0;
  let undo: (() => void)[] = [];
  let transactionsLeft = 0;
  let bytesLeft = 0;

  function checkSpace(): void {
    if (transactionsLeft-- > 0 && bytesLeft > 0) return;
    if (freeBytes() < RESERVED_BYTES) throw diskFull(directory);
    transactionsLeft = TRANSACTIONS_A_LOOK;
    bytesLeft = BYTES_A_LOOK;
  }

  function remember(key: string): void {
    if (depth === 0) refuseWriteOutsideTransaction();
    // The outermost transaction is LMDB's own to undo; only nested ones need their steps back.
    if (depth === 1) return;
    const bytes = Buffer.from(key);
    const before = root.getBinary(bytes);
    undo.push(() => (before === undefined ? root.removeSync(bytes) : root.putSync(bytes, before)));
  }

  return {
    get: (key) => root.getBinary(Buffer.from(key)),

    *range({ start, end, reverse, limit }: KeyRange) {
      const bounds = reverse
        ? { start: Buffer.from(end), end: Buffer.from(start), reverse: true, exclusiveStart: true, inclusiveEnd: true }
        : { start: Buffer.from(start), end: Buffer.from(end) };
      for (const { key, value } of root.getRange({ ...bounds, ...(limit === undefined ? {} : { limit }) })) {
        yield [key.toString(), value];
      }
    },

    put(key, value) {
      remember(checkKey(key));
      root.putSync(Buffer.from(key), value);
      bytesLeft -= value.length;
    },

    remove(key) {
      remember(key);
      root.removeSync(Buffer.from(key));
    },

    transact<T>(work: () => T): T {
      if (depth > 0) return nested(work);
      checkSpace();
      let outcome: { value: T } | { error: unknown } | undefined;
      depth = 1;
      try {
        root.transactionSync(() => {
          try {
            outcome = { value: work() };
          } catch (error) {
            outcome = { error };
            throw undone;
          }
        });
      } catch (error) {
        if (error !== undone) throw error;
      } finally {
        depth = 0;
        undo = [];
      }
      if (outcome === undefined) throw new Error("the transaction did not run");
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    },

    get writing() {
      return depth > 0;
    },

    close: () => root.close(),
  };

  function nested<T>(work: () => T): T {
    const mark = undo.length;
    depth++;
    try {
      return work();
    } catch (error) {
      while (undo.length > mark) undo.pop()?.();
      throw error;
    } finally {
      depth--;
    }
  }
}

function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function diskFull(directory: string): AwsError {
  const message = `The disk that holds ${directory} is full: Seatrial takes nothing more in until there is space again.`;
  return new AwsError("ServiceUnavailable", message, { status: 503 });
}

function openRoot(directory: string) {
  const damage = damageOf(join(directory, "data.mdb"));
  if (damage !== undefined) {
    throw new UsageError(
      `The state in ${directory} is damaged: ${damage}. Put a copy of it back, or move it away to begin anew.`,
    );
  }
  try {
    mkdirSync(directory, { recursive: true });
    // Keys as their UTF-8 bytes: LMDB's own encoding of strings changes its form for long ones.
    return open<Uint8Array, Buffer>({
      path: directory,
      encoding: "binary",
      keyEncoding: "binary",
      noSync: true,
      overlappingSync: false,
    });
  } catch (error) {
    throw new UsageError(
      `The data directory ${directory} cannot be used: ${error instanceof Error ? error.message : String(error)}. ` +
        "Give another one with --data-dir, or use --ephemeral to keep nothing.",
    );
  }
}
