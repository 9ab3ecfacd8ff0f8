/**
 * What changes between two resolved resources, property by property, for updates and change sets.
 */
import { isList, isObject, own, sameJson } from "./value.ts";
import type { Json, JsonObject, Path } from "./value.ts";

/** One property that is not the same before and after; undefined where it is not there. */
export interface PropertyChange {
  /** The way to it inside the resource, from `Properties`, `Metadata` … on. */
  readonly path: Path;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly kind: "Add" | "Modify" | "Remove";
}

/**
 * The differences between two mappings, as deep as mappings go; a list is one value, since CloudFormation updates it as
 * one. In the order of the new mapping, then what was removed.
 */
export function differences(before: JsonObject, after: JsonObject, path: Path = []): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  compareMembers(before, after, path, false, changes);
  return changes;
}

/** The same, and into lists too, element by element: what a change set shows. */
export function elementDifferences(before: JsonObject, after: JsonObject): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  compareMembers(before, after, [], true, changes);
  return changes;
}

function compareMembers(
  before: JsonObject,
  after: JsonObject,
  path: Path,
  intoLists: boolean,
  changes: PropertyChange[],
): void {
  for (const [key, value] of Object.entries(after))
    compare(own(before, key), value, [...path, key], intoLists, changes);
  for (const [key, old] of Object.entries(before)) {
    if (own(after, key) === undefined)
      changes.push({ path: [...path, key], before: old, after: undefined, kind: "Remove" });
  }
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: Path,
  intoLists: boolean,
  changes: PropertyChange[],
): void {
  if (before === undefined || after === undefined) {
    if (before === after) return;
    changes.push({ path, before, after, kind: before === undefined ? "Add" : "Remove" });
  } else if (isObject(before) && isObject(after)) compareMembers(before, after, path, intoLists, changes);
  else if (intoLists && isList(before) && isList(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(before[index], after[index], [...path, index], intoLists, changes);
  } else if (!sameJson(before, after)) changes.push({ path, before, after, kind: "Modify" });
}

/** The way to a value as a JSON pointer (RFC 6901): `/Properties/Tags/0/Value`. */
export function jsonPointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The properties at the top that a list of changes touches, each once: what an update handler asks about. */
export function changedProperties(changes: readonly PropertyChange[]): readonly string[] {
  return [...new Set(changes.map(({ path }) => String(path[0])))];
}
