/** AWS::IAM::Role, AWS::IAM::InstanceProfile and AWS::IAM::ServiceLinkedRole (CloudFormation Template Reference). */
import {
  document,
  number,
  present,
  requiredText,
  shownTags,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { linkedRoleOf } from "../linked-roles.ts";
import { orTakeBack, unlessGone, unlessThere } from "./attempts.ts";
import { writePolicies } from "./holders.ts";
import { droppedTagKeys, listOf, tagsOf } from "./properties.ts";
import { MISSING, readPolicies, shownDocument } from "./reading.ts";

async function doneRole({ call }: ResourceContext, name: string): Promise<Progress> {
  const { Role } = await call("iam", "GetRole", { RoleName: name });
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: Role?.Arn, RoleId: Role?.RoleId } };
}

async function removeRole(context: ResourceContext, name: string, properties: Properties): Promise<void> {
  await unlessGone(writePolicies(context, "role", name, {}, properties));
  await unlessGone(context.call("iam", "DeleteRole", { RoleName: name }));
}

export const role: ResourceType = {
  properties: [
    "AssumeRolePolicyDocument",
    "Description",
    "ManagedPolicyArns",
    "MaxSessionDuration",
    "Path",
    "PermissionsBoundary",
    "Policies",
    "RoleName",
    "Tags",
  ],
  required: ["AssumeRolePolicyDocument"],
  replaceOn: ["Path", "RoleName"],
  nameProperty: "RoleName",
  iam: true,
  identifiers: ["RoleName"],
  async read(context, { physicalId: RoleName }) {
    const found = await unlessMissing(context.call("iam", "GetRole", { RoleName }), MISSING);
    const { Role: live } = found ?? {};
    if (live === undefined) return undefined;
    return {
      physicalId: RoleName,
      properties: present({
        AssumeRolePolicyDocument: shownDocument(live.AssumeRolePolicyDocument),
        Description: live.Description,
        MaxSessionDuration: live.MaxSessionDuration,
        Path: live.Path,
        PermissionsBoundary: live.PermissionsBoundary?.PermissionsBoundaryArn,
        RoleName: live.RoleName,
        Tags: shownTags(live.Tags),
        ...(await readPolicies(context, "role", RoleName)),
      }),
      attributes: { Arn: live.Arn, RoleId: live.RoleId },
    };
  },
  async create(context, request) {
    const { properties, retried } = request;
    const name = text(properties, "RoleName") ?? request.generatedName({ maxLength: 64 });
    const made = await unlessThere(
      retried,
      context.call("iam", "CreateRole", {
        RoleName: name,
        AssumeRolePolicyDocument: document(properties, "AssumeRolePolicyDocument"),
        Description: text(properties, "Description"),
        MaxSessionDuration: number(properties, "MaxSessionDuration"),
        Path: text(properties, "Path"),
        PermissionsBoundary: text(properties, "PermissionsBoundary"),
        Tags: tagsOf(request),
      }),
    );
    await orTakeBack(
      () => writePolicies(context, "role", name, properties),
      async () => made && (await removeRole(context, name, properties)),
    );
    return doneRole(context, name);
  },
  async update(context, request) {
    const { physicalId: name, properties, previousProperties } = request;
    const { call } = context;
    const trust = document(properties, "AssumeRolePolicyDocument");
    if (trust !== document(previousProperties, "AssumeRolePolicyDocument")) {
      await call("iam", "UpdateAssumeRolePolicy", { RoleName: name, PolicyDocument: trust });
    }
    await call("iam", "UpdateRole", {
      RoleName: name,
      Description: text(properties, "Description") ?? "",
      MaxSessionDuration: number(properties, "MaxSessionDuration") ?? 3600,
    });
    const boundary = text(properties, "PermissionsBoundary");
    if (boundary !== text(previousProperties, "PermissionsBoundary")) {
      if (boundary === undefined) await unlessGone(call("iam", "DeleteRolePermissionsBoundary", { RoleName: name }));
      else await call("iam", "PutRolePermissionsBoundary", { RoleName: name, PermissionsBoundary: boundary });
    }
    const tags = tagsOf(request);
    const dropped = droppedTagKeys(request, tags);
    if (dropped.length > 0) await call("iam", "UntagRole", { RoleName: name, TagKeys: dropped });
    if (tags.length > 0) await call("iam", "TagRole", { RoleName: name, Tags: tags });
    await writePolicies(context, "role", name, properties, previousProperties);
    return doneRole(context, name);
  },
  async delete(context, { physicalId, properties }) {
    await removeRole(context, physicalId, properties);
    return { status: "SUCCESS" };
  },
};

async function doneProfile({ call }: ResourceContext, name: string): Promise<Progress> {
  const { InstanceProfile } = await call("iam", "GetInstanceProfile", { InstanceProfileName: name });
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: InstanceProfile?.Arn } };
}

