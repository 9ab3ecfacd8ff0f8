/**
 * Self-managed permissions ("Grant self-managed permissions"): CloudFormation assumes the administration role in the administrator account,
 * and as that the execution role in the target account. Both trust policies are judged by STS.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { assumeRole, type RoleSession } from "../../../role-session.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";
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
  const sessionName = context.random.uuid();
  const service = serviceOf("cloudformation.amazonaws.com", context.account, stackSetArn(context, setId));
  const administrator = await orFail(
    assumeRole(context, { roleArn: administrationRoleArn, sessionName, as: service }),
    `Account ${context.account} should have '${administrationRole}' role with trust relationship to CloudFormation service.`,
  );
  const roleArn = `arn:aws:iam::${account}:role/${executionRoleName}`;
  const worker = await orFail(
    assumeRole(context, { roleArn, sessionName, as: administrator.principal }),
    `Account ${account} should have '${executionRoleName}' role with trust relationship to Role '${administrationRole}'.`,
  );
  return worker.principal;
}

async function orFail(assuming: Promise<RoleSession>, words: string): Promise<RoleSession> {
  try {
    return await assuming;
  } catch (error) {
    if (isAwsError(error)) throw new RoleFailure(words);
    throw error;
  }
}
