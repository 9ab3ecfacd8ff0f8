/** Texts, numbers and booleans against their types, with CloudFormation's lenience: each may be written as text, and text as each. */
import { isList, isObject, scalarText } from "../value.ts";
import type { Json } from "../value.ts";
import type { Fault } from "./fault.ts";
import type { NumberType, StringType } from "./resource-schema.ts";

/** A type whose values are neither lists nor objects. */
export type ScalarType = StringType | NumberType | { readonly type: "boolean" | "date-time" };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

type ScalarFault = Omit<Fault, "path">;

/** What is wrong with the value. `pointer` is its place in AWS's messages: `#/Timeout`. */
export function scalarFaults(type: ScalarType, value: Json, pointer: string): readonly ScalarFault[] {
  // A dynamic reference is a text that stands for another.
  if (typeof value === "string" && value.includes("{{resolve:")) return [];
  const expected = expectedType(type, value);
  if (expected !== undefined) {
    return [{ kind: "type", message: `${pointer}: expected type: ${expected}, found: ${typeName(value)}` }];
  }
  const text = scalarText(value) ?? "";
  switch (type.type) {
    case "string":
      return [...lengthFaults(type, text, pointer), ...enumFaults(type, value, pointer)];
    case "number":
    case "integer":
      return [...rangeFaults(type, Number(text), pointer), ...enumFaults(type, value, pointer)];
    case "boolean":
    case "date-time":
      return [];
  }
}

/** The validator tells lengths; of all else that depends on the value it tells the keyword alone. */
function lengthFaults({ minLength, maxLength, pattern }: StringType, text: string, pointer: string): ScalarFault[] {
  const found: ScalarFault[] = [];
  // The validator counts code points, not UTF-16 units.
  const actual = Array.from(text).length;
  if (minLength !== undefined && actual < minLength) {
    found.push({ kind: "length", message: `${pointer}: expected minLength: ${minLength}, actual: ${actual}` });
  }
  if (maxLength !== undefined && actual > maxLength) {
    found.push({ kind: "length", message: `${pointer}: expected maxLength: ${maxLength}, actual: ${actual}` });
  }
  if (pattern !== undefined && !new RegExp(pattern).test(text)) {
    found.push({ kind: "pattern", message: constraint(pointer, "pattern") });
  }
  return found;
}

function rangeFaults({ minimum, maximum }: NumberType, number: number, pointer: string): ScalarFault[] {
  if (minimum !== undefined && number < minimum) return [{ kind: "range", message: constraint(pointer, "minimum") }];
  if (maximum !== undefined && number > maximum) return [{ kind: "range", message: constraint(pointer, "maximum") }];
  return [];
}

function enumFaults(type: StringType | NumberType, value: Json, pointer: string): ScalarFault[] {
  const allowed = type.allowedValues;
  if (allowed === undefined || allowed.some((one) => isSame(type, one, value))) return [];
  // The validator reads `type` and `enum` as two schemas that must both match.
  const message = `${pointer}: #: only 1 subschema matches out of 2\n${constraint(pointer, "enum")}`;
  return [{ kind: "enum", allowed, message }];
}

function constraint(pointer: string, keyword: string): string {
  return `${pointer}: failed validation constraint for keyword [${keyword}]`;
}

/** The validator's name for what a value is. */
export function typeName(value: Json): string {
  if (value === null) return "Null";
  if (isList(value)) return "JSONArray";
  if (isObject(value)) return "JSONObject";
  if (typeof value === "string") return "String";
  if (typeof value === "boolean") return "Boolean";
  return Number.isInteger(value) ? "Integer" : "BigDecimal";
}

/** The type that the value should have had; undefined when it passes for one. */
function expectedType(type: ScalarType, value: Json): string | undefined {
  const text = scalarText(value);
  switch (type.type) {
    case "string":
    case "date-time":
      return text === undefined ? "String" : undefined;
    case "boolean":
      return text !== undefined && /^(true|false)$/i.test(text) ? undefined : "Boolean";
    case "number":
    case "integer":
      if (text === undefined || typeof value === "boolean" || !NUMBER.test(text)) return "Number";
      return type.type === "integer" && !Number.isInteger(Number(text)) ? "Integer" : undefined;
  }
}

function isSame(type: ScalarType, allowed: string | number, value: Json): boolean {
  const text = scalarText(value);
  return type.type === "string" ? text === allowed : Number(text) === Number(allowed);
}
