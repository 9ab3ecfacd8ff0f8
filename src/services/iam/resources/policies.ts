/** AWS::IAM::Policy, ManagedPolicy, RolePolicy, UserPolicy and GroupPolicy (CloudFormation Template Reference). */
import type { Policy } from "@aws-sdk/client-iam";
import {
  document,
  parsedDocument,
  present,
  requiredText,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import type { IdentityKind } from "../state.ts";
import { orTakeBack, unlessGone, unlessThere } from "./attempts.ts";
import { holderOf } from "./holders.ts";
import { listOf } from "./properties.ts";
import { holdersOf, inlineDocument, MISSING, shownDocument } from "./reading.ts";

const LISTS = [
  ["user", "Users"],
  ["group", "Groups"],
  ["role", "Roles"],
] as const;

/** Everyone whom the properties name: `role a`, `user b`, … */
function holdersIn(properties: Properties): { kind: IdentityKind; name: string }[] {
  return LISTS.flatMap(([kind, list]) => listOf(properties, list).map((name) => ({ kind, name })));
}

function goneFrom(properties: Properties, previous: Properties): { kind: IdentityKind; name: string }[] {
  const kept = new Set(holdersIn(properties).map(({ kind, name }) => `${kind} ${name}`));
  return holdersIn(previous).filter(({ kind, name }) => !kept.has(`${kind} ${name}`));
}

async function putInline(context: ResourceContext, properties: Properties): Promise<void> {
  const policy = requiredText(properties, "PolicyName");
  const written = document(properties, "PolicyDocument");
  for (const { kind, name } of holdersIn(properties)) await holderOf(context, kind).put(name, policy, written);
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
  replaceOn: [],
  iam: true,
  /**
   * One policy of several holders has no name of its own in IAM, so that it cannot be imported, and whoever else has a policy of this name is
   * none of its holders. Its document is the first that differs from the template's, as one of them does when any does.
   */
  async read(context, { physicalId, properties }) {
    const PolicyName = requiredText(properties, "PolicyName");
    const written = document(properties, "PolicyDocument");
    const holding: { list: string; name: string; text: string }[] = [];
    for (const [kind, list] of LISTS) {
      for (const name of listOf(properties, list)) {
        const text = await inlineDocument(context, kind, name, PolicyName);
        if (text !== undefined) holding.push({ list, name, text });
      }
    }
    if (holding.length === 0) return undefined;
    const found = holding.find(({ text }) => text !== written) ?? holding[0];
    const lists = LISTS.map(([, list]) => [list, holding.filter((one) => one.list === list).map(({ name }) => name)]);
    return {
      physicalId,
      properties: { ...Object.fromEntries(lists), PolicyDocument: parsedDocument(found?.text), PolicyName },
      attributes: { Id: physicalId },
    };
  },
  async create(context, { properties, generatedName }) {
    if (holdersIn(properties).length === 0) {
      throw new AwsError("ValidationError", "At least one of [Groups,Roles,Users] must be non-empty.");
    }
    await orTakeBack(
      () => putInline(context, properties),
      () => removeInline(context, requiredText(properties, "PolicyName"), holdersIn(properties)),
    );
    const physicalId = generatedName({ maxLength: 128 });
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async update(context, { physicalId, properties, previousProperties }) {
    await putInline(context, properties);
    // Under another name it is another policy to IAM, and still the same resource to CloudFormation.
    const previousName = requiredText(previousProperties, "PolicyName");
    const isRenamed = previousName !== requiredText(properties, "PolicyName");
    const left = isRenamed ? holdersIn(previousProperties) : goneFrom(properties, previousProperties);
    await removeInline(context, previousName, left);
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },
  async delete(context, { properties }) {
    await removeInline(context, requiredText(properties, "PolicyName"), holdersIn(properties));
    return { status: "SUCCESS" };
  },
};

async function doneManaged({ call }: ResourceContext, arn: string): Promise<Progress> {
  const { Policy } = await call("iam", "GetPolicy", { PolicyArn: arn });
  return { status: "SUCCESS", physicalId: arn, attributes: managedAttributes(arn, Policy) };
}

function managedAttributes(arn: string, policy: Policy | undefined): Readonly<Record<string, unknown>> {
  return {
    PolicyArn: arn,
    PolicyId: policy?.PolicyId,
    DefaultVersionId: policy?.DefaultVersionId,
    AttachmentCount: policy?.AttachmentCount,
    PermissionsBoundaryUsageCount: policy?.PermissionsBoundaryUsageCount,
    IsAttachable: policy?.IsAttachable,
    CreateDate: policy?.CreateDate?.toISOString(),
    UpdateDate: policy?.UpdateDate?.toISOString(),
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
async function changeDocument({ call }: ResourceContext, arn: string, written: string): Promise<void> {
  const { Versions = [] } = await call("iam", "ListPolicyVersions", { PolicyArn: arn });
  const oldest = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true).at(-1)?.VersionId;
  if (Versions.length >= 5 && oldest !== undefined)
    await call("iam", "DeletePolicyVersion", { PolicyArn: arn, VersionId: oldest });
  await call("iam", "CreatePolicyVersion", { PolicyArn: arn, PolicyDocument: written, SetAsDefault: true });
}

export const managedPolicy: ResourceType = {
  properties: ["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"],
  required: ["PolicyDocument"],
  replaceOn: ["Description", "ManagedPolicyName", "Path"],
  nameProperty: "ManagedPolicyName",
  iam: true,
  identifiers: ["PolicyArn"],
  async read(context, { physicalId: PolicyArn }) {
    const { call } = context;
    const found = await unlessMissing(call("iam", "GetPolicy", { PolicyArn }), MISSING);
    const { Policy: policy } = found ?? {};
    if (policy === undefined) return undefined;
    const { DefaultVersionId: VersionId = "" } = policy;
    const { PolicyVersion } = await call("iam", "GetPolicyVersion", { PolicyArn, VersionId });
    return {
      physicalId: PolicyArn,
      properties: present({
        Description: policy.Description,
        ManagedPolicyName: policy.PolicyName,
        Path: policy.Path,
        PolicyDocument: shownDocument(PolicyVersion?.Document),
        ...(await holdersOf(context, PolicyArn)),
      }),
      attributes: managedAttributes(PolicyArn, policy),
    };
  },
  async create(context, request) {
    const { properties, retried } = request;
    const name = text(properties, "ManagedPolicyName") ?? request.generatedName({ maxLength: 128 });
    const path = text(properties, "Path");
    const arn = `arn:${context.partition}:iam::${context.account}:policy${path ?? "/"}${name}`;
    const made = await unlessThere(
      retried,
      context.call("iam", "CreatePolicy", {
        PolicyName: name,
        PolicyDocument: document(properties, "PolicyDocument"),
        Description: text(properties, "Description"),
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
    const written = document(properties, "PolicyDocument");
    if (written !== document(previousProperties, "PolicyDocument")) await changeDocument(context, arn, written);
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
    const holder = requiredText(properties, holderProperty);
    const policy = requiredText(properties, "PolicyName");
    await holderOf(context, kind).put(holder, policy, document(properties, "PolicyDocument"));
    return { status: "SUCCESS", physicalId: `${policy}|${holder}` };
  }
  return {
    properties: ["PolicyDocument", "PolicyName", holderProperty],
    required: ["PolicyName", holderProperty],
    replaceOn: ["PolicyName", holderProperty],
    iam: true,
    identifiers: ["PolicyName", holderProperty],
    physicalIdOf: (_, identifiers) => `${identifiers["PolicyName"] ?? ""}|${identifiers[holderProperty] ?? ""}`,
    async read(context, { physicalId }) {
      const [PolicyName = "", holder = ""] = physicalId.split("|");
      const found = await inlineDocument(context, kind, holder, PolicyName);
      return found === undefined
        ? undefined
        : {
            physicalId,
            properties: { PolicyDocument: parsedDocument(found), PolicyName, [holderProperty]: holder },
          };
    },
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
