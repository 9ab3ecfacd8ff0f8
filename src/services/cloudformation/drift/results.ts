/** What is known of the drift of a stack and of its resources, as describes show it. */
import type { ServiceContext } from "../../../service.ts";
import { liveRows } from "../layout.ts";
import type { ResourceRow, StackRow } from "../state.ts";
import { resourceDrifts, stackDrifts, type ResourceDrift, type StackDriftStatus } from "./state.ts";

/** A result without its finding. */
export function resultOf(row: ResourceRow, now: number, idContext: ResourceDrift["idContext"]) {
  return {
    logicalId: row.logicalId,
    physicalId: row.physicalId ?? "",
    type: row.type,
    reason: undefined,
    checkedAt: now,
    expected: undefined,
    actual: undefined,
    differences: [],
    idContext,
    of: madeOf(row),
  };
}

/** Changes when CloudFormation changes the resource. */
function madeOf({ physicalId, properties, changedAt, status }: ResourceRow): string {
  return JSON.stringify([physicalId, changedAt, status, properties]);
}

/** The result that still holds; undefined when the resource was never checked, or was changed by its stack since. */
export function driftOf(context: ServiceContext, stackId: string, row: ResourceRow): ResourceDrift | undefined {
  const result = context.table(resourceDrifts).get(stackId, row.logicalId);
  return result?.of === madeOf(row) ? result : undefined;
}

/** All results that still hold, in the resources' order. */
export function resultsOf(context: ServiceContext, stackId: string): readonly ResourceDrift[] {
  return liveRows(context, stackId).flatMap((row) => driftOf(context, stackId, row) ?? []);
}

/** What the results together say of the stack, and how many resources have drifted. */
export function summaryOf(results: readonly ResourceDrift[]): { status: StackDriftStatus; drifted: number } {
  const drifted = results.filter(({ status }) => status === "MODIFIED" || status === "DELETED").length;
  if (drifted > 0) return { status: "DRIFTED", drifted };
  return { status: results.some(({ status }) => status === "UNKNOWN") ? "UNKNOWN" : "IN_SYNC", drifted };
}

/** `DriftInformation` of DescribeStacks and ListStacks. */
export function stackDriftInformation(context: ServiceContext, stack: StackRow) {
  const checked = context.table(stackDrifts).get(stack.id);
  const results = checked === undefined ? [] : resultsOf(context, stack.id);
  if (checked === undefined || (results.length === 0 && (stack.updatedAt ?? 0) >= checked.checkedAt)) {
    return { StackDriftStatus: "NOT_CHECKED" as const };
  }
  return {
    StackDriftStatus: summaryOf(results).status,
    LastCheckTimestamp: new Date(checked.checkedAt),
  };
}

/** `DriftInformation` of a resource. */
export function resourceDriftInformation(context: ServiceContext, stackId: string, row: ResourceRow) {
  const result = driftOf(context, stackId, row);
  if (result === undefined) return { StackResourceDriftStatus: "NOT_CHECKED" as const };
  return { StackResourceDriftStatus: result.status, LastCheckTimestamp: new Date(result.checkedAt) };
}
