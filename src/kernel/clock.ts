/**
 * The cloud's time. Three ways to run: `real` goes as the machine's does, `manual` stands still until somebody winds it, `auto`
 * goes as the machine's does and jumps to the next deadline whenever nothing is running (docs/decisions/0002-time.md).
 * This is the only file that asks the machine what time it is.
 */
import type { Store } from "./store.ts";

export type ClockMode = "real" | "manual" | "auto";

export interface Clock {
  readonly mode: ClockMode;
  /** Epoch milliseconds in the cloud. */
  now(): number;
  /** Epoch milliseconds on the machine: for clients' signatures, and nothing else. */
  wall(): number;
  /**
   * Milliseconds by which the cloud's time is ahead of the machine's (behind it: negative): what functions are told, so that they live in the
   * cloud's. Undefined while the two are the same clock, which only a `real` one is that was never wound.
   */
  ahead(): number | undefined;
  /** Moves the cloud's time on to `epochMs`; never back. For the deadlines' runner. */
  moveTo(epochMs: number): void;
}

const KEY = "clock\u0000";

/** Continues from the time kept in the store, where it is ahead of the machine's. */
export function createClock(store: Store, mode: ClockMode, startAt?: number): Clock {
  const kept = store.get(KEY);
  let since = Date.now();
  const machine = startAt ?? since;
  const stands = mode === "manual";
  let base = kept === undefined ? machine : Number(Buffer.from(kept).toString());
  // A real clock that was never wound is the machine's; one that was stays ahead by as much.
  if (!stands && base < machine) base = machine;

  // One that stands still does so over a restart too, wound or not.
  if (stands && kept === undefined) store.transact(() => store.put(KEY, Buffer.from(String(base))));

  const now = (): number => (stands ? base : base + (Date.now() - since));
  return {
    mode,
    now,
    wall: () => Date.now(),
    ahead: () => (mode === "real" && base === since ? undefined : now() - Date.now()),
    moveTo(epochMs) {
      if (epochMs <= now()) return;
      base = epochMs;
      since = Date.now();
      store.transact(() => store.put(KEY, Buffer.from(String(base))));
    },
  };
}

/**
 * How long work truly takes, in whole milliseconds: for latencies, which tell, as Lambda's Duration does, of this machine and not of the cloud's
 * clock.
 */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round(performance.now() - start);
}
