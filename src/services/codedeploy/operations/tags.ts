/** Tags of applications and deployment groups. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { applicationNamed, groupNamed, readArn, type Named } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { applications, groups, type Tags } from "../state.ts";
import { shownTags, withTags } from "../tags.ts";

export const TagResource: Handler<Sdk, "TagResource"> = (context, { ResourceArn, Tags: given }) => {
  const named = readArn(context, ResourceArn);
  if (given.length === 0) refuse("TagRequiredException", "A tag was not specified.");
  putTags(context, named, withTags(tagsOf(context, named), given, context));
  return {};
};

export const UntagResource: Handler<Sdk, "UntagResource"> = (context, { ResourceArn, TagKeys }) => {
  const named = readArn(context, ResourceArn);
  if (TagKeys.length === 0) refuse("TagRequiredException", "A tag was not specified.");
  const kept = Object.entries(tagsOf(context, named)).filter(([key]) => !TagKeys.includes(key));
  putTags(context, named, Object.fromEntries(kept));
  return {};
};

export const ListTagsForResource: Handler<Sdk, "ListTagsForResource"> = (context, { ResourceArn }) => ({
  Tags: shownTags(tagsOf(context, readArn(context, ResourceArn))),
});

function tagsOf(context: ServiceContext, named: Named): Tags {
  return named.kind === "application"
    ? applicationNamed(context, named.application).tags
    : groupNamed(context, named.application, named.group).tags;
}

function putTags(context: ServiceContext, named: Named, tags: Tags): void {
  if (named.kind === "application") {
    const application = applicationNamed(context, named.application);
    context.table(applications).put([application.name], { ...application, tags });
  } else {
    const group = groupNamed(context, named.application, named.group);
    context.table(groups).put([group.application, group.name], { ...group, tags });
  }
}
