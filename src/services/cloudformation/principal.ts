/** Who a stack's resources are made by: its service role, or whoever asked. */
import { isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../service.ts";
import { invalid } from "./names.ts";

/** "AWS CloudFormation service role": the role is assumed by CloudFormation itself. Raises ValidationError when it cannot be. */
export async function actingPrincipal(
  context: ServiceContext,
  roleArn: string | undefined,
  stackId: string,
): Promise<Principal> {
  if (roleArn === undefined) return context.principal;
  const service = serviceOf("cloudformation.amazonaws.com", context.account, stackId);
  try {
    return await assumeRole(context, roleArn, "AWSCloudFormation", service);
  } catch (error) {
    if (isAwsError(error)) throw invalid(`Role ${roleArn} is invalid or cannot be assumed`);
    throw error;
  }
}

/** The session of a role that `as` assumes. Raises what STS raises, ValidationError for what is no ARN. */
export async function assumeRole(
  context: ServiceContext,
  roleArn: string,
  sessionName: string,
  as: Principal,
): Promise<Principal> {
  const arn = tryParseArn(roleArn);
  if (arn === undefined) throw invalid(`${roleArn} is invalid`);
  const { AssumedRoleUser, Credentials } = await context.call(
    "sts",
    "AssumeRole",
    { RoleArn: roleArn, RoleSessionName: sessionName },
    { as },
  );
  if (AssumedRoleUser === undefined || Credentials === undefined) throw new Error("AssumeRole answered nothing");
  return {
    type: "role-session",
    account: arn.account,
    arn: AssumedRoleUser.Arn,
    roleArn,
    userId: AssumedRoleUser.AssumedRoleId,
    sessionName,
    sessionTags: {},
    accessKeyId: Credentials.AccessKeyId,
  };
}
