/** Texts, numbers and booleans against their types, with CloudFormation's lenience: each may be written as text, and text as each. */
import { isList, isObject, scalarText } from "../value.ts";
import type { Json } from "../value.ts";
import type { Fault } from "./fault.ts";
import type { NumberType, StringType } from "./resource-schema.ts";

/** A type whose values are neither lists nor objects. */
export type ScalarType = StringType | NumberType | { readonly type: "boolean" | "date-time" };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What is wrong with the value; undefined when nothing is. `pointer` is its place in AWS's messages: `#/Timeout`. */
export function scalarFault(type: ScalarType, value: Json, pointer: string): Omit<Fault, "path"> | undefined {
  // A dynamic reference is a text that stands for another.
  if (typeof value === "string" && value.includes("{{resolve:")) return undefined;
  const expected = expectedType(type, value);
  if (expected !== undefined) {
    return { kind: "type", message: `${pointer}: expected type: ${expected}, found: ${typeName(value)}` };
  }
  const allowed = "allowedValues" in type ? type.allowedValues : undefined;
  if (allowed === undefined || allowed.some((one) => isSame(type, one, value))) return undefined;
  // The validator reads `type` and `enum` as two schemas that must both match, and tells the keyword, not the value.
  const message = `${pointer}: #: only 1 subschema matches out of 2\n${pointer}: failed validation constraint for keyword [enum]`;
  return { kind: "enum", allowed, message };
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
