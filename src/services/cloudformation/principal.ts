/** Who a stack's resources are made by: its service role, or whoever asked. */
import { isAwsError } from "../../kernel/errors.ts";
import { assumeRole } from "../../role-session.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../service.ts";
import { invalid } from "./names.ts";

/** "AWS CloudFormation service role": the role is assumed by CloudFormation itself. Raises ValidationError when it cannot be. */
export async function actingPrincipal(
  context: ServiceContext,
  roleArn: string | undefined,
  stackId: string,
): Promise<Principal> {
  if (roleArn === undefined) return context.principal;
  const as = serviceOf("cloudformation.amazonaws.com", context.account, stackId);
  try {
    const { principal } = await assumeRole(context, { roleArn, sessionName: "AWSCloudFormation", as });
    return principal;
  } catch (error) {
    if (isAwsError(error)) throw invalid(`Role ${roleArn} is invalid or cannot be assumed`);
    throw error;
  }
}
