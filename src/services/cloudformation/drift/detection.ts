/** One DetectStackDrift from its beginning to its end: a deadline that is due now for each resource, one after the other. */
import type { DeadlineHandler, Principal, ServiceContext } from "../../../service.ts";
import { findStack, invalid } from "../names.ts";
import { resources, type ResourceRow, type StackRow } from "../state.ts";
import type { StackStatus } from "../status.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { tellWatchers } from "../watchers.ts";
import { checkResource, isCheckable } from "./check.ts";
import { resultsOf, summaryOf } from "./results.ts";
import { detections, resourceDrifts, stackDrifts, type Detection, type ResourceDrift } from "./state.ts";

/** "The number of drift results CloudFormation retains for any given stack, and for how long, may vary." */
const KEPT_DETECTIONS = 10;

/** Where what is there can be told from what is being made; after an import AWS asks for it ("Import AWS resources into a stack"). */
const CHECKABLE: ReadonlySet<StackStatus> = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_ROLLBACK_FAILED",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
]);

/** Raises ValidationError in AWS's words. */
export function refuseUnlessCheckable({ id, status }: StackRow): void {
  if (CHECKABLE.has(status)) return;
  throw invalid(`Drift detection cannot be performed on stack [${id}] while it is in [${status}] state`);
}

/** Inside a transaction: sets a detection going. Raises ValidationError while there is another one. Answers its id. */
export function startDetection(
  context: ServiceContext,
  stack: StackRow,
  logicalIds: readonly string[] | undefined,
  principal: Principal,
): string {
  const table = context.table(detections);
  const before = context.table(stackDrifts).get(stack.id)?.detections ?? [];
  if (before.some((id) => table.get(id)?.status === "DETECTION_IN_PROGRESS")) {
    throw invalid(`Drift detection is already in progress for stack [${stack.id}]`);
  }
  const id = context.random.uuid();
  const detection: Detection = {
    id,
    stackId: stack.id,
    startedAt: context.now,
    status: "DETECTION_IN_PROGRESS",
    reason: "User Initiated",
    stackStatus: undefined,
    drifted: undefined,
    logicalIds,
    principal,
  };
  table.put([id], detection);
  for (const old of before.slice(KEPT_DETECTIONS - 1)) table.remove(old);
  context.table(stackDrifts).put([stack.id], {
    checkedAt: context.now,
    detections: [id, ...before.slice(0, KEPT_DETECTIONS - 1)],
  });
  setStep(context, { id, after: "" });
  return id;
}

/** Inside a transaction: a resource was looked at on its own. */
export function keepSingle(context: ServiceContext, stackId: string, result: ResourceDrift): void {
  keep(context, stackId, result);
  const { detections: kept = [] } = context.table(stackDrifts).get(stackId) ?? {};
  context.table(stackDrifts).put([stackId], { detections: kept, checkedAt: result.checkedAt });
}

/** A result replaces the one before. */
function keep(context: ServiceContext, stackId: string, result: ResourceDrift): void {
  context.table(resourceDrifts).put([stackId, result.logicalId], result);
}

/** Inside a transaction: nothing is kept of a stack that is gone. */
export function forgetDrift(context: ServiceContext, stackId: string): void {
  const { detections: kept = [] } = context.table(stackDrifts).get(stackId) ?? {};
  for (const id of kept) context.table(detections).remove(id);
  context.table(stackDrifts).remove(stackId);
  const results = context.table(resourceDrifts);
  for (const { logicalId } of Array.from(results.list([stackId]))) results.remove(stackId, logicalId);
}

/**
 * Checks the next resource of a detection and sets the deadline for the one after it, so that others are served in between, and a cloud
 * that was killed goes on where it stood.
 */
export function driftDeadline(types: TypeRegistry): DeadlineHandler {
  return async (context, { payload }) => {
    const { id, after } = stepOf(payload);
    const detection = context.table(detections).get(id);
    const stack = detection === undefined ? undefined : findStack(context, detection.stackId);
    if (detection?.status !== "DETECTION_IN_PROGRESS" || stack === undefined) return;
    try {
      const row = nextRow(context, types, detection, after);
      if (row === undefined) {
        whileKept(context, detection, () => endDetection(context, detection));
        return;
      }
      const result = await checkResource(context.as({ principal: detection.principal }), types, stack, row);
      whileKept(context, detection, () => {
        keep(context, stack.id, result);
        setStep(context, { id, after: row.logicalId });
      });
    } catch (error) {
      // A bug must not look like a detection that is still under way.
      const failed = { ...detection, status: "DETECTION_FAILED", reason: "Internal Failure" } as const;
      whileKept(context, detection, () => context.table(detections).put([id], failed));
      throw error;
    }
  };
}

/** What a deadline is for: the first resource whose logical id follows `after`. */
interface Step {
  readonly id: string;
  readonly after: string;
}

function setStep(context: ServiceContext, step: Step): void {
  context.deadlines.set({ name: "drift", key: `${step.id}/${step.after}`, due: context.now, payload: step });
}

function stepOf(payload: unknown): Step {
  if (typeof payload === "object" && payload !== null && "id" in payload && "after" in payload) {
    return { id: String(payload.id), after: String(payload.after) };
  }
  throw new Error("a drift deadline does not say which detection it is of");
}

function nextRow(
  context: ServiceContext,
  types: TypeRegistry,
  { stackId, logicalIds }: Detection,
  after: string,
): ResourceRow | undefined {
  for (const row of context.table(resources).list([stackId], { after: [after] })) {
    if (logicalIds?.includes(row.logicalId) !== false && isCheckable(types, row)) return row;
  }
  return undefined;
}

/** In a transaction, unless the stack has been deleted meanwhile. */
function whileKept(context: ServiceContext, { id }: Detection, work: () => void): void {
  context.transact(() => {
    if (context.table(detections).has(id)) work();
  });
}

function endDetection(context: ServiceContext, detection: Detection): void {
  const { id, stackId, logicalIds } = detection;
  const results = resultsOf(context, stackId);
  const { status, drifted } = summaryOf(results);
  const failed = results
    .filter((result) => result.status === "UNKNOWN" && logicalIds?.includes(result.logicalId) !== false)
    .map(({ logicalId }) => logicalId);
  context.table(detections).put([id], {
    ...detection,
    status: failed.length === 0 ? "DETECTION_COMPLETE" : "DETECTION_FAILED",
    reason: failed.length === 0 ? undefined : `Failed to detect drift on resource [${failed.join(", ")}]`,
    stackStatus: status,
    drifted,
  });
  tellWatchers(context, id);
}
