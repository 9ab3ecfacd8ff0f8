/** Signals to resources that a creation policy lets wait for them ("SignalResource", "CreationPolicy attribute"). */
import { defineTable } from "../../kernel/table.ts";
import type { Progress, ResourceRequest, ServiceContext } from "../../service.ts";
import { isObject, own, type JsonObject } from "../../template/value.ts";
import { readCount, readTimeout } from "./attributes.ts";
import { tellOfResource } from "./events.ts";
import { ResourceFailure } from "./failure.ts";
import { invalid } from "./names.ts";
import { wakeStep } from "./plan.ts";
import { resolveObject, scopeOf, templateFor } from "./scope.ts";
import { operations, resources, stacks, type StackRow } from "./state.ts";

type Status = "SUCCESS" | "FAILURE";

/** By stack id, logical id and the signal's own id. */
const signals = defineTable<Status>("cloudformation.signals");

/** "CreationPolicy attribute": PT5M. */
const USUAL_TIMEOUT_MS = 5 * 60_000;

/** What a resource waits for before it counts as created. */
export interface Expected {
  readonly count: number;
  readonly timeoutMs: number;
}

/** What the resource's creation policy says; undefined when it has none. Raises ResourceFailure for a value that is none. */
export function expectedSignals(context: ServiceContext, stackId: string, logicalId: string): Expected | undefined {
  const stack = context.table(stacks).get(stackId);
  const config = stack?.config;
  if (stack === undefined || config === undefined) return undefined;
  const template = templateFor(context, stackId, config.templateId);
  const policy = template.resources.get(logicalId)?.creationPolicy;
  if (policy === undefined) return undefined;
  const signal = own(resolveObject(policy, scopeOf(context, stack, config, template)), "ResourceSignal");
  return expectationOf(isObject(signal) ? signal : {});
}

function expectationOf(signal: JsonObject): Expected {
  const [written, timeout] = [own(signal, "Count"), own(signal, "Timeout")];
  const count = written === undefined ? 1 : readCount(written);
  const timeoutMs = timeout === undefined ? USUAL_TIMEOUT_MS : readTimeout(timeout);
  if (count === undefined) throw new ResourceFailure("Invalid CreationPolicy: Count must be a positive whole number");
  if (timeoutMs === undefined)
    throw new ResourceFailure("Invalid CreationPolicy: Timeout must be of the form PT#H#M#S, twelve hours at most");
  return { count, timeoutMs };
}

/** Looks at what has come in: done, not yet, or failed. */
export function awaitSignals(
  context: ServiceContext,
  { stackId, logicalId, callbackContext }: ResourceRequest,
  { count, timeoutMs }: Expected,
  physicalId: string,
): Progress {
  const due = dueOf(callbackContext) ?? context.now + timeoutMs;
  const received = [...context.table(signals).entries([stackId, logicalId])];
  const failure = received.find(([, status]) => status === "FAILURE");
  if (failure !== undefined)
    throw new ResourceFailure(`Received FAILURE signal with UniqueId ${String(failure[0][2])}`, physicalId);
  if (received.length >= count) return { status: "SUCCESS", physicalId };
  if (context.now >= due) {
    const missing = count - received.length;
    throw new ResourceFailure(
      `Failed to receive ${missing} resource signal(s) within the specified duration`,
      physicalId,
    );
  }
  return { status: "IN_PROGRESS", physicalId, callbackContext: { due }, callbackDelayMs: due - context.now };
}

function dueOf(value: unknown): number | undefined {
  return typeof value === "object" && value !== null && "due" in value ? Number(value.due) : undefined;
}

/** Inside a transaction: a signal has come. Raises ValidationError when nobody waits for it. */
export function takeSignal(
  context: ServiceContext,
  stack: StackRow,
  { logicalId, uniqueId, status }: { readonly logicalId: string; readonly uniqueId: string; readonly status: Status },
): void {
  const row = context.table(resources).get(stack.id, logicalId);
  const operation = context.table(operations).get(stack.id);
  if (row === undefined) throw invalid(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  if (row.status !== "CREATE_IN_PROGRESS" || operation === undefined)
    throw invalid(`Resource ${logicalId} is in ${row.status} state and cannot be signaled`);
  if (expectedSignals(context, stack.id, logicalId) === undefined)
    throw invalid(`Resource ${logicalId} has no CreationPolicy and cannot be signaled`);
  const table = context.table(signals);
  // One that is sent again counts once.
  if (table.has(stack.id, logicalId, uniqueId)) return;
  table.put([stack.id, logicalId, uniqueId], status);
  if (status === "SUCCESS") {
    const reason = `Received SUCCESS signal with UniqueId ${uniqueId}`;
    tellOfResource(context, stack.id, operation, row, "CREATE_IN_PROGRESS", reason);
  }
  wakeStep(context, stack.id, logicalId);
}

/** Inside a transaction: a resource that is made anew waits anew. */
export function forgetSignals(context: ServiceContext, stackId: string, logicalId: string): void {
  const table = context.table(signals);
  for (const [[, , uniqueId]] of Array.from(table.entries([stackId, logicalId])))
    table.remove(stackId, logicalId, String(uniqueId));
}
