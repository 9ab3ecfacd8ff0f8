/** How a deletion begins and ends: what is retained, what is gone already. Inside a transaction. */
import { adoptions } from "./change-set-state.ts";
import { setResourceStatus, tellOfResource } from "./events.ts";
import type { Stage, Beginning } from "./stage.ts";
import { leftovers, resources, type Operation, type ResourceRow } from "./state.ts";

/** Begins to take a resource, or a leftover, away. */
export function beginDelete(stage: Stage): Beginning {
  const { context, stack, operation, step } = stage;
  const { leftover } = step;
  const row = leftover === undefined ? context.table(resources).get(stack.id, step.logicalId) : undefined;
  const target = leftover ?? row;
  if (target === undefined) return { ended: "done" };
  if (target.physicalId === undefined) {
    finishDelete(stage);
    return { ended: "done" };
  }
  if (
    row !== undefined
      ? isRetained(operation, row) || context.table(adoptions).has(stack.id, row.logicalId)
      : leftover?.policy === "Retain"
  ) {
    if (row === undefined) tellOfResource(context, stack.id, operation, target, "DELETE_SKIPPED");
    else {
      setResourceStatus(context, stack.id, operation, row, "DELETE_SKIPPED");
      if (operation.phase === "cleanup") context.table(resources).remove(stack.id, row.logicalId);
    }
    return { ended: "done" };
  }
  if ((row?.deletionPolicy ?? leftover?.policy) === "Snapshot") {
    const reason = `Seatrial cannot make snapshots: change the DeletionPolicy Snapshot of ${target.logicalId} to Retain or Delete.`;
    if (row === undefined) tellOfResource(context, stack.id, operation, target, "DELETE_FAILED", reason);
    else setResourceStatus(context, stack.id, operation, row, "DELETE_FAILED", reason);
    return { ended: "failed", verb: "delete" };
  }
  const text = JSON.stringify(target.properties);
  const propertiesAt =
    row === undefined
      ? tellOfResource(context, stack.id, operation, target, "DELETE_IN_PROGRESS", undefined, text)
      : setResourceStatus(context, stack.id, operation, row, "DELETE_IN_PROGRESS", undefined, text);
  return {
    work: {
      action: "delete",
      type: target.type,
      requestToken: context.random.uuid(),
      nameToken: target.nameToken,
      properties: target.properties,
      metadata: undefined,
      imports: [],
      physicalId: target.physicalId,
      callbackContext: undefined,
      woken: false,
      propertiesAt,
    },
  };
}

/** AWS page "DeletionPolicy attribute": what each policy means when a stack goes, and when its creation is rolled back. */
function isRetained(operation: Operation, row: ResourceRow): boolean {
  if (operation.retain.includes(row.logicalId)) return true;
  const isRollback = operation.phase === "rollback" || operation.ending === "rollback";
  if (row.deletionPolicy === "Retain") return !(isRollback && operation.retainExceptOnCreate);
  return row.deletionPolicy === "RetainExceptOnCreate" && !isRollback;
}

/** The resource is gone. What a living stack has no more leaves its list too. */
export function finishDelete({ context, stack, operation, step }: Omit<Stage, "types">, propertiesAt?: number): void {
  const { leftover } = step;
  if (leftover !== undefined) {
    tellOfResource(context, stack.id, operation, leftover, "DELETE_COMPLETE", undefined, propertiesAt);
    context.table(leftovers).remove(stack.id, leftover.logicalId, leftover.nameToken);
    return;
  }
  const row = context.table(resources).get(stack.id, step.logicalId);
  if (row === undefined) return;
  setResourceStatus(context, stack.id, operation, row, "DELETE_COMPLETE", undefined, propertiesAt);
  if (operation.phase === "cleanup") context.table(resources).remove(stack.id, step.logicalId);
}
