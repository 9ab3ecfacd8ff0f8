/**
 * What time does: runs the steps of operations, and ends a creation that has taken too long. A step is three parts: it begins in a
 * transaction, calls its resource type's handler in none, and ends in a second one; killed in between, it calls the handler again.
 */
import type { Deadline } from "../../kernel/deadlines.ts";
import { isAwsError } from "../../kernel/errors.ts";
import type { DeadlineHandler, ServiceContext } from "../../service.ts";
import { adopt } from "./change-sets/existing.ts";
import { adoptions } from "./change-set-state.ts";
import { makeChangeSet } from "./change-sets/making.ts";
import { runImport } from "./change-sets/import-run.ts";
import { beginStep } from "./begin-step.ts";
import type { Stage } from "./stage.ts";
import { driftDeadline } from "./drift/detection.ts";
import { endStep, type Outcome } from "./end-step.ts";
import { generatedName, type NameOptions } from "./generated-name.ts";
import { halt, tagsFor } from "./halting.ts";
import { runOpening } from "./opening.ts";
import { settle } from "./phases.ts";
import { monitoringEnds } from "./rollback-triggers/hearing.ts";
import { stackSetWork } from "./stack-sets/work.ts";
import { stepDone, stepFailed, type StepPayload } from "./plan.ts";
import { lateReferences, withSecrets, type References } from "./references.ts";
import { operations, resources, stacks, steps, type Operation, type StackRow, type Work } from "./state.ts";
import { narrowed, type TypeRegistry } from "./types/registry.ts";
import { updateResource, type UpdatePolicies } from "./types/update-policy.ts";

export function createDeadlines(
  types: TypeRegistry,
  policies: UpdatePolicies,
): Readonly<Record<string, DeadlineHandler>> {
  return {
    async step(context, deadline) {
      const payload = payloadOf(deadline);
      const late = await lateOf(context, payload);
      const begun = context.transact(() => begin(context, types, payload, late));
      if (begun === undefined) return;
      const outcome = await perform(begun, policies);
      context.transact(() => endStep({ ...begun, context }, outcome));
    },
    drift: driftDeadline(types),
    async changeSet(context, deadline) {
      await makeChangeSet(context, types, deadline.key);
    },
    async import(context, deadline) {
      await runImport(context, types, deadline);
    },
    timeout(context, deadline) {
      const stack = context.table(stacks).get(deadline.key);
      const operation = context.table(operations).get(deadline.key);
      if (stack?.status !== "CREATE_IN_PROGRESS" || operation === undefined) return;
      const reason = "Stack creation time exceeded the specified timeout.";
      settle(context, stack, halt(context, stack, operation, reason));
    },
    async opening(context, deadline) {
      await runOpening(context, types, deadline.key);
    },
    monitoring: monitoringEnds,
    "stack-set-work": stackSetWork,
  };
}

function payloadOf({ payload, key }: Deadline): StepPayload {
  if (typeof payload === "object" && payload !== null && "stackId" in payload && "key" in payload) {
    return { stackId: String(payload.stackId), key: String(payload.key) };
  }
  throw new Error(`the deadline ${key} does not say which step it runs`);
}

interface Begun extends Stage {
  readonly work: Work;
  readonly retried: boolean;
}

/** Fetches what a resource that is about to be made refers to, with the operation's powers; an error is the resource's. */
async function lateOf(context: ServiceContext, { stackId, key }: StepPayload): Promise<References | Error> {
  const stack = context.table(stacks).get(stackId);
  const operation = context.table(operations).get(stackId);
  const step = context.table(steps).get(stackId, key);
  if (stack === undefined || operation === undefined || step?.kind !== "apply" || step.state !== "ready") return {};
  try {
    return await lateReferences(context.as({ principal: operation.principal }), stack, step.logicalId);
  } catch (error) {
    // What cannot be resolved at all is told when the step begins.
    if (isAwsError(error)) return error;
    throw error;
  }
}

