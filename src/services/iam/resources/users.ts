/** AWS::IAM::User, Group, UserToGroupAddition and AccessKey (CloudFormation Template Reference). */
import {
  flag,
  present,
  requiredText,
  shownTags,
  structure,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { orTakeBack, unlessGone, unlessThere } from "./attempts.ts";
import { writePolicies } from "./holders.ts";
import { droppedTagKeys, listOf, tagsOf } from "./properties.ts";
import { groupsOf, keysOf, membersOf, MISSING, readPolicies } from "./reading.ts";

async function doneUser({ call }: ResourceContext, name: string): Promise<Progress> {
  const { User } = await call("iam", "GetUser", { UserName: name });
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: User?.Arn } };
}

async function writeGroups(
  { call }: ResourceContext,
  user: string,
  groups: readonly string[],
  before: readonly string[],
): Promise<void> {
  for (const GroupName of groups) await call("iam", "AddUserToGroup", { GroupName, UserName: user });
  for (const GroupName of before) {
    if (!groups.includes(GroupName))
      await unlessGone(call("iam", "RemoveUserFromGroup", { GroupName, UserName: user }));
  }
}

function loginProfile(properties: Properties): { Password: string; PasswordResetRequired: boolean } | undefined {
  const profile = structure(properties, "LoginProfile");
  if (profile === undefined) return undefined;
  return {
    Password: requiredText(profile, "Password"),
    PasswordResetRequired: flag(profile, "PasswordResetRequired") ?? false,
  };
}

async function removeUser(context: ResourceContext, name: string, properties: Properties): Promise<void> {
  const { call } = context;
  await unlessGone(writePolicies(context, "user", name, {}, properties));
  await unlessGone(writeGroups(context, name, [], listOf(properties, "Groups")));
  await unlessGone(call("iam", "DeleteLoginProfile", { UserName: name }));
  await unlessGone(call("iam", "DeleteUser", { UserName: name }));
}

export const user: ResourceType = {
  properties: [
    "Groups",
    "LoginProfile",
    "ManagedPolicyArns",
    "Path",
    "PermissionsBoundary",
    "Policies",
    "Tags",
    "UserName",
  ],
  replaceOn: ["UserName"],
  nameProperty: "UserName",
  iam: true,
  identifiers: ["UserName"],
  writeOnly: ["LoginProfile/Password"],
  async read(context, { physicalId: UserName }) {
    const { call } = context;
    const found = await unlessMissing(call("iam", "GetUser", { UserName }), MISSING);
    const { User: live } = found ?? {};
    if (live === undefined) return undefined;
    const login = await unlessMissing(call("iam", "GetLoginProfile", { UserName }), MISSING);
    return {
      physicalId: UserName,
      properties: present({
        Groups: await groupsOf(context, UserName),
        LoginProfile: login && { PasswordResetRequired: login.LoginProfile?.PasswordResetRequired ?? false },
        Path: live.Path,
        PermissionsBoundary: live.PermissionsBoundary?.PermissionsBoundaryArn,
        Tags: shownTags(live.Tags),
        UserName: live.UserName,
        ...(await readPolicies(context, "user", UserName)),
      }),
      attributes: { Arn: live.Arn },
    };
  },
  async create(context, request) {
    const { properties, retried } = request;
    const { call } = context;
    const name = text(properties, "UserName") ?? request.generatedName({ maxLength: 64 });
    const made = await unlessThere(
      retried,
      call("iam", "CreateUser", {
        UserName: name,
        Path: text(properties, "Path"),
        PermissionsBoundary: text(properties, "PermissionsBoundary"),
        Tags: tagsOf(request),
      }),
    );
    await orTakeBack(
      async () => {
        await writePolicies(context, "user", name, properties);
        await writeGroups(context, name, listOf(properties, "Groups"), []);
        const login = loginProfile(properties);
        if (login !== undefined)
          await unlessThere(retried, call("iam", "CreateLoginProfile", { UserName: name, ...login }));
      },
      async () => made && (await removeUser(context, name, properties)),
    );
    return doneUser(context, name);
  },
  async update(context, request) {
    const { physicalId: name, properties, previousProperties } = request;
    const { call } = context;
    const path = text(properties, "Path") ?? "/";
    if (path !== (text(previousProperties, "Path") ?? "/"))
      await call("iam", "UpdateUser", { UserName: name, NewPath: path });
    const boundary = text(properties, "PermissionsBoundary");
    if (boundary !== text(previousProperties, "PermissionsBoundary")) {
      if (boundary === undefined) await unlessGone(call("iam", "DeleteUserPermissionsBoundary", { UserName: name }));
      else await call("iam", "PutUserPermissionsBoundary", { UserName: name, PermissionsBoundary: boundary });
    }
    const tags = tagsOf(request);
    const dropped = droppedTagKeys(request, tags);
    if (dropped.length > 0) await call("iam", "UntagUser", { UserName: name, TagKeys: dropped });
    if (tags.length > 0) await call("iam", "TagUser", { UserName: name, Tags: tags });
    await writeLogin(context, name, properties, previousProperties);
    await writePolicies(context, "user", name, properties, previousProperties);
    await writeGroups(context, name, listOf(properties, "Groups"), listOf(previousProperties, "Groups"));
    return doneUser(context, name);
  },
  async delete(context, { physicalId, properties }) {
    await removeUser(context, physicalId, properties);
    return { status: "SUCCESS" };
  },
};

