/** Pure decisions of stack set operations: how many at once, what begins next, when it is over ("StackSet operation options"). */
import type { OperationStatus, Preferences, ResultStatus, StackSetOperationRow, Target } from "./state.ts";

/** What is asked for by count or by percentage, for a region with so many accounts. */
export interface Limits {
  /** So many may fail. */
  readonly tolerance: number;
  /** So many are worked on at once. */
  readonly concurrency: number;
  /** Strict: the concurrency never lets more fail than the tolerance and one. */
  readonly isStrict: boolean;
}

/** The preferences, for a region with `accounts` accounts. */
export function limitsOf(preferences: Preferences, accounts: number): Limits {
  const {
    failureToleranceCount,
    failureTolerancePercentage = 0,
    maxConcurrentCount,
    maxConcurrentPercentage,
  } = preferences;
  const share = (percentage: number): number => Math.floor((percentage * accounts) / 100);
  const concurrency =
    maxConcurrentCount ?? (maxConcurrentPercentage === undefined ? 1 : Math.max(1, share(maxConcurrentPercentage)));
  return {
    tolerance: failureToleranceCount ?? share(failureTolerancePercentage),
    concurrency,
    isStrict: preferences.concurrencyMode !== "SOFT_FAILURE_TOLERANCE",
  };
}

/** What an operation does next: those that begin now (region and place in it), or the cancelling of the rest, or its end. */
export interface Decision {
  readonly start: readonly (readonly [regionAt: number, accountAt: number])[];
  readonly cancelsRest: boolean;
  readonly end: "SUCCEEDED" | "FAILED" | "STOPPED" | undefined;
}

/** Decides from the results alone, by region in the operation's order. */
export function decide(
  status: OperationStatus,
  preferences: Preferences,
  regions: readonly (readonly ResultStatus[])[],
): Decision {
  const states = regions.map((results) => stateOf(results, limitsOf(preferences, results.length)));
  const isExceeded = states.some(({ failed, limits }) => failed > limits.tolerance);
  const isRunning = states.some(({ running }) => running > 0);
  const isStopping = status === "STOPPING";
  if (isStopping || isExceeded) {
    const end = isRunning ? undefined : isStopping ? "STOPPED" : "FAILED";
    return { start: [], cancelsRest: true, end };
  }
  const start: [number, number][] = [];
  for (const [regionAt, state] of states.entries()) {
    for (const accountAt of beginning(state)) start.push([regionAt, accountAt]);
    const isSettled = state.running === 0 && state.pending.length === 0;
    if (!isSettled && preferences.regionConcurrencyType !== "PARALLEL") break;
  }
  return { start, cancelsRest: false, end: isRunning || start.length > 0 ? undefined : "SUCCEEDED" };
}

interface RegionState {
  readonly limits: Limits;
  readonly failed: number;
  readonly running: number;
  readonly pending: readonly number[];
}

function stateOf(results: readonly ResultStatus[], limits: Limits): RegionState {
  const count = (wanted: ResultStatus): number => results.filter((status) => status === wanted).length;
  return {
    limits,
    failed: count("FAILED"),
    running: count("RUNNING"),
    pending: results.flatMap((status, at) => (status === "PENDING" ? [at] : [])),
  };
}

function beginning({ limits, failed, running, pending }: RegionState): readonly number[] {
  const { tolerance, concurrency, isStrict } = limits;
  const most = isStrict ? Math.min(concurrency, tolerance + 1 - failed) : concurrency;
  return pending.slice(0, Math.max(0, most - running));
}

/** The regions in the order of the preferences, those that they do not name after. */
export function orderedRegions(regions: readonly string[], { regionOrder }: Preferences): readonly string[] {
  return [...new Set([...regionOrder.filter((region) => regions.includes(region)), ...regions])];
}

/** "ManagedExecution": operations that touch the same instance wait for one another, and a changed set for those of before. */
export function isConflict(left: StackSetOperationRow, right: StackSetOperationRow): boolean {
  if (left.revision !== right.revision) return true;
  const key = ({ account, region }: Target): string => `${account}/${region}`;
  const theirs = new Set(right.targets.map(key));
  return left.targets.some((target) => theirs.has(key(target)));
}
