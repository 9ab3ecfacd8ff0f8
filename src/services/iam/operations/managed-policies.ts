/** Customer managed policies and their versions; AWS's own are read here too. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { awsManagedPolicies } from "../aws-managed/aws-managed.ts";
import { checkManagedPolicy, encodeDocument } from "../documents.ts";
import { alreadyExists, ownPolicy, policyWithArn, versionOf } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { checkPath, iamArn, keyOf, uniqueId, withTags } from "../names.ts";
import { pageOf } from "../paging.ts";
import { showPolicy, showVersion } from "../shown.ts";
import {
  attachments,
  boundaryUses,
  groups,
  managedPolicies,
  roles,
  users,
  type IdentityKind,
  type ManagedPolicy,
  type PolicyVersion,
} from "../state.ts";

const MOST_VERSIONS = 5;

export const managedPolicyOperations = {
  CreatePolicy(context, input) {
    const path = checkPath(input.Path);
    const { PolicyName: name } = input;
    checkManagedPolicy(input.PolicyDocument);
    if (context.table(managedPolicies).has(keyOf(name))) {
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    }
    const { now } = context;
    const policy: ManagedPolicy = {
      name,
      path,
      arn: iamArn(context.account, "policy", path, name),
      id: uniqueId(context, "ANPA"),
      createDate: now,
      updateDate: now,
      description: input.Description,
      defaultVersionId: "v1",
      nextVersion: 2,
      versions: [{ id: "v1", document: input.PolicyDocument, createDate: now }],
      tags: withTags([], input.Tags ?? []),
    };
    context.table(managedPolicies).put([keyOf(name)], policy);
    return {
      Policy: { ...showPolicy(context, policy), ...(policy.tags.length > 0 ? { Tags: [...policy.tags] } : {}) },
    };
  },

  GetPolicy(context, input) {
    const policy = policyWithArn(context, input.PolicyArn);
    const description = policy.description === undefined ? {} : { Description: policy.description };
    return { Policy: { ...showPolicy(context, policy), ...description, Tags: [...policy.tags] } };
  },

  ListPolicies(context, input) {
    const prefix = input.PathPrefix ?? "/";
    const scope = input.Scope ?? "All";
    const uses = context.table(input.PolicyUsageFilter === "PermissionsBoundary" ? boundaryUses : attachments);
    const used = (arn: string): boolean => ![...uses.list([arn], { limit: 1 })].every(() => false);
    const wantsUsed = input.OnlyAttached === true || input.PolicyUsageFilter !== undefined;
    const all: ManagedPolicy[] = [];
    if (scope !== "AWS") all.push(...context.table(managedPolicies).list());
    const own = all.length;
    if (scope !== "Local") all.push(...awsManagedPolicies());
    const keyed = all.map((policy, index) => ({
      policy,
      key: index < own ? `0${keyOf(policy.name)}` : `1${policy.name}`,
    }));
    const wanted = keyed.filter(({ policy }) => policy.path.startsWith(prefix) && (!wantsUsed || used(policy.arn)));
    const { items, rest } = pageOf(wanted, input, ({ key }) => key);
    return { Policies: items.map(({ policy }) => showPolicy(context, policy)), ...rest };
  },

  DeletePolicy(context, input) {
    const policy = ownPolicy(context, input.PolicyArn);
    const { AttachmentCount, PermissionsBoundaryUsageCount } = showPolicy(context, policy);
    if (AttachmentCount > 0)
      throw new AwsError("DeleteConflictException", "Cannot delete a policy attached to entities.");
    if (PermissionsBoundaryUsageCount > 0) {
      throw new AwsError(
        "DeleteConflictException",
        "Cannot delete a policy that is a permissions boundary of entities.",
      );
    }
    if (policy.versions.length > 1) {
      throw new AwsError(
        "DeleteConflictException",
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    context.table(managedPolicies).remove(keyOf(policy.name));
    return {};
  },

  CreatePolicyVersion(context, input) {
    const policy = ownPolicy(context, input.PolicyArn);
    checkManagedPolicy(input.PolicyDocument);
    if (policy.versions.length >= MOST_VERSIONS) {
      throw new AwsError(
        "LimitExceededException",
        `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const { now } = context;
    const version: PolicyVersion = { id: `v${policy.nextVersion}`, document: input.PolicyDocument, createDate: now };
    const changed: ManagedPolicy = {
      ...policy,
      updateDate: now,
      nextVersion: policy.nextVersion + 1,
      versions: [version, ...policy.versions],
      defaultVersionId: input.SetAsDefault === true ? version.id : policy.defaultVersionId,
    };
    context.table(managedPolicies).put([keyOf(policy.name)], changed);
    return { PolicyVersion: showVersion(changed, version) };
  },

  GetPolicyVersion(context, input) {
    const policy = policyWithArn(context, input.PolicyArn);
    const version = versionOf(policy, input.VersionId);
    return { PolicyVersion: { Document: encodeDocument(version.document), ...showVersion(policy, version) } };
  },

  ListPolicyVersions(context, input) {
    const policy = policyWithArn(context, input.PolicyArn);
    const counted = policy.versions.map((version, index) => ({ version, key: String(index) }));
    const { items, rest } = pageOf(counted, input, ({ key }) => key);
    return { Versions: items.map(({ version }) => showVersion(policy, version)), ...rest };
  },

  SetDefaultPolicyVersion(context, input) {
    const policy = ownPolicy(context, input.PolicyArn);
    const { id } = versionOf(policy, input.VersionId);
    context
      .table(managedPolicies)
      .put([keyOf(policy.name)], { ...policy, defaultVersionId: id, updateDate: context.now });
    return {};
  },

  DeletePolicyVersion(context, input) {
    const policy = ownPolicy(context, input.PolicyArn);
    const { id } = versionOf(policy, input.VersionId);
    if (id === policy.defaultVersionId) {
      throw new AwsError("DeleteConflictException", "Cannot delete the default version of a policy.");
    }
    const versions = policy.versions.filter((version) => version.id !== id);
    context.table(managedPolicies).put([keyOf(policy.name)], { ...policy, versions });
    return {};
  },

  ListEntitiesForPolicy(context, input) {
    const { arn } = policyWithArn(context, input.PolicyArn);
    const uses = context.table(input.PolicyUsageFilter === "PermissionsBoundary" ? boundaryUses : attachments);
    const prefix = input.PathPrefix ?? "/";
    const filter = input.EntityFilter;
    const all = [...uses.entries([arn])].flatMap(([[, kind], name]) => {
      const entity = entityOf(context, kind, name);
      return entity === undefined ||
        !entity.path.startsWith(prefix) ||
        (filter !== undefined && FILTER[filter] !== entity.kind)
        ? []
        : [entity];
    });
    const { items, rest } = pageOf(all, input, ({ kind, name }) => `${kind} ${keyOf(name)}`);
    return {
      PolicyGroups: items
        .filter(({ kind }) => kind === "group")
        .map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: items.filter(({ kind }) => kind === "user").map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: items.filter(({ kind }) => kind === "role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...rest,
    };
  },
} satisfies Operations<Iam>;

/** EntityFilter's words. The managed policy kinds are for GetAccountAuthorizationDetails and match nothing here. */
const FILTER: Readonly<Record<string, IdentityKind | "none">> = {
  User: "user",
  Role: "role",
  Group: "group",
  LocalManagedPolicy: "none",
  AWSManagedPolicy: "none",
};

function entityOf(context: ServiceContext, kind: string | number | undefined, name: string) {
  switch (kind) {
    case "user":
      return context.table(users).get(keyOf(name));
    case "group":
      return context.table(groups).get(keyOf(name));
    case "role":
      return context.table(roles).get(keyOf(name));
    case undefined:
    default:
      return undefined;
  }
}
