/** AWS::Logs::LogGroup and AWS::Logs::LogStream. */
import {
  flag,
  given,
  number,
  pairs,
  present,
  requiredText,
  shownTags,
  text,
  unlessGone,
  unlessMade,
  unlessMissing,
} from "../../../resource.ts";
import type { LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType, ResourceUpdate } from "../../../service.ts";
import { groupArn } from "../names.ts";

export const logGroup: ResourceType = {
  properties: ["DeletionProtectionEnabled", "KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"],
  replaceOn: ["LogGroupName"],
  nameProperty: "LogGroupName",
  identifiers: ["LogGroupName"],

  async read(context, { physicalId }) {
    // The names that begin with it come in order: it is the first, or it is not there.
    const input = { logGroupNamePrefix: physicalId, limit: 1 };
    const { logGroups } = await context.call("logs", "DescribeLogGroups", input);
    const [group] = logGroups ?? [];
    if (group?.logGroupName !== physicalId) return undefined;
    const resourceArn = groupArn(context, physicalId);
    const tagged = await unlessMissing(context.call("logs", "ListTagsForResource", { resourceArn }));
    return {
      physicalId,
      properties: present({
        DeletionProtectionEnabled: group.deletionProtectionEnabled,
        KmsKeyId: group.kmsKeyId,
        LogGroupClass: group.logGroupClass,
        LogGroupName: physicalId,
        RetentionInDays: group.retentionInDays,
        Tags: shownTags(tagged?.tags),
      }),
      attributes: attributesOf(context, physicalId),
    };
  },

  async create(context, request) {
    const { properties } = request;
    const logGroupName = text(properties, "LogGroupName") ?? request.generatedName({ maxLength: 512 });
    const made = context.call("logs", "CreateLogGroup", {
      logGroupName,
      ...given("kmsKeyId", text(properties, "KmsKeyId")),
      ...given("logGroupClass", classOf(text(properties, "LogGroupClass"))),
      ...given("deletionProtectionEnabled", flag(properties, "DeletionProtectionEnabled")),
      ...given("tags", tagsOf(request)),
    });
    await unlessMade(request.retried, made);
    const retentionInDays = number(properties, "RetentionInDays");
    if (retentionInDays !== undefined) {
      await context.call("logs", "PutRetentionPolicy", { logGroupName, retentionInDays });
    }
    return describe(context, logGroupName);
  },

  async update(context, request) {
    const { properties, previousProperties, physicalId: logGroupName } = request;
    // Compared with the group's own: an update that is undone goes back to what was never changed. That there is none tells the next call.
    const live = await liveClass(context, logGroupName);
    if (live !== undefined && live !== (text(properties, "LogGroupClass") ?? "STANDARD")) {
      throw new AwsError("ValidationError", "The LogGroupClass of a log group cannot be changed after it is created.");
    }
    const retentionInDays = number(properties, "RetentionInDays");
    if (retentionInDays === undefined) await context.call("logs", "DeleteRetentionPolicy", { logGroupName });
    else await context.call("logs", "PutRetentionPolicy", { logGroupName, retentionInDays });
    const kmsKeyId = text(properties, "KmsKeyId");
    if (kmsKeyId !== undefined) await context.call("logs", "AssociateKmsKey", { logGroupName, kmsKeyId });
    else if (text(previousProperties, "KmsKeyId") !== undefined) {
      await context.call("logs", "DisassociateKmsKey", { logGroupName });
    }
    const deletionProtectionEnabled = flag(properties, "DeletionProtectionEnabled") ?? false;
    if (deletionProtectionEnabled !== (flag(previousProperties, "DeletionProtectionEnabled") ?? false)) {
      const change = { logGroupIdentifier: logGroupName, deletionProtectionEnabled };
      await context.call("logs", "PutLogGroupDeletionProtection", change);
    }
    await updateTags(context, request);
    return describe(context, logGroupName);
  },

  delete: (context, request) =>
    unlessGone(context.call("logs", "DeleteLogGroup", { logGroupName: request.physicalId })),
};

function describe(context: ResourceContext, name: string): Progress {
  return { status: "SUCCESS", physicalId: name, attributes: attributesOf(context, name) };
}

function attributesOf(context: ResourceContext, name: string): { Arn: string } {
  return { Arn: `${groupArn(context, name)}:*` };
}

async function liveClass(context: ResourceContext, name: string): Promise<string | undefined> {
  const { logGroups = [] } = await context.call("logs", "DescribeLogGroups", { logGroupNamePrefix: name });
  return logGroups.find(({ logGroupName }) => logGroupName === name)?.logGroupClass;
}

function classOf(value: string | undefined): LogGroupClass | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, with AWS's words
  return value as LogGroupClass | undefined;
}

function tagsOf(request: ResourceRequest): Record<string, string> | undefined {
  const tags = { ...request.tags, ...pairs(request.properties, "Tags") };
  return Object.keys(tags).length === 0 ? undefined : tags;
}

async function updateTags(context: ResourceContext, request: ResourceUpdate): Promise<void> {
  const resourceArn = groupArn(context, request.physicalId);
  const wanted = tagsOf(request) ?? {};
  const { tags: present = {} } = await context.call("logs", "ListTagsForResource", { resourceArn });
  const before = { ...request.previousTags, ...pairs(request.previousProperties, "Tags") };
  // Tags that somebody else has put on the group are not CloudFormation's.
  const tagKeys = Object.keys(before).filter((key) => key in present && !(key in wanted));
  if (tagKeys.length > 0) await context.call("logs", "UntagResource", { resourceArn, tagKeys });
  const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value));
  if (Object.keys(changed).length > 0) await context.call("logs", "TagResource", { resourceArn, tags: changed });
}

export const logStream: ResourceType = {
  properties: ["LogGroupName", "LogStreamName"],
  required: ["LogGroupName"],
  replaceOn: ["LogGroupName", "LogStreamName"],
  nameProperty: "LogStreamName",
  identifiers: ["LogGroupName", "LogStreamName"],
  physicalIdOf: (_, identifiers) => identifiers["LogStreamName"] ?? "",

  async read(context, { physicalId, properties }) {
    const logGroupName = requiredText(properties, "LogGroupName");
    const input = { logGroupName, logStreamNamePrefix: physicalId, limit: 1 };
    const found = await unlessMissing(context.call("logs", "DescribeLogStreams", input));
    const [stream] = found?.logStreams ?? [];
    return stream?.logStreamName === physicalId
      ? { physicalId, properties: { LogGroupName: logGroupName, LogStreamName: physicalId } }
      : undefined;
  },

  async create(context, request) {
    const logGroupName = requiredText(request.properties, "LogGroupName");
    const logStreamName = text(request.properties, "LogStreamName") ?? request.generatedName({ maxLength: 512 });
    await unlessMade(request.retried, context.call("logs", "CreateLogStream", { logGroupName, logStreamName }));
    return { status: "SUCCESS", physicalId: logStreamName };
  },

  update: async (_, request) => ({ status: "SUCCESS", physicalId: request.physicalId }),

  delete: (context, request) => {
    const logGroupName = requiredText(request.properties, "LogGroupName");
    return unlessGone(context.call("logs", "DeleteLogStream", { logGroupName, logStreamName: request.physicalId }));
  },
};
