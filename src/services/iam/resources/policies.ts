/** AWS::IAM::Policy, ManagedPolicy, RolePolicy, UserPolicy and GroupPolicy (CloudFormation Template Reference). */
import { AwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import type { IdentityKind } from "../state.ts";
import { orTakeBack, unlessGone, unlessThere } from "./attempts.ts";
import { holderOf } from "./holders.ts";
import { optionalText, policyText, text, texts } from "./properties.ts";

type Properties = Readonly<Record<string, unknown>>;

const LISTS = [
  ["user", "Users"],
  ["group", "Groups"],
  ["role", "Roles"],
] as const;

/** Everyone whom the properties name: `role a`, `user b`, … */
function holdersIn(properties: Properties): { kind: IdentityKind; name: string }[] {
  return LISTS.flatMap(([kind, list]) => texts(properties, list).map((name) => ({ kind, name })));
}

function goneFrom(properties: Properties, previous: Properties): { kind: IdentityKind; name: string }[] {
  const kept = new Set(holdersIn(properties).map(({ kind, name }) => `${kind} ${name}`));
  return holdersIn(previous).filter(({ kind, name }) => !kept.has(`${kind} ${name}`));
}

async function putInline(context: ResourceContext, properties: Properties): Promise<void> {
  const policy = text(properties, "PolicyName");
  const document = policyText(properties, "PolicyDocument");
  for (const { kind, name } of holdersIn(properties)) await holderOf(context, kind).put(name, policy, document);
}

async function removeInline(
  context: ResourceContext,
  policy: string,
  from: readonly { kind: IdentityKind; name: string }[],
): Promise<void> {
  for (const { kind, name } of from) await unlessGone(holderOf(context, kind).remove(name, policy));
}

export const policy: ResourceType = {
  properties: ["Groups", "PolicyDocument", "PolicyName", "Roles", "Users"],
  required: ["PolicyDocument", "PolicyName"],
  replaceOn: ["PolicyName"],
  iam: true,
  async create(context, { properties, generatedName }) {
    if (holdersIn(properties).length === 0) {
      throw new AwsError("ValidationError", "At least one of [Groups,Roles,Users] must be non-empty.");
    }
    await orTakeBack(
      () => putInline(context, properties),
      () => removeInline(context, text(properties, "PolicyName"), holdersIn(properties)),
    );
    const physicalId = generatedName({ maxLength: 128 });
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async update(context, { physicalId, properties, previousProperties }) {
    await putInline(context, properties);
    await removeInline(context, text(previousProperties, "PolicyName"), goneFrom(properties, previousProperties));
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async delete(context, { properties }) {
    await removeInline(context, text(properties, "PolicyName"), holdersIn(properties));
    return { status: "SUCCESS" };
  },
};

async function doneManaged({ call }: ResourceContext, arn: string): Promise<Progress> {
  const { Policy } = await call("iam", "GetPolicy", { PolicyArn: arn });
  return {
    status: "SUCCESS",
    physicalId: arn,
    attributes: {
      PolicyArn: arn,
      PolicyId: Policy?.PolicyId,
      DefaultVersionId: Policy?.DefaultVersionId,
      AttachmentCount: Policy?.AttachmentCount,
      PermissionsBoundaryUsageCount: Policy?.PermissionsBoundaryUsageCount,
      IsAttachable: Policy?.IsAttachable,
      CreateDate: Policy?.CreateDate?.toISOString(),
      UpdateDate: Policy?.UpdateDate?.toISOString(),
    },
  };
}

async function attachTo(context: ResourceContext, arn: string, properties: Properties): Promise<void> {
  for (const { kind, name } of holdersIn(properties)) await holderOf(context, kind).attach(name, arn);
}

async function detachFrom(
  context: ResourceContext,
  arn: string,
  from: readonly { kind: IdentityKind; name: string }[],
): Promise<void> {
  for (const { kind, name } of from) await unlessGone(holderOf(context, kind).detach(name, arn));
}

async function removeManaged(context: ResourceContext, arn: string, properties: Properties): Promise<void> {
  const { call } = context;
  await detachFrom(context, arn, holdersIn(properties));
  const { Versions = [] } = await call("iam", "ListPolicyVersions", { PolicyArn: arn });
  for (const { VersionId = "", IsDefaultVersion } of Versions) {
    if (IsDefaultVersion !== true) await call("iam", "DeletePolicyVersion", { PolicyArn: arn, VersionId });
  }
  await call("iam", "DeletePolicy", { PolicyArn: arn });
}

/** A new default version; the oldest other one makes room for it. */
async function changeDocument({ call }: ResourceContext, arn: string, document: string): Promise<void> {
  const { Versions = [] } = await call("iam", "ListPolicyVersions", { PolicyArn: arn });
  const oldest = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true).at(-1)?.VersionId;
  if (Versions.length >= 5 && oldest !== undefined)
    await call("iam", "DeletePolicyVersion", { PolicyArn: arn, VersionId: oldest });
  await call("iam", "CreatePolicyVersion", { PolicyArn: arn, PolicyDocument: document, SetAsDefault: true });
}

export const managedPolicy: ResourceType = {
  properties: ["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"],
  required: ["PolicyDocument"],
  replaceOn: ["Description", "ManagedPolicyName", "Path"],
  nameProperty: "ManagedPolicyName",
  iam: true,
  async create(context, request) {
    const { properties, retried } = request;
    const name = optionalText(properties, "ManagedPolicyName") ?? request.generatedName({ maxLength: 128 });
    const path = optionalText(properties, "Path");
    const arn = `arn:${context.partition}:iam::${context.account}:policy${path ?? "/"}${name}`;
    const made = await unlessThere(
      retried,
      context.call("iam", "CreatePolicy", {
        PolicyName: name,
        PolicyDocument: policyText(properties, "PolicyDocument"),
        Description: optionalText(properties, "Description"),
        Path: path,
      }),
    );
    await orTakeBack(
      () => attachTo(context, arn, properties),
      async () => made && (await removeManaged(context, arn, properties)),
    );
    return doneManaged(context, arn);
  },
  async update(context, { physicalId: arn, properties, previousProperties }) {
    const document = policyText(properties, "PolicyDocument");
    if (document !== policyText(previousProperties, "PolicyDocument")) await changeDocument(context, arn, document);
    await attachTo(context, arn, properties);
    await detachFrom(context, arn, goneFrom(properties, previousProperties));
    return doneManaged(context, arn);
  },
  async delete(context, { physicalId, properties }) {
    await unlessGone(removeManaged(context, physicalId, properties));
    return { status: "SUCCESS" };
  },
};

/** One inline policy of one holder: AWS::IAM::RolePolicy and its like. */
function inlinePolicyOf(kind: IdentityKind, holderProperty: string): ResourceType {
  async function put(context: ResourceContext, properties: Properties): Promise<Progress> {
    const holder = text(properties, holderProperty);
    const policy = text(properties, "PolicyName");
    await holderOf(context, kind).put(holder, policy, policyText(properties, "PolicyDocument"));
    return { status: "SUCCESS", physicalId: `${policy}|${holder}` };
  }
  return {
    properties: ["PolicyDocument", "PolicyName", holderProperty],
    required: ["PolicyName", holderProperty],
    replaceOn: ["PolicyName", holderProperty],
    iam: true,
    create: (context, { properties }) => put(context, properties),
    update: (context, { properties }) => put(context, properties),
    async delete(context, { physicalId }) {
      const [policy = "", holder = ""] = physicalId.split("|");
      await unlessGone(holderOf(context, kind).remove(holder, policy));
      return { status: "SUCCESS" };
    },
  };
}

export const rolePolicy = inlinePolicyOf("role", "RoleName");
export const userPolicy = inlinePolicyOf("user", "UserName");
export const groupPolicy = inlinePolicyOf("group", "GroupName");
