/**
 * Judges a request by all policies that are about it (AWS page "Policy evaluation logic" and the pages below it).
 *
 *   any Deny → explicitDeny
 *   else, in the caller's account:  SCP ∧ (resource policy that names the caller itself ∨ identity ∧ boundary ∧ session)
 *   else, in another account:       SCP ∧ identity ∧ boundary ∧ session in the caller's, ∧ resource policy in the other
 */
import { RequestContext } from "./context.ts";
import type { ContextValue } from "./context.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { accountOf, principalContext } from "./principal.ts";
import type { NamedAs, RequestPrincipal } from "./principal.ts";
import { statementApplies } from "./statement.ts";
import type { StatementRequest } from "./statement.ts";

/** What is asked. */
export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `service:Operation`, such as `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** The account that owns the resource; the principal's own where absent. */
  readonly resourceAccount?: string;
  /** Condition keys beside those that the principal brings, such as `aws:SourceIp` or `aws:CurrentTime`. */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>;
}

/** A policy and what it is called. */
export interface NamedPolicy {
  /** The policy's name or ARN, for whoever has to say which one decided. */
  readonly name: string;
  readonly document: PolicyDocument;
}

/** All policies that are about a request. What is absent does not limit; what is empty allows nothing. */
export interface Policies {
  /** Those of the user and its groups, or of the role. */
  readonly identity: readonly NamedPolicy[];
  /** The resource's own. */
  readonly resource?: NamedPolicy;
  /** True for a role and a KMS key: not even their own account may without their policy. */
  readonly resourcePolicyRequired?: boolean;
  readonly permissionsBoundary?: NamedPolicy;
  /** Those given to AssumeRole or GetFederationToken; absent where none was. */
  readonly session?: readonly NamedPolicy[];
  /** The caller's account's, level by level from the organization's root down: each level has to allow. */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[];
}

/** The kinds of policies, in the words of AWS's messages. */
export type PolicySource =
  | "identity-based policy"
  | "resource-based policy"
  | "role trust policy"
  | "permissions boundary"
  | "session policy"
  | "service control policy";

/** A statement that applied. */
export interface MatchedStatement {
  readonly source: PolicySource;
  /** The policy's name as it was given. */
  readonly policy: string;
  readonly statement: Statement;
  readonly namedAs: NamedAs;
}

/** The decision and what it came from. */
export type Evaluation =
  | { readonly decision: "allowed"; readonly matched: readonly MatchedStatement[] }
  | { readonly decision: "explicitDeny"; readonly source: PolicySource; readonly matched: readonly MatchedStatement[] }
  /** `source` is the kind of policy that should have allowed and did not. */
  | { readonly decision: "implicitDeny"; readonly source: PolicySource; readonly matched: readonly MatchedStatement[] };

/** Judges `request` by `policies`. */
export function evaluate(request: AccessRequest, policies: Policies): Evaluation {
  const subject: StatementRequest = {
    principal: request.principal,
    action: request.action,
    resource: request.resource,
    context: new RequestContext(() => [principalContext(request.principal), request.context ?? {}]),
  };
  const layers = matchLayers(subject, policies);
  const matched = [
    ...layers.serviceControl.flat(),
    ...layers.resource,
    ...layers.identity,
    ...layers.boundary,
    ...layers.session,
  ];
  const denies = matched.filter(({ statement }) => statement.effect === "Deny");
  const [deny] = denies;
  if (deny !== undefined) return { decision: "explicitDeny", source: deny.source, matched: denies };
  const source = missingAllow(request, policies, layers);
  return source === undefined ? { decision: "allowed", matched } : { decision: "implicitDeny", source, matched };
}

interface Layers {
  readonly identity: readonly MatchedStatement[];
  readonly resource: readonly MatchedStatement[];
  readonly boundary: readonly MatchedStatement[];
  readonly session: readonly MatchedStatement[];
  readonly serviceControl: readonly (readonly MatchedStatement[])[];
}

function matchLayers(request: StatementRequest, policies: Policies): Layers {
  const match = (source: PolicySource, list: readonly NamedPolicy[]): readonly MatchedStatement[] =>
    list.flatMap(({ name, document }) =>
      document.statements.flatMap((statement) => {
        const namedAs = statementApplies(document, statement, request);
        return namedAs === undefined ? [] : [{ source, policy: name, statement, namedAs }];
      }),
    );
  const some = (policy: NamedPolicy | undefined): readonly NamedPolicy[] => (policy === undefined ? [] : [policy]);
  return {
    identity: match("identity-based policy", policies.identity),
    resource: match("resource-based policy", some(policies.resource)),
    boundary: match("permissions boundary", some(policies.permissionsBoundary)),
    session: match("session policy", policies.session ?? []),
    // "SCPs don't affect … service principals", and nobody without an account has any.
    serviceControl:
      accountOf(request.principal) === undefined
        ? []
        : (policies.serviceControl ?? []).map((level) => match("service control policy", level)),
  };
}

/** The first kind of policy that should allow and does not; undefined where the request is allowed. No Deny applies here. */
function missingAllow(request: AccessRequest, policies: Policies, layers: Layers): PolicySource | undefined {
  const { principal } = request;
  const account = accountOf(principal);
  if (layers.serviceControl.some((level) => level.length === 0)) return "service control policy";
  // Whoever has no account has no identity policies either.
  if (account === undefined) return layers.resource.length > 0 ? undefined : "resource-based policy";
  const sameAccount = (request.resourceAccount ?? account) === account;
  if (!sameAccount) {
    return (
      missingIdentityAllow(principal, policies, layers) ??
      (layers.resource.length > 0 ? undefined : "resource-based policy")
    );
  }
  if (policies.resourcePolicyRequired === true && layers.resource.length === 0) return "resource-based policy";
  const ways = layers.resource.map(({ namedAs }) => namedAs);
  if (ways.includes("session")) return undefined;
  if (ways.includes("identity")) {
    // "Resource-based policies that grant permissions to an IAM role ARN are limited by an implicit deny in a
    // permissions boundary or session policy"; those that grant them to a user are not.
    return principal.type === "user" || principal.type === "root" ? undefined : missingLimit(policies, layers);
  }
  return missingIdentityAllow(principal, policies, layers);
}

function missingIdentityAllow(
  principal: RequestPrincipal,
  policies: Policies,
  layers: Layers,
): PolicySource | undefined {
  // The root user may do everything in its account that no service control policy keeps from it.
  if (principal.type === "root") return undefined;
  if (layers.identity.length === 0) return "identity-based policy";
  return missingLimit(policies, layers);
}

function missingLimit(policies: Policies, layers: Layers): PolicySource | undefined {
  if (policies.permissionsBoundary !== undefined && layers.boundary.length === 0) return "permissions boundary";
  if (policies.session !== undefined && layers.session.length === 0) return "session policy";
  return undefined;
}
