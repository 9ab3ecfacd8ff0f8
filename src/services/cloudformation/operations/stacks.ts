/** CreateStack, UpdateStack, DeleteStack and what else sets a stack going or stops it. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { checkStackName, findStack, inBrackets, invalid, needStack, stackArn } from "../names.ts";
import { liveRows } from "../layout.ts";
import { prepare, previousConfig } from "../prepare.ts";
import { actingPrincipal } from "../principal.ts";
import { readS3Text } from "../s3-text.ts";
import type { Sdk } from "../sdk.ts";
import { checkStackPolicy } from "../stack-policy.ts";
import { newStackRow, refuseNoChange, startCreate, startDelete, startUpdate } from "../start.ts";
import { nested, operations as operationTable, stacks, type StackRow } from "../state.ts";
import { UNDELETABLE, UPDATABLE } from "../status.ts";
import type { TypeRegistry } from "../types/registry.ts";

/** A policy from the request's body or from S3; undefined when none is given. */
export async function policyText(
  context: ServiceContext,
  body: string | undefined,
  url: string | undefined,
): Promise<string | undefined> {
  if (body !== undefined && url !== undefined)
    throw invalid("You cannot specify both StackPolicyURL and StackPolicyBody");
  const text = url === undefined ? body : await readS3Text(context, url, "StackPolicyURL");
  if (text !== undefined) checkStackPolicy(text);
  return text;
}

/** Raises ValidationError in AWS's words when the stack may not be updated now. */
export function checkUpdatable(stack: StackRow): void {
  if (UPDATABLE.has(stack.status)) return;
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

export function stackOperations(types: TypeRegistry) {
  return {
    async CreateStack(context, input) {
      const { StackName: name, ClientRequestToken: token } = input;
      checkStackName(name);
      if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
        throw invalid("You can specify either DisableRollback or OnFailure, but not both.");
      }
      const there = findStack(context, name);
      // A stack under review is made by whoever comes first; its change sets are obsolete then.
      const reviewed = there?.status === "REVIEW_IN_PROGRESS" ? there : undefined;
      if (there !== undefined && reviewed === undefined) return sameRequest(context, there, token, "CREATE");
      const id = reviewed?.id ?? stackArn(context, name, context.random.uuid());
      const prepared = await prepare(context, types, { id, name }, input, undefined, { defers: true });
      const policy = await policyText(context, input.StackPolicyBody, input.StackPolicyURL);
      const principal = await actingPrincipal(context, input.RoleARN, id);
      context.transact(() => {
        const now = findStack(context, name);
        if (now !== undefined && (now.id !== id || now.status !== "REVIEW_IN_PROGRESS")) throw alreadyExists(name);
        const options = { principal, clientRequestToken: token, retainExceptOnCreate: input.RetainExceptOnCreate };
        const onFailure = input.DisableRollback === true ? "DO_NOTHING" : input.OnFailure;
        const stack = {
          id,
          name,
          onFailure,
          timeoutMinutes: input.TimeoutInMinutes,
          terminationProtection: input.EnableTerminationProtection,
          roleArn: input.RoleARN,
          policy,
        };
        const row = newStackRow(context, stack, options);
        const kept =
          now === undefined ? row : { ...now, ...row, createdAt: now.createdAt, changeSetId: now.changeSetId };
        startCreate(context, types, kept, prepared, options);
      });
      return { StackId: id };
    },

    async UpdateStack(context, input) {
      const stack = needStack(context, input.StackName, inBrackets);
      const running = context.table(operationTable).get(stack.id);
      if (running?.kind === "UPDATE" && isSame(running.clientRequestToken, input.ClientRequestToken))
        return { StackId: stack.id };
      checkUpdatable(stack);
      const prepared = await prepare(context, types, stack, input, previousConfig(context, stack), { defers: true });
      const policy = await policyText(context, input.StackPolicyBody, input.StackPolicyURL);
      const policyDuringUpdate = await policyText(
        context,
        input.StackPolicyDuringUpdateBody,
        input.StackPolicyDuringUpdateURL,
      );
      const principal = await actingPrincipal(context, input.RoleARN ?? stack.roleArn, stack.id);
      context.transact(() => {
        const now = needStack(context, stack.id, inBrackets);
        checkUpdatable(now);
        refuseNoChange(context, types, now, prepared);
        startUpdate(context, types, now, prepared, {
          principal,
          clientRequestToken: input.ClientRequestToken,
          disableRollback: input.DisableRollback,
          retainExceptOnCreate: input.RetainExceptOnCreate,
          policy,
          policyDuringUpdate,
          roleArn: input.RoleARN,
        });
      });
      return { StackId: stack.id };
    },

    async DeleteStack(context, input) {
      const stack = findStack(context, input.StackName);
      // A stack that is not there, or no more, is deleted.
      if (stack === undefined || stack.status === "DELETE_COMPLETE" || stack.status === "DELETE_IN_PROGRESS") return {};
      refuseProtected(context, stack);
      if (UNDELETABLE.has(stack.status)) {
        throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
      }
      const retain = input.RetainResources ?? [];
      checkRetained(context, stack, retain);
      const force = input.DeletionMode === "FORCE_DELETE_STACK";
      if (force && stack.status !== "DELETE_FAILED") {
        throw invalid(
          `Invalid operation on stack [${stack.id}]. You can activate DeletionMode FORCE_DELETE_STACK in a delete stack operation only when the stack is in the DELETE_FAILED state.`,
        );
      }
      const principal = await actingPrincipal(context, input.RoleARN ?? stack.roleArn, stack.id);
      context.transact(() => {
        const now = needStack(context, stack.id);
        if (now.status === "DELETE_COMPLETE" || now.status === "DELETE_IN_PROGRESS") return;
        startDelete(context, now, {
          principal,
          clientRequestToken: input.ClientRequestToken,
          retain,
          force,
          roleArn: input.RoleARN,
        });
      });
      return {};
    },

    UpdateTerminationProtection(context, input) {
      const stack = needStack(context, input.StackName, inBrackets);
      if (stack.status === "DELETE_COMPLETE" || stack.status === "DELETE_IN_PROGRESS")
        throw invalid(inBrackets(input.StackName));
      if (stack.parentId !== undefined) {
        throw invalid(`Termination protection of a nested stack is that of its root stack: ${stack.rootId}`);
      }
      context.table(stacks).put([stack.id], { ...stack, terminationProtection: input.EnableTerminationProtection });
      return { StackId: stack.id };
    },
  } satisfies Operations<Sdk>;
}

