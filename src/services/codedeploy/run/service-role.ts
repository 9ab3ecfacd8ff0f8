/** The service role: CodeDeploy does to other services what this role may do, and nothing else ("Create a service role for CodeDeploy"). */
import { isAwsError } from "../../../kernel/errors.ts";
import { assumeRole } from "../../../role-session.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";
import { DeploymentFault, refuse } from "../errors.ts";

/** The context of the role's session. Raises DeploymentFault when CodeDeploy cannot assume it. */
export async function asServiceRole(
  context: ServiceContext,
  roleArn: string,
  sourceArn: string,
): Promise<ServiceContext> {
  try {
    return context.as({ principal: await assume(context, roleArn, sourceArn) });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new DeploymentFault(
      "IAM_ROLE_MISSING",
      `AWS CodeDeploy does not have the permissions required to assume the role ${roleArn}.`,
    );
  }
}

/** Raises InvalidRoleException, in AWS's words, when CodeDeploy cannot assume the role. */
export async function checkServiceRole(context: ServiceContext, roleArn: string, sourceArn: string): Promise<void> {
  if (!/^arn:aws:iam::\d{12}:role\/./.test(roleArn))
    refuse("InvalidRoleException", `The role ARN ${roleArn} is not valid.`);
  try {
    await assume(context, roleArn, sourceArn);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    refuse(
      "InvalidRoleException",
      `AWS CodeDeploy does not have the permissions required to assume the role ${roleArn}.`,
    );
  }
}

async function assume(context: ServiceContext, roleArn: string, sourceArn: string): Promise<Principal> {
  const as = serviceOf("codedeploy.amazonaws.com", context.account, sourceArn);
  const { principal } = await assumeRole(context, { roleArn, sessionName: "codedeploy", as });
  return principal;
}
