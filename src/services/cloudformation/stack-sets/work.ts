/**
 * What time does for stack sets: one piece of work is one stack of one operation. Like a stack's step it begins in a transaction, calls in none
 * and ends in a second one; while its stack is at work it waits to be told (watchers.ts). Killed in between, it looks at what is there.
 */
import type { Deadline } from "../../../kernel/deadlines.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import { detections } from "../drift/state.ts";
import { stacks } from "../state.ts";
import { isInProgress } from "../status.ts";
import { watchWithDeadline } from "../watchers.ts";
import { askAccountGate } from "./account-gate.ts";
import { settledDrift, startDriftWork } from "./drift-work.ts";
import { importStack } from "./import-work.ts";
import type { Job, Outcome } from "./job.ts";
import { moveOn, workDeadline, workSoon, type WorkPayload } from "./operation.ts";
import { executionPrincipal, RoleFailure } from "./roles.ts";
import { applyStack, deleteStack, settledStack } from "./stack-work.ts";
import {
  stackInstances,
  stackSetConfigs,
  stackSetOperations,
  stackSetResults,
  stackSets,
  type AccountGate,
  type StackInstanceRow,
  type StackSetOperationRow,
} from "./state.ts";

/** The handler of the deadline `stack-set-work`. */
export const stackSetWork: DeadlineHandler = async (context, deadline) => {
  const payload = payloadOf(deadline);
  const job = context.transact(() => begin(context, payload));
  if (job === undefined) return;
  let gate = job.result.gate;
  let outcome: Outcome;
  try {
    outcome = await perform(context, job, (asked) => {
      gate = asked;
    });
  } catch (error) {
    if (!isAwsError(error) && !(error instanceof RoleFailure)) throw error;
    if (error instanceof RoleFailure) gate = { status: "SKIPPED", reason: error.message };
    outcome = { type: "failed", reason: error.message };
  }
  context.transact(() => end(context, job, outcome, gate));
};

function payloadOf({ payload, key }: Deadline): WorkPayload {
  if (typeof payload === "object" && payload !== null && "setId" in payload && "operationId" in payload) {
    if ("regionAt" in payload && "accountAt" in payload)
      return {
        setId: String(payload.setId),
        operationId: String(payload.operationId),
        regionAt: Number(payload.regionAt),
        accountAt: Number(payload.accountAt),
      };
  }
  throw new Error(`the deadline ${key} does not say which work it runs`);
}

/** The job as it stands now, noted as attempted; undefined when there is nothing to do any more. */
function begin(context: ServiceContext, payload: WorkPayload): Job | undefined {
  const { setId, operationId, regionAt, accountAt } = payload;
  const operation = context.table(stackSetOperations).get(setId, operationId);
  const result = context.table(stackSetResults).get(setId, operationId, regionAt, accountAt);
  if (operation === undefined || result?.status !== "RUNNING") return undefined;
  const instance = context.table(stackInstances).get(setId, result.account, result.region);
  const config = context.table(stackSetConfigs).get(setId, operation.revision);
  if (instance === undefined || config === undefined) throw new Error(`${setId} has lost what ${operationId} needs`);
  context.table(stackSetResults).put([setId, operationId, regionAt, accountAt], { ...result, attempted: true });
  return { payload, operation, result, instance, config };
}

async function perform(context: ServiceContext, job: Job, told: (gate: AccountGate) => void): Promise<Outcome> {
  const { operation, result, instance } = job;
  if (operation.work === "delete" && operation.retainStacks === true)
    return { type: "done", stackId: instance.stackId };
  if (result.detectionId !== undefined) return settledDrift(context, job);
  if (result.stage === "settling") return settledStack(context, job);
  const as = await executionPrincipal(context, operation, result.account);
  if (result.gate === undefined && operation.work !== "import" && operation.work !== "drift") {
    const gate = await askAccountGate(context, as, result);
    told(gate);
    if (gate.status === "FAILED")
      return { type: "failed", reason: gate.reason ?? "Account gate check failed", stackId: instance.stackId };
  }
  switch (operation.work) {
    case "create":
    case "update":
      return applyStack(context, as, job);
    case "delete":
      return deleteStack(context, as, job);
    case "import":
      return importStack(context, as, job);
    case "drift":
      return startDriftWork(context, as, job);
  }
}

