/**
 * Settles values at transform time: every function whose value is known becomes that value, the others stay, as known as they can be.
 * AWS::LanguageExtensions does so in the whole template, not only where its own functions stand.
 */
import { resolve, type Scope } from "../evaluate.ts";
import { functionCall, getAttTarget, subArgument, subParts } from "../intrinsics.ts";
import type { PseudoParameters } from "../pseudo-parameters.ts";
import { TemplateError } from "../template-error.ts";
import { isList, isObject, own, scalarText, type Json, type JsonObject } from "../value.ts";
import { duplicateKey, LanguageExtensionsError, layoutError } from "./extension-error.ts";
import { expandLoop, isLoop, mergeLoop } from "./for-each.ts";
import { knownValue, type ExtensionScope, type Settled } from "./scope.ts";

/** Raises LanguageExtensionsError, and TemplateError when the result grows beyond a template's size. */
export function settle(value: Json, scope: ExtensionScope): Settled {
  scope.budget.spend(typeof value === "string" ? value.length : 0);
  if (isList(value)) return settleList(value, scope);
  if (!isObject(value)) return { value, known: true };
  const call = functionCall(value);
  return call === undefined || isLoop(call.name)
    ? settleObject(value, scope)
    : settleCall(call.name, call.argument, scope);
}

/** The value where it must be known now; undefined when it is not. */
export function settleStrictly(value: Json, scope: ExtensionScope): Json | undefined {
  const settled = settle(value, { ...scope, strict: true });
  return settled.known ? resolve(settled.value, LITERAL) : undefined;
}

function settleList(items: readonly Json[], scope: ExtensionScope): Settled {
  const settled = items.map((item) => settle(item, scope));
  return { value: settled.map(({ value }) => value), known: settled.every(({ known }) => known) };
}

function settleObject(object: JsonObject, scope: ExtensionScope): Settled {
  const members = new Map<string, Json>();
  let known = true;
  for (const [key, member] of Object.entries(object)) {
    scope.budget.spend(key.length);
    if (isLoop(key)) {
      known = mergeLoop(members, expandLoop(key, member, scope, { settleMember, settleStrictly })) && known;
      continue;
    }
    const settled = settle(member, scope);
    known &&= settled.known;
    if (members.has(key)) throw duplicateKey(key);
    members.set(key, settled.value);
  }
  return { value: Object.fromEntries(members), known };
}

/** A member of a loop's fragment inside properties. */
function settleMember(_key: string, value: Json, scope: ExtensionScope): Settled {
  return settle(value, scope);
}

function settleCall(name: string, argument: Json, scope: ExtensionScope): Settled {
  switch (name) {
    case "Ref":
      return settleRef(argument, scope);
    case "Fn::GetAtt":
      return settleGetAtt(argument, scope);
    case "Fn::Sub":
      return settleSub(argument, scope);
    case "Fn::FindInMap":
      return settleFindInMap(argument, scope);
    case "Fn::If":
      return settleIf(argument, scope);
    case "Fn::Length":
      return settleLength(argument, scope);
    case "Fn::ToJsonString":
      return settleToJson(argument, scope);
    case "Fn::Join":
    case "Fn::Select":
    case "Fn::Split":
    case "Fn::Base64":
      return settlePlain(name, argument, scope);
    default:
      return { value: { [name]: settle(argument, scope).value }, known: false };
  }
}

function settleRef(argument: Json, scope: ExtensionScope): Settled {
  const name = typeof argument === "string" ? argument : settleStrictly(argument, scope);
  if (typeof name !== "string") throw layoutError("Ref");
  if (name === "AWS::NoValue") return { value: { Ref: name }, known: true };
  const value = knownValue(name, scope);
  if (value === undefined) return { value: { Ref: name }, known: false };
  scope.budget.spend(sizeOf(value));
  return { value, known: true };
}

function settleGetAtt(argument: Json, scope: ExtensionScope): Settled {
  const parts = isList(argument)
    ? argument.map((part) => (typeof part === "string" ? part : settleStrictly(part, scope)))
    : [];
  // The text form has nothing to settle, and what is not known is said by the checks that follow.
  const settled = isList(argument) && parts.every((part) => typeof part === "string") ? parts : argument;
  if (getAttTarget(settled) === undefined) throw layoutError("Fn::GetAtt");
  return { value: { "Fn::GetAtt": settled }, known: false };
}

/** A text that is known in part keeps its other names; what is put in must not be read as a name in its turn. */
function settleSub(argument: Json, scope: ExtensionScope): Settled {
  const sub = subArgument(argument);
  if (sub === undefined) throw layoutError("Fn::Sub");
  const names = new Map(Object.entries(sub.names).map(([key, value]) => [key, settle(value, scope)]));
  const left = new Map<string, Json>();
  let text = "";
  let plain = "";
  let known = true;
  for (const part of subParts(sub.text)) {
    if (part.kind === "text") {
      text += part.text.replace(/^\$\{(?=[^}]*\}$)/, "${!");
      plain += part.text;
      continue;
    }
    const given = names.get(part.name);
    const value = given === undefined ? knownValue(part.name, scope) : given.known ? given.value : undefined;
    const written =
      isList(value) && value.every((item) => typeof item === "string") ? value.join(",") : scalarText(value);
    scope.budget.spend(part.name.length + (written?.length ?? 0));
    if (written === undefined || written.includes("${")) {
      text += `\${${part.name}}`;
      if (written !== undefined) left.set(part.name, written);
      else if (given !== undefined) left.set(part.name, given.value);
    } else text += written;
    if (written === undefined) known = false;
    plain += written ?? "";
  }
  if (known) return { value: plain, known };
  return { value: { "Fn::Sub": left.size === 0 ? text : [text, Object.fromEntries(left)] }, known };
}

