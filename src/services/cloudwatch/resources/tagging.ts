/** The tags of what CloudFormation makes in CloudWatch: the stack's and the resource's own. */
import { pairs, shownTags } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceUpdate } from "../../../service.ts";
import type { Tag } from "../sdk.ts";

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
