/** Lays out a phase of an operation as steps, each waiting for those that must be done before it. All of it inside a transaction. */
import type { ServiceContext } from "../../service.ts";
import { operations, steps, type Leftover, type Operation, type Step } from "./state.ts";

/** The deadline that runs a step; its payload. */
export interface StepPayload {
  readonly stackId: string;
  readonly key: string;
}

export interface PlannedStep {
  readonly key: string;
  readonly logicalId: string;
  readonly kind: Step["kind"];
  /** The keys of the steps before it; those that are not planned do not count. */
  readonly after: Iterable<string>;
  /** Kept with the resource for the day of its deletion. */
  readonly needs?: readonly string[];
  readonly leftover?: Leftover;
}

/** Replaces the stack's steps and sets those that wait for nothing going. */
export function planPhase(
  context: ServiceContext,
  stackId: string,
  operation: Operation,
  planned: readonly PlannedStep[],
): Operation {
  const table = context.table(steps);
  clearSteps(context, stackId);
  const keys = new Set(planned.map(({ key }) => key));
  const dependents = new Map<string, string[]>();
  const waits = new Map<string, number>();
  for (const { key, after } of planned) {
    const before = [...new Set(after)].filter((other) => other !== key && keys.has(other));
    waits.set(key, before.length);
    for (const other of before) dependents.set(other, [...(dependents.get(other) ?? []), key]);
  }
  let open = 0;
  for (const { key, logicalId, kind, needs = [], leftover } of planned) {
    const waitsFor = waits.get(key) ?? 0;
    const isReady = waitsFor === 0;
    table.put([stackId, key], {
      key,
      logicalId,
      kind,
      state: isReady ? "ready" : "waiting",
      waitsFor,
      dependents: dependents.get(key) ?? [],
      needs,
      leftover,
      work: undefined,
    });
    if (isReady) {
      open++;
      setStepDeadline(context, stackId, key);
    }
  }
  const next = { ...operation, left: planned.length, open, halted: false, haltReason: undefined, failed: [] };
  context.table(operations).put([stackId], next);
  return next;
}

/** Takes the stack's steps and their deadlines away. */
export function clearSteps(context: ServiceContext, stackId: string): void {
  const table = context.table(steps);
  for (const { key } of Array.from(table.list([stackId]))) {
    table.remove(stackId, key);
    context.deadlines.cancel({ name: "step", key: deadlineKey(stackId, key) });
  }
}

/** Lets the step run at `due`, now unless told. */
export function setStepDeadline(context: ServiceContext, stackId: string, key: string, due = context.now): void {
  const payload: StepPayload = { stackId, key };
  context.deadlines.set({ name: "step", key: deadlineKey(stackId, key), due, payload });
}

function deadlineKey(stackId: string, key: string): string {
  return `${stackId}|${key}`;
}

/** A step is done: those that waited for it alone are set going. Answers the operation with its counters moved. */
export function stepDone(context: ServiceContext, stackId: string, operation: Operation, step: Step): Operation {
  const table = context.table(steps);
  table.put([stackId, step.key], { ...step, state: "done", work: undefined, waitsFor: 0 });
  let opened = 0;
  for (const key of step.dependents) {
    const dependent = table.get(stackId, key);
    if (dependent === undefined) continue;
    const waitsFor = dependent.waitsFor - 1;
    const isReady = waitsFor === 0 && !operation.halted;
    table.put([stackId, key], { ...dependent, waitsFor, state: isReady ? "ready" : "waiting" });
    if (isReady) {
      opened++;
      setStepDeadline(context, stackId, key);
    }
  }
  return { ...operation, left: operation.left - 1, open: operation.open - 1 + opened };
}

/** A step has failed; those that wait for it stay where they are. */
export function stepFailed(
  context: ServiceContext,
  stackId: string,
  operation: Operation,
  step: Step,
  verb: "create" | "update" | "delete",
): Operation {
  context.table(steps).put([stackId, step.key], { ...step, state: "failed" });
  const failed = [...operation.failed, { logicalId: step.logicalId, verb }];
  return { ...operation, open: operation.open - 1, failed };
}

/** Something that a step waits for has happened: it runs now, or again as soon as its handler has ended. */
export function wakeStep(context: ServiceContext, stackId: string, key: string): void {
  const table = context.table(steps);
  const step = table.get(stackId, key);
  if (step === undefined) return;
  if (step.state === "parked") setStepDeadline(context, stackId, key);
  else if (step.state === "running" && step.work !== undefined) {
    table.put([stackId, key], { ...step, work: { ...step.work, woken: true } });
  }
}
