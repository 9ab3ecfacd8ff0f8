/**
 * What comes after what: when nothing of a phase is open any more, the stack ends, rolls back or cleans up. All of it inside the transaction
 * that ended the phase's last step.
 */
import type { ServiceContext } from "../../service.ts";
import { dependencyGraph, presentResources } from "../../template/graph.ts";
import { TemplateError } from "../../template/template-error.ts";
import { changeSetsOf, isActive, removeChangeSet } from "./change-sets/life.ts";
import { setResourceStatus, setStackStatus, STACK_TYPE } from "./events.ts";
import { ResourceFailure, failedWords, withStop } from "./failure.ts";
import { forgetOperation } from "./halting.ts";
import { deletionSteps, denyDeletions, leftoverSteps, liveRows } from "./layout.ts";
import { forgetDrift } from "./drift/detection.ts";
import { publishExports, resolveOutputs, settleImports, withdrawExports } from "./outputs.ts";
import { isMonitored, stopMonitoring } from "./rollback-triggers/monitoring.ts";
import { planPhase, wakeStep, type PlannedStep } from "./plan.ts";
import { templateFor } from "./scope.ts";
import {
  befores,
  names,
  operations,
  policies,
  resources,
  stacks,
  steps,
  type Operation,
  type ResourceRow,
  type StackRow,
} from "./state.ts";
import type { StackStatus } from "./status.ts";
import { writtenFaults } from "./types/property-check.ts";
import type { TypeRegistry } from "./types/registry.ts";
import { tellWatchers } from "./watchers.ts";

/**
 * Lays out the making of a stack's resources after its template. What can be seen to fail before anything is made is all that is laid out
 * then. With nothing to make the phase ends at once.
 */
export function planApply(context: ServiceContext, types: TypeRegistry, stack: StackRow, operation: Operation): void {
  const { config } = stack;
  if (config === undefined) throw new Error(`${stack.id} has nothing to be made from`);
  const template = templateFor(context, stack.id, config.templateId);
  const conditions = new Map(Object.entries(config.conditions));
  const graph = dependencyGraph(template.resources, conditions);
  const denied = denyDeletions(context, stack, operation, graph);
  if (denied.length > 0) {
    const planned = planPhase(context, stack.id, operation, []);
    settle(context, stack, { ...planned, failed: denied.map((logicalId) => ({ logicalId, verb: "delete" })) });
    return;
  }
  const all = [...graph].map(([key, needs]): PlannedStep => ({
    key,
    logicalId: key,
    kind: "apply",
    after: needs,
    needs: [...needs],
  }));
  const faulty = all.filter(({ logicalId }) => {
    const declaration = template.resources.get(logicalId);
    const type = declaration === undefined ? undefined : types.get(declaration.type);
    if (declaration === undefined || type === undefined) return false;
    return writtenFaults(type, declaration, logicalId, config) !== undefined;
  });
  settle(context, stack, planPhase(context, stack.id, operation, faulty.length > 0 ? faulty : all));
}

/** Lays out the deletion of resources, those first that others do not need. */
export function planDelete(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  rows: readonly ResourceRow[],
): Operation {
  const going = rows.map(({ logicalId, needs }) => ({ key: logicalId, logicalId, needs }));
  return planPhase(context, stack.id, operation, deletionSteps([...going, ...leftoverSteps(context, stack.id)]));
}

/** Goes on to what follows when the phase has no open step. */
export function settle(context: ServiceContext, stack: StackRow, operation: Operation): void {
  context.table(operations).put([stack.id], operation);
  if (operation.open > 0 || operation.awaiting.length > 0) return;
  switch (operation.phase) {
    case "forward":
      forwardEnded(context, stack, operation);
      return;
    case "rollback":
      rollbackEnded(context, stack, operation);
      return;
    case "cleanup":
      cleanupEnded(context, stack, operation);
  }
}

function forwardEnded(context: ServiceContext, stack: StackRow, operation: Operation): void {
  if (operation.afterwards !== undefined) {
    stopMonitoring(context, stack.id);
    settle(context, stack, planDelete(context, stack, operation.afterwards, liveRows(context, stack.id)));
    return;
  }
  const isWhole = operation.failed.length === 0 && !operation.halted;
  if (isWhole && operation.kind !== "DELETE" && isMonitored(context, stack, operation)) return;
  stopMonitoring(context, stack.id);
  switch (operation.kind) {
    case "CREATE":
      if (isWhole) finishCreate(context, stack, operation);
      else createFailed(context, stack, operation, failedWords(operation));
      return;
    case "UPDATE":
      if (isWhole) finishUpdate(context, stack, operation);
      else updateFailed(context, stack, operation, failedWords(operation));
      return;
    case "DELETE":
      deleteEnded(context, stack, operation);
  }
}

/** Raises what is wrong with the outputs as a text, having written nothing. */
function takeOutputs(context: ServiceContext, stack: StackRow): StackRow | string {
  if (stack.config === undefined) return stack;
  try {
    return context.transact(() => {
      const { outputs, imported } = resolveOutputs(context, stack, stack.config ?? never());
      publishExports(context, stack, outputs);
      settleImports(context, stack, imported);
      return { ...stack, outputs };
    });
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ResourceFailure) return error.message;
    throw error;
  }
}

