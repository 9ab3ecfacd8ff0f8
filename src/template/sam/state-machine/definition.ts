/**
 * The Definition of a state machine as CloudFormation's DefinitionString: functions in it become substitutions.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { byCodePoint } from "../logical-id.ts";
import { jsonText } from "../python/print.ts";
import { isIntrinsic } from "../references.ts";

/** The text, joined from its lines, and what stands for the functions in it. */
export function definitionString(definition: JsonObject): {
  readonly text: JsonObject;
  readonly substitutions: JsonObject;
} {
  const substitutions: [string, Json][] = [];
  // A definition that is a function as a whole is left to CloudFormation.
  const plain = replaceInside(definition, substitutions);
  const lines = indented(plain, "").split("\n");
  return { text: { "Fn::Join": ["\n", lines] }, substitutions: Object.fromEntries(substitutions) };
}

/** Members are visited by name, as the original does, since substitutions are numbered in that order. */
function replace(value: Json, substitutions: [string, Json][]): Json {
  if (isIntrinsic(value) || isDynamicReference(value)) {
    const name = `definition_substitution_${substitutions.length + 1}`;
    substitutions.push([name, value]);
    return `\${${name}}`;
  }
  return replaceInside(value, substitutions);
}

function replaceInside(value: Json, substitutions: [string, Json][]): Json {
  if (isList(value)) return value.map((item) => replace(item, substitutions));
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort(byCodePoint);
  return Object.fromEntries(keys.map((key) => [key, replace(own(value, key) ?? null, substitutions)]));
}

function isDynamicReference(value: Json): boolean {
  return typeof value === "string" && /^\{\{resolve:([a-z-]+):(.+)\}\}\n?$/.test(value);
}

/** `json.dumps(sort_keys=True, indent=4)`. */
function indented(value: Json, indent: string): string {
  const inside = `${indent}    `;
  const wrap = (open: string, close: string, items: readonly string[]): string =>
    items.length === 0 ? open + close : `${open}\n${items.map((item) => inside + item).join(",\n")}\n${indent}${close}`;
  if (isList(value))
    return wrap(
      "[",
      "]",
      value.map((item) => indented(item, inside)),
    );
  if (isObject(value)) {
    const keys = Object.keys(value).sort(byCodePoint);
    return wrap(
      "{",
      "}",
      keys.map((key) => `${jsonText(key)}: ${indented(own(value, key) ?? null, inside)}`),
    );
  }
  return typeof value === "string" ? jsonText(value) : JSON.stringify(value);
}