function end(
  context: ServiceContext,
  { payload, instance: before }: Job,
  outcome: Outcome,
  gate: AccountGate | undefined,
): void {
  const { setId, operationId, regionAt, accountAt } = payload;
  const key = [setId, operationId, regionAt, accountAt];
  const operation = context.table(stackSetOperations).get(setId, operationId);
  const result = context.table(stackSetResults).get(...key);
  if (operation === undefined || result?.status !== "RUNNING") return;
  const { account, region } = result;
  const instances = context.table(stackInstances);
  const instance = instances.get(setId, account, region) ?? before;
  switch (outcome.type) {
    case "waits": {
      const { stackId, stage } = outcome;
      context.table(stackSetResults).put(key, { ...result, gate, stage, stackId, attempted: false });
      instances.put([setId, account, region], { ...instance, stackId });
      const stack = context.table(stacks, { account, region }).get(stackId);
      if (stack !== undefined && isInProgress(stack.status)) watchWithDeadline(context, stackId, workDeadline(payload));
      else workSoon(context, payload);
      return;
    }
    case "looks": {
      const { stackId, detectionId } = outcome;
      context.table(stackSetResults).put(key, { ...result, stackId, detectionId, attempted: false });
      const detection = context.table(detections, { account, region }).get(detectionId);
      if (detection?.status === "DETECTION_IN_PROGRESS") watchWithDeadline(context, detectionId, workDeadline(payload));
      else workSoon(context, payload);
      return;
    }
    case "checked": {
      context.table(stackSetResults).put(key, { ...result, status: "SUCCEEDED" });
      const { status: driftStatus, checkedAt: driftCheckedAt } = outcome;
      instances.put([setId, account, region], { ...instance, driftStatus, driftCheckedAt });
      moveOn(context, operation);
      return;
    }
    case "done":
      context.table(stackSetResults).put(key, { ...result, gate, status: "SUCCEEDED", reason: outcome.reason });
      if (operation.work === "delete") instances.remove(setId, account, region);
      else instances.put([setId, account, region], succeeded(context, operation, instance, outcome));
      moveOn(context, operation);
      return;
    case "failed": {
      const { reason, stackId = instance.stackId } = outcome;
      context.table(stackSetResults).put(key, { ...result, gate, status: "FAILED", reason });
      if (operation.work !== "drift")
        instances.put([setId, account, region], { ...instance, stackId, reason, ...statusOfFailure(operation.work) });
      moveOn(context, { ...operation, failedInstances: operation.failedInstances + 1 });
    }
  }
}

function succeeded(
  context: ServiceContext,
  operation: StackSetOperationRow,
  instance: StackInstanceRow,
  { stackId, overrides = instance.overrides }: Extract<Outcome, { type: "done" }>,
): StackInstanceRow {
  // The set may have been changed since, by an operation that stands in the queue.
  const isNewest = context.table(stackSets).get(operation.setId)?.revision === operation.revision;
  return {
    ...instance,
    stackId,
    overrides,
    status: isNewest ? "CURRENT" : "OUTDATED",
    detailedStatus: "SUCCEEDED",
    reason: undefined,
  };
}

function statusOfFailure(
  work: Exclude<StackSetOperationRow["work"], "drift">,
): Pick<StackInstanceRow, "status" | "detailedStatus"> {
  switch (work) {
    case "delete":
      return { status: "INOPERABLE", detailedStatus: "INOPERABLE" };
    case "import":
      return { status: "OUTDATED", detailedStatus: "FAILED_IMPORT" };
    case "create":
    case "update":
      return { status: "OUTDATED", detailedStatus: "FAILED" };
  }
}
