/** What could have been written: the keys that a type takes at a place, and the one that a wrong key is nearest to. */
import type { Path } from "../value.ts";
import { member, TAG, type PropertySchemas, type PropertyType, type ResourceSchema } from "./resource-schema.ts";

/**
 * The keys of the object at `path` below a resource's properties (`[]` is the properties themselves); undefined where any key may stand,
 * or none. `Fn::If` and its index are looked through; the indexes of lists may be left out.
 */
export function keysAt(schema: ResourceSchema, path: Path): readonly string[] | undefined {
  const members = membersAt(schema, path);
  return members === undefined ? undefined : Object.keys(members);
}

/** What the schema says of the property at `path`. */
export function typeAt(schema: ResourceSchema, path: Path): PropertyType | undefined {
  let members: PropertySchemas | undefined = schema.properties;
  let type: PropertyType | undefined;
  for (let at = 0; at < path.length; at += 1) {
    const step = path[at];
    if (step === "Fn::If") {
      at += 1;
      continue;
    }
    if (step === undefined) return undefined;
    if (typeof step === "string") {
      // A path may leave the indexes of lists out.
      while (type?.type === "array") type = type.element;
      if (type !== undefined) members = membersOf(schema, type);
    }
    type = stepInto(members, type, step);
    if (type === undefined) return undefined;
    members = membersOf(schema, type);
  }
  return type;
}

function membersAt(schema: ResourceSchema, path: Path): PropertySchemas | undefined {
  if (path.length === 0) return schema.properties;
  let type = typeAt(schema, path);
  while (type?.type === "array") type = type.element;
  return type === undefined ? undefined : membersOf(schema, type);
}

function stepInto(
  members: PropertySchemas | undefined,
  type: PropertyType | undefined,
  step: string | number,
): PropertyType | undefined {
  if (type?.type === "array" || type?.type === "map") return type.element;
  return members === undefined ? undefined : member(members, String(step))?.type;
}

function membersOf(schema: ResourceSchema, type: PropertyType): PropertySchemas | undefined {
  if (type.type === "ref") return member(schema.definitions, type.name);
  if (type.type === "tag") return TAG;
  if (type.type !== "union") return undefined;
  const all = type.types.map((one) => membersOf(schema, one)).filter((one) => one !== undefined);
  return all.length === 0 ? undefined : Object.fromEntries(all.flatMap((members) => Object.entries(members)));
}

/** The candidate that is nearest to `word`, when one is near enough to be meant: letters in another case, a few changed. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const most = Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), least);
    if (distance < least || (distance === least && candidate === word)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Levenshtein's distance; `limit` when it is that or more. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return Math.min(limit, row[right.length] ?? limit);
}
