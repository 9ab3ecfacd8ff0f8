/** Groups of users. */
import type { Operations } from "../../../service.ts";
import { moveAttachments } from "../attachments.ts";
import { alreadyExists, deleteConflict, groupNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { checkPath, iamArn, keyOf, uniqueId } from "../names.ts";
import { pageOf } from "../paging.ts";
import { groups, memberships, users, type Group } from "../state.ts";
import { showGroup, showUser } from "../shown.ts";

export const groupOperations = {
  CreateGroup(context, input) {
    const path = checkPath(input.Path);
    const { GroupName: name } = input;
    if (context.table(groups).has(keyOf(name))) throw alreadyExists(`Group with name ${name} already exists.`);
    const group: Group = {
      kind: "group",
      name,
      path,
      arn: iamArn(context.account, "group", path, name),
      id: uniqueId(context, "AGPA"),
      createDate: context.now,
      inline: {},
      attached: [],
    };
    context.table(groups).put([keyOf(name)], group);
    return { Group: showGroup(group) };
  },

  GetGroup(context, input) {
    const group = groupNamed(context, input.GroupName);
    const { items, rest } = pageOf(context.table(memberships).list([keyOf(group.name)]), input, keyOf);
    const members = items.flatMap((name) => context.table(users).get(keyOf(name)) ?? []);
    return { Group: showGroup(group), Users: members.map((user) => showUser(user, false)), ...rest };
  },

  ListGroups(context, input) {
    const prefix = input.PathPrefix ?? "/";
    const all = [...context.table(groups).list()].filter(({ path }) => path.startsWith(prefix));
    const { items, rest } = pageOf(all, input, ({ name }) => keyOf(name));
    return { Groups: items.map(showGroup), ...rest };
  },

  UpdateGroup(context, input) {
    const group = groupNamed(context, input.GroupName);
    const name = input.NewGroupName ?? group.name;
    const path = input.NewPath === undefined ? group.path : checkPath(input.NewPath);
    const table = context.table(groups);
    if (keyOf(name) !== keyOf(group.name) && table.has(keyOf(name)))
      throw alreadyExists(`Group with name ${name} already exists.`);
    const changed: Group = { ...group, name, path, arn: iamArn(context.account, "group", path, name) };
    table.remove(keyOf(group.name));
    table.put([keyOf(name)], changed);
    if (name === group.name) return {};
    moveAttachments(context, group, changed);
    const members = context.table(memberships);
    // Read before the first of them is moved.
    const names = Array.from(members.list([keyOf(group.name)]));
    for (const userName of names) {
      members.remove(keyOf(group.name), keyOf(userName));
      members.put([keyOf(name), keyOf(userName)], userName);
      const user = context.table(users).get(keyOf(userName));
      if (user === undefined) continue;
      const groupsOfUser = user.groups.map((member) => (member === group.name ? name : member));
      context.table(users).put([keyOf(userName)], { ...user, groups: groupsOfUser });
    }
    return {};
  },

  DeleteGroup(context, input) {
    const group = groupNamed(context, input.GroupName);
    for (const _ of context.table(memberships).list([keyOf(group.name)], { limit: 1 }))
      throw deleteConflict("remove users from group");
    if (group.attached.length > 0) throw deleteConflict("detach all policies");
    if (Object.keys(group.inline).length > 0) throw deleteConflict("delete policies");
    context.table(groups).remove(keyOf(group.name));
    return {};
  },
} satisfies Operations<Iam>;
