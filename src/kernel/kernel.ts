/** What every service leans on and none owns, put together: store, clock, deadlines, journal, blobs, ids. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createActivity, type Activity } from "./activity.ts";
import { createBlobs, type Blobs } from "./blobs.ts";
import { createClock, type Clock, type ClockMode } from "./clock.ts";
import { createDeadlineRunner, type DeadlineRunner } from "./deadline-runner.ts";
import { createDeadlines, type Deadlines } from "./deadlines.ts";
import { createDiskStore } from "./disk-store.ts";
import { holdDirectory } from "./holder.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createRandom, type Random } from "./random.ts";
import type { Store } from "./store.ts";

export interface KernelOptions {
  /** Where state is kept; absent: in memory (and a temporary directory), gone when the cloud closes. */
  readonly directory?: string;
  readonly clock?: ClockMode;
  /** Epoch milliseconds at which a fresh cloud's time begins; the machine's otherwise. */
  readonly startAt?: number;
  /** Makes ids and chances the same in each run. */
  readonly seed?: string;
}

export interface Kernel {
  readonly store: Store;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly runner: DeadlineRunner;
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly random: Random;
  readonly activity: Activity;
  /** A place for files: unpacked functions, logs of the processes. Exists; swept by whoever uses it. */
  readonly directory: string;
  /** `store.transact`, with what was asked of `afterCommit` done at its end. */
  transact<T>(work: () => T): T;
  /** Inside a transaction: runs `work` once it has been committed; never when it fails. */
  afterCommit(work: () => void): void;
  close(): Promise<void>;
}

/** Raises UsageError when the directory cannot be used, or another cloud works in it. */
export function createKernel(options: KernelOptions = {}): Kernel {
  const ephemeral = options.directory === undefined;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "seatrial-"));
  const store = ephemeral ? createMemoryStore() : createDiskStore(join(directory, "state"));
  // Before anything is swept: what is half-done may be another cloud's work of this moment.
  const release = ephemeral ? undefined : hold(store, resolve(directory));
  const random = createRandom(options.seed);
  const clock = createClock(store, options.clock ?? "real", options.startAt);
  const activity = createActivity();
  const deadlines = createDeadlines(store);
  const runner = createDeadlineRunner(deadlines, clock, activity);

  let depth = 0;
  let committed: (() => void)[] = [];
  function transact<T>(work: () => T): T {
    const mark = committed.length;
    depth++;
    let result: T;
    try {
      result = store.transact(work);
    } catch (error) {
      committed.length = mark;
      throw error;
    } finally {
      depth--;
    }
    if (depth === 0) {
      const due = committed;
      committed = [];
      for (const step of due) step();
    }
    return result;
  }
  const afterCommit = (work: () => void): void => void committed.push(work);

  return {
    store,
    clock,
    deadlines,
    runner,
    journal: createJournal(store),
    blobs: createBlobs(store, join(directory, "blobs"), random, afterCommit),
    random,
    activity,
    directory,
    transact,
    afterCommit,
    async close() {
      await runner.stop();
      release?.();
      await store.close();
      if (ephemeral) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function hold(store: Store, directory: string): () => void {
  try {
    return holdDirectory(store, directory);
  } catch (error) {
    void store.close();
    throw error;
  }
}
