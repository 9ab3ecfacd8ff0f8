/** Tags of APIs, stages and domain names (AWS page "Tagging API Gateway resources"). */
import { badRequest } from "./errors.ts";

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** Raises BadRequestException for what no resource can have. */
export function checkTags(tags: Readonly<Record<string, string>> | undefined): void {
  const pairs = Object.entries(tags ?? {});
  if (pairs.length > MOST_TAGS) badRequest(`A resource may have ${MOST_TAGS} tags at most`);
  for (const [key, value] of pairs) {
    if (key === "" || key.length > LONGEST_KEY) badRequest(`Tag keys must have 1 to ${LONGEST_KEY} characters: ${key}`);
    if (value.length > LONGEST_VALUE) badRequest(`Tag values may have ${LONGEST_VALUE} characters at most: ${key}`);
  }
}
