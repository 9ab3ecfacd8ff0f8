/** IAM's things as its API shows them. */
import type { ServiceContext } from "../../service.ts";
import { showTrustPolicy } from "./documents.ts";
import {
  attachments,
  boundaryUses,
  roles,
  type Group,
  type InstanceProfile,
  type ManagedPolicy,
  type PolicyVersion,
  type Role,
  type User,
} from "./state.ts";
import { keyOf, shownTime } from "./names.ts";

/** As GetUser and GetRole show a permissions boundary. */
function showBoundary(arn: string) {
  return { PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const, PermissionsBoundaryArn: arn };
}

/** A user as the API shows it; lists leave tags and boundary out. */
export function showUser(user: User, detailed = true) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: shownTime(user.createDate),
    ...(detailed && user.permissionsBoundary !== undefined
      ? { PermissionsBoundary: showBoundary(user.permissionsBoundary) }
      : {}),
    ...(detailed && user.tags.length > 0 ? { Tags: [...user.tags] } : {}),
  };
}

/** A group as the API shows it. */
export function showGroup(group: Group) {
  const { path, name, id, arn, createDate } = group;
  return { Path: path, GroupName: name, GroupId: id, Arn: arn, CreateDate: shownTime(createDate) };
}

/** A role as the API shows it; lists leave tags and boundary out. */
export function showRole(context: ServiceContext, role: Role, detailed = true) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: shownTime(role.createDate),
    AssumeRolePolicyDocument: showTrustPolicy(context, role.trust),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(detailed && role.permissionsBoundary !== undefined
      ? { PermissionsBoundary: showBoundary(role.permissionsBoundary) }
      : {}),
    ...(detailed && role.tags.length > 0 ? { Tags: [...role.tags] } : {}),
  };
}

/** A policy as the API shows it. */
export function showPolicy(context: ServiceContext, policy: ManagedPolicy) {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: [...context.table(attachments).list([policy.arn])].length,
    PermissionsBoundaryUsageCount: [...context.table(boundaryUses).list([policy.arn])].length,
    IsAttachable: true,
    CreateDate: shownTime(policy.createDate),
    UpdateDate: shownTime(policy.updateDate),
  };
}

/** A version as the API shows it; only GetPolicyVersion shows the document. */
export function showVersion(policy: ManagedPolicy, version: PolicyVersion) {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersionId,
    CreateDate: shownTime(version.createDate),
  };
}

/** An instance profile with its role, as the API shows it. */
export function showInstanceProfile(context: ServiceContext, profile: InstanceProfile, detailed = true) {
  const role = profile.role === undefined ? undefined : context.table(roles).get(keyOf(profile.role));
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: shownTime(profile.createDate),
    Roles: role === undefined ? [] : [showRole(context, role, false)],
    ...(detailed && profile.tags.length > 0 ? { Tags: [...profile.tags] } : {}),
  };
}
