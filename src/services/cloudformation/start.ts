/** How operations on a stack begin. Each function is called inside a transaction, with all that it needs at hand. */
import type { Principal, ServiceContext } from "../../service.ts";
import { changesOf } from "./changes.ts";
import { setStackStatus } from "./events.ts";
import { invalid } from "./names.ts";
import { exportInUse } from "./outputs.ts";
import { halt } from "./halting.ts";
import { liveRows } from "./layout.ts";
import { openOperation } from "./opening.ts";
import { planDelete, settle } from "./phases.ts";
import type { Prepared } from "./prepared.ts";
import {
  names,
  nested,
  operations,
  policies,
  stacks,
  templates,
  type OnFailure,
  type Operation,
  type StackRow,
} from "./state.ts";
import { typeChange } from "./type-change.ts";
import type { TypeRegistry } from "./types/registry.ts";

/** What every operation is told. */
export interface OperationOptions {
  readonly principal: Principal;
  readonly clientRequestToken: string | undefined;
  readonly disableRollback?: boolean | undefined;
  readonly retainExceptOnCreate?: boolean | undefined;
}

/** An operation that has nothing to do yet. */
export function newOperation(kind: Operation["kind"], options: OperationOptions): Operation {
  return {
    kind,
    phase: "forward",
    ending: undefined,
    left: 0,
    open: 0,
    halted: false,
    haltReason: undefined,
    failed: [],
    principal: options.principal,
    clientRequestToken: options.clientRequestToken,
    disableRollback: options.disableRollback ?? false,
    retainExceptOnCreate: options.retainExceptOnCreate ?? false,
    retain: [],
    force: false,
    previous: undefined,
    previousPolicy: undefined,
    policyDuringUpdate: undefined,
    heldByParent: false,
    awaiting: [],
  };
}

/** A stack that is about to be. */
export interface NewStack {
  readonly id: string;
  readonly name: string;
  readonly onFailure?: OnFailure | undefined;
  readonly timeoutMinutes?: number | undefined;
  readonly terminationProtection?: boolean | undefined;
  readonly roleArn?: string | undefined;
  readonly policy?: string | undefined;
  readonly changeSetId?: string | undefined;
}

/** Writes the row of a new stack, without a status event; a nested one knows its parent. */
export function newStackRow(
  context: ServiceContext,
  stack: NewStack,
  options: Partial<OperationOptions> = {},
): StackRow {
  const parent = context.table(nested).get(stack.name);
  context.table(nested).remove(stack.name);
  const parentRow = parent === undefined ? undefined : context.table(stacks).get(parent.parentId);
  const row: StackRow = {
    id: stack.id,
    name: stack.name,
    status: "REVIEW_IN_PROGRESS",
    reason: undefined,
    failure: undefined,
    createdAt: context.now,
    updatedAt: undefined,
    deletedAt: undefined,
    config: undefined,
    outputs: [],
    onFailure: stack.onFailure ?? "ROLLBACK",
    retainExceptOnCreate: options.retainExceptOnCreate ?? false,
    timeoutMinutes: stack.timeoutMinutes,
    terminationProtection: stack.terminationProtection ?? false,
    deletionMode: undefined,
    roleArn: stack.roleArn,
    changeSetId: stack.changeSetId,
    parentId: parent?.parentId,
    parentLogicalId: parent?.logicalId,
    rootId: parentRow === undefined ? undefined : (parentRow.rootId ?? parentRow.id),
  };
  context.table(names).put([stack.name], stack.id);
  context.table(stacks).put([stack.id], row);
  if (stack.policy !== undefined) context.table(policies).put([stack.id], stack.policy);
  return row;
}

/** Creates what the stack is made from. `row` is new, or was under review. */
export function startCreate(
  context: ServiceContext,
  types: TypeRegistry,
  row: StackRow,
  prepared: Prepared,
  options: OperationOptions,
): StackRow {
  context.table(templates).put([row.id, prepared.config.templateId], prepared.row);
  const stack = setStackStatus(context, row, "CREATE_IN_PROGRESS", "User Initiated", options.clientRequestToken, {
    config: prepared.config,
    retainExceptOnCreate: options.retainExceptOnCreate ?? false,
  });
  if (stack.timeoutMinutes !== undefined) {
    context.deadlines.set({ name: "timeout", key: stack.id, due: context.now + stack.timeoutMinutes * 60_000 });
  }
  const operation: Operation = { ...newOperation("CREATE", options), monitoring: prepared.config.rollback };
  openOperation(context, types, stack, operation, prepared);
  return stack;
}