async function writeLogin(
  { call }: ResourceContext,
  UserName: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  // What was imported has no password in its properties, which IAM does not give back.
  if (JSON.stringify(properties["LoginProfile"]) === JSON.stringify(previous["LoginProfile"])) return;
  const login = loginProfile(properties);
  if (login === undefined) await unlessGone(call("iam", "DeleteLoginProfile", { UserName }));
  else if (previous["LoginProfile"] === undefined) await call("iam", "CreateLoginProfile", { UserName, ...login });
  else await call("iam", "UpdateLoginProfile", { UserName, ...login });
}

async function doneGroup({ call }: ResourceContext, name: string): Promise<Progress> {
  const { Group } = await call("iam", "GetGroup", { GroupName: name });
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: Group?.Arn } };
}

async function removeGroup(context: ResourceContext, name: string, properties: Properties): Promise<void> {
  await unlessGone(writePolicies(context, "group", name, {}, properties));
  await unlessGone(context.call("iam", "DeleteGroup", { GroupName: name }));
}

export const group: ResourceType = {
  properties: ["GroupName", "ManagedPolicyArns", "Path", "Policies"],
  replaceOn: ["GroupName"],
  nameProperty: "GroupName",
  iam: true,
  identifiers: ["GroupName"],
  async read(context, { physicalId: GroupName }) {
    const found = await unlessMissing(context.call("iam", "GetGroup", { GroupName }), MISSING);
    const { Group: live } = found ?? {};
    if (live === undefined) return undefined;
    return {
      physicalId: GroupName,
      properties: present({
        GroupName: live.GroupName,
        Path: live.Path,
        ...(await readPolicies(context, "group", GroupName)),
      }),
      attributes: { Arn: live.Arn },
    };
  },
  async create(context, request) {
    const { properties, retried } = request;
    const name = text(properties, "GroupName") ?? request.generatedName({ maxLength: 128 });
    const input = { GroupName: name, Path: text(properties, "Path") };
    const made = await unlessThere(retried, context.call("iam", "CreateGroup", input));
    await orTakeBack(
      () => writePolicies(context, "group", name, properties),
      async () => made && (await removeGroup(context, name, properties)),
    );
    return doneGroup(context, name);
  },
  async update(context, { physicalId: name, properties, previousProperties }) {
    const path = text(properties, "Path") ?? "/";
    if (path !== (text(previousProperties, "Path") ?? "/")) {
      await context.call("iam", "UpdateGroup", { GroupName: name, NewPath: path });
    }
    await writePolicies(context, "group", name, properties, previousProperties);
    return doneGroup(context, name);
  },
  async delete(context, { physicalId, properties }) {
    await removeGroup(context, physicalId, properties);
    return { status: "SUCCESS" };
  },
};

