/** What is done to an update that is under way or has failed: it is cancelled, rolled back, or its rollback is continued. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { restoreRow } from "../begin-restore.ts";
import { STACK_TYPE } from "../events.ts";
import { halt } from "../halting.ts";
import { findStack, inBrackets, invalid, needStack } from "../names.ts";
import { settle, startRollback, startUpdateRollback } from "../phases.ts";
import { actingPrincipal } from "../principal.ts";
import type { Sdk } from "../sdk.ts";
import { befores, operations, resources, stacks, type Operation, type StackRow } from "../state.ts";

export const rollbackOperations = {
  CancelUpdateStack(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    const operation = context.table(operations).get(stack.id);
    refuseChild(stack, "CancelUpdateStack");
    if (stack.status !== "UPDATE_IN_PROGRESS" || operation === undefined) {
      throw invalid("CancelUpdateStack cannot be called from current stack status");
    }
    const { ClientRequestToken: clientRequestToken = operation.clientRequestToken } = input;
    const cancelled = { ...operation, clientRequestToken, disableRollback: false };
    settle(context, stack, halt(context, stack, cancelled, "User Initiated"));
    return {};
  },

  async ContinueUpdateRollback(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    // AWS tells the operation by this name.
    refuseChild(stack, "RollbackUpdatedStack");
    if (isAskedAgain(context, stack, input.ClientRequestToken)) return {};
    if (stack.status !== "UPDATE_ROLLBACK_FAILED")
      throw invalid("RollbackUpdatedStack cannot be called from current stack status");
    const principal = await actingPrincipal(context, input.RoleARN ?? stack.roleArn, stack.id);
    context.transact(() => {
      const next: Operation = {
        ...operationOf(context, stack),
        principal,
        clientRequestToken: input.ClientRequestToken,
        continued: true,
      };
      for (const skipped of input.ResourcesToSkip ?? []) skip(context, stack, next, skipped);
      const { roleArn = stack.roleArn } = { roleArn: input.RoleARN };
      startUpdateRollback(context, { ...stack, roleArn }, next, "User Initiated");
    });
    return {};
  },

  async RollbackStack(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    refuseChild(stack, "RollbackStack");
    if (isAskedAgain(context, stack, input.ClientRequestToken)) return { StackId: stack.id };
    if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED")
      throw invalid("RollbackStack cannot be called from current stack status");
    const principal = await actingPrincipal(context, input.RoleARN ?? stack.roleArn, stack.id);
    context.transact(() => {
      const operation = operationOf(context, stack);
      const next = {
        ...operation,
        principal,
        clientRequestToken: input.ClientRequestToken,
        retainExceptOnCreate: input.RetainExceptOnCreate ?? operation.retainExceptOnCreate,
        disableRollback: false,
      };
      const { roleArn = stack.roleArn } = { roleArn: input.RoleARN };
      const row = { ...stack, roleArn };
      if (operation.kind === "CREATE") startRollback(context, row, next, "ROLLBACK_IN_PROGRESS", "User Initiated");
      else startUpdateRollback(context, row, next, "User Initiated");
    });
    return { StackId: stack.id };
  },
} satisfies Operations<Sdk>;

/** Only the outermost stack may be told; it tells those in it. */
function refuseChild({ parentId }: StackRow, operation: string): void {
  if (parentId !== undefined) throw invalid(`${operation} cannot be invoked on child stacks`);
}

/** A request that is retried with its token has been heard. */
function isAskedAgain(context: ServiceContext, stack: StackRow, token: string | undefined): boolean {
  const operation = context.table(operations).get(stack.id);
  return token !== undefined && operation?.clientRequestToken === token && operation.phase !== "forward";
}

function operationOf(context: ServiceContext, stack: StackRow): Operation {
  const operation = context.table(operations).get(stack.id);
  if (operation === undefined) throw new Error(`${stack.id} has forgotten what it rolls back`);
  return operation;
}

/** A resource, of this stack or (`NESTED-STACK-NAME.LOGICAL-ID`) of one in it, is taken for rolled back. Raises ValidationError. */
function skip(context: ServiceContext, root: StackRow, operation: Operation, skipped: string): void {
  const dot = skipped.lastIndexOf(".");
  const stack = dot < 0 ? root : nestedIn(context, root, skipped.slice(0, dot));
  const own = stack === root ? operation : operationOf(context, stack);
  const logicalId = skipped.slice(dot + 1);
  const row = context.table(resources).get(stack.id, logicalId);
  if (row === undefined) throw invalid(`Resource [${logicalId}] does not belong to stack ${stack.name}`);
  if (row.type === STACK_TYPE && !isGoing(context, row.physicalId)) throw invalid("Nested stacks could not be skipped");
  const before = context.table(befores).get(stack.id, logicalId)?.row;
  if (before === undefined || !own.failed.some((failed) => failed.logicalId === logicalId))
    throw invalid("Only the resources failed during UpdateRollback are allowed to be skipped");
  restoreRow({ context, stack, operation: own }, before);
}

/** An embedded stack that is being deleted, or was, cannot be rolled back by anybody. */
function isGoing(context: ServiceContext, id: string | undefined): boolean {
  const child = id === undefined ? undefined : context.table(stacks).get(id);
  return child === undefined || child.status.startsWith("DELETE_");
}

function nestedIn(context: ServiceContext, root: StackRow, name: string): StackRow {
  const child = findStack(context, name);
  const isInside = child !== undefined && (child.rootId === root.id || child.parentId === root.id);
  if (!isInside) throw invalid(inBrackets(name));
  if (child.status !== "UPDATE_ROLLBACK_FAILED")
    throw invalid("Only the resources failed during UpdateRollback are allowed to be skipped");
  return child;
}
