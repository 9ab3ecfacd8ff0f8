/**
 * Waiting, as a durable row: (due, service, name, key, payload) of an account in a region. Set in the transaction of
 * whoever waits; run by deadline-runner.ts at its own due time, also after a restart.
 */
import type { Store } from "./store.ts";
import { defineTable, openTable, type Owner } from "./table.ts";

export interface Deadline extends Owner {
  /** Epoch milliseconds in the cloud. */
  readonly due: number;
  /** Breaks ties: rows due at the same time run in the order in which they were set. */
  readonly sequence: number;
  readonly service: string;
  readonly name: string;
  /** With the name, one row in its account and region: setting it again moves it. */
  readonly key: string;
  readonly payload: unknown;
  /** True for what repeats for ever (an alarm's evaluation): an `auto` clock does not move on for its sake alone. */
  readonly background: boolean;
}

export interface NewDeadline extends Owner {
  readonly service: string;
  readonly name: string;
  readonly key: string;
  readonly due: number;
  readonly payload?: unknown;
  readonly background?: boolean;
}

type Handle = Owner & { readonly service: string; readonly name: string; readonly key: string };

export interface Deadlines {
  /** Inside a transaction. Replaces the row of the same account, region, service, name and key. */
  set(deadline: NewDeadline): void;
  /** Inside a transaction. True when there was one. */
  cancel(handle: Handle): boolean;
  get(handle: Handle): Deadline | undefined;
  /** In order of time. */
  list(limit?: number): Iterable<Deadline>;
  /** Called after a row was set: its transaction may not have ended yet. */
  onSet(listener: () => void): void;
  /** Inside a transaction. Takes this very row away; does nothing when it was moved or cancelled meanwhile. */
  finish(deadline: Deadline): void;
}

const rows = defineTable<Deadline>("deadlines", "global");
const index = defineTable<{ due: number; sequence: number }>("deadlines.index", "region");
const NOBODY = { account: "", region: "" };

export function createDeadlines(store: Store): Deadlines {
  const byTime = openTable(store, rows, NOBODY);
  const listeners: (() => void)[] = [];
  let sequence = 0;
  for (const row of byTime.list()) sequence = Math.max(sequence, row.sequence);

  const names = (handle: Handle) => [handle.service, handle.name, handle.key] as const;
  const indexOf = (handle: Handle) => openTable(store, index, handle);

  function cancel(handle: Handle): boolean {
    const at = indexOf(handle).get(...names(handle));
    if (at === undefined) return false;
    byTime.remove(at.due, at.sequence);
    indexOf(handle).remove(...names(handle));
    return true;
  }

  return {
    cancel,
    set(deadline) {
      cancel(deadline);
      const { account, region, service, name, key, payload, background = false } = deadline;
      const due = Math.max(0, Math.ceil(deadline.due));
      const row = { due, sequence: ++sequence, account, region, service, name, key, payload, background };
      byTime.put([due, row.sequence], row);
      indexOf(row).put(names(row), { due, sequence: row.sequence });
      for (const listener of listeners) listener();
    },
    get(handle) {
      const at = indexOf(handle).get(...names(handle));
      return at && byTime.get(at.due, at.sequence);
    },
    list: (limit) => byTime.list([], limit === undefined ? {} : { limit }),
    onSet: (listener) => void listeners.push(listener),
    finish(deadline) {
      const at = indexOf(deadline).get(...names(deadline));
      if (at?.sequence === deadline.sequence) cancel(deadline);
    },
  };
}
