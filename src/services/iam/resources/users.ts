/** AWS::IAM::User, Group, UserToGroupAddition and AccessKey (CloudFormation Template Reference). */
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { orTakeBack, unlessGone, unlessThere } from "./attempts.ts";
import { writePolicies } from "./holders.ts";
import { droppedTagKeys, object, optionalText, tagsOf, text, texts } from "./properties.ts";

type Properties = Readonly<Record<string, unknown>>;

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
  if (properties["LoginProfile"] === undefined) return undefined;
  const profile = object(properties, "LoginProfile");
  return {
    Password: text(profile, "Password"),
    PasswordResetRequired: optionalText(profile, "PasswordResetRequired") === "true",
  };
}

async function removeUser(context: ResourceContext, name: string, properties: Properties): Promise<void> {
  const { call } = context;
  await unlessGone(writePolicies(context, "user", name, {}, properties));
  await unlessGone(writeGroups(context, name, [], texts(properties, "Groups")));
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
  async create(context, request) {
    const { properties, retried } = request;
    const { call } = context;
    const name = optionalText(properties, "UserName") ?? request.generatedName({ maxLength: 64 });
    const made = await unlessThere(
      retried,
      call("iam", "CreateUser", {
        UserName: name,
        Path: optionalText(properties, "Path"),
        PermissionsBoundary: optionalText(properties, "PermissionsBoundary"),
        Tags: tagsOf(request),
      }),
    );
    await orTakeBack(
      async () => {
        await writePolicies(context, "user", name, properties);
        await writeGroups(context, name, texts(properties, "Groups"), []);
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
    const path = optionalText(properties, "Path") ?? "/";
    if (path !== (optionalText(previousProperties, "Path") ?? "/"))
      await call("iam", "UpdateUser", { UserName: name, NewPath: path });
    const boundary = optionalText(properties, "PermissionsBoundary");
    if (boundary !== optionalText(previousProperties, "PermissionsBoundary")) {
      if (boundary === undefined) await unlessGone(call("iam", "DeleteUserPermissionsBoundary", { UserName: name }));
      else await call("iam", "PutUserPermissionsBoundary", { UserName: name, PermissionsBoundary: boundary });
    }
    const tags = tagsOf(request);
    const dropped = droppedTagKeys(request, tags);
    if (dropped.length > 0) await call("iam", "UntagUser", { UserName: name, TagKeys: dropped });
    if (tags.length > 0) await call("iam", "TagUser", { UserName: name, Tags: tags });
    await writeLogin(context, name, properties, previousProperties);
    await writePolicies(context, "user", name, properties, previousProperties);
    await writeGroups(context, name, texts(properties, "Groups"), texts(previousProperties, "Groups"));
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
  const login = loginProfile(properties);
  if (JSON.stringify(login) === JSON.stringify(loginProfile(previous))) return;
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
  async create(context, request) {
    const { properties, retried } = request;
    const name = optionalText(properties, "GroupName") ?? request.generatedName({ maxLength: 128 });
    const input = { GroupName: name, Path: optionalText(properties, "Path") };
    const made = await unlessThere(retried, context.call("iam", "CreateGroup", input));
    await orTakeBack(
      () => writePolicies(context, "group", name, properties),
      async () => made && (await removeGroup(context, name, properties)),
    );
    return doneGroup(context, name);
  },
  async update(context, { physicalId: name, properties, previousProperties }) {
    const path = optionalText(properties, "Path") ?? "/";
    if (path !== (optionalText(previousProperties, "Path") ?? "/")) {
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
      : texts(properties, "Users").map((UserName) => ({ GroupName: text(properties, "GroupName"), UserName }));
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
  const Status = optionalText(properties, "Status") === "Inactive" ? "Inactive" : "Active";
  await call("iam", "UpdateAccessKey", { UserName: text(properties, "UserName"), AccessKeyId: keyId, Status });
}

export const accessKey: ResourceType = {
  properties: ["Serial", "Status", "UserName"],
  required: ["UserName"],
  replaceOn: ["Serial", "UserName"],
  iam: true,
  async create(context, { properties }) {
    const { AccessKey } = await context.call("iam", "CreateAccessKey", { UserName: text(properties, "UserName") });
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
      call("iam", "DeleteAccessKey", { UserName: text(properties, "UserName"), AccessKeyId: physicalId }),
    );
    return { status: "SUCCESS" };
  },
};
