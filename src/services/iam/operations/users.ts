/** Users, and which groups they are in. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { moveAttachments } from "../attachments.ts";
import { useBoundary } from "../boundaries.ts";
import { alreadyExists, deleteConflict, noSuchEntity, quotaExceeded, userNamed, groupNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { checkPath, iamArn, keyOf, uniqueId, withTags, shownTime } from "../names.ts";
import { pageOf } from "../paging.ts";
import {
  accessKeys,
  accessKeysOfUser,
  boundaryUses,
  groups,
  loginProfiles,
  memberships,
  uniqueIds,
  users,
  type User,
} from "../state.ts";
import { showGroup, showUser } from "../shown.ts";

const GROUPS_PER_USER = 10;

/** The user that a request without UserName means: the one who signed it. Raises ValidationError where that is no user. */
export function callingUserName(context: ServiceContext): string {
  const { principal } = context;
  if (principal.type === "user") return principal.userName;
  throw new AwsError("ValidationError", "Must specify userName when calling with non-User credentials");
}

export const userOperations = {
  CreateUser(context, input) {
    const path = checkPath(input.Path);
    const { UserName: name } = input;
    if (context.table(users).has(keyOf(name))) throw alreadyExists(`User with name ${name} already exists.`);
    const user: User = {
      kind: "user",
      name,
      path,
      arn: iamArn(context.account, "user", path, name),
      id: uniqueId(context, "AIDA"),
      createDate: context.now,
      tags: withTags([], input.Tags ?? []),
      groups: [],
      inline: {},
      attached: [],
    };
    const { PermissionsBoundary } = input;
    const bounded = PermissionsBoundary === undefined ? user : useBoundary(context, user, PermissionsBoundary);
    context.table(users).put([keyOf(name)], bounded);
    context.table(uniqueIds).put([user.id], { account: context.account, kind: "user", name, arn: user.arn });
    return { User: showUser(bounded) };
  },

  GetUser(context, input) {
    const { principal } = context;
    if (input.UserName === undefined && principal.type === "root") {
      const { account, arn } = principal;
      // An account is as old as the cloud; nobody wrote down when it began.
      return { User: { Path: "/", UserName: "root", UserId: account, Arn: arn, CreateDate: shownTime(0) } };
    }
    return { User: showUser(userNamed(context, input.UserName ?? callingUserName(context))) };
  },

  ListUsers(context, input) {
    const prefix = input.PathPrefix ?? "/";
    const all = [...context.table(users).list()].filter(({ path }) => path.startsWith(prefix));
    const { items, rest } = pageOf(all, input, ({ name }) => keyOf(name));
    return { Users: items.map((user) => showUser(user, false)), ...rest };
  },

  UpdateUser(context, input) {
    const user = userNamed(context, input.UserName);
    const name = input.NewUserName ?? user.name;
    const path = input.NewPath === undefined ? user.path : checkPath(input.NewPath);
    const table = context.table(users);
    if (keyOf(name) !== keyOf(user.name) && table.has(keyOf(name)))
      throw alreadyExists(`User with name ${name} already exists.`);
    const changed: User = { ...user, name, path, arn: iamArn(context.account, "user", path, name) };
    table.remove(keyOf(user.name));
    table.put([keyOf(name)], changed);
    context.table(uniqueIds).put([user.id], { account: context.account, kind: "user", name, arn: changed.arn });
    renameReferences(context, user, changed);
    return {};
  },

  DeleteUser(context, input) {
    const user = userNamed(context, input.UserName);
    const key = keyOf(user.name);
    if (Object.keys(user.inline).length > 0) throw deleteConflict("delete policies");
    if (user.attached.length > 0) throw deleteConflict("detach all policies");
    if (user.groups.length > 0) throw deleteConflict("remove users from group");
    if (context.table(loginProfiles).has(key)) throw deleteConflict("delete login profile");
    for (const _ of context.table(accessKeysOfUser).list([key], { limit: 1 }))
      throw deleteConflict("delete access keys");
    if (user.permissionsBoundary !== undefined)
      context.table(boundaryUses).remove(user.permissionsBoundary, "user", key);
    context.table(users).remove(key);
    context.table(uniqueIds).remove(user.id);
    return {};
  },

  AddUserToGroup(context, input) {
    const group = groupNamed(context, input.GroupName);
    const user = userNamed(context, input.UserName);
    if (user.groups.includes(group.name)) return {};
    if (user.groups.length >= GROUPS_PER_USER) throw quotaExceeded("GroupsPerUser", GROUPS_PER_USER);
    context.table(users).put([keyOf(user.name)], { ...user, groups: [...user.groups, group.name] });
    context.table(memberships).put([keyOf(group.name), keyOf(user.name)], user.name);
    return {};
  },

  RemoveUserFromGroup(context, input) {
    const group = groupNamed(context, input.GroupName);
    const user = userNamed(context, input.UserName);
    if (!user.groups.includes(group.name)) throw noSuchEntity(`User ${user.name} is not in group ${group.name}.`);
    context
      .table(users)
      .put([keyOf(user.name)], { ...user, groups: user.groups.filter((name) => name !== group.name) });
    context.table(memberships).remove(keyOf(group.name), keyOf(user.name));
    return {};
  },

  ListGroupsForUser(context, input) {
    const user = userNamed(context, input.UserName);
    const found = user.groups.flatMap((name) => context.table(groups).get(keyOf(name)) ?? []);
    const { items, rest } = pageOf(
      found.sort((a, b) => (keyOf(a.name) < keyOf(b.name) ? -1 : 1)),
      input,
      ({ name }) => keyOf(name),
    );
    return { Groups: items.map(showGroup), ...rest };
  },

  PutUserPermissionsBoundary(context, input) {
    const user = userNamed(context, input.UserName);
    context.table(users).put([keyOf(user.name)], useBoundary(context, user, input.PermissionsBoundary));
    return {};
  },

  DeleteUserPermissionsBoundary(context, input) {
    const user = userNamed(context, input.UserName);
    if (user.permissionsBoundary === undefined)
      throw noSuchEntity(`User ${user.name} does not have a permissions boundary.`);
    context.table(users).put([keyOf(user.name)], useBoundary(context, user, undefined));
    return {};
  },
} satisfies Operations<Iam>;

