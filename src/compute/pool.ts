/**
 * The pool of execution environments: an invocation takes the environment of its function that was used last, or has one
 * started, or waits for its turn. Idle environments end after a while, or when others need their place.
 */
import { AwsError, UsageError } from "../kernel/errors.ts";
import type { FunctionSpec, Invocation, ProcessTimers } from "./contract.ts";
import type { Environment } from "./environment.ts";

/** An environment is not reused when its role's session ends sooner than this, or than the function may take. */
const CREDENTIALS_MARGIN_MS = 5 * 60_000;
/** So long an invocation waits for a finishing environment rather than have another started. */
const FINISHING_MS = 250;

export interface PoolOptions {
  readonly now: () => number;
  readonly timers: ProcessTimers;
  readonly idleMs: number;
  readonly maxEnvironments: number;
  readonly maxStarting: number;
  readonly queueMs: number;
}

/** What a new environment tells the pool. */
export interface EnvironmentEvents {
  readonly onStarted: () => void;
  readonly onAnswered: () => void;
  readonly onIdle: () => void;
  readonly onEnded: () => void;
}

/** `finishing`: the reply is there and the runtime has not asked for more yet, which it does at once if it is well. */
type State = "starting" | "busy" | "finishing" | "idle";

interface Slot {
  readonly id: string;
  readonly environment: Environment;
  state: State;
  retired: boolean;
  /** Cancels what its state waits for: the end of idleness, or of the patience with a finishing one. */
  cancelWait: (() => void) | undefined;
}

interface Waiter {
  readonly spec: FunctionSpec;
  readonly invocation: Invocation;
  readonly make: (events: EnvironmentEvents) => Environment;
  readonly take: (environment: Environment) => void;
  readonly fail: (error: Error) => void;
  readonly cancel: () => void;
}

export interface Pool {
  /** The warmest idle environment of the function, if there is one; it is the caller's until it says that it is idle. */
  takeIdle(spec: FunctionSpec, invocation: Invocation): Environment | undefined;
  /** An idle one, or one that `make` makes when there is room. Raises TooManyRequestsException after `queueMs`. */
  take(
    spec: FunctionSpec,
    invocation: Invocation,
    make: (events: EnvironmentEvents) => Environment,
  ): Promise<Environment>;
  retire(id: string): Promise<void>;
  count(state: State, id?: string): number;
  close(): Promise<void>;
}

export function createPool(options: PoolOptions): Pool {
  const { now, timers, idleMs, maxEnvironments, maxStarting, queueMs } = options;
  /** In the order of use: the last idle one of an id is the warmest, the first idle one of all is the first to go. */
  const slots = new Set<Slot>();
  let waiters: readonly Waiter[] = [];
  let closed = false;
  let serving = false;
  let again = false;

  function takeIdle(spec: FunctionSpec, invocation: Invocation): Environment | undefined {
    let warmest: Slot | undefined;
    for (const slot of slots) if (slot.state === "idle" && slot.id === spec.id) warmest = slot;
    if (warmest === undefined) return undefined;
    if (!isFresh(warmest.environment, spec, invocation)) {
      warmest.environment.end();
      return takeIdle(spec, invocation);
    }
    warmest.cancelWait?.();
    warmest.state = "busy";
    slots.delete(warmest);
    slots.add(warmest);
    return warmest.environment;
  }

  function isFresh(environment: Environment, spec: FunctionSpec, invocation: Invocation): boolean {
    const { endpointUrl, expiresAtMs } = environment;
    if (endpointUrl !== invocation.endpointUrl || expiresAtMs <= now()) return false;
    // A session that was short from the start is as good as the next one.
    const renewed = (invocation.credentials.expiresAtMs ?? Number.POSITIVE_INFINITY) > expiresAtMs;
    return !renewed || expiresAtMs - now() > Math.max(CREDENTIALS_MARGIN_MS, spec.timeoutMs);
  }

  /** Gives environments to those who wait, in the order of their coming. Ending one to make room calls it again: later. */
  function serveWaiters(): void {
    again = true;
    if (serving) return;
    serving = true;
    while (again) {
      again = false;
      for (const waiter of waiters) {
        const environment = takeIdle(waiter.spec, waiter.invocation) ?? begin(waiter);
        if (environment === undefined) continue;
        waiters = waiters.filter((other) => other !== waiter);
        waiter.cancel();
        waiter.take(environment);
      }
    }
    serving = false;
  }

  function begin(waiter: Waiter): Environment | undefined {
    const before = waiters.slice(0, waiters.indexOf(waiter)).filter(({ spec }) => spec.id === waiter.spec.id).length;
    if (count("finishing", waiter.spec.id) > before) return undefined;
    if (count("starting") >= maxStarting) return undefined;
    if (slots.size >= maxEnvironments) {
      const oldest = [...slots].find((slot) => slot.state === "idle");
      if (oldest === undefined) return undefined;
      oldest.environment.end();
    }
    const environment = waiter.make({
      onStarted() {
        slot.state = "busy";
        serveWaiters();
      },
      onAnswered() {
        slot.state = "finishing";
        slot.cancelWait = timers.after(FINISHING_MS, () => {
          slot.state = "busy";
          serveWaiters();
        });
      },
      onIdle: () => rest(slot),
      onEnded() {
        slot.cancelWait?.();
        slots.delete(slot);
        serveWaiters();
      },
    });
    const slot: Slot = { id: waiter.spec.id, environment, state: "starting", retired: false, cancelWait: undefined };
    slots.add(slot);
    return environment;
  }

  function rest(slot: Slot): void {
    slot.cancelWait?.();
    if (slot.retired || closed) return slot.environment.end();
    slot.state = "idle";
    slot.cancelWait = timers.after(idleMs, () => slot.environment.end());
    serveWaiters();
  }

  function count(state: State, id?: string): number {
    let found = 0;
    for (const slot of slots) if (slot.state === state && (id === undefined || slot.id === id)) found += 1;
    return found;
  }

  async function endAll(ended: readonly Slot[]): Promise<void> {
    for (const slot of ended) slot.environment.end();
    await Promise.all(ended.map((slot) => slot.environment.gone()));
  }

  return {
    takeIdle,
    take(spec, invocation, make) {
      return new Promise((take, fail) => {
        if (closed) return fail(closedError());
        const leave = (): void => {
          waiters = waiters.filter((other) => other !== waiter);
          fail(
            new AwsError("TooManyRequestsException", "Rate Exceeded.", {
              status: 429,
              members: { Reason: "ConcurrentInvocationLimitExceeded" },
            }),
          );
        };
        const waiter: Waiter = { spec, invocation, make, take, fail, cancel: timers.after(queueMs, leave) };
        waiters = [...waiters, waiter];
        serveWaiters();
      });
    },
    async retire(id) {
      const own = [...slots].filter((slot) => slot.id === id);
      for (const slot of own) slot.retired = true;
      await endAll(own.filter((slot) => slot.state === "idle" || slot.state === "finishing"));
    },
    count,
    async close() {
      closed = true;
      for (const waiter of waiters) {
        waiter.cancel();
        waiter.fail(closedError());
      }
      waiters = [];
      await endAll([...slots]);
    },
  };
}

/** What an invocation hears that comes too late. */
export function closedError(): UsageError {
  return new UsageError("Compute is closed: no function can be invoked any more.");
}
