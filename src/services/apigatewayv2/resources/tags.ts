/** Tags of API Gateway's resource types, which are maps; and what is gone already. */
import { textMap, unlessMissing } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceUpdate } from "../../../service.ts";

/** The template's and the stack's; the template's win. */
export function ofTemplate(request: ResourceRequest): Record<string, string> {
  return { ...request.tags, ...textMap(request.properties, "Tags") };
}

/** Gives a resource the tags that it is to have; those that somebody else has put on it stay. */
export async function changeTags(
  context: ResourceContext,
  ResourceArn: string,
  request: ResourceUpdate,
): Promise<void> {
  const wanted = ofTemplate(request);
  const before = { ...request.previousTags, ...textMap(request.previousProperties, "Tags") };
  const TagKeys = Object.keys(before).filter((key) => !(key in wanted));
  if (TagKeys.length > 0) await context.call("apigatewayv2", "UntagResource", { ResourceArn, TagKeys });
  const changed = Object.entries(wanted).filter(([key, value]) => before[key] !== value);
  if (changed.length === 0) return;
  await context.call("apigatewayv2", "TagResource", { ResourceArn, Tags: Object.fromEntries(changed) });
}

/** Tags without those that AWS puts on by itself. */
export function ownTags(tags: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  const own = Object.entries(tags ?? {}).filter(([key]) => !key.startsWith("aws:"));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** Runs a delete; what is not there is deleted. */
export async function unlessNotFound(work: Promise<unknown>): Promise<{ status: "SUCCESS" }> {
  await unlessMissing(work, "NotFoundException");
  return { status: "SUCCESS" };
}
