/** What CloudWatch's CloudFormation types share: actions, tags, and being deleted. */
import {
  flag,
  given,
  pairs,
  shownTags,
  text,
  texts,
  unlessEmpty,
  unlessGone,
  type Properties,
} from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceUpdate } from "../../../service.ts";
import type { Tag } from "../sdk.ts";

/** What metric and composite alarms have alike. */
export const ACTION_PROPERTIES = [
  "ActionsEnabled",
  "AlarmActions",
  "AlarmDescription",
  "AlarmName",
  "InsufficientDataActions",
  "OKActions",
  "Tags",
] as const;

export function actionsOf(properties: Properties) {
  return {
    ...given("ActionsEnabled", flag(properties, "ActionsEnabled")),
    ...given("AlarmActions", texts(properties, "AlarmActions")),
    ...given("AlarmDescription", text(properties, "AlarmDescription")),
    ...given("InsufficientDataActions", texts(properties, "InsufficientDataActions")),
    ...given("OKActions", texts(properties, "OKActions")),
  };
}

interface Live {
  readonly AlarmName?: string | undefined;
  readonly AlarmDescription?: string | undefined;
  readonly ActionsEnabled?: boolean | undefined;
  readonly OKActions?: readonly string[] | undefined;
  readonly AlarmActions?: readonly string[] | undefined;
  readonly InsufficientDataActions?: readonly string[] | undefined;
}

export function shownActions(live: Live): Record<string, unknown> {
  return {
    ActionsEnabled: live.ActionsEnabled,
    AlarmActions: unlessEmpty(live.AlarmActions),
    AlarmDescription: live.AlarmDescription,
    AlarmName: live.AlarmName,
    InsufficientDataActions: unlessEmpty(live.InsufficientDataActions),
    OKActions: unlessEmpty(live.OKActions),
  };
}

export function deleteAlarm(context: ResourceContext, name: string): Promise<{ status: "SUCCESS" }> {
  return unlessGone(context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [name] }));
}

export function tagsOf(request: ResourceRequest): Tag[] {
  return listed({ ...request.tags, ...pairs(request.properties, "Tags") });
}

function listed(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export async function liveTags(context: ResourceContext, ResourceARN: string) {
  const { Tags } = await context.call("cloudwatch", "ListTagsForResource", { ResourceARN });
  return shownTags(Tags);
}

export async function updateTags(
  context: ResourceContext,
  ResourceARN: string,
  request: ResourceUpdate,
): Promise<void> {
  const wanted = { ...request.tags, ...pairs(request.properties, "Tags") };
  const { Tags: live = [] } = await context.call("cloudwatch", "ListTagsForResource", { ResourceARN });
  const there = new Map(live.map(({ Key, Value }) => [Key, Value]));
  const before = { ...request.previousTags, ...pairs(request.previousProperties, "Tags") };
  // Tags that somebody else has put on are not CloudFormation's.
  const TagKeys = Object.keys(before).filter((key) => there.has(key) && !(key in wanted));
  if (TagKeys.length > 0) await context.call("cloudwatch", "UntagResource", { ResourceARN, TagKeys });
  const Tags = listed(wanted).filter(({ Key, Value }) => there.get(Key) !== Value);
  if (Tags.length > 0) await context.call("cloudwatch", "TagResource", { ResourceARN, Tags });
}
