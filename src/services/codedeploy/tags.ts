/** Tags of applications and deployment groups. */
import type { ServiceContext } from "../../service.ts";
import { refuse } from "./errors.ts";
import type { Tags } from "./state.ts";

type Given = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

/** "Tagging AWS resources": 50 of them. */
const MOST_TAGS = 50;

/** Raises InvalidTagsToAddException. Keys that begin with `aws:` are AWS's own: only other services put them on. */
export function withTags(before: Tags, given: Given | undefined, { http }: Pick<ServiceContext, "http">): Tags {
  const added: Record<string, string> = {};
  for (const { Key, Value = "" } of given ?? []) {
    if (Key === undefined || Key === "" || Key.length > 128 || Value.length > 256)
      refuse("InvalidTagsToAddException", "The specified tags are not valid.");
    if (http !== undefined && Key.toLowerCase().startsWith("aws:"))
      refuse("InvalidTagsToAddException", `The tag key ${Key} cannot begin with aws:, which is reserved for AWS use.`);
    if (Object.hasOwn(added, Key))
      refuse("InvalidTagsToAddException", `The tag key ${Key} is specified more than once.`);
    added[Key] = Value;
  }
  const tags = { ...before, ...added };
  if (Object.keys(tags).length > MOST_TAGS)
    refuse("InvalidTagsToAddException", `A resource can have at most ${MOST_TAGS} tags.`);
  return tags;
}

export function shownTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
