/** Tags of parameters; Systems Manager's other resources are not there. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { nameAlone } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { parameters, type Parameter } from "../state.ts";
import { checkTags, tagsOf } from "../tags.ts";

export const AddTagsToResource: Handler<Sdk, "AddTagsToResource"> = (context, input) => {
  const parameter = tagged(context, input);
  const added = tagsOf(input.Tags);
  const tags = { ...parameter.tags, ...added };
  checkTags(context, added, Object.keys(tags).length);
  context.table(parameters).put([parameter.name], { ...parameter, tags });
  return {};
};

export const RemoveTagsFromResource: Handler<Sdk, "RemoveTagsFromResource"> = (context, input) => {
  const parameter = tagged(context, input);
  const kept = Object.entries(parameter.tags).filter(([key]) => !input.TagKeys.includes(key));
  context.table(parameters).put([parameter.name], { ...parameter, tags: Object.fromEntries(kept) });
  return {};
};

export const ListTagsForResource: Handler<Sdk, "ListTagsForResource"> = (context, input) => ({
  TagList: Object.entries(tagged(context, input).tags).map(([Key, Value]) => ({ Key, Value })),
});

/** The parameter of a ResourceId, which is its name. Raises InvalidResourceType and InvalidResourceId. */
function tagged(
  context: ServiceContext,
  { ResourceType, ResourceId }: { readonly ResourceType: string; readonly ResourceId: string },
): Parameter {
  if (ResourceType !== "Parameter") {
    refuse("InvalidResourceType", `Seatrial's ssm has resources of the type Parameter only, none of ${ResourceType}.`);
  }
  const parameter = context.table(parameters).get(nameAlone(ResourceId));
  return (
    parameter ??
    refuse("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
  );
}
