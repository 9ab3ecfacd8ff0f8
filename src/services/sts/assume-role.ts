/** AssumeRole: who is trusted by a role gets credentials that act as it (AWS API "AssumeRole"). */
import { AwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { Input, Output, Principal, ServiceContext } from "../../service.ts";
import { giveCredentials, sessionOf } from "./credentials.ts";
import type { Sts } from "./sdk.ts";
import { packedSize, sessionPolicies } from "./session-policies.ts";
import { findRole, notAuthorized, requireTrust, type Asked, type AssumableRole } from "./trust.ts";

type AssumeRoleInput = Input<Sts, "AssumeRole">;

const HOUR_SECONDS = 3600;
/** "IAM and AWS STS quotas": session tags in one request. */
const MOST_TAGS = 50;

export async function assumeRole(context: ServiceContext, input: AssumeRoleInput): Promise<Output<Sts, "AssumeRole">> {
  refuseUnsupported(input);
  const { principal } = context;
  const { RoleArn: roleArn, RoleSessionName: sessionName } = input;
  const arn = tryParseArn(roleArn);
  if (arn?.service !== "iam" || !arn.resource.startsWith("role/"))
    throw new AwsError("ValidationError", `${roleArn} is invalid`);

  const previous = sessionOf(context);
  const tags = sessionTags(input, principal, previous?.transitiveTagKeys ?? []);
  const sourceIdentity = sourceIdentityOf(input, principal);
  const asked: Asked = {
    roleSessionName: sessionName,
    tags: tags.given,
    transitiveTagKeys: input.TransitiveTagKeys ?? [],
    ...(input.ExternalId === undefined ? {} : { externalId: input.ExternalId }),
    ...(input.SourceIdentity === undefined ? {} : { sourceIdentity: input.SourceIdentity }),
  };
  const role = await findRole(context, roleArn);
  if (role === undefined) throw notAuthorized(principal, "sts:AssumeRole", roleArn);
  await requireTrust(context, role, asked);

  const seconds = durationOf(input, role, principal);
  const policies = await sessionPolicies(context, role.account, input);
  const userId = `${role.id}:${sessionName}`;
  const sessionArn = `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`;
  const acting: Principal = {
    type: "role-session",
    account: role.account,
    arn: sessionArn,
    roleArn: role.arn,
    userId,
    sessionName,
    sessionTags: { ...tags.inherited, ...tags.given },
    ...(policies === undefined ? {} : { sessionPolicies: policies }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
  const transitive = [...Object.keys(tags.inherited), ...(input.TransitiveTagKeys ?? [])];
  return context.transact(() => ({
    Credentials: giveCredentials(context, acting, seconds, transitive),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: sessionArn },
    ...packedSize(input, tags.given),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  }));
}

/** Session tags: those given now, and the transitive ones of the session that assumes (which cannot be changed). */
function sessionTags(input: AssumeRoleInput, principal: Principal, transitive: readonly string[]) {
  const pairs = (input.Tags ?? []).map(({ Key, Value }) => [Key, Value] as const);
  const keys = pairs.map(([key]) => key.toLowerCase());
  if (pairs.length > MOST_TAGS) throw invalid(`The number of session tags must not exceed ${MOST_TAGS}.`);
  if (new Set(keys).size < keys.length) {
    throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  const inherited: Record<string, string> = {};
  if (principal.type === "role-session") {
    for (const key of transitive) {
      const value = principal.sessionTags[key];
      if (value !== undefined) inherited[key] = value;
      if (keys.includes(key.toLowerCase())) {
        throw invalid(
          `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.`,
        );
      }
    }
  }
  for (const key of input.TransitiveTagKeys ?? []) {
    if (!keys.includes(key.toLowerCase()))
      throw invalid(`The specified transitive tag key ${key} must be included in the requested tags.`);
  }
  return { given: Object.fromEntries(pairs), inherited };
}

/** Once set, a source identity stays for all sessions of the chain. */
function sourceIdentityOf(input: AssumeRoleInput, principal: Principal): string | undefined {
  const kept = principal.type === "role-session" ? principal.sourceIdentity : undefined;
  if (kept !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== kept) {
    throw new AwsError("AccessDenied", "The source identity of a session cannot be changed.", { status: 403 });
  }
  return kept ?? input.SourceIdentity;
}

function durationOf(input: AssumeRoleInput, role: AssumableRole, principal: Principal): number {
  const seconds = input.DurationSeconds ?? HOUR_SECONDS;
  if (principal.type === "role-session" && seconds > HOUR_SECONDS) {
    throw invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }
  if (seconds > role.maxSessionSeconds) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return seconds;
}

function refuseUnsupported(input: AssumeRoleInput): void {
  refuseMfa(input);
  if (input.ProvidedContexts !== undefined) {
    throw new AwsError("NotImplemented", "Seatrial does not support ProvidedContexts in AssumeRole.", { status: 501 });
  }
}

/** No user has an MFA device here, so that no code can be the right one. Raises AccessDenied in AWS's words. */
export function refuseMfa(input: {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}): void {
  if (input.SerialNumber === undefined && input.TokenCode === undefined) return;
  throw new AwsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", {
    status: 403,
  });
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}
