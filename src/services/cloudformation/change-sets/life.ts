/** Change sets among each other and beside what happens to their stack. All of it inside a transaction. */
import type { ServiceContext } from "../../../service.ts";
import {
  changeSetChildren,
  changeSetPlans,
  changeSets,
  changeSetStacks,
  type ChangeSetRow,
} from "../change-set-state.ts";
import { events, names, stacks, type StackRow } from "../state.ts";
import { isInProgress } from "../status.ts";

/** Why a change set without changes has failed; clients look for these words. */
export const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";
/** The same where a transform made the template. */
export const NO_CHANGES_TRANSFORMED = "No updates are to be performed.";

/** True when a change set failed because there was nothing to do. */
export function hasNoChanges({ status, reason }: ChangeSetRow): boolean {
  return status === "FAILED" && (reason === NO_CHANGES || reason === NO_CHANGES_TRANSFORMED);
}

/** Writes a change set, also where it is found by its ARN. */
export function putChangeSet(context: ServiceContext, row: ChangeSetRow): ChangeSetRow {
  context.table(changeSets).put([row.stackId, row.id], row);
  context.table(changeSetStacks).put([row.id], row.stackId);
  return row;
}

/** Takes a change set away. */
export function removeChangeSet(context: ServiceContext, { id, stackId }: ChangeSetRow): void {
  context.deadlines.cancel({ name: "changeSet", key: id });
  context.table(changeSets).remove(stackId, id);
  context.table(changeSetStacks).remove(id);
  context.table(changeSetPlans).remove(id);
}

/** By its ARN; undefined when there is none. */
export function changeSetById(context: ServiceContext, id: string): ChangeSetRow | undefined {
  const stackId = context.table(changeSetStacks).get(id);
  return stackId === undefined ? undefined : context.table(changeSets).get(stackId, id);
}

/** A stack's change sets, oldest first. */
export function changeSetsOf(context: ServiceContext, stackId: string): readonly ChangeSetRow[] {
  return [...context.table(changeSets).list([stackId])].sort((a, b) => a.createdAt - b.createdAt);
}

/** True while it waits to be executed, or to be seen to have failed; not when it has been executed. */
export function isActive({ executionStatus }: ChangeSetRow): boolean {
  return !executionStatus.startsWith("EXECUTE_");
}

/** The change sets of the nested stacks under one, all levels. */
export function descendantsOf(context: ServiceContext, { id }: Pick<ChangeSetRow, "id">): readonly ChangeSetRow[] {
  return [...context.table(changeSetChildren).entries([id])].flatMap(([[, childId]]) => {
    const child = changeSetById(context, String(childId));
    return child === undefined ? [] : [child, ...descendantsOf(context, child)];
  });
}

/** Takes the change sets under one away, with the stacks that were only made to be reviewed. */
export function removeDescendants(context: ServiceContext, row: Pick<ChangeSetRow, "id">): void {
  for (const child of descendantsOf(context, row)) {
    removeChangeSet(context, child);
    const stack = context.table(stacks).get(child.stackId);
    if (child.parentId !== undefined) context.table(changeSetChildren).remove(child.parentId, child.id);
    if (child.type !== "CREATE" || stack?.status !== "REVIEW_IN_PROGRESS") continue;
    context.table(names).remove(stack.name);
    context.table(stacks).remove(stack.id);
    for (const { sequence } of Array.from(context.table(events).list([stack.id])))
      context.table(events).remove(stack.id, sequence);
  }
}

/**
 * What a stack's new status means for its change sets: what is begun makes those that wait obsolete, what is ended says how the
 * execution under way came out.
 */
export function followStack(context: ServiceContext, { id, status }: StackRow): void {
  if (status === "REVIEW_IN_PROGRESS") return;
  const succeeded = status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE" || status === "IMPORT_COMPLETE";
  for (const row of Array.from(context.table(changeSets).list([id]))) {
    if (isInProgress(status)) {
      if (
        row.executionStatus === "AVAILABLE" ||
        (row.status.startsWith("CREATE_") && row.executionStatus === "UNAVAILABLE")
      )
        putChangeSet(context, { ...row, executionStatus: "OBSOLETE" });
    } else if (row.executionStatus === "EXECUTE_IN_PROGRESS") {
      for (const ended of [row, ...descendantsOf(context, row)]) {
        if (ended.executionStatus === "EXECUTE_IN_PROGRESS")
          putChangeSet(context, { ...ended, executionStatus: succeeded ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED" });
      }
    }
  }
}
