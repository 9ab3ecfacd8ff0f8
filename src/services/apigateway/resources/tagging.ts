/** Tags of what CloudFormation made: the stack's and the template's. */
import { pairs } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceUpdate } from "../../../service.ts";

export function tagsOf(request: ResourceRequest): Record<string, string> {
  return { ...request.tags, ...pairs(request.properties, "Tags") };
}

/** Puts on what the template and the stack say, and takes off what they said before and say no more. */
export async function updateTags(
  context: ResourceContext,
  request: ResourceUpdate,
  resourceArn: string,
): Promise<void> {
  const wanted = tagsOf(request);
  const before = { ...request.previousTags, ...pairs(request.previousProperties, "Tags") };
  const { tags: live = {} } = await context.call("apigateway", "GetTags", { resourceArn });
  const tagKeys = Object.keys(before).filter((key) => key in live && !(key in wanted));
  if (tagKeys.length > 0) await context.call("apigateway", "UntagResource", { resourceArn, tagKeys });
  const tags = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => live[key] !== value));
  if (Object.keys(tags).length > 0) await context.call("apigateway", "TagResource", { resourceArn, tags });
}

/** What CloudFormation puts on tells which of several things an earlier, unrecorded attempt made. */
export function isOwn(request: ResourceRequest, tags: Readonly<Record<string, string>> | undefined): boolean {
  const names = ["aws:cloudformation:stack-id", "aws:cloudformation:logical-id"];
  return names.every((name) => request.tags[name] !== undefined && tags?.[name] === request.tags[name]);
}
