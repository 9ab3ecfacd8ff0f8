/** Tags of log groups, by ARN and, as it used to be, by name. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { groupIdentified, groupNamed } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { groups, type LogGroup } from "../state.ts";
import { checkTags } from "../tags.ts";

export const TagResource: Handler<Sdk, "TagResource"> = (context, input) => {
  addTags(context, groupIdentified(context, input.resourceArn), input.tags);
  return {};
};

export const UntagResource: Handler<Sdk, "UntagResource"> = (context, input) => {
  removeTags(context, groupIdentified(context, input.resourceArn), input.tagKeys);
  return {};
};

export const ListTagsForResource: Handler<Sdk, "ListTagsForResource"> = (context, input) => ({
  tags: { ...groupIdentified(context, input.resourceArn).tags },
});

export const TagLogGroup: Handler<Sdk, "TagLogGroup"> = (context, input) => {
  addTags(context, groupNamed(context, input.logGroupName), input.tags);
  return {};
};

export const UntagLogGroup: Handler<Sdk, "UntagLogGroup"> = (context, input) => {
  removeTags(context, groupNamed(context, input.logGroupName), input.tags);
  return {};
};

export const ListTagsLogGroup: Handler<Sdk, "ListTagsLogGroup"> = (context, input) => ({
  tags: { ...groupNamed(context, input.logGroupName).tags },
});

function addTags(context: ServiceContext, group: LogGroup, added: Readonly<Record<string, string>>): void {
  const tags = { ...group.tags, ...added };
  checkTags(context, added, Object.keys(tags).length);
  context.table(groups).put([group.name], { ...group, tags });
}

function removeTags(context: ServiceContext, group: LogGroup, keys: readonly string[]): void {
  const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)));
  context.table(groups).put([group.name], { ...group, tags });
}
