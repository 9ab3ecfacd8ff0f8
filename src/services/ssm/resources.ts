/** AWS::SSM::Parameter (CloudFormation Template Reference; AWS's own handler is public). Its schema has no SecureString. */
import { choice, given, requiredText, text, textMap, unlessGone, unlessMade, type Properties } from "../../resource.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType, ResourceUpdate } from "../../service.ts";
import { canonical, parameterArn } from "./names.ts";

const parameter: ResourceType = {
  properties: ["AllowedPattern", "DataType", "Description", "Name", "Policies", "Tags", "Tier", "Type", "Value"],
  required: ["Type", "Value"],
  replaceOn: ["Name"],
  nameProperty: "Name",
  identifiers: ["Name"],
  // As AWS's schema has it, although DescribeParameters tells them.
  writeOnly: ["AllowedPattern", "Description", "Policies", "Tags", "Tier"],

  async create(context, request) {
    const Name = text(request.properties, "Name") ?? generatedName(request);
    const Tags = listed(tagsOf(request));
    const made = context.call("ssm", "PutParameter", { Name, ...described(request.properties), Tags });
    await unlessMade(request.retried, made);
    return success(context, Name, request.properties);
  },

  async update(context, request) {
    const { properties, previousProperties, physicalId: Name } = request;
    const input = { Name, ...cleared(properties, previousProperties), ...described(properties), Overwrite: true };
    await context.call("ssm", "PutParameter", input);
    await updateTags(context, request);
    return success(context, Name, properties);
  },

  async read(context, { physicalId: Name }) {
    const { Parameters = [] } = await context.call("ssm", "GetParameters", { Names: [Name] });
    const [found] = Parameters;
    if (found === undefined) return undefined;
    const { Type, Value, DataType } = found;
    const attributes = { Type, Value, Arn: parameterArn(context, canonical(Name)) };
    return { physicalId: Name, properties: { Name, Type, Value, DataType }, attributes };
  },

  delete: (context, { physicalId: Name }) => unlessGone(context.call("ssm", "DeleteParameter", { Name })),
};

/** `CFN-LOGICALID-RANDOM`: this type's names do not begin with the stack's. */
function generatedName(request: ResourceRequest): string {
  const random = request.generatedName().split("-").at(-1) ?? "";
  return `CFN-${request.logicalId}-${random}`;
}

function described(properties: Properties) {
  return {
    Value: requiredText(properties, "Value"),
    ...given("Type", choice<"String" | "StringList">(properties, "Type")),
    ...given("Description", text(properties, "Description")),
    ...given("AllowedPattern", text(properties, "AllowedPattern")),
    ...given("DataType", text(properties, "DataType")),
    ...given("Tier", choice<"Standard" | "Advanced" | "Intelligent-Tiering">(properties, "Tier")),
    ...given("Policies", text(properties, "Policies")),
  };
}

/** What takes away that which the template said and says no more: PutParameter keeps what it is not told. */
function cleared(properties: Properties, previous: Properties) {
  const gone = (name: string) => text(previous, name) !== undefined && text(properties, name) === undefined;
  return {
    ...(gone("Description") ? { Description: "" } : {}),
    ...(gone("AllowedPattern") ? { AllowedPattern: "" } : {}),
    ...(gone("DataType") ? { DataType: "text" } : {}),
    ...(gone("Policies") ? { Policies: "[{}]" } : {}),
  };
}

function success(context: ResourceContext, name: string, properties: Properties): Progress {
  const Arn = parameterArn(context, canonical(name));
  const attributes = { Type: text(properties, "Type"), Value: text(properties, "Value"), Arn };
  return { status: "SUCCESS", physicalId: name, attributes };
}

function tagsOf(request: ResourceRequest): Record<string, string> {
  return { ...request.tags, ...textMap(request.properties, "Tags") };
}

function listed(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

async function updateTags(context: ResourceContext, request: ResourceUpdate): Promise<void> {
  const resource = { ResourceType: "Parameter", ResourceId: request.physicalId } as const;
  const wanted = tagsOf(request);
  const { TagList = [] } = await context.call("ssm", "ListTagsForResource", resource);
  const present = new Map(TagList.map(({ Key, Value }) => [Key, Value]));
  const before = { ...request.previousTags, ...textMap(request.previousProperties, "Tags") };
  // Tags that somebody else has put on the parameter are not CloudFormation's.
  const TagKeys = Object.keys(before).filter((key) => present.has(key) && !(key in wanted));
  if (TagKeys.length > 0) await context.call("ssm", "RemoveTagsFromResource", { ...resource, TagKeys });
  const Tags = listed(wanted).filter(({ Key, Value }) => present.get(Key) !== Value);
  if (Tags.length > 0) await context.call("ssm", "AddTagsToResource", { ...resource, Tags });
}

export const resources: Readonly<Record<string, ResourceType>> = { "AWS::SSM::Parameter": parameter };
