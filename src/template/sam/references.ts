/**
 * The intrinsic functions as the transform sees them: parameters put in where their values matter, references turned to
 * the resources that were generated.
 */
import { functionCall, isNoValue } from "../intrinsics.ts";
import { isList, isObject, onlyEntry, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { fromTemplate } from "./python/dict.ts";
import { show } from "./python/print.ts";
import { invalidDocument } from "./sam-error.ts";

export const ref = (id: string): JsonObject => ({ Ref: id });
export const getAtt = (id: string, attribute: string): JsonObject => ({ "Fn::GetAtt": [id, attribute] });
export const whenCondition = (condition: string, then: Json, otherwise: Json = ref("AWS::NoValue")): JsonObject => ({
  "Fn::If": [condition, then, otherwise],
});

/** A mapping with one key that is a function's name, or `Condition`. */
export function isIntrinsic(value: Json | undefined): boolean {
  const entry = onlyEntry(value);
  return functionCall(value) !== undefined || (entry !== undefined && entry[0] === "Condition");
}

/** The three arguments of a Fn::If; undefined when it is none; the raw argument where it is malformed. */
export function ifArguments(value: Json | undefined): readonly Json[] | "malformed" | undefined {
  const call = functionCall(value);
  if (call?.name !== "Fn::If") return undefined;
  return isList(call.argument) && call.argument.length === 3 ? call.argument : "malformed";
}

/** What the original says of a Fn::If without its three arguments. */
export const MALFORMED_IF = "Fn::If requires 3 arguments";

export { isNoValue };

/** The logical id that a Ref or Fn::GetAtt names. */
export function referencedId(value: Json | undefined): string | undefined {
  const call = functionCall(value);
  if (call === undefined) return undefined;
  if (call.name === "Ref") return typeof call.argument === "string" ? call.argument : undefined;
  if (call.name !== "Fn::GetAtt") return undefined;
  const parts = typeof call.argument === "string" ? call.argument.split(".") : call.argument;
  return isList(parts) && parts.length === 2 && typeof parts[0] === "string" ? parts[0] : undefined;
}

/** Puts parameter values in for each Ref and each name in a Fn::Sub that is a parameter; all else stays. */
export function putParameters(value: Json, parameters: JsonObject): Json {
  return rewrite(value, (call) => {
    if (call.name === "Ref" && typeof call.argument === "string") return parameterValue(parameters, call.argument);
    if (call.name !== "Fn::Sub") return undefined;
    return rewriteSub(call.argument, (name, whole) => {
      const given = parameterValue(parameters, name);
      if (given === undefined) return whole;
      if (typeof given !== "string") {
        throw invalidDocument(
          `Invalid Fn::Sub variable value ${show(fromTemplate(given))}. Fn::Sub expects all variables to be strings.`,
        );
      }
      return given;
    });
  });
}

/** A parameter's value; the placeholders of nested change sets are not values. */
function parameterValue(parameters: JsonObject, name: string): Json | undefined {
  const value = own(parameters, name);
  return typeof value === "string" && value.startsWith("{{IntrinsicFunction:") ? undefined : value;
}

/** Puts mapping values in for each Fn::FindInMap whose keys are texts. */
export function putMappings(value: Json, mappings: JsonObject): Json {
  return rewrite(value, (call) => (call.name === "Fn::FindInMap" ? findInMap(call.argument, mappings) : undefined));
}

function findInMap(argument: Json, mappings: JsonObject): Json | undefined {
  if (!isList(argument) || argument.length !== 3) {
    throw invalidDocument(
      `Invalid FindInMap value ${show(fromTemplate(argument))}. FindInMap expects an array with 3 values.`,
    );
  }
  const [name, first, second] = argument;
  if (typeof name !== "string" || typeof first !== "string" || typeof second !== "string") return undefined;
  const rows = own(mappings, name);
  if (rows === undefined) return undefined;
  const row = isObject(rows) ? own(rows, first) : null;
  if (row === undefined) return undefined;
  if (!isObject(row))
    throw invalidDocument(`Cannot use Fn::FindInMap on Mapping '${name}' which is not a a two-level map.`);
  return own(row, second);
}

/** Renames resources in every Ref, Fn::GetAtt and Fn::Sub: `{ Ref: "Layer" }` → `{ Ref: "Layer1a2b3c" }`. */
export function renameResources(value: Json, names: ReadonlyMap<string, string>): Json {
  if (names.size === 0) return value;
  return rewrite(value, ({ name, argument }) => {
    switch (name) {
      case "Ref":
        return typeof argument === "string" && names.has(argument) ? ref(names.get(argument) ?? argument) : undefined;
      case "Fn::GetAtt": {
        const [id, ...rest] = getAttParts(argument) ?? [];
        const renamed = id === undefined ? undefined : names.get(id);
        return renamed === undefined ? undefined : { "Fn::GetAtt": [renamed, ...rest] };
      }
      case "Fn::Sub":
        return rewriteSub(argument, (subject, whole) => {
          const [id = ""] = subject.split(".");
          const renamed = names.get(id);
          return renamed === undefined ? whole : whole.replace(id, renamed);
        });
      default:
        return undefined;
    }
  });
}

/** Turns references to what a SAM resource generated (`Function.Alias`) to the generated resource's logical id. */
export function followDerived(value: Json, derived: ReadonlyMap<string, string>): Json {
  if (derived.size === 0) return value;
  return rewrite(value, ({ name, argument }) => {
    switch (name) {
      case "Ref": {
        const target = typeof argument === "string" ? derived.get(argument) : undefined;
        return target === undefined ? undefined : ref(target);
      }
      case "Fn::GetAtt": {
        const [id = "", property = "", ...rest] = getAttParts(argument) ?? [];
        const target = derived.get(`${id}.${property}`);
        return target === undefined ? undefined : { "Fn::GetAtt": [target, ...rest] };
      }
      case "Fn::Sub":
        return rewriteSub(argument, (subject, whole) => {
          const key = subject.split(".").slice(0, 2).join(".");
          const target = derived.get(key);
          return target === undefined ? whole : whole.replace(key, target);
        });
      default:
        return undefined;
    }
  });
}

function getAttParts(argument: Json): readonly string[] | undefined {
  if (!isList(argument) || argument.length < 2) return undefined;
  const parts = argument.filter((part) => typeof part === "string");
  return parts.length === argument.length ? parts.join(".").split(".") : undefined;
}

const SUB_NAME = /\$\{([A-Za-z0-9.]+|AWS::[A-Z][A-Za-z]*)\}/g;

/** A Fn::Sub with the names in its text changed by `change`. */
function rewriteSub(argument: Json, change: (name: string, whole: string) => string): Json | undefined {
  const put = (text: string): string => text.replace(SUB_NAME, (whole: string, name: string) => change(name, whole));
  if (typeof argument === "string") return { "Fn::Sub": put(argument) };
  const [text, ...rest] = isList(argument) ? argument : [];
  return typeof text === "string" ? { "Fn::Sub": [put(text), ...rest] } : undefined;
}

/**
 * Changes every function call in a value, outermost first, then what stands inside the result. A call that answers a
 * value without functions is final.
 */
function rewrite(
  value: Json,
  change: (call: { readonly name: string; readonly argument: Json }) => Json | undefined,
): Json {
  const call = functionCall(value);
  const changed = call === undefined ? undefined : change(call);
  const next = changed ?? value;
  if (isList(next)) return next.map((item) => rewrite(item, change));
  if (isObject(next))
    return Object.fromEntries(Object.entries(next).map(([key, member]) => [key, rewrite(member, change)]));
  return next;
}

/** Renames resources in every DependsOn. */
export function renameDependsOn(value: Json, names: ReadonlyMap<string, string>): Json {
  if (names.size === 0) return value;
  if (isList(value)) return value.map((item) => renameDependsOn(item, names));
  if (!isObject(value)) return value;
  const renamed = (id: Json): Json => (typeof id === "string" ? (names.get(id) ?? id) : id);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key !== "DependsOn") return [key, renameDependsOn(member, names)];
      return [key, isList(member) ? member.map(renamed) : renamed(member)];
    }),
  );
}
