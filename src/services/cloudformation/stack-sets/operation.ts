/**
 * An operation's way from the request to its end. All of it inside a transaction: that of the request, or that in which an instance's work
 * has ended; whatever is to be done outside is a deadline of its own (work.ts).
 */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { tellWatchers } from "../watchers.ts";
import { touched } from "./instance-row.ts";
import { configOf, invalidOperation, stackSetArn } from "./names.ts";
import { decide, isConflict, orderedRegions } from "./rules.ts";
import {
  stackInstances,
  stackSetConfigs,
  stackSetOperations,
  stackSetResults,
  stackSets,
  type OverrideChange,
  type Preferences,
  type ResultRow,
  type StackSetOperationRow,
  type StackSetRow,
  type Target,
} from "./state.ts";

/** What names one piece of work; the payload of its deadline. */
export interface WorkPayload {
  readonly setId: string;
  readonly operationId: string;
  readonly regionAt: number;
  readonly accountAt: number;
}

/** An operation that is asked for. */
export interface NewOperation {
  readonly id: string | undefined;
  readonly work: StackSetOperationRow["work"];
  readonly preferences: Preferences;
  readonly targets: readonly Target[];
  readonly overrides?: readonly OverrideChange[] | undefined;
  readonly retainStacks?: boolean | undefined;
}

const RUNNING = new Set(["RUNNING", "STOPPING"]);

/** The operations of the set that have not ended, in the order in which they were asked for. */
export function unfinished(context: ServiceContext, setId: string): StackSetOperationRow[] {
  return [...context.table(stackSetOperations).list([setId])]
    .filter(({ status }) => status === "QUEUED" || RUNNING.has(status))
    .toSorted((left, right) => left.sequence - right.sequence);
}

/** Raises OperationInProgressException while one has not ended. */
export function refuseWhileBusy(context: ServiceContext, set: StackSetRow): void {
  const [busy] = unfinished(context, set.id);
  if (busy === undefined) return;
  throw new AwsError(
    "OperationInProgressException",
    `Another Operation on StackSet ${stackSetArn(context, set.id)} is in progress: ${busy.id}`,
  );
}

/**
 * Begins an operation, or queues it where the set's execution is managed; answers its id. Raises OperationIdAlreadyExistsException,
 * StaleRequestException and OperationInProgressException.
 */
export function startOperation(context: ServiceContext, set: StackSetRow, asked: NewOperation): string {
  refuseKnownId(context, set, asked.id);
  if (!set.managedExecution) refuseWhileBusy(context, set);
  const config = configOf(context, set);
  const regions = orderedRegions([...new Set(asked.targets.map(({ region }) => region))], asked.preferences);
  const operation: StackSetOperationRow = {
    id: asked.id ?? context.random.uuid(),
    setId: set.id,
    sequence: set.operations + 1,
    work: asked.work,
    status: "QUEUED",
    reason: undefined,
    revision: set.revision,
    administrationRoleArn: config.administrationRoleArn,
    executionRoleName: config.executionRoleName,
    preferences: asked.preferences,
    regions,
    targets: asked.targets,
    overrides: asked.overrides,
    retainStacks: asked.retainStacks,
    createdAt: context.now,
    endedAt: undefined,
    failedInstances: 0,
  };
  context.table(stackSets).put([set.id], { ...set, operations: operation.sequence });
  context.table(stackSetOperations).put([set.id, operation.id], operation);
  runQueue(context, set.id);
  return operation.id;
}

function refuseKnownId(context: ServiceContext, set: StackSetRow, id: string | undefined): void {
  const known = id === undefined ? undefined : context.table(stackSetOperations).get(set.id, id);
  if (known === undefined) return;
  if (known.sequence === set.operations) {
    throw new AwsError("OperationIdAlreadyExistsException", `Operation ${known.id} already exists`);
  }
  throw new AwsError(
    "StaleRequestException",
    `Another operation has been performed on this StackSet since operation ${known.id} was performed`,
  );
}

/** Begins what is queued and in conflict with nothing before it. */
function runQueue(context: ServiceContext, setId: string): void {
  const before: StackSetOperationRow[] = [];
  for (const operation of unfinished(context, setId)) {
    const waits = before.some((other) => isConflict(operation, other));
    before.push(operation);
    if (operation.status === "QUEUED" && !waits) begin(context, operation);
  }
}

function begin(context: ServiceContext, operation: StackSetOperationRow): void {
  const results = context.table(stackSetResults);
  const set = context.table(stackSets).get(operation.setId);
  const instances = context.table(stackInstances);
  for (const [regionAt, region] of operation.regions.entries()) {
    const targets = operation.targets.filter((target) => target.region === region);
    for (const [accountAt, target] of targets.entries()) {
      const { account } = target;
      const there = instances.get(operation.setId, account, region);
      // Between the asking and the beginning another operation may have taken it away.
      if (there === undefined && operation.work !== "create" && operation.work !== "import") continue;
      if (there === undefined || operation.work !== "import") {
        instances.put([operation.setId, account, region], touched(operation, target, there));
      }
      results.put([operation.setId, operation.id, regionAt, accountAt], {
        account,
        region,
        regionAt,
        accountAt,
        status: "PENDING",
        reason: undefined,
        gate: undefined,
        stage: "fresh",
        attempted: false,
        stackName: newStackName(context, set?.name ?? ""),
        stackId: target.stackId,
        detectionId: undefined,
      });
    }
  }
  moveOn(context, { ...operation, status: "RUNNING" });
}

