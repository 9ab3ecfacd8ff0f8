/** Whether a caller may assume a role: the role's trust policy, and the caller's own policies where they count. */
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import type { ContextValue } from "../../languages/policy/context.ts";
import { evaluate, type MatchedStatement } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import type { RequestPrincipal } from "../../languages/policy/principal.ts";
import { evaluateTrustAlone, type TrustRequest } from "../../languages/policy/trust.ts";
import { parseArn } from "../../languages/arn.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../service.ts";
import { isTemporary } from "./credentials.ts";

/** A role as STS needs it. */
export interface AssumableRole {
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  readonly id: string;
  /** The trust policy's text. */
  readonly trust: string;
  readonly maxSessionSeconds: number;
}

/** What the caller asks for beside the role. */
export type Asked = Pick<
  TrustRequest,
  "externalId" | "roleSessionName" | "sourceIdentity" | "tags" | "transitiveTagKeys"
>;

/** Reads the role from IAM; undefined when there is none with this very ARN. */
export async function findRole(context: ServiceContext, arn: string): Promise<AssumableRole | undefined> {
  const { account, resource } = parseArn(arn);
  const options = { as: serviceOf("sts.amazonaws.com", account), account };
  try {
    const { Role } = await context.call(
      "iam",
      "GetRole",
      { RoleName: resource.slice(resource.lastIndexOf("/") + 1) },
      options,
    );
    if (Role?.Arn !== arn) return undefined;
    const trust = decodeURIComponent(Role.AssumeRolePolicyDocument ?? "");
    return {
      arn,
      account,
      name: Role.RoleName,
      id: Role.RoleId,
      trust,
      maxSessionSeconds: Role.MaxSessionDuration ?? 3600,
    };
  } catch (error) {
    if (isAwsError(error, "NoSuchEntityException", "ValidationError")) return undefined;
    throw error;
  }
}

/** AWS's words: they do not say whether the role is not there or does not trust the caller. */
export function notAuthorized(principal: Principal, action: string, roleArn: string): AwsError {
  return new AwsError(
    "AccessDenied",
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
    {
      status: 403,
    },
  );
}

/** Raises AccessDenied unless the context's principal may assume the role so. */
export async function requireTrust(context: ServiceContext, role: AssumableRole, asked: Asked): Promise<void> {
  const { principal } = context;
  const keys = requestKeys(context);
  const caller = requestPrincipal(
    principal,
    /principaltag/i.test(role.trust) ? await tagsOf(context) : sessionTagsOf(principal),
  );
  const request: TrustRequest = {
    principal: caller,
    roleArn: role.arn,
    roleAccount: role.account,
    context: keys,
    ...asked,
  };
  const { action, evaluation } = evaluateTrustAlone(request, parsePolicy(role.trust, "trust"));
  if (evaluation.decision !== "allowed") throw notAuthorized(principal, action, role.arn);
  if (principal.type === "service" || principal.type === "root" || principal.type === "anonymous") return;
  await requireOwnPolicies(context, role, asked, caller, evaluation.matched);
}

/**
 * A trust policy that names the caller itself is enough in the role's own account; one that names the caller's account, or a caller
 * of another account, needs the caller's own policies to allow it too. A Deny in them always counts.
 */
async function requireOwnPolicies(
  context: ServiceContext,
  role: AssumableRole,
  asked: Asked,
  caller: RequestPrincipal,
  matched: readonly MatchedStatement[],
): Promise<void> {
  const { principal } = context;
  const ways = matched.map(({ namedAs }) => namedAs);
  const trustIsEnough = principal.account === role.account && (ways.includes("identity") || ways.includes("session"));
  const actions = actionsOf(asked);
  // What names the role, and not the session, does not lift the session over the role's boundary.
  const boundaryCounts = principal.type === "role-session" && !ways.includes("session");
  for (const { action, decision, withinBoundary } of await ownDecisions(context, role, asked, actions)) {
    const missing = decision !== "allowed" && !(trustIsEnough && (withinBoundary || !boundaryCounts));
    if (decision === "explicitDeny" || missing) throw notAuthorized(principal, action, role.arn);
  }
  const limits = "sessionPolicies" in principal ? principal.sessionPolicies : undefined;
  if (limits === undefined) return;
  const identity = limits.map((text, index) => ({
    name: `session policy ${index + 1}`,
    document: parsePolicy(text, "identity"),
  }));
  for (const action of actions) {
    const { decision } = evaluate(
      { principal: caller, action, resource: role.arn, context: askedKeys(context, asked) },
      { identity },
    );
    if (decision === "explicitDeny" || (decision !== "allowed" && !ways.includes("session")))
      throw notAuthorized(principal, action, role.arn);
  }
}

