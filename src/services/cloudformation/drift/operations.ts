/** DetectStackDrift and its like, and what they have found. */
import type { Operations } from "../../../service.ts";
import { liveRows } from "../layout.ts";
import { inBrackets, invalid, needStack } from "../names.ts";
import { pageOf } from "../paging.ts";
import { actingPrincipal } from "../principal.ts";
import type { Sdk } from "../sdk.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { checkResource, isCheckable } from "./check.ts";
import { keepSingle, refuseUnlessCheckable, startDetection } from "./detection.ts";
import { resultsOf } from "./results.ts";
import { shownDrift } from "./shown.ts";
import { detections } from "./state.ts";

const LARGEST_PAGE = 100;

export function driftOperations(types: TypeRegistry) {
  return {
    async DetectStackDrift(context, input) {
      const stack = needStack(context, input.StackName, inBrackets);
      refuseUnlessCheckable(stack);
      const known = new Set(liveRows(context, stack.id).map(({ logicalId }) => logicalId));
      const unknown = input.LogicalResourceIds?.find((id) => !known.has(id));
      if (unknown !== undefined) throw invalid(`Resource ${unknown} does not exist for stack ${stack.name}`);
      const principal = await actingPrincipal(context, stack.roleArn, stack.id);
      const StackDriftDetectionId = context.transact(() => {
        const now = needStack(context, stack.id, inBrackets);
        refuseUnlessCheckable(now);
        return startDetection(context, now, input.LogicalResourceIds, principal);
      });
      return { StackDriftDetectionId };
    },

    DescribeStackDriftDetectionStatus(context, { StackDriftDetectionId: id }) {
      const detection = context.table(detections).get(id);
      if (detection === undefined) throw invalid(`Drift detection with id [${id}] does not exist`);
      return {
        StackId: detection.stackId,
        StackDriftDetectionId: id,
        StackDriftStatus: detection.stackStatus,
        DetectionStatus: detection.status,
        DetectionStatusReason: detection.reason,
        DriftedStackResourceCount: detection.drifted,
        Timestamp: new Date(detection.startedAt),
      };
    },

    /** Answers when it has looked. */
    async DetectStackResourceDrift(context, { StackName, LogicalResourceId }) {
      const stack = needStack(context, StackName, inBrackets);
      refuseUnlessCheckable(stack);
      const row = liveRows(context, stack.id).find(({ logicalId }) => logicalId === LogicalResourceId);
      if (row === undefined) throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
      if (!isCheckable(types, row)) throw invalid("Drift detection is not supported for the specified ResourceType");
      const principal = await actingPrincipal(context, stack.roleArn, stack.id);
      const result = await checkResource(context.as({ principal }), types, stack, row);
      context.transact(() => keepSingle(context, stack.id, result));
      return { StackResourceDrift: shownDrift(stack.id, result) };
    },

    DescribeStackResourceDrifts(context, input) {
      const stack = needStack(context, input.StackName, inBrackets);
      const wanted = input.StackResourceDriftStatusFilters;
      const results = resultsOf(context, stack.id).filter(
        ({ status }) => wanted === undefined || wanted.length === 0 || wanted.includes(status),
      );
      const { items, next } = pageOf(results, input.NextToken, input.MaxResults ?? LARGEST_PAGE);
      return { StackResourceDrifts: items.map((result) => shownDrift(stack.id, result)), NextToken: next };
    },
  } satisfies Operations<Sdk>;
}
