/**
 * Which properties a SAM resource or event takes, and what each must look like.
 */
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { invalidResource } from "./sam-error.ts";

/** True when a value has the right form. */
export type Check = (value: Json) => boolean;

/** What the table says of one property. */
export interface PropertyRule {
  readonly check: Check;
  readonly required: boolean;
  /** Whether a mapping with one key, which may be a function, is let through unchecked. */
  readonly intrinsics: boolean;
}

/** The properties of a type; their order is the order in which they are checked. */
export type PropertyTable = Readonly<Record<string, PropertyRule>>;

export const isText: Check = (value) => typeof value === "string";
export const isMap: Check = (value) => isObject(value);
export const isFlag: Check = (value) => typeof value === "boolean";
export const isArray: Check = (value) => isList(value);
export const isInteger: Check = (value) => typeof value === "boolean" || Number.isInteger(value);
export const oneOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
export const listOf =
  (item: Check): Check =>
  (value) =>
    isList(value) && value.every(item);
export const mapOf =
  (member: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(member);

/** A property that may be a function instead. */
export const typed = (check: Check, required = false): PropertyRule => ({ check, required, intrinsics: true });
/** A property that may not be a function. */
export const strict = (check: Check, required = false): PropertyRule => ({ check, required, intrinsics: false });
/** A property that is handed on as it is. */
export const passThrough = (required = false): PropertyRule => strict(() => true, required);

const DESCRIPTIONS = new Map<Check, string>([
  [isText, "string"],
  [isMap, "map"],
]);

/** A text that is one of some; the original describes it in its error. */
export function textEnum(first: string, second: string): Check {
  const check: Check = (value) => value === first || value === second;
  DESCRIPTIONS.set(check, `one of the strings: '${first}' or '${second}'`);
  return check;
}

/**
 * The properties that are set, checked against the table. Raises a fault for an unknown, missing or ill-formed one.
 */
export function readProperties(id: string, type: string, properties: JsonObject, table: PropertyTable): JsonObject {
  const set: [string, Json][] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (!Object.hasOwn(table, name))
      throw invalidResource(id, `property ${name} not defined for resource of type ${type}`, ["Properties", name]);
    if (value !== null) set.push([name, value]);
  }
  const read = Object.fromEntries(set);
  for (const [name, rule] of Object.entries(table)) {
    const value = own(read, name);
    if (value === undefined) {
      if (rule.required) throw invalidResource(id, `Missing required property '${name}'.`);
      continue;
    }
    if (rule.intrinsics && isObject(value) && Object.keys(value).length === 1) continue;
    if (!rule.check(value)) throw invalidResource(id, wrongType(name, rule.check), ["Properties", name]);
  }
  return read;
}

function wrongType(name: string, check: Check): string {
  const description = DESCRIPTIONS.get(check);
  return description === undefined
    ? `Type of property '${name}' is invalid.`
    : `Property '${name}' should be a ${description}.`;
}

/** Python's truth, which the original leans on: empty texts, lists and mappings, 0 and false count as absent. */
export function isTruthy(value: Json | undefined): value is Json {
  if (isList(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}