function never(): never {
  throw new Error("a stack without a configuration");
}

function finishCreate(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const done = takeOutputs(context, stack);
  if (typeof done === "string") createFailed(context, stack, operation, `${withStop(done)} `);
  else end(context, done, operation, "CREATE_COMPLETE", undefined);
}

function createFailed(context: ServiceContext, row: StackRow, operation: Operation, words: string): void {
  const stack = { ...row, failure: words };
  const onFailure = operation.disableRollback ? "DO_NOTHING" : stack.onFailure;
  if (onFailure === "DO_NOTHING") {
    context.deadlines.cancel({ name: "timeout", key: stack.id });
    tellStopped(context, setStackStatus(context, stack, "CREATE_FAILED", words, operation.clientRequestToken));
    return;
  }
  const isDelete = onFailure === "DELETE";
  const reason = `${words}${isDelete ? "Delete" : "Rollback"} requested by user.`;
  startRollback(context, stack, operation, isDelete ? "DELETE_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS", reason);
}

/** Takes away all that a create has made: its rollback, and RollbackStack of a stack in CREATE_FAILED. */
export function startRollback(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  status: "ROLLBACK_IN_PROGRESS" | "DELETE_IN_PROGRESS",
  reason: string,
): void {
  context.deadlines.cancel({ name: "timeout", key: stack.id });
  const row = setStackStatus(context, stack, status, reason, operation.clientRequestToken);
  const going = liveRows(context, stack.id);
  const next: Operation =
    status === "DELETE_IN_PROGRESS"
      ? { ...operation, kind: "DELETE", phase: "forward" }
      : { ...operation, phase: "rollback" };
  settle(context, row, planDelete(context, row, next, going));
}

function finishUpdate(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const done = takeOutputs(context, stack);
  if (typeof done === "string") {
    updateFailed(context, stack, operation, `${withStop(done)} `);
    return;
  }
  const row = setStackStatus(
    context,
    done,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    undefined,
    operation.clientRequestToken,
  );
  const held: Operation = { ...operation, phase: "cleanup", ending: "update", left: 0, open: 0 };
  if (operation.heldByParent) {
    context.table(operations).put([stack.id], held);
    tellParent(context, row);
    return;
  }
  startUpdateCleanup(context, row, held);
}

/** Takes away what an update has removed from the template or replaced. */
export function startUpdateCleanup(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const { config } = stack;
  if (config === undefined) throw new Error(`${stack.id} has nothing to be made from`);
  const template = templateFor(context, stack.id, config.templateId);
  const present = presentResources(template.resources, new Map(Object.entries(config.conditions)));
  const rows = liveRows(context, stack.id);
  const released = releaseNested(context, stack, operation, rows);
  const removed = rows.filter(({ logicalId }) => !present.has(logicalId));
  const going = removed.map((row) => ({ key: row.logicalId, logicalId: row.logicalId, needs: row.needs }));
  settle(
    context,
    stack,
    planPhase(context, stack.id, released, deletionSteps([...going, ...leftoverSteps(context, stack.id)])),
  );
}

/** Nested stacks clean up with their parent, which waits for them. */
function releaseNested(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  rows: readonly ResourceRow[],
): Operation {
  const table = context.table(operations);
  const held = rows.flatMap(({ type, physicalId }) => {
    const child = type === STACK_TYPE && physicalId !== undefined ? context.table(stacks).get(physicalId) : undefined;
    const work = child === undefined ? undefined : table.get(child.id);
    const isHeld = child?.status === "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" && work?.heldByParent === true;
    return isHeld ? [{ child, work }] : [];
  });
  // One step stands open until all is laid out, because a nested stack may be done at once.
  table.put([stack.id], { ...operation, open: 1, awaiting: held.map(({ child }) => child.id) });
  for (const { child, work } of held) startUpdateCleanup(context, child, { ...work, heldByParent: false });
  return table.get(stack.id) ?? operation;
}

function updateFailed(context: ServiceContext, row: StackRow, operation: Operation, told: string): void {
  const words = operation.haltReason === undefined ? told : told.trimEnd();
  const stack = { ...row, failure: words };
  if (operation.disableRollback) {
    tellStopped(context, setStackStatus(context, stack, "UPDATE_FAILED", words, operation.clientRequestToken));
    return;
  }
  startUpdateRollback(context, stack, operation, words.trimEnd() === "" ? undefined : words);
}

/** Puts every resource that the update touched back as it was. */
export function startUpdateRollback(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  reason: string | undefined,
): void {
  const config = operation.previous ?? stack.config;
  const policy = operation.previousPolicy;
  if (policy === undefined) context.table(policies).remove(stack.id);
  else context.table(policies).put([stack.id], policy);
  const row = setStackStatus(context, stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason, operation.clientRequestToken, {
    config,
  });
  // A parent need not wait for the end of it to know that its update has failed.
  tellParent(context, row);
  const planned: PlannedStep[] = [];
  for (const [[, logicalId], before] of context.table(befores).entries([stack.id])) {
    if (before.row === undefined) continue;
    const key = String(logicalId);
    planned.push({ key, logicalId: key, kind: "restore", after: before.row.needs });
  }
  settle(context, row, planPhase(context, stack.id, { ...operation, phase: "rollback" }, planned));
}