/** Whatever names the user by name follows it to its new one. */
function renameReferences(context: ServiceContext, from: User, to: User): void {
  if (from.name === to.name) return;
  const [before, after] = [keyOf(from.name), keyOf(to.name)];
  const members = context.table(memberships);
  for (const group of from.groups) {
    members.remove(keyOf(group), before);
    members.put([keyOf(group), after], to.name);
  }
  renamePolicyUses(context, from, to);
  const keys = context.table(accessKeysOfUser);
  // Read before the first of them is moved.
  const found = Array.from(keys.entries([before]), ([key]) => key);
  for (const [, created = 0, id = ""] of found) {
    keys.remove(before, created, id);
    keys.put([after, created, id], String(id));
    const key = context.table(accessKeys).get(id);
    if (key !== undefined) context.table(accessKeys).put([id], { ...key, userName: to.name });
  }
  const profile = context.table(loginProfiles).get(before);
  if (profile === undefined) return;
  context.table(loginProfiles).remove(before);
  context.table(loginProfiles).put([after], { ...profile, userName: to.name });
}

function renamePolicyUses(context: ServiceContext, from: User, to: User): void {
  moveAttachments(context, from, to);
  if (from.permissionsBoundary === undefined) return;
  const uses = context.table(boundaryUses);
  uses.remove(from.permissionsBoundary, "user", keyOf(from.name));
  uses.put([from.permissionsBoundary, "user", keyOf(to.name)], to.name);
}