/** A stack's name has 128 characters at most, a stack set's too: what is longer loses its end. */
function newStackName(context: ServiceContext, name: string): string {
  const uuid = context.random.uuid();
  return `StackSet-${name.slice(0, 128 - "StackSet--".length - uuid.length)}-${uuid}`;
}

/** Sets going what may begin now, cancels what will not, and ends the operation when nothing is left. */
export function moveOn(context: ServiceContext, operation: StackSetOperationRow): void {
  const { setId, id } = operation;
  context.table(stackSetOperations).put([setId, id], operation);
  if (!RUNNING.has(operation.status)) return;
  const table = context.table(stackSetResults);
  const rows = operation.regions.map((_, regionAt) => Array.from(table.list([setId, id, regionAt])));
  const statuses = rows.map((results) => results.map(({ status }) => status));
  const { start, cancelsRest, end } = decide(operation.status, operation.preferences, statuses);
  for (const [regionAt, place] of start) {
    const row = rows[regionAt]?.[place];
    if (row !== undefined) startWork(context, operation, row);
  }
  if (cancelsRest) {
    const reason =
      operation.status === "STOPPING"
        ? "Cancelled since the operation was stopped"
        : "Cancelled since failure tolerance has exceeded";
    for (const row of rows.flat()) if (row.status === "PENDING") cancelWork(context, operation, row, reason);
  }
  if (end === undefined) return;
  context.table(stackSetOperations).put([setId, id], { ...operation, ...ending(context, end) });
  ended(context, operation);
}

function startWork(context: ServiceContext, { setId, id, work }: StackSetOperationRow, row: ResultRow): void {
  const { account, region, regionAt, accountAt } = row;
  context.table(stackSetResults).put([setId, id, regionAt, accountAt], { ...row, status: "RUNNING" });
  const instances = context.table(stackInstances);
  const instance = instances.get(setId, account, region);
  if (instance !== undefined && work !== "drift")
    instances.put([setId, account, region], { ...instance, detailedStatus: "RUNNING" });
  workSoon(context, { setId, operationId: id, regionAt, accountAt });
}

/** The deadline that runs one piece of work. */
export function workDeadline(payload: WorkPayload) {
  const { setId, operationId, regionAt, accountAt } = payload;
  return { name: "stack-set-work", key: `${setId}|${operationId}|${regionAt}|${accountAt}`, payload };
}

/** Runs a piece of work now. */
export function workSoon(context: ServiceContext, payload: WorkPayload): void {
  context.deadlines.set({ ...workDeadline(payload), due: context.now });
}

function cancelWork(context: ServiceContext, operation: StackSetOperationRow, row: ResultRow, reason: string): void {
  const { setId, id, work } = operation;
  const { account, region, regionAt, accountAt } = row;
  context.table(stackSetResults).put([setId, id, regionAt, accountAt], { ...row, status: "CANCELLED", reason });
  const instances = context.table(stackInstances);
  const instance = instances.get(setId, account, region);
  if (instance === undefined || work === "drift") return;
  if (work === "import") {
    instances.remove(setId, account, region);
    return;
  }
  instances.put([setId, account, region], { ...instance, detailedStatus: "CANCELLED", reason });
}

/** The targets live on as results; those of a long history need not be read again with each operation. */
function ending({ now }: ServiceContext, status: "SUCCEEDED" | "FAILED" | "STOPPED") {
  return { status, endedAt: now, targets: [] };
}

/** Whoever waits hears of it, what was queued goes on, and what no one is made from any more is forgotten. */
function ended(context: ServiceContext, { setId, id }: StackSetOperationRow): void {
  tellWatchers(context, watchedOperation(setId, id));
  const set = context.table(stackSets).get(setId);
  if (set === undefined) return;
  const used = new Set([set.revision, ...unfinished(context, setId).map(({ revision }) => revision)]);
  const configs = context.table(stackSetConfigs);
  for (const [[, revision]] of Array.from(configs.entries([setId])))
    if (!used.has(Number(revision))) configs.remove(setId, Number(revision));
  runQueue(context, setId);
}

/** What a watcher of an operation watches. */
export function watchedOperation(setId: string, operationId: string): string {
  return `${setId}|${operationId}`;
}

/** Cancels what has not begun; what has goes on to its end. Raises InvalidOperationException for one that has ended. */
export function stopOperation(context: ServiceContext, operation: StackSetOperationRow): void {
  switch (operation.status) {
    case "QUEUED":
      context
        .table(stackSetOperations)
        .put([operation.setId, operation.id], { ...operation, ...ending(context, "STOPPED") });
      ended(context, operation);
      return;
    case "RUNNING":
      moveOn(context, { ...operation, status: "STOPPING" });
      return;
    case "STOPPING":
      return;
    case "SUCCEEDED":
    case "FAILED":
    case "STOPPED":
      throw invalidOperation(`Operation ${operation.id} is in ${operation.status} status and can not be stopped`);
  }
}
