/** What tags of a parameter may be (AWS page "AddTagsToResource"). */
import type { ServiceContext } from "../../service.ts";
import { invalid, refuse } from "./errors.ts";

const MOST_TAGS = 50;

/** A list of tags as a record; the last of a key counts. */
export function tagsOf(list: readonly { readonly Key: string; readonly Value: string }[]): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** Raises ValidationException for tags that AWS keeps to itself, and TooManyTagsError when they come to more than 50. */
export function checkTags(
  context: ServiceContext,
  tags: Readonly<Record<string, string>>,
  number = Object.keys(tags).length,
): void {
  for (const key of Object.keys(tags)) {
    // CloudFormation marks what it makes with such tags; it calls from inside, not over HTTP.
    if (context.http !== undefined && key.toLowerCase().startsWith("aws:")) {
      invalid("aws: prefixed tag key names are not allowed for external use.");
    }
  }
  if (number > MOST_TAGS) refuse("TooManyTagsError", "A resource can have no more than 50 tags.");
}
