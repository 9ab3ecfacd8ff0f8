/** Tags of CodeDeploy's resource types: the template's and the stack's. */
import { pairs, shownTags, type Properties } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceUpdate } from "../../../service.ts";
import { shownTags as listed } from "../tags.ts";

/** As the operations take them. */
export function tagsFor({ properties, tags }: ResourceRequest): { Key: string; Value: string }[] {
  return listed(wanted(properties, tags));
}

function wanted(properties: Properties, tags: Readonly<Record<string, string>>): Record<string, string> {
  return { ...tags, ...pairs(properties, "Tags") };
}

/** Tags that somebody else has put on stay. */
export async function updateTags(
  context: ResourceContext,
  request: ResourceUpdate,
  ResourceArn: string,
): Promise<void> {
  const next = wanted(request.properties, request.tags);
  const before = wanted(request.previousProperties, request.previousTags);
  const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(next, key));
  if (TagKeys.length > 0) await context.call("codedeploy", "UntagResource", { ResourceArn, TagKeys });
  if (Object.keys(next).length > 0)
    await context.call("codedeploy", "TagResource", { ResourceArn, Tags: listed(next) });
}

export async function readTags(
  context: ResourceContext,
  ResourceArn: string,
): Promise<{ Key: string; Value: string }[] | undefined> {
  const { Tags = [] } = await context.call("codedeploy", "ListTagsForResource", { ResourceArn });
  return shownTags(Tags);
}
