/**
 * AWS's managed policies by name: a template may say `AmazonS3ReadOnlyAccess` where IAM wants an ARN.
 */
import policyNames from "./managed-policies.json" with { type: "json" };

/** Paths by name; the data (of the serverless-application-model project) has the names by path. */
const PATHS: ReadonlyMap<string, string> = new Map(
  Object.entries(policyNames).flatMap(([path, names]) => names.split(" ").map((name) => [name, path] as const)),
);

/** The ARN of an AWS managed policy; undefined for a name that is none. */
export function awsManagedPolicyArn(name: string, partition: string): string | undefined {
  const path = PATHS.get(name);
  return path === undefined ? undefined : `arn:${partition}:iam::aws:policy/${path}${name}`;
}