export interface UpdateOptions extends OperationOptions {
  readonly policy?: string | undefined;
  readonly policyDuringUpdate?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly changeSetId?: string | undefined;
}

/** Raises ValidationError "No updates are to be performed.", and when a resource would be of another type. */
export function refuseNoChange(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  prepared: Prepared,
): void {
  // What macros will come to is not known yet.
  if (prepared.later !== undefined) return;
  const other = typeChange(context, stack, prepared.template);
  if (other !== undefined) throw invalid(other);
  if (prepared.failure !== undefined || stack.status === "UPDATE_FAILED" || stack.status === "CREATE_FAILED") return;
  const { changes, isOtherwiseChanged } = changesOf(context, types, stack, prepared);
  if (changes.length === 0 && !isOtherwiseChanged) throw invalid("No updates are to be performed.");
}

/** Updates a stack that may be updated. */
export function startUpdate(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  prepared: Prepared,
  options: UpdateOptions,
): StackRow {
  const before = context.table(operations).get(stack.id);
  const isKnown = prepared.failure === undefined && prepared.later === undefined;
  if (isKnown) context.table(templates).put([stack.id, prepared.config.templateId], prepared.row);
  const operation: Operation = {
    ...newOperation("UPDATE", options),
    // An update that mends a failed one goes back as far as that one would have.
    previous: before?.previous ?? stack.config,
    previousPolicy: before === undefined ? context.table(policies).get(stack.id) : before.previousPolicy,
    policyDuringUpdate: options.policyDuringUpdate,
    heldByParent: context.table(nested).has(stack.name),
    monitoring: prepared.config.rollback,
  };
  context.table(nested).remove(stack.name);
  if (options.policy !== undefined) context.table(policies).put([stack.id], options.policy);
  const row = setStackStatus(context, stack, "UPDATE_IN_PROGRESS", "User Initiated", options.clientRequestToken, {
    config: isKnown ? prepared.config : stack.config,
    failure: undefined,
    updatedAt: context.now,
    retainExceptOnCreate: options.retainExceptOnCreate ?? false,
    roleArn: options.roleArn ?? stack.roleArn,
    changeSetId: options.changeSetId ?? stack.changeSetId,
  });
  openOperation(context, types, row, operation, prepared);
  return row;
}

export interface DeleteOptions extends OperationOptions {
  readonly retain: readonly string[];
  readonly force: boolean;
  readonly roleArn?: string | undefined;
}

/** Deletes a stack; one that is being created stops first. */
export function startDelete(context: ServiceContext, stack: StackRow, options: DeleteOptions): void {
  const current = context.table(operations).get(stack.id);
  const operation: Operation = { ...newOperation("DELETE", options), retain: options.retain, force: options.force };
  const change = {
    roleArn: options.roleArn ?? stack.roleArn,
    deletionMode: options.force ? "FORCE_DELETE_STACK" : undefined,
  };
  const reason = "User Initiated";
  context.deadlines.cancel({ name: "timeout", key: stack.id });
  const inUse = exportInUse(context, stack.id);
  if (inUse !== undefined) {
    const row = setStackStatus(context, stack, "DELETE_IN_PROGRESS", reason, options.clientRequestToken);
    setStackStatus(context, row, stack.status, inUse, options.clientRequestToken);
    return;
  }
  const row = setStackStatus(context, stack, "DELETE_IN_PROGRESS", reason, options.clientRequestToken, change);
  if (stack.status === "CREATE_IN_PROGRESS" && current !== undefined) {
    // Handlers at work end first; then all that is there goes.
    settle(context, row, halt(context, row, { ...current, afterwards: operation }));
    return;
  }
  settle(context, row, planDelete(context, row, operation, liveRows(context, stack.id)));
}
