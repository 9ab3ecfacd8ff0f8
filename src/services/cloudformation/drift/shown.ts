/** What was found of one resource, as StackResourceDrift and StackInstanceResourceDriftsSummary tell it. */
import type { ResourceDrift } from "./state.ts";

/** What both have. */
export function shownSummary(stackId: string, result: ResourceDrift) {
  const { idContext, differences } = result;
  return {
    StackId: stackId,
    LogicalResourceId: result.logicalId,
    PhysicalResourceId: result.physicalId,
    PhysicalResourceIdContext: idContext.length === 0 ? undefined : idContext.map(({ Key, Value }) => ({ Key, Value })),
    ResourceType: result.type,
    PropertyDifferences: differences.map(({ path, expected, actual, type }) => ({
      PropertyPath: path,
      ExpectedValue: expected,
      ActualValue: actual,
      DifferenceType: type,
    })),
    StackResourceDriftStatus: result.status,
    Timestamp: new Date(result.checkedAt),
  };
}

/** A StackResourceDrift. */
export function shownDrift(stackId: string, result: ResourceDrift) {
  return {
    ...shownSummary(stackId, result),
    ExpectedProperties: result.expected,
    ActualProperties: result.actual,
    DriftStatusReason: result.reason,
  };
}
