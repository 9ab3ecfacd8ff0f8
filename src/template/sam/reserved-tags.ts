/**
 * The tags that are SAM's own.
 */
import type { JsonObject } from "../value.ts";
import { invalidResource } from "./sam-error.ts";

const RESERVED = ["lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"];

/** Refuses tags that are SAM's own. Raises SamFault. */
export function reservedTag(id: string, tags: JsonObject): void {
  const reserved = RESERVED.find((name) => Object.hasOwn(tags, name));
  if (reserved === undefined) return;
  throw invalidResource(
    id,
    `${reserved} is a reserved Tag key name and cannot be set on your resource. Please change the tag key in the input.`,
  );
}
