/** How a step ends: what its handler answered, taken into the stack. All of it inside a transaction. */
import type { Progress, ServiceContext } from "../../service.ts";
import { isList, isObject, type Json, type JsonObject } from "../../template/value.ts";
import { adoptions } from "./change-set-state.ts";
import { finishDelete } from "./begin-delete.ts";
import type { Stage } from "./stage.ts";
import { setResourceStatus, tellOfResource } from "./events.ts";
import { failureReason, ResourceFailure } from "./failure.ts";
import { holdImports } from "./outputs.ts";
import { abandon, attempted, cancelStep, halt, keepLeftover, tagsFor } from "./halting.ts";
import { settle } from "./phases.ts";
import { setStepDeadline, stepDone, stepFailed } from "./plan.ts";
import { templateFor } from "./scope.ts";
import {
  befores,
  operations,
  resources,
  stacks,
  steps,
  type Operation,
  type ResourceRow,
  type StackRow,
  type Step,
  type Work,
} from "./state.ts";
import { isUnderPolicy } from "./types/update-policy.ts";
import { watchWithStep } from "./watchers.ts";

/** What a handler came to. */
export type Outcome =
  | (Progress & { readonly noEcho?: boolean })
  | { readonly status: "SUCCESS" }
  | { readonly status: "FAILED"; readonly error: unknown };

/** Everything is read again: while the handler was at work, others of the stack have moved on. */
interface Ending {
  readonly context: ServiceContext;
  readonly stack: StackRow;
  readonly operation: Operation;
  readonly step: Step;
  readonly work: Work;
}

export function endStep(
  { context, stack: { id }, step: { key } }: Pick<Stage, "context" | "stack" | "step">,
  outcome: Outcome,
): void {
  const stack = context.table(stacks).get(id);
  const operation = context.table(operations).get(id);
  const step = context.table(steps).get(id, key);
  if (stack === undefined || operation === undefined || step?.work === undefined || step.state !== "running") return;
  const ending: Ending = { context, stack, operation, step, work: step.work };
  switch (outcome.status) {
    case "IN_PROGRESS":
      goesOn(ending, outcome);
      return;
    case "FAILED":
      failed(ending, outcome.error);
      return;
    case "SUCCESS":
      if (step.kind === "delete") deleted(ending);
      else
        succeeded(
          ending,
          "physicalId" in outcome ? outcome : { status: "SUCCESS", physicalId: step.work.physicalId ?? "" },
        );
  }
}

/** Not yet done: the step is parked until it is asked again. */
function goesOn(ending: Ending, progress: Extract<Progress, { status: "IN_PROGRESS" }>): void {
  const { context, stack, operation, step } = ending;
  const work: Work = {
    ...ending.work,
    callbackContext: progress.callbackContext,
    physicalId: progress.physicalId ?? ending.work.physicalId,
    woken: false,
  };
  if (work.physicalId !== undefined && ending.work.physicalId === undefined)
    initiated({ ...ending, work }, work.physicalId);
  if (progress.message !== undefined) told({ ...ending, work }, progress.message);
  if (progress.waitsFor !== undefined) watchWithStep(context, progress.waitsFor, stack.id, step.key);
  context.table(steps).put([stack.id, step.key], { ...step, state: "parked", work });
  if (operation.halted && step.kind === "apply" && !isUnderPolicy(work)) {
    settle(context, stack, cancelStep(context, stack, operation, step.key));
    return;
  }
  const delay = ending.work.woken ? 0 : progress.callbackDelayMs;
  setStepDeadline(context, stack.id, step.key, context.now + delay);
}

/** What the handler wants to be known before it is done. */
function told({ context, stack, operation, step, work }: Ending, message: string): void {
  const row = context.table(resources).get(stack.id, step.logicalId);
  const status = work.action === "create" ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
  if (row !== undefined) tellOfResource(context, stack.id, operation, row, status, message, work.propertiesAt);
}

/** AWS tells a new resource's physical id as soon as it is known. */
function initiated({ context, stack, operation, step, work }: Ending, physicalId: string): void {
  const row = context.table(resources).get(stack.id, step.logicalId);
  if (row === undefined || step.kind !== "apply" || work.action === "update") return;
  const reason = "Resource creation Initiated";
  if (work.action === "create") {
    setResourceStatus(
      context,
      stack.id,
      operation,
      { ...row, physicalId },
      "CREATE_IN_PROGRESS",
      reason,
      work.propertiesAt,
    );
  } else
    tellOfResource(
      context,
      stack.id,
      operation,
      { ...row, physicalId },
      "UPDATE_IN_PROGRESS",
      reason,
      work.propertiesAt,
    );
}

