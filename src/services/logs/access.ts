/**
 * What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for Amazon CloudWatch Logs"). AWS judges groups as
 * `log-group:NAME:log-stream:STREAM`, with nothing behind the last colon where the operation is about the group: this is why policies end
 * in `:*`, and what its refusals name.
 */
import { tryParseArn } from "../../languages/arn.ts";
import type { Access } from "../../service.ts";
import type { Where } from "./names.ts";
import { groupArn } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";

function stream(where: Where, group: string, name = ""): string {
  return `${groupArn(where, group)}:log-stream:${name}`;
}

/** By name, or by ARN with or without `:*`. */
function identified(where: Where, identifier: string | undefined, name = ""): string {
  const arn = identifier === undefined ? undefined : tryParseArn(identifier);
  const group = arn === undefined ? (identifier ?? "") : (arn.resource.split(":")[1] ?? "");
  return stream(arn === undefined ? where : { account: arn.account, region: arn.region }, group, name);
}

type Named = { readonly logGroupName: string };
type Given = { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined };

const onGroup = (action: string) => ({
  action: `logs:${action}`,
  resource: (input: Named, where: Where) => stream(where, input.logGroupName),
});
const onGiven = (action: string) => ({
  action: `logs:${action}`,
  resource: (input: Given, where: Where) => identified(where, input.logGroupName ?? input.logGroupIdentifier),
});
const onStream = (action: string) => ({
  action: `logs:${action}`,
  resource: (input: Named & { readonly logStreamName: string }, where: Where) =>
    stream(where, input.logGroupName, input.logStreamName),
});
const onAny = (action: string) => ({
  action: `logs:${action}`,
  resource: (_: unknown, where: Where) => stream(where, ""),
});
/** The tag operations alone are judged on the ARN as it is given, which has no `:*`. */
const onArn = (action: string) => ({
  action: `logs:${action}`,
  resource: (input: { readonly resourceArn: string }) => input.resourceArn,
});

export const access: Access<Sdk, ReturnType<typeof operations>> = {
  CreateLogGroup: {
    action: (input) =>
      input.tags === undefined || Object.keys(input.tags).length === 0
        ? "logs:CreateLogGroup"
        : ["logs:CreateLogGroup", "logs:TagResource"],
    resource: (input, where) => stream(where, input.logGroupName),
  },
  DeleteLogGroup: onGroup("DeleteLogGroup"),
  DescribeLogGroups: onAny("DescribeLogGroups"),
  ListLogGroups: onAny("ListLogGroups"),
  PutRetentionPolicy: onGroup("PutRetentionPolicy"),
  DeleteRetentionPolicy: onGroup("DeleteRetentionPolicy"),
  PutLogGroupDeletionProtection: {
    action: "logs:PutLogGroupDeletionProtection",
    resource: (input, where) => identified(where, input.logGroupIdentifier),
  },
  AssociateKmsKey: onGiven("AssociateKmsKey"),
  DisassociateKmsKey: onGiven("DisassociateKmsKey"),
  CreateLogStream: onStream("CreateLogStream"),
  DeleteLogStream: onStream("DeleteLogStream"),
  DescribeLogStreams: onGiven("DescribeLogStreams"),
  PutLogEvents: onStream("PutLogEvents"),
  GetLogEvents: {
    action: (input) => (input.unmask === true ? ["logs:GetLogEvents", "logs:Unmask"] : "logs:GetLogEvents"),
    resource: (input, where) => identified(where, input.logGroupName ?? input.logGroupIdentifier, input.logStreamName),
  },
  FilterLogEvents: {
    action: (input) => (input.unmask === true ? ["logs:FilterLogEvents", "logs:Unmask"] : "logs:FilterLogEvents"),
    resource: (input, where) => identified(where, input.logGroupName ?? input.logGroupIdentifier),
  },
  StartLiveTail: {
    action: "logs:StartLiveTail",
    resource: (input, where) => input.logGroupIdentifiers.map((identifier) => identified(where, identifier)),
  },
  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
  ListTagsForResource: onArn("ListTagsForResource"),
  TagLogGroup: onGroup("TagLogGroup"),
  UntagLogGroup: onGroup("UntagLogGroup"),
  ListTagsLogGroup: onGroup("ListTagsLogGroup"),
  PutMetricFilter: onGroup("PutMetricFilter"),
  DescribeMetricFilters: onGiven("DescribeMetricFilters"),
  DeleteMetricFilter: onGroup("DeleteMetricFilter"),
  TestMetricFilter: onAny("TestMetricFilter"),
  PutSubscriptionFilter: onGroup("PutSubscriptionFilter"),
  DescribeSubscriptionFilters: onGroup("DescribeSubscriptionFilters"),
  DeleteSubscriptionFilter: onGroup("DeleteSubscriptionFilter"),
  PutResourcePolicy: onAny("PutResourcePolicy"),
  DescribeResourcePolicies: onAny("DescribeResourcePolicies"),
  DeleteResourcePolicy: onAny("DeleteResourcePolicy"),
};
