/** Finds IAM's things, or says in IAM's words that they are not there. */
import { AwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { ServiceContext } from "../../service.ts";
import { awsManagedPolicy, awsManagedPolicyCount, isAwsManagedArn } from "./aws-managed/aws-managed.ts";
import { keyOf } from "./names.ts";
import {
  groups,
  instanceProfiles,
  managedPolicies,
  roles,
  users,
  type Group,
  type Identity,
  type IdentityKind,
  type InstanceProfile,
  type ManagedPolicy,
  type PolicyVersion,
  type Role,
  type User,
} from "./state.ts";

/** NoSuchEntity. */
export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntityException", message);
}

/** EntityAlreadyExists. */
export function alreadyExists(message: string): AwsError {
  return new AwsError("EntityAlreadyExistsException", message);
}

/** DeleteConflict: `Cannot delete entity, must … first.` */
export function deleteConflict(must: string): AwsError {
  return new AwsError("DeleteConflictException", `Cannot delete entity, must ${must} first.`);
}

/** LimitExceeded: `Cannot exceed quota for NAME: LIMIT`. */
export function quotaExceeded(quota: string, limit: number): AwsError {
  return new AwsError("LimitExceededException", `Cannot exceed quota for ${quota}: ${limit}`);
}

/** The user of this account. Raises NoSuchEntity. */
export function userNamed(context: ServiceContext, name: string): User {
  return named(context.table(users).get(keyOf(name)), name, "user");
}

/** The group of this account. Raises NoSuchEntity. */
export function groupNamed(context: ServiceContext, name: string): Group {
  return named(context.table(groups).get(keyOf(name)), name, "group");
}

/** The role of this account. Raises NoSuchEntity. */
export function roleNamed(context: ServiceContext, name: string): Role {
  return named(context.table(roles).get(keyOf(name)), name, "role");
}

function named<Row extends { readonly name: string }>(row: Row | undefined, name: string, kind: string): Row {
  // Two names may not differ in case alone, but a name is found only as it was given: ARNs in policies would not match otherwise.
  if (row?.name === name) return row;
  throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
}

/** A role that its owner may change: service-linked ones are AWS's. Raises UnmodifiableEntity. */
export function modifiableRole(context: ServiceContext, name: string): Role {
  const role = roleNamed(context, name);
  if (role.linkedService === undefined) return role;
  throw new AwsError(
    "UnmodifiableEntityException",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
}

/** The user, group or role. Raises NoSuchEntity. */
export function identityNamed(context: ServiceContext, kind: IdentityKind, name: string): Identity {
  switch (kind) {
    case "user":
      return userNamed(context, name);
    case "group":
      return groupNamed(context, name);
    case "role":
      return roleNamed(context, name);
  }
}

/** Writes a user, group or role back. */
export function putIdentity(context: ServiceContext, identity: Identity): void {
  const key = [keyOf(identity.name)];
  switch (identity.kind) {
    case "user":
      return context.table(users).put(key, identity);
    case "group":
      return context.table(groups).put(key, identity);
    case "role":
      return context.table(roles).put(key, identity);
  }
}

/** The instance profile of this account. Raises NoSuchEntity. */
export function instanceProfileNamed(context: ServiceContext, name: string): InstanceProfile {
  const row = context.table(instanceProfiles).get(keyOf(name));
  if (row?.name === name) return row;
  throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
}

/** The managed policy, AWS's own or one of this account; undefined when it is not there. */
export function findPolicy(context: ServiceContext, arn: string): ManagedPolicy | undefined {
  if (isAwsManagedArn(arn)) return awsManagedPolicy(arn);
  const parts = tryParseArn(arn);
  if (parts === undefined || parts.service !== "iam" || !parts.resource.startsWith("policy/")) {
    throw new AwsError("InvalidInputException", `ARN ${arn} is not valid.`);
  }
  const row = context.table(managedPolicies).get(keyOf(parts.resource.slice(parts.resource.lastIndexOf("/") + 1)));
  return row?.arn === arn ? row : undefined;
}

/** The managed policy. Raises NoSuchEntity. */
export function policyWithArn(context: ServiceContext, arn: string): ManagedPolicy {
  const policy = findPolicy(context, arn);
  if (policy !== undefined) return policy;
  throw noSuchEntity(`Policy ${arn} was not found.${notCarried(arn)}`);
}

/** The managed policy, for an operation that would use it. Raises NoSuchEntity. */
export function attachablePolicy(context: ServiceContext, arn: string): ManagedPolicy {
  const policy = findPolicy(context, arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.${notCarried(arn)}`);
  return policy;
}

/** AWS has some 1,500 policies and Seatrial a part of them: somebody who knows that theirs exists should not be left wondering. */
function notCarried(arn: string): string {
  if (!isAwsManagedArn(arn)) return "";
  return ` (Seatrial carries ${awsManagedPolicyCount()} of the AWS managed policies; aws iam list-policies --scope AWS shows them.)`;
}

/** A policy of this account, to be changed: AWS's own cannot be. */
export function ownPolicy(context: ServiceContext, arn: string): ManagedPolicy {
  if (isAwsManagedArn(arn)) {
    throw new AwsError(
      "AccessDenied",
      `User: ${context.principal.arn} is not authorized to change the AWS managed policy ${arn}`,
      {
        status: 403,
      },
    );
  }
  return policyWithArn(context, arn);
}

/** One version. Raises NoSuchEntity. */
export function versionOf(policy: ManagedPolicy, id: string): PolicyVersion {
  const version = policy.versions.find((version) => version.id === id);
  if (version !== undefined) return version;
  throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
}

/** The version in force. */
export function defaultVersion(policy: ManagedPolicy): PolicyVersion {
  return versionOf(policy, policy.defaultVersionId);
}
