/** How an operation is stopped and forgotten, and what is kept of steps that did not end well. All of it inside a transaction. */
import type { ServiceContext } from "../../service.ts";
import { setResourceStatus } from "./events.ts";
import { adoptions } from "./change-set-state.ts";
import { openings } from "./opening-state.ts";
import { clearSteps, setStepDeadline } from "./plan.ts";
import {
  befores,
  leftovers,
  operations,
  resources,
  steps,
  templates,
  type Leftover,
  type Operation,
  type ResourceRow,
  type StackRow,
  type Step,
} from "./state.ts";
import { isUnderPolicy } from "./types/update-policy.ts";

/**
 * No further step begins: what is ready goes back to wait, what is parked is cancelled (given up in order where an update policy is at work); handlers at work end their call first. Inside a
 * transaction. Answers the operation.
 */
export function halt(context: ServiceContext, stack: StackRow, operation: Operation, reason?: string): Operation {
  if (operation.halted) return operation;
  let next: Operation = { ...operation, halted: true, haltReason: reason };
  if (closeOpening(context, stack.id)) next = { ...next, open: next.open - 1 };
  const table = context.table(steps);
  for (const step of Array.from(table.list([stack.id]))) {
    if (step.state === "ready") {
      table.put([stack.id, step.key], { ...step, state: "waiting" });
      context.deadlines.cancel({ name: "step", key: `${stack.id}|${step.key}` });
      next = { ...next, open: next.open - 1 };
    } else if (step.state === "parked" && isUnderPolicy(step.work)) {
      // Woken, to be given up in order.
      setStepDeadline(context, stack.id, step.key);
    } else if (step.state === "parked") {
      context.deadlines.cancel({ name: "step", key: `${stack.id}|${step.key}` });
      next = cancelStep(context, stack, next, step.key);
    }
  }
  return next;
}

/** What comes before the steps is not waited for: should a macro answer yet, nobody listens. True when there was such. */
function closeOpening(context: ServiceContext, stackId: string): boolean {
  const isOpen = context.table(openings).has(stackId);
  context.deadlines.cancel({ name: "opening", key: stackId });
  context.table(openings).remove(stackId);
  return isOpen;
}

/** A step that was at work when the operation was halted. */
export function cancelStep(context: ServiceContext, stack: StackRow, operation: Operation, key: string): Operation {
  const table = context.table(steps);
  const step = table.get(stack.id, key);
  const row = step === undefined ? undefined : context.table(resources).get(stack.id, step.logicalId);
  if (step === undefined || row === undefined) return operation;
  table.put([stack.id, key], { ...step, state: "failed" });
  abandon(context, stack.id, step, row);
  const verb = step.work?.action === "create" ? "create" : "update";
  const reason = `Resource ${verb === "create" ? "creation" : "update"} cancelled`;
  const as = { ...attempted(stack, step, row), physicalId: row.physicalId ?? abandonedId(step.work?.callbackContext) };
  setResourceStatus(context, stack.id, operation, as, verb === "create" ? "CREATE_FAILED" : "UPDATE_FAILED", reason);
  return { ...operation, open: operation.open - 1, failed: [...operation.failed, { logicalId: step.logicalId, verb }] };
}

/** A custom resource has no physical id before it has answered; it is told to take away what it may have made by a made-up one. */
function abandonedId(callbackContext: unknown): string | undefined {
  if (typeof callbackContext !== "object" || callbackContext === null || !("abandonedId" in callbackContext))
    return undefined;
  return typeof callbackContext.abandonedId === "string" ? callbackContext.abandonedId : undefined;
}

/** After an update that did not end well the resource may be as the update wanted it: a rollback starts from there. */
export function attempted(stack: StackRow, { work, kind }: Step, row: ResourceRow): ResourceRow {
  if (kind !== "apply" || work?.action !== "update") return row;
  return { ...row, properties: work.properties, tags: tagsFor(stack, row.logicalId) };
}

/** The tags that resources are given: the stack's, and those that say whose they are. */
export function tagsFor(stack: StackRow, logicalId: string): Record<string, string> {
  return {
    ...Object.fromEntries((stack.config?.tags ?? []).map(({ Key, Value }) => [Key, Value])),
    "aws:cloudformation:stack-name": stack.name,
    "aws:cloudformation:stack-id": stack.id,
    "aws:cloudformation:logical-id": logicalId,
  };
}

/** What a replacement had begun to make when it failed goes in the clean-up; the resource itself is still the old one. */
export function abandon(context: ServiceContext, stackId: string, step: Step, row: ResourceRow): void {
  const { work } = step;
  if (work?.action !== "replace" || work.physicalId === undefined) return;
  const { nameToken, physicalId, properties, type } = work;
  keepLeftover(
    context,
    stackId,
    { ...row, type, physicalId, ref: undefined, attributes: {}, properties, nameToken },
    undefined,
  );
}

/** Inside a transaction: something that the clean-up takes away. */
export function keepLeftover(
  context: ServiceContext,
  stackId: string,
  { logicalId, type, physicalId, ref, attributes, properties, nameToken, tags, needs }: Omit<Leftover, "policy">,
  policy: string | undefined,
): void {
  const leftover = { logicalId, type, physicalId, ref, attributes, properties, nameToken, tags, needs, policy };
  context.table(leftovers).put([stackId, logicalId, nameToken], leftover);
}

/** Nothing of an operation that is over is kept but what it made. */
export function forgetOperation(context: ServiceContext, stack: StackRow): void {
  clearSteps(context, stack.id);
  context.table(operations).remove(stack.id);
  for (const { logicalId } of Array.from(context.table(adoptions).list([stack.id])))
    context.table(adoptions).remove(stack.id, logicalId);
  for (const [[, id]] of Array.from(context.table(befores).entries([stack.id])))
    if (id !== undefined) context.table(befores).remove(stack.id, id);
  for (const { logicalId, nameToken } of Array.from(context.table(leftovers).list([stack.id]))) {
    context.table(leftovers).remove(stack.id, logicalId, nameToken);
  }
  dropTemplates(context, stack);
}

/** Only the template that the stack is made from now is asked for again. */
function dropTemplates(context: ServiceContext, stack: StackRow): void {
  const table = context.table(templates);
  for (const [[, id]] of Array.from(table.entries([stack.id])))
    if (id !== undefined && id !== stack.config?.templateId) table.remove(stack.id, id);
}