/** What the caller's identity policies and boundary say: IAM's simulator judges as IAM itself does. */
async function ownDecisions(context: ServiceContext, role: AssumableRole, asked: Asked, actions: readonly string[]) {
  const { principal } = context;
  const source = principal.type === "role-session" ? principal.roleArn : userArnOf(principal);
  const entries = Object.entries({ ...principalKeys(principal), ...askedKeys(context, asked) }).flatMap(
    ([name, value]) => {
      if (value === undefined) return [];
      const values = (typeof value === "object" ? value : [value]).map(String);
      return [
        {
          ContextKeyName: name,
          ContextKeyValues: values,
          ContextKeyType: typeof value === "object" ? ("stringList" as const) : ("string" as const),
        },
      ];
    },
  );
  const { EvaluationResults = [] } = await context.call(
    "iam",
    "SimulatePrincipalPolicy",
    { PolicySourceArn: source, ActionNames: [...actions], ResourceArns: [role.arn], ContextEntries: entries },
    { as: serviceOf("sts.amazonaws.com", principal.account), account: principal.account },
  );
  return EvaluationResults.map(({ EvalActionName, EvalDecision, PermissionsBoundaryDecisionDetail }) => ({
    action: EvalActionName,
    decision: EvalDecision,
    withinBoundary: PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary !== false,
  }));
}

function actionsOf({ tags = {}, sourceIdentity }: Asked): string[] {
  return [
    "sts:AssumeRole",
    ...(Object.keys(tags).length > 0 ? ["sts:TagSession"] : []),
    ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
}

/** A federated user has what the user has who asked for it. */
function userArnOf(principal: Principal): string {
  if (principal.type === "user" && principal.arn.includes(":federated-user/")) {
    return `arn:aws:iam::${principal.account}:user/${principal.userName}`;
  }
  return principal.arn;
}

/** The keys that every request brings (AWS page "AWS global condition context keys"). */
function requestKeys(context: ServiceContext): Record<string, ContextValue | undefined> {
  const { principal, now, http, region } = context;
  const source =
    principal.type === "service"
      ? { "aws:SourceArn": principal.sourceArn, "aws:SourceAccount": principal.account }
      : {};
  return {
    "aws:CurrentTime": new Date(now).toISOString(),
    "aws:EpochTime": Math.floor(now / 1000),
    "aws:RequestedRegion": region,
    "aws:SourceIp": http?.sourceIp,
    "aws:SecureTransport": http === undefined ? undefined : "false",
    "aws:UserAgent": http?.headers["user-agent"],
    // Nobody has an MFA device here; temporary credentials say so, long-lived ones say nothing.
    "aws:MultiFactorAuthPresent": isTemporary(principal) ? "false" : undefined,
    ...source,
  };
}

function askedKeys(context: ServiceContext, asked: Asked): Record<string, ContextValue | undefined> {
  const tags = Object.entries(asked.tags ?? {});
  return {
    ...requestKeys(context),
    "sts:ExternalId": asked.externalId,
    "sts:RoleSessionName": asked.roleSessionName,
    "sts:SourceIdentity": asked.sourceIdentity,
    "sts:TransitiveTagKeys": asked.transitiveTagKeys,
    "aws:TagKeys": tags.length === 0 ? undefined : tags.map(([key]) => key),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

function principalKeys(principal: Principal): Record<string, string> {
  return "userId" in principal ? { "aws:userid": principal.userId } : {};
}

/** The caller as policies see it. */
function requestPrincipal(principal: Principal, tags: Readonly<Record<string, string>>): RequestPrincipal {
  switch (principal.type) {
    case "root":
      return { type: "root", account: principal.account, arn: principal.arn };
    case "service":
      return { type: "service", service: principal.service };
    case "anonymous":
      return { type: "anonymous" };
    case "user": {
      const { account, arn, userId } = principal;
      if (!arn.includes(":federated-user/")) return { type: "user", account, arn, userId, tags };
      return { type: "federated-user", account, arn, userId, userArn: userArnOf(principal), tags };
    }
    case "role-session": {
      const { account, arn, roleArn, userId, sourceIdentity } = principal;
      return {
        type: "role-session",
        account,
        arn,
        roleArn,
        userId,
        tags,
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      };
    }
  }
}

function sessionTagsOf(principal: Principal): Readonly<Record<string, string>> {
  return principal.type === "role-session" ? principal.sessionTags : {};
}

/** aws:PrincipalTag: the tags of the user or the role, over which those of the session win. */
async function tagsOf(context: ServiceContext): Promise<Record<string, string>> {
  const { principal } = context;
  const options = { as: serviceOf("sts.amazonaws.com", principal.account), account: principal.account };
  const own: readonly { Key: string | undefined; Value: string | undefined }[] =
    principal.type === "user"
      ? ((await context.call("iam", "ListUserTags", { UserName: principal.userName }, options)).Tags ?? [])
      : principal.type === "role-session"
        ? ((await context.call("iam", "ListRoleTags", { RoleName: lastPart(principal.roleArn) }, options)).Tags ?? [])
        : [];
  return { ...Object.fromEntries(own.map(({ Key = "", Value = "" }) => [Key, Value])), ...sessionTagsOf(principal) };
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