/** Takes the step up where it stands; undefined when nothing is left to do outside. */
function begin(
  context: ServiceContext,
  types: TypeRegistry,
  { stackId, key }: StepPayload,
  late: References | Error,
): Begun | undefined {
  const stack = context.table(stacks).get(stackId);
  const operation = context.table(operations).get(stackId);
  const step = context.table(steps).get(stackId, key);
  if (stack === undefined || operation === undefined || step === undefined) return undefined;
  const stage = { context, types, stack, operation, step, late };
  switch (step.state) {
    case "ready":
      return beginFresh(stage);
    case "parked": {
      if (step.work === undefined) return undefined;
      context.table(steps).put([stackId, key], { ...step, state: "running" });
      return { ...stage, work: step.work, retried: false };
    }
    case "running":
      // The cloud was stopped while the handler was at work.
      return step.work === undefined ? undefined : { ...stage, work: step.work, retried: true };
    case "waiting":
    case "done":
    case "failed":
      return undefined;
  }
}

function beginFresh(stage: Stage): Begun | undefined {
  const { context, stack, operation, step } = stage;
  const beginning = beginStep(stage);
  if ("work" in beginning) {
    context.table(steps).put([stack.id, step.key], { ...step, state: "running", work: beginning.work });
    return { ...stage, work: beginning.work, retried: false };
  }
  if (beginning.ended === "done") settle(context, stack, stepDone(context, stack.id, operation, step));
  else stopOnFailure(context, stack, stepFailed(context, stack.id, operation, step, beginning.verb));
  return undefined;
}

/** A failed step stops those that make; what takes away or puts back goes on. */
export function stopOnFailure(context: ServiceContext, stack: StackRow, operation: Operation): void {
  const stops = operation.phase === "forward" && operation.kind !== "DELETE";
  settle(context, stack, stops ? halt(context, stack, operation) : operation);
}

/** Calls the handler. Whatever it raises is the resource's failure. */
async function perform(begun: Begun, policies: UpdatePolicies): Promise<Outcome> {
  const { context, types, stack, operation, step, work, retried } = begun;
  const type = types.get(work.type);
  if (type === undefined) return { status: "FAILED", error: new Error(`there is no resource type ${work.type}`) };
  const acting = context.as({ principal: operation.principal });
  const row = context.table(resources).get(stack.id, step.logicalId);
  const asked = {
    logicalId: step.logicalId,
    stackId: stack.id,
    stackName: stack.name,
    tags: tagsFor(stack, step.logicalId),
    generatedName: (options: NameOptions = {}) => generatedName(stack.name, step.logicalId, work.nameToken, options),
    ...(work.callbackContext === undefined ? {} : { callbackContext: work.callbackContext }),
    retried,
    type: work.type,
    requestToken: work.requestToken,
    stepKey: step.key,
    rollback: operation.phase === "rollback",
    continued: operation.continued ?? false,
  };
  try {
    const properties = work.action === "delete" ? work.properties : await withSecrets(acting, work.properties);
    const request = { ...asked, properties };
    switch (work.action) {
      case "create": {
        const target = context.table(adoptions).get(stack.id, step.logicalId);
        if (target !== undefined) return await adopt(acting, type, target, request);
        return await type.create(acting, request);
      }
      case "replace":
        return await type.create(acting, request);
      case "update": {
        const update = {
          ...request,
          physicalId: work.physicalId ?? "",
          previousProperties: row?.properties ?? {},
          previousTags: row?.tags ?? {},
          attributes: row?.attributes ?? {},
        };
        const halted = operation.halted && step.kind === "apply";
        const byType = () => type.update(acting, update);
        return await updateResource(narrowed(acting), policies, { work, update, halted, byType });
      }
      case "delete": {
        const target = step.leftover ?? row;
        return await type.delete(acting, {
          ...request,
          physicalId: work.physicalId ?? "",
          attributes: target?.attributes ?? {},
        });
      }
    }
  } catch (error) {
    return { status: "FAILED", error };
  }
}
