/** Who asks, as policies see it: whom a Principal element names, and the condition keys that a principal brings. */
import { splitResource, tryParseArn } from "../arn.ts";
import type { ContextValue } from "./context.ts";
import type { PrincipalElement, PrincipalName } from "./document.ts";

/** The principal of a request. ARNs are whole; `account` is twelve digits. */
export type RequestPrincipal =
  | { readonly type: "root"; readonly account: string; readonly arn: string; readonly canonicalUser?: string }
  | (IdentifiedPrincipal & { readonly type: "user" })
  /** `arn` is the session's (`arn:aws:sts::…:assumed-role/Role/session`), `roleArn` the role's (with its path). */
  | (IdentifiedPrincipal & { readonly type: "role-session"; readonly roleArn: string })
  /** From GetFederationToken: `arn` is the session's (`…:federated-user/name`), `userArn` that of whoever asked for it. */
  | (IdentifiedPrincipal & { readonly type: "federated-user"; readonly userArn: string })
  /** Somebody with a token of an identity provider: the provider's ARN or domain name. */
  | { readonly type: "federated"; readonly provider: string }
  /** A service on its own behalf, such as `events.amazonaws.com`. */
  | { readonly type: "service"; readonly service: string }
  | { readonly type: "anonymous" };

interface IdentifiedPrincipal {
  readonly account: string;
  readonly arn: string;
  /** `aws:userid`: `AIDA…` of a user, `AROA…:session` of a role session. */
  readonly userId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** `aws:SourceIdentity`, which a role session keeps once it was set. */
  readonly sourceIdentity?: string;
  readonly canonicalUser?: string;
}

/**
 * How closely a statement names a principal, which decides what its Allow is worth (AWS page "Determining whether a
 * request is allowed or denied within an account"):
 * - `session`: the role or federated user session itself: no implicit deny in other policies limits it;
 * - `identity`: the user, the role, the service, or everyone;
 * - `account`: the account, which still has to allow its own identities.
 */
export type NamedAs = "session" | "identity" | "account";

/** How `element` names `principal`, or undefined where the statement is not about it. */
export function namedAs(element: PrincipalElement, principal: RequestPrincipal): NamedAs | undefined {
  if (element.negated) return isExcepted(element, principal) ? undefined : "identity";
  const ways = element.names.map((name) => nameMatches(name, principal));
  return (["session", "identity", "account"] as const).find((way) => ways.includes(way));
}

/** The request keys that a principal brings (AWS page "AWS global condition context keys"). */
export function principalContext(principal: RequestPrincipal): Readonly<Record<string, ContextValue>> {
  switch (principal.type) {
    case "anonymous":
      return { "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous", "aws:PrincipalIsAWSService": "false" };
    case "service":
      return { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.service };
    case "federated":
      return { "aws:FederatedProvider": principal.provider, "aws:PrincipalIsAWSService": "false" };
    case "root":
      return { ...accountContext(principal), "aws:PrincipalType": "Account", "aws:userid": principal.account };
    case "user":
      return { ...identityContext(principal), "aws:PrincipalType": "User", "aws:username": lastPart(principal.arn) };
    case "role-session":
      // "For IAM roles, the request context returns the ARN of the role, not of the user that assumed the role."
      return {
        ...identityContext(principal),
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalArn": principal.roleArn,
      };
    case "federated-user":
      return { ...identityContext(principal), "aws:PrincipalType": "FederatedUser" };
  }
}

/** The principal's account, or undefined where it has none. */
export function accountOf(principal: RequestPrincipal): string | undefined {
  // By the type and not by the member: a service's principal may say for which account it acts, and is still of none.
  switch (principal.type) {
    case "anonymous":
    case "federated":
    case "service":
      return undefined;
    case "root":
    case "user":
    case "role-session":
    case "federated-user":
      return principal.account;
  }
}

/** What AWS's messages call the principal. */
export function displayName(principal: RequestPrincipal): string {
  if ("arn" in principal) return principal.arn;
  if (principal.type === "service") return principal.service;
  return principal.type === "federated" ? principal.provider : "anonymous";
}

function accountContext(principal: { readonly account: string; readonly arn: string }): Record<string, ContextValue> {
  return {
    "aws:PrincipalArn": principal.arn,
    "aws:PrincipalAccount": principal.account,
    "aws:PrincipalIsAWSService": "false",
  };
}

function identityContext(principal: IdentifiedPrincipal): Record<string, ContextValue> {
  const context = accountContext(principal);
  if (principal.userId !== undefined) context["aws:userid"] = principal.userId;
  if (principal.sourceIdentity !== undefined) context["aws:SourceIdentity"] = principal.sourceIdentity;
  for (const [key, value] of Object.entries(principal.tags ?? {})) context[`aws:PrincipalTag/${key}`] = value;
  return context;
}

function nameMatches(name: PrincipalName, principal: RequestPrincipal): NamedAs | undefined {
  switch (name.type) {
    case "AWS":
      return awsNameMatches(name.name, principal);
    case "Service":
      return principal.type === "service" && ["*", principal.service].includes(name.name) ? "identity" : undefined;
    case "Federated":
      return principal.type === "federated" && ["*", principal.provider].includes(name.name) ? "identity" : undefined;
    case "CanonicalUser":
      // A canonical user id is another name of the account.
      return "canonicalUser" in principal && principal.canonicalUser === name.name ? "account" : undefined;
  }
}

function awsNameMatches(name: string, principal: RequestPrincipal): NamedAs | undefined {
  // {"AWS": "*"} is everyone, also without credentials and also services.
  if (name === "*") return "identity";
  switch (principal.type) {
    case "anonymous":
    case "service":
    case "federated":
      return undefined;
    case "root":
      return namesAccount(name, principal.account) ? "identity" : undefined;
    case "user":
      if (name === principal.arn || name === principal.userId) return "identity";
      break;
    case "role-session":
      if (name === principal.arn || name === principal.userId) return "session";
      if (name === principal.roleArn || name === principal.userId?.split(":")[0]) return "identity";
      break;
    case "federated-user":
      if (name === principal.arn) return "session";
      if (name === principal.userArn) return "identity";
      break;
  }
  return namesAccount(name, principal.account) ? "account" : undefined;
}

/** True for `111122223333` and `arn:aws:iam::111122223333:root`, which AWS says are the same. */
function namesAccount(name: string, account: string): boolean {
  if (name === account) return true;
  const arn = tryParseArn(name);
  return arn?.service === "iam" && arn.account === account && arn.resource === "root";
}

/**
 * True when NotPrincipal leaves `principal` out. AWS page "AWS JSON policy elements: NotPrincipal": an Allow of the
 * account does not except its users, and one of the role not without the account, so all of them have to be named.
 */
function isExcepted(element: PrincipalElement, principal: RequestPrincipal): boolean {
  const ways = element.names.map((name) => nameMatches(name, principal));
  if (element.names.some(({ name }) => name === "*")) return true;
  switch (principal.type) {
    case "anonymous":
    case "service":
    case "federated":
    case "root":
      return ways.includes("identity");
    case "user":
      return ways.includes("identity") && ways.includes("account");
    case "role-session":
    case "federated-user":
      return ways.includes("session") && ways.includes("identity") && ways.includes("account");
  }
}

/** `arn:…:user/path/Name` is `Name`. */
function lastPart(arn: string): string {
  const { id } = splitResource(tryParseArn(arn)?.resource ?? arn);
  return id.slice(id.lastIndexOf("/") + 1);
}