/** Fn::FindInMap with functions for its arguments and a default ("Fn::FindInMap enhancements"). */
function settleFindInMap(argument: Json, scope: ExtensionScope): Settled {
  const parts = isList(argument) ? argument : [];
  const options = parts[3];
  if (parts.length < 3 || parts.length > 4 || (options !== undefined && !isObject(options))) {
    throw layoutError("Fn::FindInMap");
  }
  const keys = parts.slice(0, 3).map((part) => settleStrictly(part, scope));
  const texts = keys.map(scalarText);
  const [map, first, second] = texts;
  const fallback = isObject(options) ? own(options, "DefaultValue") : undefined;
  if (map === undefined || first === undefined || second === undefined) {
    const written = parts.map((part) => settle(part, scope).value);
    return { value: { "Fn::FindInMap": written }, known: false };
  }
  const rows = own(scope.mappings, map);
  const row = isObject(rows) ? own(rows, first) : undefined;
  const value = isObject(row) ? own(row, second) : undefined;
  if (value !== undefined) {
    scope.budget.spend(sizeOf(value));
    return { value, known: true };
  }
  if (fallback !== undefined) return settle(fallback, scope);
  // A lookup that is never asked for, behind a condition that does not hold, is no fault: the evaluator tells it.
  return { value: { "Fn::FindInMap": [map, first, second] }, known: false };
}

function settleIf(argument: Json, scope: ExtensionScope): Settled {
  const [written, whenTrue, whenFalse] = isList(argument) && argument.length === 3 ? argument : [];
  if (written === undefined || whenTrue === undefined || whenFalse === undefined) throw layoutError("Fn::If");
  const name = settleStrictly(written, scope);
  if (typeof name !== "string") throw layoutError("Fn::If");
  const holds = scope.condition(name);
  if (holds !== undefined) return settle(holds ? whenTrue : whenFalse, scope);
  return { value: { "Fn::If": [name, settle(whenTrue, scope).value, settle(whenFalse, scope).value] }, known: false };
}

function settleLength(argument: Json, scope: ExtensionScope): Settled {
  const settled = settle(argument, { ...scope, strict: true });
  const list = settled.known ? resolve(settled.value, LITERAL) : settled.value;
  // Of a list that is written out, each member counts, known or not; one that a condition may take away is not counted.
  if (!isList(list) || (!settled.known && list.some((item) => functionCall(item)?.name === "Fn::If"))) {
    throw isList(argument) || isObject(argument)
      ? new LanguageExtensionsError("The Fn::Length value could not be resolved for properties")
      : layoutError("Fn::Length");
  }
  return { value: list.length, known: true };
}

const NOT_IN_JSON = new Set(["Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition"]);

function settleToJson(argument: Json, scope: ExtensionScope): Settled {
  if (!isList(argument) && !isObject(argument)) throw layoutError("Fn::ToJsonString");
  refuseInJson(argument, scope);
  const settled = settle(argument, scope);
  if (!settled.known) return { value: { "Fn::ToJsonString": settled.value }, known: false };
  const value = resolve(settled.value, LITERAL);
  if (!isList(value) && !isObject(value)) throw layoutError("Fn::ToJsonString");
  const text = JSON.stringify(value);
  scope.budget.spend(text.length);
  return { value: text, known: true };
}

function refuseInJson(value: Json, scope: ExtensionScope): void {
  if (isList(value)) for (const item of value) refuseInJson(item, scope);
  if (!isObject(value)) return;
  const [entry, ...others] = Object.entries(value);
  if (entry !== undefined && others.length === 0) {
    const [name, argument] = entry;
    if (name === "Ref" && argument === "AWS::NotificationARNs") {
      throw new LanguageExtensionsError("Fn::ToJsonString does not support AWS::NotificationARNs pseudo parameter");
    }
    if (NOT_IN_JSON.has(name) && (name !== "Condition" || typeof argument === "string")) {
      throw new LanguageExtensionsError(
        `Fn::ToJsonString does not support ${name} intrinsic function for resource ${scope.member}`,
      );
    }
  }
  for (const member of Object.values(value)) refuseInJson(member, scope);
}

/** A function that takes values and gives a value; evaluated as soon as its arguments are known. */
function settlePlain(name: string, argument: Json, scope: ExtensionScope): Settled {
  const settled = settle(argument, scope);
  const call = { [name]: settled.value };
  if (!settled.known) return { value: call, known: false };
  try {
    const value = resolve(call, LITERAL) ?? { Ref: "AWS::NoValue" };
    scope.budget.spend(sizeOf(value));
    return { value, known: true };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const missing = /^Template error: (Fn::Select cannot select .*)$/.exec(error.message)?.[1];
    throw missing === undefined ? layoutError(name) : new LanguageExtensionsError(missing);
  }
}

/** How many characters a value that is copied in has, about. */
function sizeOf(value: Json): number {
  if (typeof value === "string") return value.length;
  if (isList(value)) return value.reduce<number>((sum, item) => sum + 8 + sizeOf(item), 0);
  return 8;
}

const refuse = (): undefined => undefined;

/** For values in which no pseudo parameter is left. */
export const NO_PSEUDO: PseudoParameters = {
  accountId: "",
  region: "",
  partition: "",
  urlSuffix: "",
  stackName: "",
  stackId: "",
  notificationArns: [],
};

/** For values in which nothing but AWS::NoValue is left to be looked up. */
const LITERAL: Scope = {
  pseudo: NO_PSEUDO,
  parameters: new Map(),
  mappings: {},
  conditions: new Map(),
  ref: refuse,
  getAtt: refuse,
  importValue: refuse,
  availabilityZones: () => [],
};
