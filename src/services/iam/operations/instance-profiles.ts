/** Instance profiles: the envelope in which EC2 is given a role. */
import type { Operations } from "../../../service.ts";
import {
  alreadyExists,
  deleteConflict,
  instanceProfileNamed,
  modifiableRole,
  noSuchEntity,
  quotaExceeded,
  roleNamed,
} from "../entities.ts";
import type { Iam } from "../iam.ts";
import { checkPath, iamArn, keyOf, uniqueId, withTags } from "../names.ts";
import { pageOf } from "../paging.ts";
import { showInstanceProfile } from "../shown.ts";
import { instanceProfiles, type InstanceProfile } from "../state.ts";

export const instanceProfileOperations = {
  CreateInstanceProfile(context, input) {
    const path = checkPath(input.Path);
    const { InstanceProfileName: name } = input;
    if (context.table(instanceProfiles).has(keyOf(name)))
      throw alreadyExists(`Instance Profile ${name} already exists.`);
    const profile: InstanceProfile = {
      name,
      path,
      arn: iamArn(context.account, "instance-profile", path, name),
      id: uniqueId(context, "AIPA"),
      createDate: context.now,
      tags: withTags([], input.Tags ?? []),
    };
    context.table(instanceProfiles).put([keyOf(name)], profile);
    return { InstanceProfile: showInstanceProfile(context, profile) };
  },

  GetInstanceProfile(context, input) {
    return { InstanceProfile: showInstanceProfile(context, instanceProfileNamed(context, input.InstanceProfileName)) };
  },

  ListInstanceProfiles(context, input) {
    const prefix = input.PathPrefix ?? "/";
    const all = [...context.table(instanceProfiles).list()].filter(({ path }) => path.startsWith(prefix));
    const { items, rest } = pageOf(all, input, ({ name }) => keyOf(name));
    return { InstanceProfiles: items.map((profile) => showInstanceProfile(context, profile, false)), ...rest };
  },

  ListInstanceProfilesForRole(context, input) {
    const role = roleNamed(context, input.RoleName);
    const all = [...context.table(instanceProfiles).list()].filter((profile) => profile.role === role.name);
    const { items, rest } = pageOf(all, input, ({ name }) => keyOf(name));
    return { InstanceProfiles: items.map((profile) => showInstanceProfile(context, profile, false)), ...rest };
  },

  AddRoleToInstanceProfile(context, input) {
    const profile = instanceProfileNamed(context, input.InstanceProfileName);
    const role = modifiableRole(context, input.RoleName);
    if (profile.role !== undefined) throw quotaExceeded("InstanceSessionsPerInstanceProfile", 1);
    context.table(instanceProfiles).put([keyOf(profile.name)], { ...profile, role: role.name });
    return {};
  },

  RemoveRoleFromInstanceProfile(context, input) {
    const profile = instanceProfileNamed(context, input.InstanceProfileName);
    const role = roleNamed(context, input.RoleName);
    if (profile.role !== role.name)
      throw noSuchEntity(`Instance Profile ${profile.name} does not have role ${role.name}.`);
    context.table(instanceProfiles).put([keyOf(profile.name)], { ...profile, role: undefined });
    return {};
  },

  DeleteInstanceProfile(context, input) {
    const profile = instanceProfileNamed(context, input.InstanceProfileName);
    if (profile.role !== undefined) throw deleteConflict("remove roles from instance profile");
    context.table(instanceProfiles).remove(keyOf(profile.name));
    return {};
  },
} satisfies Operations<Iam>;
