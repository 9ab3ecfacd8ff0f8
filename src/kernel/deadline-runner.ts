/**
 * Keeps the deadlines: starts each row at its own due time, earliest first, those due together side by side. Winds a
 * `manual` clock, and moves an `auto` clock on when nothing is running.
 */
import type { Activity } from "./activity.ts";
import type { Clock } from "./clock.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";

/** Does what a row is there for and takes the row away; raises only when nothing can be written. */
export type RunDeadline = (deadline: Deadline) => void | Promise<void>;

export interface DeadlineRunner {
  start(run: RunDeadline): void;
  /** Moves the clock on by `ms`; resolves with the new time once all that fell due, and the work that it started, has settled. */
  advance(ms: number): Promise<number>;
  /** Resolves when nothing that is due is left or running. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How many rows run side by side; more wait their turn. */
const AT_ONCE = 64;
/** A client's next request must have a chance to come in before an `auto` clock calls the cloud idle. */
const AUTO_GRACE_MS = 10;
/** How long a row waits whose run raised. */
const RETRY_MS = 1_000;
/** Node's timers cannot be set further ahead. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createDeadlineRunner(deadlines: Deadlines, clock: Clock, activity: Activity): DeadlineRunner {
  const running = new Map<number, Promise<void>>();
  let run: RunDeadline | undefined;
  let timer: NodeJS.Timeout | undefined;
  let queued = false;
  let stopped = false;
  let winding = 0;
  let waiting: (() => void)[] = [];

  function wake(): void {
    if (queued || stopped || run === undefined) return;
    queued = true;
    setImmediate(() => {
      queued = false;
      pass();
    });
  }

  /** Starts all that is due, then waits for the next: one pass over the front of the queue. */
  function pass(): void {
    if (stopped || run === undefined) return;
    clearTimeout(timer);
    let next: Deadline | undefined;
    const due: Deadline[] = [];
    for (const row of deadlines.list()) {
      if (running.has(row.sequence)) continue;
      if (row.due > clock.now()) {
        next = row;
        break;
      }
      if (running.size + due.length >= AT_ONCE) break;
      due.push(row);
    }
    for (const row of due) launch(row);
    if (due.length === 0 && running.size === 0) tellSettled();
    else if (due.length > 0) wake();
    if (next !== undefined) waitFor(next);
  }

  function launch(row: Deadline): void {
    const end = activity.begin();
    const done = (): void => {
      running.delete(row.sequence);
      end();
      wake();
    };
    // Even the failure could not be written down (the disk is full): the row is still there, and waits its turn anew.
    const again = (): void => void setTimeout(done, RETRY_MS).unref();
    let work: void | Promise<void>;
    try {
      work = run?.(row);
    } catch {
      running.set(row.sequence, Promise.resolve());
      again();
      return;
    }
    if (work === undefined) {
      end();
      return;
    }
    running.set(row.sequence, work.then(done, again));
  }

  function waitFor(next: Deadline): void {
    if (clock.mode === "manual") return;
    const wait = Math.min(next.due - clock.now(), LONGEST_TIMER_MS);
    timer = setTimeout(wake, Math.max(0, wait));
    if (clock.mode === "auto") considerMovingOn();
  }

  let grace: NodeJS.Timeout | undefined;
  function considerMovingOn(): void {
    clearTimeout(grace);
    if (activity.running > 0 || winding > 0) return;
    // Requests that came in while this process was busy are read between the timer and the move.
    grace = setTimeout(() => setImmediate(moveOn), AUTO_GRACE_MS);
  }

  function moveOn(): void {
    if (stopped || activity.running > 0 || winding > 0) return;
    for (const row of deadlines.list()) {
      if (row.background) continue;
      if (row.due > clock.now()) clock.moveTo(firstDue() ?? row.due);
      break;
    }
    wake();
  }

  function firstDue(): number | undefined {
    for (const row of deadlines.list(1)) return row.due;
    return undefined;
  }

  function tellSettled(): void {
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  }

  function settled(): Promise<void> {
    if (run === undefined || stopped) return Promise.resolve();
    return new Promise((resolve) => {
      waiting.push(resolve);
      wake();
    });
  }

  deadlines.onSet(wake);
  activity.onIdle(() => {
    if (clock.mode === "auto") considerMovingOn();
  });

  return {
    start(work) {
      run = work;
      wake();
    },
    settled,
    async advance(ms) {
      const target = clock.now() + ms;
      winding++;
      try {
        await settled();
        for (let due = firstDue(); due !== undefined && due <= target && !stopped; due = firstDue()) {
          clock.moveTo(due);
          await settled();
        }
        // Whatever is due by now has run.
        clock.moveTo(target);
      } finally {
        winding--;
      }
      return clock.now();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(grace);
      await Promise.allSettled(running.values());
      tellSettled();
    },
  };
}
