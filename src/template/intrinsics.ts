/**
 * What an intrinsic function looks like, shared by those who evaluate, check and order templates.
 */
import { TemplateError } from "./template-error.ts";
import { isList, isObject, onlyEntry, own } from "./value.ts";
import type { Json, Path } from "./value.ts";

/** The functions that CloudFormation evaluates ("Intrinsic function reference"), in the order of its error message. */
export const SUPPORTED_FUNCTIONS = [
  "Fn::Base64",
  "Fn::GetAtt",
  "Fn::GetAZs",
  "Fn::ImportValue",
  "Fn::Join",
  "Fn::Split",
  "Fn::FindInMap",
  "Fn::Select",
  "Ref",
  "Fn::Equals",
  "Fn::If",
  "Fn::Not",
  "Condition",
  "Fn::And",
  "Fn::Or",
  "Fn::Contains",
  "Fn::EachMemberEquals",
  "Fn::EachMemberIn",
  "Fn::ValueOf",
  "Fn::ValueOfAll",
  "Fn::RefAll",
  "Fn::Sub",
  "Fn::Cidr",
] as const;

/** What is said of a function that is none. */
export function unsupportedFunction(name: string): TemplateError {
  return new TemplateError(
    `Template error: Encountered unsupported function: ${name} Supported functions are: [${SUPPORTED_FUNCTIONS.join(", ")}]`,
  );
}

/** A mapping that is a function call: its name and its argument. */
export interface FunctionCall {
  readonly name: string;
  readonly argument: Json;
}

/**
 * The function call that a value is, or undefined. `Condition` is not among them, because a mapping with that one key
 * may be plain data; where a condition is expected, ask `conditionName`.
 */
export function functionCall(value: Json | undefined): FunctionCall | undefined {
  const entry = onlyEntry(value);
  if (entry === undefined) return undefined;
  const [name, argument] = entry;
  return name === "Ref" || name.startsWith("Fn::") ? { name, argument } : undefined;
}

/** The name in `{ "Condition": name }`, or undefined. */
export function conditionName(value: Json | undefined): string | undefined {
  const entry = onlyEntry(value);
  return entry !== undefined && entry[0] === "Condition" && typeof entry[1] === "string" ? entry[1] : undefined;
}

/** `{ "Ref": "AWS::NoValue" }`, which removes the property that has it. */
export function isNoValue(value: Json | undefined): boolean {
  const call = functionCall(value);
  return call !== undefined && call.name === "Ref" && call.argument === "AWS::NoValue";
}

/** The resource and attribute of a Fn::GetAtt's argument; the attribute may itself be a function, then it is undefined. */
export function getAttTarget(argument: Json): { readonly id: string; readonly attribute: Json } | undefined {
  if (typeof argument === "string") {
    const dot = argument.indexOf(".");
    if (dot <= 0 || dot === argument.length - 1) return undefined;
    return { id: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!isList(argument) || argument.length < 2) return undefined;
  const [id, ...rest] = argument;
  if (typeof id !== "string" || id === "") return undefined;
  if (rest.every((part) => typeof part === "string")) {
    const attribute = rest.join(".");
    return attribute === "" ? undefined : { id, attribute };
  }
  const only = rest[0];
  return rest.length === 1 && only !== undefined && isObject(only) ? { id, attribute: only } : undefined;
}

/** A piece of a Fn::Sub text: literal characters, or a name to be filled in. */
export type SubPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string };

const SUB_NAME = /\$\{([^}]*)\}/g;

