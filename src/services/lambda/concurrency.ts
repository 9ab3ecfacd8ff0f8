/**
 * How many invocations may run at the same time: 1,000 in an account's region, of which a function may have some reserved for itself
 * (AWS page "Understanding Lambda function scaling"). What runs is counted in memory: after a stop nothing runs.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { functions, type FunctionRow } from "./state.ts";

export const ACCOUNT_CONCURRENCY = 1000;
/** What AWS keeps for functions without a reservation. */
export const LEAST_UNRESERVED = 100;

/** One running invocation. */
export interface Slot {
  /** How many of the function run, this one included. */
  readonly concurrent: number;
  free(): void;
}

export interface Slots {
  /** Raises TooManyRequestsException with AWS's Reason. */
  take(context: ServiceContext, row: FunctionRow): Slot;
}

/** The reservations of all functions together. */
export function reservedInAll(context: ServiceContext, except?: string): number {
  let sum = 0;
  for (const row of context.table(functions).list()) {
    if (row.name !== except) sum += row.reservedConcurrency ?? 0;
  }
  return sum;
}

export function createSlots(): Slots {
  const running = new Map<string, number>();
  const count = (key: string): number => running.get(key) ?? 0;
  const add = (key: string, change: number): number => {
    const now = count(key) + change;
    if (now === 0) running.delete(key);
    else running.set(key, now);
    return now;
  };

  return {
    take(context, row) {
      const place = `${context.account}/${context.region}`;
      const own = `${place}/${row.name}`;
      const { reservedConcurrency } = row;
      if (reservedConcurrency !== undefined) {
        if (count(own) >= reservedConcurrency) throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
      } else if (
        // No reservations can leave less than this, so most invocations need not add them up.
        count(place) >= LEAST_UNRESERVED &&
        count(place) >= ACCOUNT_CONCURRENCY - reservedInAll(context)
      ) {
        throw throttled("ConcurrentInvocationLimitExceeded");
      }
      const shared = reservedConcurrency === undefined;
      if (shared) add(place, 1);
      const concurrent = add(own, 1);
      let over = false;
      return {
        concurrent,
        free() {
          if (over) return;
          over = true;
          if (shared) add(place, -1);
          add(own, -1);
        },
      };
    },
  };
}

function throttled(Reason: string): AwsError {
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", { status: 429, members: { Reason } });
}
