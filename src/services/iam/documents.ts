/** Policy texts: what IAM checks when it takes one, and how it writes them in its answers. */
import { AwsError } from "../../kernel/errors.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import {
  PolicySyntaxError,
  policySize,
  type PolicyDocument,
  type PolicyKind,
} from "../../languages/policy/document.ts";
import type { ServiceContext } from "../../service.ts";
import { parseArn, splitResource, tryParseArn } from "../../languages/arn.ts";
import { keyOf } from "./names.ts";
import { roles, uniqueIds, users, type IdentityKind } from "./state.ts";

/** Sizes without white space (AWS page "IAM and AWS STS quotas"). */
export const MANAGED_POLICY_SIZE = 6144;
export const INLINE_POLICIES_SIZE: Readonly<Record<IdentityKind, number>> = { user: 2048, group: 5120, role: 10240 };
const TRUST_POLICY_SIZE = 2048;

/** Reads a policy. Raises MalformedPolicyDocument with IAM's words. */
export function readPolicy(text: string, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw new AwsError("MalformedPolicyDocumentException", error.message);
    throw error;
  }
}

/** Checks a managed policy's text. */
export function checkManagedPolicy(text: string): void {
  readPolicy(text, "identity");
  if (policySize(text) > MANAGED_POLICY_SIZE) {
    throw new AwsError("LimitExceededException", `Cannot exceed quota for PolicySize: ${MANAGED_POLICY_SIZE}`);
  }
}

/** Percent-encoding after RFC 3986, in which IAM answers every policy. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Checks a trust policy and makes it what IAM keeps: users and roles by their unique ids, so that one made later under the same name
 * is not trusted (AWS page "AWS JSON policy elements: Principal"). Raises MalformedPolicyDocument for principals that do not exist.
 */
export function takeTrustPolicy(context: ServiceContext, text: string): string {
  readPolicy(text, "trust");
  if (policySize(text) > TRUST_POLICY_SIZE) {
    throw new AwsError("LimitExceededException", `Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_SIZE}`);
  }
  return mapPrincipals(text, (type, name) => {
    if (type === "Service" && !/\.(amazonaws\.com(\.cn)?|aws\.internal|amazon\.com|aws)$/.test(name))
      throw invalidPrincipal("SERVICE", name);
    return type === "AWS" ? idOfPrincipal(context, name) : name;
  });
}

/** The trust policy as it is shown: ids of users and roles that are still there become their ARNs again. */
export function showTrustPolicy(context: ServiceContext, trust: string): string {
  const ids = context.table(uniqueIds);
  return encodeDocument(mapPrincipals(trust, (type, name) => (type === "AWS" ? (ids.get(name)?.arn ?? name) : name)));
}

function idOfPrincipal(context: ServiceContext, name: string): string {
  if (/^\d{12}$/.test(name)) return `arn:aws:iam::${name}:root`;
  const arn = tryParseArn(name);
  if (arn === undefined || arn.service !== "iam") return name;
  const { type, id } = splitResource(arn.resource);
  const owner = { account: arn.account };
  const key = keyOf(id.slice(id.lastIndexOf("/") + 1));
  const found =
    type === "user"
      ? context.table(users, owner).get(key)
      : type === "role"
        ? context.table(roles, owner).get(key)
        : undefined;
  if (found?.arn === name) return found.id;
  if (arn.resource === "root") return name;
  throw invalidPrincipal("AWS", name);
}

function invalidPrincipal(type: string, name: string): AwsError {
  return new AwsError("MalformedPolicyDocumentException", `Invalid principal in policy: "${type}":"${name}"`);
}

/** Rewrites the names in Principal elements; the text comes back without white space, as IAM gives trust policies. */
function mapPrincipals(text: string, change: (type: string, name: string) => string): string {
  // The text has been parsed as a policy before: these are its parts.
  const document: { Statement: Statement | Statement[] } = JSON.parse(text);
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  for (const statement of statements) {
    const principal = statement.Principal;
    if (typeof principal !== "object") continue;
    for (const [type, names] of Object.entries(principal)) {
      principal[type] = Array.isArray(names) ? names.map((name) => change(type, name)) : change(type, names);
    }
  }
  return JSON.stringify(document);
}

interface Statement {
  readonly Principal?: string | Record<string, string | string[]>;
}

/** The name at the end of an ARN: `arn:aws:iam::1:role/a/b` is `b`. */
export function nameInArn(arn: string): string {
  const { resource } = parseArn(arn);
  return resource.slice(resource.lastIndexOf("/") + 1);
}
