/**
 * Who works in a data directory: one process at a time. Two clouds on one directory would each sweep away the other's
 * blobs and run every deadline twice.
 *
 * The holder is a row, so that LMDB's own lock decides between two that start at once, and so that nothing has to be
 * cleaned up after `kill -9`: a holder that is no longer running holds nothing.
 */
import { readFileSync } from "node:fs";
import { UsageError } from "./errors.ts";
import type { Store } from "./store.ts";
import { defineTable, openTable } from "./table.ts";

interface Holder {
  readonly pid: number;
  /** When the process began, as its system tells it; "" where it does not. Tells a process from a later one with its number. */
  readonly began: string;
}

const holders = defineTable<Holder>("holder", "global");
const NOBODY = { account: "", region: "" };

/** What this very process holds: its own number in a row may also be an earlier process's, as in a container. */
const held = new Set<string>();

/**
 * Takes `directory`, whose state is in `store`, for this process; gives what releases it again.
 * @throws UsageError while another cloud works there
 */
export function holdDirectory(store: Store, directory: string): () => void {
  const table = openTable(store, holders, NOBODY);
  const mine: Holder = { pid: process.pid, began: beganOf(process.pid) };
  store.transact(() => {
    const holder = table.get("process");
    if (held.has(directory) || (holder !== undefined && isRunning(holder))) throw inUse(directory, holder ?? mine);
    table.put(["process"], mine);
  });
  held.add(directory);
  return () => {
    held.delete(directory);
    try {
      store.transact(() => table.remove("process"));
    } catch {
      // On a full disk the row stays; that of a process which has ended holds nothing.
    }
  };
}

function inUse(directory: string, { pid }: Holder): UsageError {
  return new UsageError(
    `Another cloud works in the data directory ${directory} (process ${pid}). Stop it with "seatrial down", ` +
      "give another directory with --data-dir, or use --ephemeral to keep nothing.",
  );
}

function isRunning({ pid, began }: Holder): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user's may not be asked, but is there.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return began === beganOf(pid);
}

/**
 * When a process began: field 22 of Linux' `/proc/PID/stat` with the boot that it counts from ("" on other systems). The
 * command in field 2 may hold anything, so the fields are counted from behind it.
 */
export function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Killed, and only waiting for its parent to hear of it: in a container that may be for ever.
    if (fields[0] === "Z" || fields[0] === "X") return "ended";
    const ticks = fields[19] ?? "";
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks}`;
  } catch {
    return "";
  }
}
