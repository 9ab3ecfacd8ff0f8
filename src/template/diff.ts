/**
 * What changes between two resolved resources, property by property, for updates and change sets.
 */
import { isObject, own, sameJson } from "./value.ts";
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
  for (const [key, value] of Object.entries(after)) {
    const old = own(before, key);
    const here = [...path, key];
    if (old === undefined) changes.push({ path: here, before: undefined, after: value, kind: "Add" });
    else if (isObject(old) && isObject(value)) changes.push(...differences(old, value, here));
    else if (!sameJson(old, value)) changes.push({ path: here, before: old, after: value, kind: "Modify" });
  }
  for (const [key, old] of Object.entries(before)) {
    if (own(after, key) === undefined)
      changes.push({ path: [...path, key], before: old, after: undefined, kind: "Remove" });
  }
  return changes;
}

/** The properties at the top that a list of changes touches, each once: what an update handler asks about. */
export function changedProperties(changes: readonly PropertyChange[]): readonly string[] {
  return [...new Set(changes.map(({ path }) => String(path[0])))];
}
