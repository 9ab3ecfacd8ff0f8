/** How a resource is put back as it was before a failed update. Inside a transaction. */
import { sameJson } from "../../template/value.ts";
import { setResourceStatus, STACK_TYPE } from "./events.ts";
import { keepLeftover } from "./halting.ts";
import type { Stage, Beginning } from "./stage.ts";
import { befores, leftovers, resources, type ResourceRow } from "./state.ts";

/** Back to how the resource was: by an update where it is still the same one, else by taking the old one up again. */
export function beginRestore(stage: Stage): Beginning {
  const { context, stack, operation, step } = stage;
  const before = context.table(befores).get(stack.id, step.logicalId);
  const now = context.table(resources).get(stack.id, step.logicalId);
  if (before?.row === undefined) return { ended: "done" };
  const old = before.row;
  const isReplaced = now !== undefined && now.physicalId !== old.physicalId;
  if (now !== undefined && before.touched && !isReplaced && !isUnchanged(old, now)) {
    const text = JSON.stringify(old.properties);
    const propertiesAt = setResourceStatus(context, stack.id, operation, now, "UPDATE_IN_PROGRESS", undefined, text);
    return {
      work: {
        action: "update",
        type: old.type,
        requestToken: context.random.uuid(),
        nameToken: old.nameToken,
        properties: old.properties,
        metadata: old.metadata,
        imports: old.imports,
        physicalId: old.physicalId,
        callbackContext: undefined,
        woken: false,
        propertiesAt,
      },
    };
  }
  if (isReplaced) keepLeftover(context, stack.id, now, undefined);
  for (const leftover of Array.from(context.table(leftovers).list([stack.id, old.logicalId]))) {
    if (leftover.physicalId !== old.physicalId) continue;
    context.table(leftovers).remove(stack.id, old.logicalId, leftover.nameToken);
  }
  restoreRow(stage, old);
  return { ended: "done" };
}

/** A replacement failed before it took the old one's place: the old one was never touched. */
function isUnchanged(old: ResourceRow, now: ResourceRow): boolean {
  // What is in a nested stack cannot be seen from here: it is asked.
  if (old.type === STACK_TYPE) return false;
  return sameJson(now.properties, old.properties) && sameJson({ ...now.tags }, { ...old.tags });
}

/** The row as it was, told as a completed update; the resource is not the operation's any more. */
export function restoreRow(
  { context, stack, operation }: Pick<Stage, "context" | "stack" | "operation">,
  old: ResourceRow,
): void {
  const status = "UPDATE_COMPLETE";
  setResourceStatus(context, stack.id, operation, old, status, undefined, JSON.stringify(old.properties));
  context.table(befores).remove(stack.id, old.logicalId);
}