async function writeRoles(
  { call }: ResourceContext,
  name: string,
  roles: readonly string[],
  before: readonly string[],
): Promise<void> {
  for (const RoleName of before) {
    if (!roles.includes(RoleName))
      await unlessGone(call("iam", "RemoveRoleFromInstanceProfile", { InstanceProfileName: name, RoleName }));
  }
  for (const RoleName of roles) {
    if (!before.includes(RoleName))
      await call("iam", "AddRoleToInstanceProfile", { InstanceProfileName: name, RoleName });
  }
}

async function rolesIn({ call }: ResourceContext, name: string): Promise<string[]> {
  const { InstanceProfile } = await call("iam", "GetInstanceProfile", { InstanceProfileName: name });
  return (InstanceProfile?.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []);
}

export const instanceProfile: ResourceType = {
  properties: ["InstanceProfileName", "Path", "Roles"],
  required: ["Roles"],
  replaceOn: ["InstanceProfileName", "Path"],
  nameProperty: "InstanceProfileName",
  iam: true,
  identifiers: ["InstanceProfileName"],
  async read({ call }, { physicalId: InstanceProfileName }) {
    const found = await unlessMissing(call("iam", "GetInstanceProfile", { InstanceProfileName }), MISSING);
    const { InstanceProfile: live } = found ?? {};
    if (live === undefined) return undefined;
    const Roles = (live.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []);
    return {
      physicalId: InstanceProfileName,
      properties: present({ InstanceProfileName: live.InstanceProfileName, Path: live.Path, Roles }),
      attributes: { Arn: live.Arn },
    };
  },
  async create(context, request) {
    const { properties, retried } = request;
    const name = text(properties, "InstanceProfileName") ?? request.generatedName({ maxLength: 128 });
    const input = { InstanceProfileName: name, Path: text(properties, "Path") };
    const made = await unlessThere(retried, context.call("iam", "CreateInstanceProfile", input));
    await orTakeBack(
      async () => writeRoles(context, name, listOf(properties, "Roles"), await rolesIn(context, name)),
      async () => made && (await context.call("iam", "DeleteInstanceProfile", { InstanceProfileName: name })),
    );
    return doneProfile(context, name);
  },
  async update(context, { physicalId: name, properties }) {
    await writeRoles(context, name, listOf(properties, "Roles"), await rolesIn(context, name));
    return doneProfile(context, name);
  },
  async delete(context, { physicalId: name }) {
    await unlessGone(rolesIn(context, name).then((roles) => writeRoles(context, name, [], roles)));
    await unlessGone(context.call("iam", "DeleteInstanceProfile", { InstanceProfileName: name }));
    return { status: "SUCCESS" };
  },
};

export const serviceLinkedRole: ResourceType = {
  properties: ["AWSServiceName", "CustomSuffix", "Description"],
  replaceOn: ["AWSServiceName", "CustomSuffix"],
  iam: true,
  identifiers: ["RoleName"],
  async read({ call }, { physicalId: RoleName }) {
    const found = await unlessMissing(call("iam", "GetRole", { RoleName }), MISSING);
    const { Role: live } = found ?? {};
    // Made for a service under this path; the role's name is the service's own, and then the suffix.
    const AWSServiceName = /^\/aws-service-role\/(.+)\/$/.exec(live?.Path ?? "")?.[1];
    if (live === undefined || AWSServiceName === undefined) return undefined;
    const base = linkedRoleOf(AWSServiceName)?.role ?? RoleName;
    const CustomSuffix = RoleName.startsWith(`${base}_`) ? RoleName.slice(base.length + 1) : undefined;
    return {
      physicalId: RoleName,
      properties: present({ AWSServiceName, CustomSuffix, Description: live.Description }),
      attributes: { RoleName },
    };
  },
  async create({ call }, { properties }) {
    const { Role } = await call("iam", "CreateServiceLinkedRole", {
      AWSServiceName: requiredText(properties, "AWSServiceName"),
      CustomSuffix: text(properties, "CustomSuffix"),
      Description: text(properties, "Description"),
    });
    const name = Role?.RoleName ?? "";
    return { status: "SUCCESS", physicalId: name, attributes: { RoleName: name } };
  },
  async update({ call }, { physicalId: name, properties }) {
    await call("iam", "UpdateRoleDescription", {
      RoleName: name,
      Description: text(properties, "Description") ?? "",
    });
    return { status: "SUCCESS", physicalId: name, attributes: { RoleName: name } };
  },
  async delete({ call }, { physicalId }) {
    await unlessGone(call("iam", "DeleteServiceLinkedRole", { RoleName: physicalId }));
    return { status: "SUCCESS" };
  },
};
