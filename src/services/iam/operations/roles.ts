/** Roles: what services, builds and other accounts act as. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { useBoundary } from "../boundaries.ts";
import { takeTrustPolicy } from "../documents.ts";
import { alreadyExists, deleteConflict, modifiableRole, noSuchEntity, roleNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { checkPath, iamArn, keyOf, uniqueId, withTags } from "../names.ts";
import { pageOf } from "../paging.ts";
import { showRole } from "../shown.ts";
import { boundaryUses, instanceProfiles, roles, uniqueIds, type Role } from "../state.ts";

const HOUR_SECONDS = 3600;

/** Writes a role that is new, with its unique id. */
export function addRole(context: ServiceContext, role: Role): void {
  context.table(roles).put([keyOf(role.name)], role);
  context.table(uniqueIds).put([role.id], { account: context.account, kind: "role", name: role.name, arn: role.arn });
}

/** Takes a role away. Raises DeleteConflict while an instance profile has it. */
export function removeRole(context: ServiceContext, role: Role): void {
  for (const profile of context.table(instanceProfiles).list()) {
    if (profile.role === role.name) throw deleteConflict("remove roles from instance profile");
  }
  const key = keyOf(role.name);
  if (role.permissionsBoundary !== undefined) context.table(boundaryUses).remove(role.permissionsBoundary, "role", key);
  context.table(roles).remove(key);
  context.table(uniqueIds).remove(role.id);
}

export const roleOperations = {
  CreateRole(context, input) {
    const path = checkPath(input.Path);
    const { RoleName: name } = input;
    if (path.startsWith("/aws-service-role/")) {
      throw new AwsError(
        "AccessDenied",
        "Roles under the path /aws-service-role/ are made with CreateServiceLinkedRole.",
        { status: 403 },
      );
    }
    if (context.table(roles).has(keyOf(name))) throw alreadyExists(`Role with name ${name} already exists.`);
    const role: Role = {
      kind: "role",
      name,
      path,
      arn: iamArn(context.account, "role", path, name),
      id: uniqueId(context, "AROA"),
      createDate: context.now,
      trust: takeTrustPolicy(context, input.AssumeRolePolicyDocument),
      description: input.Description,
      maxSessionSeconds: input.MaxSessionDuration ?? HOUR_SECONDS,
      tags: withTags([], input.Tags ?? []),
      inline: {},
      attached: [],
    };
    const { PermissionsBoundary } = input;
    const bounded = PermissionsBoundary === undefined ? role : useBoundary(context, role, PermissionsBoundary);
    addRole(context, bounded);
    return { Role: showRole(context, bounded) };
  },

  GetRole(context, input) {
    return { Role: { ...showRole(context, roleNamed(context, input.RoleName)), RoleLastUsed: {} } };
  },

  ListRoles(context, input) {
    const prefix = input.PathPrefix ?? "/";
    const all = [...context.table(roles).list()].filter(({ path }) => path.startsWith(prefix));
    const { items, rest } = pageOf(all, input, ({ name }) => keyOf(name));
    return { Roles: items.map((role) => showRole(context, role, false)), ...rest };
  },

  UpdateRole(context, input) {
    const role = modifiableRole(context, input.RoleName);
    const maxSessionSeconds = input.MaxSessionDuration ?? role.maxSessionSeconds;
    context
      .table(roles)
      .put([keyOf(role.name)], { ...role, maxSessionSeconds, description: input.Description ?? role.description });
    return {};
  },

  UpdateRoleDescription(context, input) {
    const role = roleNamed(context, input.RoleName);
    const changed = { ...role, description: input.Description };
    context.table(roles).put([keyOf(role.name)], changed);
    return { Role: showRole(context, changed) };
  },

  UpdateAssumeRolePolicy(context, input) {
    const role = modifiableRole(context, input.RoleName);
    context.table(roles).put([keyOf(role.name)], { ...role, trust: takeTrustPolicy(context, input.PolicyDocument) });
    return {};
  },

  DeleteRole(context, input) {
    const role = modifiableRole(context, input.RoleName);
    if (Object.keys(role.inline).length > 0) throw deleteConflict("delete policies");
    if (role.attached.length > 0) throw deleteConflict("detach all policies");
    removeRole(context, role);
    return {};
  },

  PutRolePermissionsBoundary(context, input) {
    const role = modifiableRole(context, input.RoleName);
    context.table(roles).put([keyOf(role.name)], useBoundary(context, role, input.PermissionsBoundary));
    return {};
  },

  DeleteRolePermissionsBoundary(context, input) {
    const role = modifiableRole(context, input.RoleName);
    if (role.permissionsBoundary === undefined)
      throw noSuchEntity(`Role ${role.name} does not have a permissions boundary.`);
    context.table(roles).put([keyOf(role.name)], useBoundary(context, role, undefined));
    return {};
  },
} satisfies Operations<Iam>;
