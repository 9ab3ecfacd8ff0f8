/** What tags of a log group may be (AWS page "TagResource"). */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { invalid } from "./names.ts";

const MOST_TAGS = 50;

/** Raises InvalidParameterException for tags that AWS keeps to itself, and TooManyTagsException when they come to more than 50. */
export function checkTags(
  context: ServiceContext,
  tags: Readonly<Record<string, string>>,
  count = Object.keys(tags).length,
): void {
  for (const key of Object.keys(tags)) {
    // CloudFormation marks what it makes with such tags; it calls from inside, not over HTTP.
    if (context.http !== undefined && key.toLowerCase().startsWith("aws:")) {
      invalid("aws: prefixed tag key names are not allowed for external use.");
    }
  }
  if (count > MOST_TAGS) throw new AwsError("TooManyTagsException", "A resource can have no more than 50 tags.");
}