/** Who is in the group by `wanted` and was not by `before`, and the other way round. */
async function writeMembers(
  { call }: ResourceContext,
  wanted: Properties | undefined,
  before: Properties | undefined,
): Promise<void> {
  const pairs = (properties: Properties | undefined) =>
    properties === undefined
      ? []
      : listOf(properties, "Users").map((UserName) => ({ GroupName: requiredText(properties, "GroupName"), UserName }));
  const added = pairs(wanted);
  for (const pair of added) await call("iam", "AddUserToGroup", pair);
  for (const pair of pairs(before)) {
    if (!added.some(({ GroupName, UserName }) => GroupName === pair.GroupName && UserName === pair.UserName)) {
      await unlessGone(call("iam", "RemoveUserFromGroup", pair));
    }
  }
}

export const userToGroupAddition: ResourceType = {
  properties: ["GroupName", "Users"],
  required: ["GroupName", "Users"],
  replaceOn: [],
  iam: true,
  /** It has no name in IAM, so that it cannot be imported; other members of the group are not its own. */
  async read(context, { physicalId, properties }) {
    const GroupName = requiredText(properties, "GroupName");
    const members = await membersOf(context, GroupName);
    const Users = listOf(properties, "Users").filter((name) => members?.includes(name) === true);
    return Users.length === 0
      ? undefined
      : { physicalId, properties: { GroupName, Users }, attributes: { Id: physicalId } };
  },
  async create(context, { properties, generatedName }) {
    await orTakeBack(
      () => writeMembers(context, properties, undefined),
      () => writeMembers(context, undefined, properties),
    );
    const physicalId = generatedName({ maxLength: 128 });
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async update(context, { physicalId, properties, previousProperties }) {
    await writeMembers(context, properties, previousProperties);
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async delete(context, { properties }) {
    await writeMembers(context, undefined, properties);
    return { status: "SUCCESS" };
  },
};

async function writeStatus({ call }: ResourceContext, keyId: string, properties: Properties): Promise<void> {
  const Status = text(properties, "Status") === "Inactive" ? "Inactive" : "Active";
  await call("iam", "UpdateAccessKey", { UserName: requiredText(properties, "UserName"), AccessKeyId: keyId, Status });
}

export const accessKey: ResourceType = {
  properties: ["Serial", "Status", "UserName"],
  required: ["UserName"],
  replaceOn: ["Serial", "UserName"],
  iam: true,
  writeOnly: ["Serial"],
  /** A key is only listed for its user, whom an import's identifier does not name: it cannot be imported. */
  async read(context, { physicalId, properties, attributes }) {
    const keys = await keysOf(context, requiredText(properties, "UserName"));
    const key = keys?.find(({ AccessKeyId }) => AccessKeyId === physicalId);
    return key === undefined
      ? undefined
      : { physicalId, properties: present({ Status: key.Status, UserName: key.UserName }), attributes };
  },
  async create(context, { properties }) {
    const { AccessKey } = await context.call("iam", "CreateAccessKey", {
      UserName: requiredText(properties, "UserName"),
    });
    const physicalId = AccessKey?.AccessKeyId ?? "";
    await writeStatus(context, physicalId, properties);
    return {
      status: "SUCCESS",
      physicalId,
      attributes: { Id: physicalId, SecretAccessKey: AccessKey?.SecretAccessKey },
    };
  },
  async update(context, { physicalId, properties, attributes }) {
    await writeStatus(context, physicalId, properties);
    return { status: "SUCCESS", physicalId, attributes };
  },
  async delete({ call }, { physicalId, properties }) {
    await unlessGone(
      call("iam", "DeleteAccessKey", { UserName: requiredText(properties, "UserName"), AccessKeyId: physicalId }),
    );
    return { status: "SUCCESS" };
  },
};
