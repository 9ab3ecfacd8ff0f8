/** Tags of alarms and dashboards (AWS pages "TagResource", "UntagResource", "ListTagsForResource"). */
import { AwsError } from "../../kernel/errors.ts";
import { defineTable } from "../../kernel/table.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { Handler, ServiceContext } from "../../service.ts";
import { findAlarm } from "./alarms/names.ts";
import { dashboards } from "./dashboards/state.ts";
import { invalidValue } from "./rules.ts";
import type { Sdk, Tag } from "./sdk.ts";

const MOST_TAGS = 50;

/** [ARN]: key → value. Of the account: dashboards have no region. */
const tags = defineTable<Readonly<Record<string, string>>>("cloudwatch.tags", "account");

export function tagsOf(context: ServiceContext, arn: string): Tag[] {
  return Object.entries(context.table(tags).get(arn) ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Inside a transaction. Adds to those that are there. Raises InvalidParameterValueException. */
export function putTags(context: ServiceContext, arn: string, given: readonly Tag[]): void {
  if (given.length === 0) return;
  for (const { Key } of given) {
    // CloudFormation marks what it makes with such tags; it calls from inside, not over HTTP.
    if (context.http !== undefined && Key.toLowerCase().startsWith("aws:")) {
      invalidValue(`Invalid tag key: ${Key}. aws: prefixed tag key names are not allowed for external use.`);
    }
  }
  const all = {
    ...context.table(tags).get(arn),
    ...Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])),
  };
  if (Object.keys(all).length > MOST_TAGS) invalidValue(`A resource can have no more than ${MOST_TAGS} tags.`);
  context.table(tags).put([arn], all);
}

/** Inside a transaction. */
export function removeTags(context: ServiceContext, arn: string, keys?: readonly string[]): void {
  const left = Object.entries(context.table(tags).get(arn) ?? {}).filter(([key]) => keys?.includes(key) === false);
  if (left.length === 0) context.table(tags).remove(arn);
  else context.table(tags).put([arn], Object.fromEntries(left));
}

/** Raises ResourceNotFoundException where there is no such alarm or dashboard. */
function check(context: ServiceContext, text: string): void {
  const arn = tryParseArn(text);
  if (arn?.service !== "cloudwatch") invalidValue(`The value ${text} for parameter ResourceARN is invalid.`);
  const [, type, name = ""] = /^(alarm|dashboard)[:/](.*)$/s.exec(arn.resource) ?? [];
  if (type === undefined) {
    invalidValue(`Seatrial's cloudwatch has tags of alarms and dashboards only: ${text} is none.`);
  }
  if (type === "alarm" && arn.region === context.region && findAlarm(context, name) !== undefined) return;
  if (type === "dashboard" && arn.region === "" && context.table(dashboards).has(name)) return;
  throw new AwsError("ResourceNotFoundException", `Unknown`, { members: { ResourceType: type, ResourceId: text } });
}

export const TagResource: Handler<Sdk, "TagResource"> = (context, { ResourceARN, Tags }) => {
  check(context, ResourceARN);
  putTags(context, ResourceARN, Tags);
  return {};
};

export const UntagResource: Handler<Sdk, "UntagResource"> = (context, { ResourceARN, TagKeys }) => {
  check(context, ResourceARN);
  removeTags(context, ResourceARN, TagKeys);
  return {};
};

export const ListTagsForResource: Handler<Sdk, "ListTagsForResource"> = (context, { ResourceARN }) => {
  check(context, ResourceARN);
  return { Tags: tagsOf(context, ResourceARN) };
};
