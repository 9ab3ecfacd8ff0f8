/** Which steps a phase has: the resources to be made, those to be taken away, and in which order. */
import type { ServiceContext } from "../../service.ts";
import type { DependencyGraph } from "../../template/graph.ts";
import { tellOfResource } from "./events.ts";
import type { PlannedStep } from "./plan.ts";
import { policyDenial } from "./stack-policy.ts";
import { leftovers, policies, resources, type Operation, type ResourceRow, type StackRow } from "./state.ts";

/** The resources that are there, or may be. */
export function liveRows(context: ServiceContext, stackId: string): readonly ResourceRow[] {
  return [...context.table(resources).list([stackId])].filter(
    ({ status }) => status !== "DELETE_COMPLETE" && status !== "DELETE_SKIPPED",
  );
}

/** What an operation has left to be taken away. */
export function leftoverSteps(context: ServiceContext, stackId: string) {
  return [...context.table(leftovers).list([stackId])].map((leftover) => ({
    key: `${leftover.logicalId}/${leftover.nameToken}`,
    logicalId: leftover.logicalId,
    needs: leftover.needs,
    leftover,
  }));
}

/** Steps that delete: those first that others do not need. */
export function deletionSteps(
  going: readonly (Pick<PlannedStep, "key" | "logicalId" | "leftover"> & { readonly needs: readonly string[] })[],
): PlannedStep[] {
  const keysOf = new Map<string, string[]>();
  for (const { key, logicalId } of going) keysOf.set(logicalId, [...(keysOf.get(logicalId) ?? []), key]);
  const after = new Map<string, string[]>(going.map(({ key }) => [key, []]));
  for (const { key, needs } of going) {
    for (const need of needs) for (const other of keysOf.get(need) ?? []) after.get(other)?.push(key);
  }
  return going.map(({ key, logicalId, leftover }) => ({
    key,
    logicalId,
    kind: "delete",
    after: after.get(key) ?? [],
    ...(leftover === undefined ? {} : { leftover }),
  }));
}

/** The resources that the update would take away and the stack policy keeps, each told. */
export function denyDeletions(
  context: ServiceContext,
  stack: StackRow,
  operation: Operation,
  graph: DependencyGraph,
): readonly string[] {
  const policy = operation.policyDuringUpdate ?? context.table(policies).get(stack.id);
  if (operation.kind !== "UPDATE" || policy === undefined) return [];
  return liveRows(context, stack.id).flatMap((row) => {
    const denial = graph.has(row.logicalId)
      ? undefined
      : policyDenial(policy, "Update:Delete", row.logicalId, row.type);
    if (denial === undefined) return [];
    tellOfResource(context, stack.id, operation, row, "DELETE_FAILED", denial);
    return [row.logicalId];
  });
}
