/**
 * Self-managed permissions ("Grant self-managed permissions"): CloudFormation assumes the administration role in the administrator account,
 * and as that the execution role in the target account. Both trust policies are judged by STS.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";
import { assumeRole } from "../principal.ts";
import { stackSetArn } from "./names.ts";
import type { StackSetOperationRow } from "./state.ts";

/** Why an account cannot be worked in, in the words of a stack instance's StatusReason. */
export class RoleFailure extends Error {
  override readonly name = "RoleFailure";
}

/** The session that works in a target account. Raises RoleFailure. */
export async function executionPrincipal(
  context: ServiceContext,
  { setId, administrationRoleArn, executionRoleName }: StackSetOperationRow,
  account: string,
): Promise<Principal> {
  const administrationRole = administrationRoleArn.slice(administrationRoleArn.lastIndexOf("/") + 1);
  const session = context.random.uuid();
  const service = serviceOf("cloudformation.amazonaws.com", context.account, stackSetArn(context, setId));
  const administrator = await orFail(
    assumeRole(context, administrationRoleArn, session, service),
    `Account ${context.account} should have '${administrationRole}' role with trust relationship to CloudFormation service.`,
  );
  return orFail(
    assumeRole(context, `arn:aws:iam::${account}:role/${executionRoleName}`, session, administrator),
    `Account ${account} should have '${executionRoleName}' role with trust relationship to Role '${administrationRole}'.`,
  );
}

async function orFail(assuming: Promise<Principal>, words: string): Promise<Principal> {
  try {
    return await assuming;
  } catch (error) {
    if (isAwsError(error)) throw new RoleFailure(words);
    throw error;
  }
}
