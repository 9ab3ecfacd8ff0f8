/** The nouns of the IAM policy language, after parsing (AWS page "Grammar of the IAM JSON policy language"). */

/** What a policy is attached to decides its grammar: which elements must be there and which may not. */
export type PolicyKind =
  /** Attached to a user, group or role, also as a boundary, a session policy or a service control policy. */
  | "identity"
  /** A role's AssumeRolePolicyDocument. */
  | "trust"
  /** Attached to a bucket, a queue, a topic, a function. */
  | "resource";

/** A policy as it is judged. Plain data: it can be stored and compared. */
export interface PolicyDocument {
  readonly version: "2008-10-17" | "2012-10-17";
  readonly id?: string;
  readonly statements: readonly Statement[];
}

/** One rule of a policy. */
export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** Absent in an identity policy, whose principal is whom it is attached to. */
  readonly principals?: PrincipalElement;
  readonly actions: Selection;
  /** Absent in a trust policy, whose resource is the role that it belongs to. */
  readonly resources?: Selection;
  readonly conditions: readonly Condition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface Selection {
  /** True for the `Not…` form, which selects all that no pattern matches. */
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** `Principal` or `NotPrincipal`. */
export interface PrincipalElement {
  /** True for `NotPrincipal`. */
  readonly negated: boolean;
  readonly names: readonly PrincipalName[];
}

/** One principal of a statement; `"Principal": "*"` is `{ type: "AWS", name: "*" }`, as AWS says that they are equal. */
export interface PrincipalName {
  readonly type: PrincipalNameType;
  readonly name: string;
}

/** The keys that `Principal` may have. */
export type PrincipalNameType = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** One key of a condition block: all keys of all operators must hold. */
export interface Condition {
  readonly operator: ConditionOperator;
  /** How an operator looks at a key with several values. */
  readonly quantifier?: "ForAllValues" | "ForAnyValue";
  /** True for `…IfExists`: holds where the key is not in the request. */
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

/** The operators without prefix and suffix (AWS page "IAM JSON policy elements: Condition operators"). */
export const conditionOperators = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Null",
] as const;

/** One of the operators. */
export type ConditionOperator = (typeof conditionOperators)[number];

/** Why a text is no policy, for callers whose service says it in words of its own (S3's MalformedPolicy). */
export type PolicyProblem =
  | "json"
  | "syntax"
  | "version"
  | "legacy"
  | "missing-field"
  | "unknown-field"
  | "prohibited-field"
  | "duplicate-sid"
  | "sid"
  | "action"
  | "resource"
  | "principal";

/** The text is no policy. The message is IAM's for MalformedPolicyDocument. */
export class PolicySyntaxError extends Error {
  override readonly name = "PolicySyntaxError";
  readonly problem: PolicyProblem;

  constructor(problem: PolicyProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/**
 * The size that IAM's quotas count: characters without white space (AWS page "IAM and AWS STS quotas"). The quotas
 * themselves are the service's: 6,144 for a managed policy, 2,048 for a trust policy and for all inline policies of a
 * user, 5,120 of a group, 10,240 of a role.
 */
export function policySize(text: string): number {
  return text.replace(/\s/g, "").length;
}
