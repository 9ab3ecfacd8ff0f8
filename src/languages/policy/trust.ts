/** Judges whether a role may be assumed: the same language as everywhere, with the context that STS brings. */
import type { ContextValue } from "./context.ts";
import type { PolicyDocument } from "./document.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation, Policies, PolicySource } from "./evaluate.ts";
import type { RequestPrincipal } from "./principal.ts";
import { RequestContext } from "./context.ts";
import { principalContext } from "./principal.ts";
import { statementApplies } from "./statement.ts";

/** A call of AssumeRole, AssumeRoleWithWebIdentity or AssumeRoleWithSAML. */
export interface TrustRequest {
  readonly principal: RequestPrincipal;
  readonly roleArn: string;
  /** The role's account. */
  readonly roleAccount: string;
  /** `sts:AssumeRole` where absent. */
  readonly action?: "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity" | "sts:AssumeRoleWithSAML";
  readonly externalId?: string;
  readonly roleSessionName?: string;
  readonly sourceIdentity?: string;
  /** Session tags. Any makes `sts:TagSession` necessary, as a source identity does `sts:SetSourceIdentity`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  /** Further keys: `aws:SourceIp`, `aws:CurrentTime`, a provider's `…:sub` and `…:aud`. */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>;
}

/** The decision, and the action that it was made on: the first one that is not allowed, else the assuming itself. */
export interface TrustEvaluation {
  readonly action: string;
  readonly evaluation: Evaluation;
}

/**
 * Judges `request` by the role's `trust` policy and the caller's policies together, as AWS does: a trust policy that
 * names the caller itself is enough in the role's own account; one that names the account, or another account's
 * caller, needs the caller's policies to allow it too.
 */
export function evaluateTrust(
  request: TrustRequest,
  trust: PolicyDocument,
  caller: Omit<Policies, "resource" | "resourcePolicyRequired">,
): TrustEvaluation {
  const policies = { ...caller, resource: { name: request.roleArn, document: trust }, resourcePolicyRequired: true };
  const context = trustContext(request);
  const asked = {
    principal: request.principal,
    resource: request.roleArn,
    resourceAccount: request.roleAccount,
    context,
  };
  const evaluations = trustActions(request).map((action) => ({
    action,
    evaluation: inTrustWords(evaluate({ ...asked, action }, policies)),
  }));
  return evaluations.find(({ evaluation }) => evaluation.decision !== "allowed") ?? firstOf(evaluations);
}

/**
 * Judges `request` by the trust policy alone: `allowed` where some statement names the caller in any way and none
 * denies. For a cloud that does not (yet) hold callers to policies of their own.
 */
export function evaluateTrustAlone(request: TrustRequest, trust: PolicyDocument): TrustEvaluation {
  const context = new RequestContext(() => [principalContext(request.principal), trustContext(request)]);
  const evaluations = trustActions(request).map((action) => {
    const subject = { principal: request.principal, action, resource: request.roleArn, context };
    const matched = trust.statements.flatMap((statement) => {
      const namedAs = statementApplies(trust, statement, subject);
      return namedAs === undefined
        ? []
        : [{ source: "role trust policy" as const, policy: request.roleArn, statement, namedAs }];
    });
    return { action, evaluation: decide(matched) };
  });
  return evaluations.find(({ evaluation }) => evaluation.decision !== "allowed") ?? firstOf(evaluations);
}

/** AWS's messages call this resource policy by its own name. */
function inTrustWords(evaluation: Evaluation): Evaluation {
  const named = (source: PolicySource): PolicySource =>
    source === "resource-based policy" ? "role trust policy" : source;
  const matched = evaluation.matched.map((match) => ({ ...match, source: named(match.source) }));
  return evaluation.decision === "allowed"
    ? { ...evaluation, matched }
    : { ...evaluation, matched, source: named(evaluation.source) };
}

function decide(matched: Evaluation["matched"]): Evaluation {
  const denies = matched.filter(({ statement }) => statement.effect === "Deny");
  if (denies.length > 0) return { decision: "explicitDeny", source: "role trust policy", matched: denies };
  if (matched.length > 0) return { decision: "allowed", matched };
  return { decision: "implicitDeny", source: "role trust policy", matched };
}

/** All that a call has to be allowed (AWS page "Pass session tags in AWS STS"). */
function trustActions(request: TrustRequest): readonly [string, ...string[]] {
  const tagged = Object.keys(request.tags ?? {}).length > 0 || (request.transitiveTagKeys ?? []).length > 0;
  return [
    request.action ?? "sts:AssumeRole",
    ...(tagged ? ["sts:TagSession"] : []),
    ...(request.sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
}

function trustContext(request: TrustRequest): Readonly<Record<string, ContextValue | undefined>> {
  const tags = Object.entries(request.tags ?? {});
  return {
    "sts:ExternalId": request.externalId,
    "sts:RoleSessionName": request.roleSessionName,
    "sts:SourceIdentity": request.sourceIdentity,
    "sts:TransitiveTagKeys": request.transitiveTagKeys,
    "aws:TagKeys": tags.length === 0 ? undefined : tags.map(([key]) => key),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...request.context,
  };
}

function firstOf(evaluations: readonly TrustEvaluation[]): TrustEvaluation {
  const [first] = evaluations;
  if (first === undefined) throw new Error("a call of AssumeRole has at least one action to judge");
  return first;
}
