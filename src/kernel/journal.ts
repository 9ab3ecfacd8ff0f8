/**
 * What happened, in order: one entry for each operation and each deadline, kept with the state that it changed. The newest
 * `limit` entries stay.
 */
import type { Store } from "./store.ts";
import { openTable, defineTable } from "./table.ts";

export interface JournalEntry {
  /** Counts up from 1 in this data directory. */
  readonly sequence: number;
  /** Epoch milliseconds in the cloud when the work began. */
  readonly at: number;
  readonly kind: "call" | "deadline" | "event";
  readonly service: string;
  /** The operation's or the deadline's name. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** The request that this one was made for; absent for a client's own. */
  readonly cause?: string;
  /** ARN of who acted. */
  readonly principal?: string;
  /** The IAM actions and resources that the operation needed. */
  readonly access?: readonly { readonly action: string; readonly resource: string }[];
  /** A short form of the input, secrets left out. */
  readonly input?: string;
  /** AWS's error code, or `bug` with the stack. Absent after success. */
  readonly error?: { readonly code: string; readonly message: string; readonly stack?: string };
  /** What else is worth telling, e.g. the key of a deadline. */
  readonly detail?: string;
}

export interface Journal {
  /** Inside a transaction. */
  append(entry: Omit<JournalEntry, "sequence">): void;
  /** Entries after `after` (a sequence), oldest first. */
  read(after?: number, limit?: number): Iterable<JournalEntry>;
  /** The newest entries, newest first. */
  latest(limit: number): Iterable<JournalEntry>;
}

const entries = defineTable<JournalEntry>("journal", "global");
const NOBODY = { account: "", region: "" };
const PRUNE_EVERY = 256;

export function createJournal(store: Store, limit = 20_000): Journal {
  const table = openTable(store, entries, NOBODY);
  let last = 0;
  for (const newest of table.list([], { reverse: true, limit: 1 })) last = newest.sequence;

  return {
    append(entry) {
      const sequence = ++last;
      table.put([sequence], { ...entry, sequence });
      if (sequence % PRUNE_EVERY === 0 && sequence > limit) {
        const keys = [...table.entries([], { limit: PRUNE_EVERY * 2 })].map(([key]) => key);
        for (const key of keys) if (Number(key[0]) <= sequence - limit) table.remove(...key);
      }
    },
    read: (after, limit) =>
      table.list([], { ...(after === undefined ? {} : { after: [after] }), ...(limit === undefined ? {} : { limit }) }),
    latest: (limit) => table.list([], { reverse: true, limit }),
  };
}