/** Splits the text of a Fn::Sub into its parts; `${!Literal}` becomes the characters `${Literal}`. */
export function subParts(text: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let at = 0;
  for (const match of text.matchAll(SUB_NAME)) {
    if (match.index > at) parts.push({ kind: "text", text: text.slice(at, match.index) });
    at = match.index + match[0].length;
    const name = match[1] ?? "";
    if (name.startsWith("!")) parts.push({ kind: "text", text: `\${${name.slice(1)}}` });
    else parts.push({ kind: "name", name: name.trim() });
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

/** The two forms of a Fn::Sub's argument as one; undefined for anything else. */
export function subArgument(
  argument: Json,
): { readonly text: string; readonly names: Readonly<Record<string, Json>> } | undefined {
  if (typeof argument === "string") return { text: argument, names: {} };
  if (!isList(argument) || argument.length !== 2) return undefined;
  const [text, names] = argument;
  return typeof text === "string" && isObject(names) ? { text, names } : undefined;
}

/** What a value mentions: each Ref and Fn::GetAtt, each name in a Fn::Sub, each condition of a Fn::If. */
export interface Mention {
  readonly kind: "Ref" | "GetAtt" | "Sub" | "If";
  /** The parameter, resource, pseudo parameter or condition that is named. */
  readonly name: string;
  /** What is asked of the resource that a GetAtt names; undefined where a function says it. */
  readonly attribute?: string | undefined;
  /** Where the function stands, under the value that was looked at. */
  readonly path: Path;
}

/**
 * Everything that a value mentions, in the order of the text. With `conditions`, the branch of a Fn::If that is not
 * taken is left out, as CloudFormation does when it orders resources.
 */
export function mentionsOf(value: Json | undefined, conditions?: ReadonlyMap<string, boolean>): readonly Mention[] {
  const found: Mention[] = [];
  collect(value, conditions, found, []);
  return found;
}

/** `at` is the way to `value`, changed in place while walking. */
function collect(
  value: Json | undefined,
  conditions: ReadonlyMap<string, boolean> | undefined,
  found: Mention[],
  at: (string | number)[],
): void {
  const into = (member: Json | undefined, ...keys: Path): void => {
    at.push(...keys);
    collect(member, conditions, found, at);
    at.length -= keys.length;
  };
  if (isList(value)) {
    for (const [index, item] of value.entries()) into(item, index);
    return;
  }
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (call === undefined) {
    for (const [key, member] of Object.entries(value)) into(member, key);
    return;
  }
  const path = [...at, call.name];
  switch (call.name) {
    case "Ref":
      if (typeof call.argument === "string") found.push({ kind: "Ref", name: call.argument, path });
      else into(call.argument, call.name);
      return;
    case "Fn::GetAtt": {
      const target = getAttTarget(call.argument);
      if (target !== undefined) {
        const { id, attribute } = target;
        found.push({
          kind: "GetAtt",
          name: id,
          attribute: typeof attribute === "string" ? attribute : undefined,
          path,
        });
        into(attribute, call.name, 1);
      }
      return;
    }
    case "Fn::Sub": {
      const sub = subArgument(call.argument);
      if (sub === undefined) return;
      for (const part of subParts(sub.text)) {
        if (part.kind === "text" || Object.hasOwn(sub.names, part.name)) continue;
        found.push(subMention(part.name, path));
      }
      into(sub.names, call.name, 1);
      return;
    }
    case "Fn::If": {
      const branches = isList(call.argument) ? call.argument : [];
      const [name, whenTrue, whenFalse] = branches;
      if (typeof name === "string") found.push({ kind: "If", name, path });
      const known = typeof name === "string" ? conditions?.get(name) : undefined;
      if (known !== false) into(whenTrue, call.name, 1);
      if (known !== true) into(whenFalse, call.name, 2);
      return;
    }
    default:
      into(call.argument, call.name);
  }
}

/** What a name in the text of a Fn::Sub is: a name, or a resource and its attribute. */
export function subMention(name: string, path: Path): Mention {
  const dot = name.indexOf(".");
  return dot > 0 && !name.includes("::")
    ? { kind: "GetAtt", name: name.slice(0, dot), attribute: name.slice(dot + 1), path }
    : { kind: "Sub", name, path };
}

/** True when the value, or anything in it, calls the function. */
export function calls(value: Json | undefined, name: string): boolean {
  if (isList(value)) return value.some((item) => calls(item, name));
  if (!isObject(value)) return false;
  return own(value, name) !== undefined || Object.values(value).some((member) => calls(member, name));
}
