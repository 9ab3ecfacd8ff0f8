/** What IAM's resource types read of their templates beyond what all types do: lists that may be absent, tags, inline policies. */
import { document, requiredText, structures, texts, type Properties } from "../../../resource.ts";
import type { ResourceRequest, ResourceUpdate } from "../../../service.ts";
import type { Tag } from "../state.ts";

/** A list of texts; absent is empty. */
export function listOf(properties: Properties, name: string): string[] {
  return texts(properties, name) ?? [];
}

/** Tags of the resource over those of its stack. `aws:cloudformation:…` stays out: nobody but AWS may write `aws:` tags. */
export function tagsOf(request: Pick<ResourceRequest, "properties" | "tags">): Tag[] {
  const tags = new Map(Object.entries(request.tags).filter(([key]) => !key.startsWith("aws:")));
  for (const tag of structures(request.properties, "Tags")) {
    tags.set(requiredText(tag, "Key"), requiredText(tag, "Value"));
  }
  return Array.from(tags, ([Key, Value]) => ({ Key, Value }));
}

/** Keys of tags that the template or the stack had and no longer has. */
export function droppedTagKeys(
  { previousProperties, previousTags }: Pick<ResourceUpdate, "previousProperties" | "previousTags">,
  tags: readonly Tag[],
): string[] {
  const kept = new Set(tags.map(({ Key }) => Key));
  const before = tagsOf({ properties: previousProperties, tags: previousTags });
  return before.map(({ Key }) => Key).filter((key) => !kept.has(key));
}

/** Inline policies by name, as `Policies` has them. */
export function inlinePolicies(properties: Properties): Map<string, string> {
  return new Map(
    structures(properties, "Policies").map((policy) => [
      requiredText(policy, "PolicyName"),
      document(policy, "PolicyDocument"),
    ]),
  );
}