function rollbackEnded(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const isWhole = operation.failed.length === 0;
  if (operation.kind === "CREATE") {
    if (isWhole) end(context, { ...stack, outputs: [] }, operation, "ROLLBACK_COMPLETE", undefined);
    else
      tellStopped(
        context,
        setStackStatus(context, stack, "ROLLBACK_FAILED", failedWords(operation), operation.clientRequestToken),
      );
    return;
  }
  if (!isWhole) {
    tellStopped(
      context,
      setStackStatus(context, stack, "UPDATE_ROLLBACK_FAILED", failedWords(operation), operation.clientRequestToken),
    );
    return;
  }
  startRollbackCleanup(context, stack, operation);
}

/** Takes away what a failed update has made. */
export function startRollbackCleanup(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const row = setStackStatus(
    context,
    stack,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    undefined,
    operation.clientRequestToken,
  );
  const made = [...context.table(befores).entries([stack.id])].filter(([, before]) => before.row === undefined);
  const going = made.flatMap(([[, logicalId]]) => {
    const resource = context.table(resources).get(stack.id, String(logicalId));
    return resource === undefined
      ? []
      : [{ key: resource.logicalId, logicalId: resource.logicalId, needs: resource.needs }];
  });
  const next: Operation = { ...operation, phase: "cleanup", ending: "rollback" };
  settle(
    context,
    row,
    planPhase(context, stack.id, next, deletionSteps([...going, ...leftoverSteps(context, stack.id)])),
  );
}

function cleanupEnded(context: ServiceContext, stack: StackRow, operation: Operation): void {
  // What could not be taken away stays behind, as on AWS; the stack itself is as it was asked for.
  const isWhole = operation.failed.length === 0;
  if (operation.ending === "rollback") {
    const { outputs, imported } = resolveOutputs(context, stack, stack.config ?? never());
    settleImports(context, stack, imported);
    end(context, { ...stack, outputs }, operation, "UPDATE_ROLLBACK_COMPLETE", undefined);
    return;
  }
  const reason = isWhole ? undefined : "Update successful. One or more resources could not be deleted.";
  const { imported } = resolveOutputs(context, stack, stack.config ?? never());
  settleImports(context, stack, imported);
  end(context, stack, operation, "UPDATE_COMPLETE", reason);
}

function deleteEnded(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const isForced = operation.force;
  if (operation.failed.length > 0 && !isForced) {
    tellStopped(
      context,
      setStackStatus(context, stack, "DELETE_FAILED", failedWords(operation), operation.clientRequestToken),
    );
    return;
  }
  if (isForced) leaveTheRest(context, stack, operation);
  withdrawExports(context, stack.id);
  forgetDrift(context, stack.id);
  context.table(names).remove(stack.name);
  context.table(policies).remove(stack.id);
  for (const row of changeSetsOf(context, stack.id)) if (isActive(row)) removeChangeSet(context, row);
  end(context, { ...stack, deletedAt: context.now }, operation, "DELETE_COMPLETE", undefined);
}

/** FORCE_DELETE_STACK: what cannot be deleted is left where it is. */
function leaveTheRest(context: ServiceContext, stack: StackRow, operation: Operation): void {
  for (const row of liveRows(context, stack.id))
    setResourceStatus(context, stack.id, operation, row, "DELETE_SKIPPED", row.reason);
}

/** The operation is over for good: nothing of it is kept but what it made. */
function end(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  status: StackStatus,
  reason: string | undefined,
): void {
  context.deadlines.cancel({ name: "timeout", key: stack.id });
  forgetOperation(context, stack);
  tellStopped(context, setStackStatus(context, stack, status, reason, operation.clientRequestToken));
}

/** A stack has come to rest: the parent of a nested one looks again, and so does whoever else waits for it. */
function tellStopped(context: ServiceContext, stack: StackRow): void {
  tellWatchers(context, stack.id);
  tellParent(context, stack);
}

function tellParent(context: ServiceContext, { parentId, parentLogicalId, id }: StackRow): void {
  if (parentId === undefined || parentLogicalId === undefined) return;
  const parent = context.table(stacks).get(parentId);
  const operation = context.table(operations).get(parentId);
  if (parent !== undefined && operation?.awaiting.includes(id) === true) {
    settle(context, parent, { ...operation, awaiting: operation.awaiting.filter((other) => other !== id) });
    return;
  }
  for (const step of Array.from(context.table(steps).list([parentId]))) {
    if (step.logicalId !== parentLogicalId) continue;
    const physicalId = step.work?.physicalId ?? step.leftover?.physicalId;
    if (physicalId === undefined || physicalId === id) wakeStep(context, parentId, step.key);
  }
}
