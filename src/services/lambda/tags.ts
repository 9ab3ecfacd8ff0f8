/** Tags of a function (AWS page "Using tags on Lambda functions"). */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { invalid } from "./errors.ts";

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** CloudFormation marks what it makes with system tags; it calls from inside, not over HTTP. Raises InvalidParameterValueException. */
export function refuseSystemTags(context: Pick<ServiceContext, "http">, keys: Iterable<string>): void {
  if (context.http === undefined) return;
  for (const key of keys) if (isSystem(key)) invalid(`System tags cannot be added/updated by requester: ${key}`);
}

function isSystem(key: string): boolean {
  return /^aws:/i.test(key);
}

/** Raises InvalidParameterValueException for what no function can have; system tags do not count. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).filter((key) => !isSystem(key)).length > MOST_TAGS) {
    throw new AwsError("InvalidParameterValueException", "Number of tags exceeds resource tag limit.");
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === "" || key.length > LONGEST_KEY) {
      invalid(`Tag keys must have 1 to ${LONGEST_KEY} characters: ${key}`);
    }
    if (value.length > LONGEST_VALUE) invalid(`Tag values may have ${LONGEST_VALUE} characters at most: ${key}`);
  }
}
