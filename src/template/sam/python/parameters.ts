/**
 * Parameter values put into Python's data, in place, as the original's resolver does it.
 */
import { invalidDocument } from "../sam-error.ts";
import { Dict, deepCopy, textOf } from "./dict.ts";
import type { Data } from "./dict.ts";
import { show } from "./print.ts";
import { Text } from "./text.ts";

/** Parameter values by name. */
export type ParameterData = ReadonlyMap<string, Data>;

const SUB_NAME = /\$\{([A-Za-z0-9.]+|AWS::[A-Z][A-Za-z]*)\}/g;

/** Puts parameter values in for each Ref and in each Fn::Sub, in place; answers the data, which may be another. */
export function resolveData(data: Data, parameters: ParameterData): Data {
  const resolved = resolveCall(data, parameters);
  if (resolved instanceof Dict) {
    for (const [key, value] of resolved.entries()) resolved.set(key, resolveData(value, parameters));
  } else if (Array.isArray(resolved)) {
    for (const [index, item] of resolved.entries()) resolved[index] = resolveData(item, parameters);
  }
  return resolved;
}

function resolveCall(data: Data, parameters: ParameterData): Data {
  if (!(data instanceof Dict) || data.size !== 1) return data;
  const name = textOf(data.get("Ref"));
  if (name !== undefined) {
    const value = valueOf(name, parameters);
    return value === undefined ? data : deepCopy(value);
  }
  const sub = data.get("Fn::Sub");
  if (sub instanceof Text) data.set("Fn::Sub", substituted(sub, parameters));
  else if (Array.isArray(sub) && sub[0] instanceof Text) sub[0] = substituted(sub[0], parameters);
  return data;
}

function valueOf(name: string, parameters: ParameterData): Data | undefined {
  const value = parameters.get(name);
  // What a nested change set says of a value that is not known yet.
  return textOf(value)?.startsWith("{{IntrinsicFunction:") === true ? undefined : value;
}

function substituted(text: Text, parameters: ParameterData): Text {
  return text.map((whole) =>
    whole.replace(SUB_NAME, (full: string, name: string) => {
      const value = valueOf(name, parameters);
      if (value === undefined) return full;
      const replacement = textOf(value);
      if (replacement !== undefined) return replacement;
      throw invalidDocument(
        `Invalid Fn::Sub variable value ${show(value)}. Fn::Sub expects all variables to be strings.`,
      );
    }),
  );
}
