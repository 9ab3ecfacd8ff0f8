/** Unique ids, ARNs and the spelling of tags: what IAM calls its things (AWS page "IAM identifiers"). */
import { AwsError } from "../../kernel/errors.ts";
import { BASE32 } from "../../kernel/random.ts";
import type { ServiceContext } from "../../service.ts";
import type { Tag } from "./state.ts";

/** The prefixes of unique ids that IAM gives here. */
export type IdPrefix = "AIDA" | "AGPA" | "AROA" | "AIPA" | "ANPA";

/** A unique id: four letters that tell its kind, then 17 of base 32. */
export function uniqueId(context: ServiceContext, prefix: IdPrefix): string {
  return prefix + context.random.text(17, BASE32);
}

/** IAM tells times to the second. */
export function shownTime(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** `arn:aws:iam::ACCOUNT:TYPE/PATH/NAME`. */
export function iamArn(account: string, type: string, path: string, name: string): string {
  return `arn:aws:iam::${account}:${type}${path}${name}`;
}

/** Tables are keyed so, because "names are not distinguished by case". */
export function keyOf(name: string): string {
  return name.toLowerCase();
}

/** What a path is when none was given. */
export const ROOT_PATH = "/";

/** Checks a path's form, which the model leaves open at its end: `/` or `/a/b/`. */
export function checkPath(path: string | undefined): string {
  if (path === undefined) return ROOT_PATH;
  if (/^(\/|\/[\u0021-\u007E]+\/)$/.test(path) && !path.includes("//")) return path;
  throw new AwsError(
    "ValidationError",
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}

const MOST_TAGS = 50;

/** The tags after `given` were added; a key may differ in case from the one that it replaces. */
export function withTags(
  kept: readonly Tag[],
  given: readonly { Key: string | undefined; Value: string | undefined }[],
): Tag[] {
  const added = given.map(({ Key = "", Value = "" }) => ({ Key, Value }));
  const keys = added.map(({ Key }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw new AwsError(
      "InvalidInputException",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
  }
  if (keys.some((key) => key.startsWith("aws:"))) {
    throw new AwsError("InvalidInputException", "Tag keys that start with 'aws:' are reserved for system use.");
  }
  const tags = [...kept.filter(({ Key }) => !keys.includes(Key.toLowerCase())), ...added];
  if (tags.length > MOST_TAGS) {
    throw new AwsError("LimitExceededException", "The number of tags has reached the maximum limit.");
  }
  return tags;
}

/** The tags without those whose keys are given. */
export function withoutTags(kept: readonly Tag[], keys: readonly string[]): Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return kept.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}
