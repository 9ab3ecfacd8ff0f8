/**
 * The values a template is made of: JSON data, looked at and copied without ever touching a prototype.
 */

/** Anything that a template can hold after parsing. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A mapping of a template. Read it with `own` or `Object.entries`, since a key may be called `constructor`. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where something stands in a template: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** True for a mapping (not for a list, not for null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a list. `Array.isArray` does not narrow readonly lists. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The member called `key`, or undefined; never something inherited. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The only entry of a mapping that has exactly one, which is how every intrinsic function is written. */
export function onlyEntry(value: Json | undefined): readonly [string, Json] | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const key = keys[0];
  if (key === undefined || keys.length !== 1) return undefined;
  const member = own(value, key);
  return member === undefined ? undefined : [key, member];
}

/** The same mapping with every member changed by `change`; members for which it answers undefined are left out. */
export function mapObject(object: JsonObject, change: (value: Json, key: string) => Json | undefined): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    const changed = change(value, key);
    if (changed !== undefined) entries.push([key, changed]);
  }
  return Object.fromEntries(entries);
}

/** True when both are the same data; the order of keys does not matter, the order of lists does. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((key) => Object.hasOwn(right, key) && sameJson(own(left, key), own(right, key)));
  }
  return false;
}

/** What CloudFormation makes of a scalar where a string is wanted (`true`, `8080`); undefined for anything else. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}
