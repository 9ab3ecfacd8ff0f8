/** GetAccountAuthorizationDetails: all users, groups, roles and policies of an account with their documents, in one answer. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { encodeDocument, nameInArn } from "../documents.ts";
import { findPolicy } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { keyOf } from "../names.ts";
import { pageOf } from "../paging.ts";
import { showGroup, showInstanceProfile, showPolicy, showRole, showUser, showVersion } from "../shown.ts";
import {
  attachments,
  boundaryUses,
  groups,
  instanceProfiles,
  managedPolicies,
  roles,
  users,
  type Group,
  type Identity,
  type ManagedPolicy,
  type Role,
  type User,
} from "../state.ts";

type Detail = { readonly sort: "1user" | "2group" | "3role" | "4policy" } & (
  | User
  | Group
  | Role
  | ({ readonly kind: "policy" } & ManagedPolicy)
);

export const authorizationDetailsOperations = {
  GetAccountAuthorizationDetails(context, input) {
    const wanted = new Set<string>(input.Filter ?? ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"]);
    const all: Detail[] = [];
    if (wanted.has("User")) for (const row of context.table(users).list()) all.push({ ...row, sort: "1user" });
    if (wanted.has("Group")) for (const row of context.table(groups).list()) all.push({ ...row, sort: "2group" });
    if (wanted.has("Role")) for (const row of context.table(roles).list()) all.push({ ...row, sort: "3role" });
    const policies: ManagedPolicy[] = [];
    if (wanted.has("LocalManagedPolicy")) policies.push(...context.table(managedPolicies).list());
    // "AWS managed policies … that are attached to an identity": not all that there are.
    if (wanted.has("AWSManagedPolicy")) policies.push(...awsPoliciesInUse(context));
    for (const policy of policies.sort((a, b) => (a.arn < b.arn ? -1 : 1)))
      all.push({ ...policy, kind: "policy", sort: "4policy" });

    const { items, rest } = pageOf(
      all,
      input,
      (item) => item.sort + (item.kind === "policy" ? item.arn : keyOf(item.name)),
    );
    return {
      UserDetailList: items.flatMap((item) => (item.kind === "user" ? [showUserDetail(item)] : [])),
      GroupDetailList: items.flatMap((item) => (item.kind === "group" ? [showGroupDetail(item)] : [])),
      RoleDetailList: items.flatMap((item) => (item.kind === "role" ? [showRoleDetail(context, item)] : [])),
      Policies: items.flatMap((item) => (item.kind === "policy" ? [showPolicyDetail(context, item)] : [])),
      ...rest,
    };
  },
} satisfies Operations<Iam>;

function awsPoliciesInUse(context: ServiceContext): ManagedPolicy[] {
  const arns = new Set<string>();
  for (const table of [attachments, boundaryUses]) {
    for (const [[arn]] of context.table(table).entries()) arns.add(String(arn));
  }
  return [...arns]
    .filter((arn) => arn.startsWith("arn:aws:iam::aws:"))
    .flatMap((arn) => findPolicy(context, arn) ?? []);
}

function inlineOf({ inline }: Identity) {
  return Object.entries(inline).map(([name, text]) => ({ PolicyName: name, PolicyDocument: encodeDocument(text) }));
}

function attachedOf({ attached }: Identity) {
  return attached.map((arn) => ({ PolicyName: nameInArn(arn), PolicyArn: arn }));
}

function showGroupDetail(group: Group) {
  return { ...showGroup(group), GroupPolicyList: inlineOf(group), AttachedManagedPolicies: attachedOf(group) };
}

function showUserDetail(user: User) {
  return {
    ...showUser(user),
    GroupList: [...user.groups],
    UserPolicyList: inlineOf(user),
    AttachedManagedPolicies: attachedOf(user),
  };
}

function showRoleDetail(context: ServiceContext, role: Role) {
  const { MaxSessionDuration: _, Description: __, ...shown } = { Description: undefined, ...showRole(context, role) };
  const profiles = [...context.table(instanceProfiles).list()].filter((profile) => profile.role === role.name);
  return {
    ...shown,
    RolePolicyList: inlineOf(role),
    AttachedManagedPolicies: attachedOf(role),
    InstanceProfileList: profiles.map((profile) => showInstanceProfile(context, profile, false)),
    RoleLastUsed: {},
  };
}

function showPolicyDetail(context: ServiceContext, policy: ManagedPolicy) {
  return {
    ...showPolicy(context, policy),
    PolicyVersionList: policy.versions.map((version) => ({
      Document: encodeDocument(version.document),
      ...showVersion(policy, version),
    })),
  };
}