/** A nested stack is protected by its root, which alone may take it away ("Protect CloudFormation stacks from being deleted"). */
function refuseProtected(context: ServiceContext, stack: StackRow): void {
  const isAskedByParent = context.table(nested).has(stack.name);
  const root = stack.rootId === undefined ? stack : context.table(stacks).get(stack.rootId);
  if (isAskedByParent || root?.terminationProtection !== true) return;
  throw invalid(`Stack [${root.name}] cannot be deleted while TerminationProtection is enabled`);
}

function isSame(token: string | undefined, other: string | undefined): boolean {
  return token !== undefined && token === other;
}

function sameRequest(
  context: ServiceContext,
  stack: StackRow,
  token: string | undefined,
  kind: string,
): { StackId: string } {
  const running = context.table(operationTable).get(stack.id);
  if (running?.kind === kind && isSame(running.clientRequestToken, token)) return { StackId: stack.id };
  throw alreadyExists(stack.name);
}

function alreadyExists(name: string): AwsError {
  return new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
}

function checkRetained(context: ServiceContext, stack: StackRow, retain: readonly string[]): void {
  if (retain.length === 0) return;
  if (stack.status !== "DELETE_FAILED") {
    throw invalid(
      `Invalid operation on stack [${stack.id}]. RetainResources can only be specified for stacks in the DELETE_FAILED state.`,
    );
  }
  const known = new Set(liveRows(context, stack.id).map(({ logicalId }) => logicalId));
  const unknown = retain.filter((logicalId) => !known.has(logicalId));
  if (unknown.length > 0) {
    throw invalid(
      `The specified resources to retain must be in a valid state. Do not specify resources that are in state DELETE_COMPLETE or not in the stack: [${unknown.join(", ")}]`,
    );
  }
}