type Success = Extract<Progress, { status: "SUCCESS" }> & { readonly noEcho?: boolean };

function succeeded(ending: Ending, { physicalId, ref, attributes, noEcho = false }: Success): void {
  const { context, stack, operation, step, work } = ending;
  const row = context.table(resources).get(stack.id, step.logicalId);
  if (row === undefined) throw new Error(`the resource ${step.logicalId} of ${stack.id} is gone while it is worked on`);
  const isAdopted = work.action === "create" && context.table(adoptions).has(stack.id, step.logicalId);
  if (work.physicalId === undefined && !isAdopted) initiated(ending, physicalId);
  const isRestore = step.kind === "restore";
  const made: Omit<ResourceRow, "status" | "reason" | "changedAt"> = {
    ...(isRestore
      ? (context.table(befores).get(stack.id, step.logicalId)?.row ?? row)
      : { ...row, ...declared(context, stack, step) }),
    type: work.type,
    physicalId,
    ref,
    attributes: asJson(attributes ?? {}),
    noEcho,
    properties: work.properties,
    nameToken: work.nameToken,
    tags: tagsFor(stack, step.logicalId),
    imports: work.imports,
  };
  // A new physical id after an update is a replacement that the handler made of its own (custom resources).
  const isReplaced = work.action !== "create" && row.physicalId !== physicalId;
  if (isReplaced) {
    keepLeftover(
      context,
      stack.id,
      { ...row, nameToken: work.action === "update" ? `${row.nameToken}-old` : row.nameToken },
      made.updateReplacePolicy,
    );
  }
  holdImports(context, stack, work.imports);
  if (operation.halted && step.kind === "apply") {
    context
      .table(resources)
      .put([stack.id, step.logicalId], { ...made, status: row.status, reason: undefined, changedAt: context.now });
    context.table(steps).put([stack.id, step.key], {
      ...step,
      work: { ...work, action: work.action === "create" ? "create" : "update" },
    });
    settle(context, stack, cancelStep(context, stack, operation, step.key));
    return;
  }
  const status = isAdopted ? "IMPORT_COMPLETE" : work.action === "create" ? "CREATE_COMPLETE" : "UPDATE_COMPLETE";
  setResourceStatus(
    context,
    stack.id,
    operation,
    made,
    status,
    isAdopted ? "Resource import completed." : undefined,
    work.propertiesAt,
  );
  if (isRestore) context.table(befores).remove(stack.id, step.logicalId);
  settle(context, stack, stepDone(context, stack.id, operation, step));
}

/** What the template says beside the properties, as it is now. */
function declared(context: ServiceContext, stack: StackRow, step: Step): Partial<ResourceRow> {
  const { config } = stack;
  const declaration =
    config === undefined ? undefined : templateFor(context, stack.id, config.templateId).resources.get(step.logicalId);
  if (declaration === undefined) return {};
  const { deletionPolicy, updateReplacePolicy } = declaration;
  return { deletionPolicy, updateReplacePolicy, metadata: step.work?.metadata, needs: step.needs };
}

function deleted(ending: Ending): void {
  const { context, stack, operation, step, work } = ending;
  finishDelete(ending, work.propertiesAt);
  settle(context, stack, stepDone(context, stack.id, operation, step));
}

function failed(ending: Ending, error: unknown): void {
  const { context, stack, operation, step, work } = ending;
  const reason = failureReason(error, work.requestToken, context.random.uuid());
  const row = context.table(resources).get(stack.id, step.logicalId);
  const verb = step.kind === "delete" ? "delete" : work.action === "create" ? "create" : "update";
  const status = verb === "delete" ? "DELETE_FAILED" : verb === "create" ? "CREATE_FAILED" : "UPDATE_FAILED";
  if (step.leftover !== undefined)
    tellOfResource(context, stack.id, operation, step.leftover, status, reason, work.propertiesAt);
  else if (row !== undefined) {
    if (verb === "update") abandon(context, stack.id, step, row);
    const left = verb === "create" && error instanceof ResourceFailure ? error.physicalId : undefined;
    const as = { ...attempted(stack, step, row), physicalId: row.physicalId ?? left };
    setResourceStatus(context, stack.id, operation, as, status, reason, work.propertiesAt);
  }
  const next = stepFailed(context, stack.id, operation, step, verb);
  const stops = operation.phase === "forward" && operation.kind !== "DELETE";
  settle(context, stack, stops ? halt(context, stack, next) : next);
}

/** Attributes as plain data: what a handler answered may hold anything that JSON has. */
function asJson(value: Readonly<Record<string, unknown>>): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value));
  return isObject(parsed) && !isList(parsed) ? parsed : {};
}
