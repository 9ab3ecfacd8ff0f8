/**
 * Evaluates intrinsic functions: a value of a template and what its names stand for → plain data.
 */
import { functionCall, getAttTarget, subArgument, subParts, unsupportedFunction } from "./intrinsics.ts";
import { cidrBlocks } from "./cidr.ts";
import type { PseudoParameters } from "./pseudo-parameters.ts";
import { pseudoValue } from "./pseudo-parameters.ts";
import { TemplateError } from "./template-error.ts";
import { isList, isObject, own, scalarText } from "./value.ts";
import type { Json, JsonObject } from "./value.ts";

/**
 * What the names of a template stand for while a value is evaluated. The callbacks answer undefined for what does not
 * exist (the evaluator then raises CloudFormation's error); they may raise errors of their own.
 */
export interface Scope {
  readonly pseudo: PseudoParameters;
  /** Parameters by name: a string, or a list for the list types. */
  readonly parameters: ReadonlyMap<string, Json>;
  readonly mappings: JsonObject;
  /** Every condition of the template, evaluated (`evaluateConditions`). */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** The physical id of a resource. */
  ref(logicalId: string): Json | undefined;
  /** An attribute of a resource; `attribute` may have dots (`Endpoint.Address`). */
  getAtt(logicalId: string, attribute: string): Json | undefined;
  /** The value of another stack's export. */
  importValue(name: string): Json | undefined;
  /** The zones of a region, for Fn::GetAZs. */
  availabilityZones(region: string): readonly string[];
}

/**
 * Evaluates every intrinsic function in `value`. Answers undefined when the whole value is AWS::NoValue; inside lists and
 * mappings, what is AWS::NoValue is left out. Dynamic references stay: see `replaceReferences`.
 * Raises TemplateError in CloudFormation's words.
 */
export function resolve(value: Json, scope: Scope): Json | undefined {
  if (isList(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  const call = functionCall(value);
  if (call !== undefined) return callFunction(call.name, call.argument, scope);
  const entries: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith("Fn::")) throw unsupportedFunction(key);
    const resolved = resolve(member, scope);
    if (resolved !== undefined) entries.push([key, resolved]);
  }
  return Object.fromEntries(entries);
}

/** The longest text that a function may make, in characters. */
const MOST_TEXT = 4_000_000;

function callFunction(name: string, argument: Json, scope: Scope): Json | undefined {
  switch (name) {
    case "Ref":
      return evaluateRef(argument, scope);
    case "Fn::GetAtt":
      return evaluateGetAtt(argument, scope);
    case "Fn::Sub":
      return evaluateSub(argument, scope);
    case "Fn::Join":
      return evaluateJoin(argument, scope);
    case "Fn::Select":
      return evaluateSelect(argument, scope);
    case "Fn::Split":
      return evaluateSplit(argument, scope);
    case "Fn::FindInMap":
      return evaluateFindInMap(argument, scope);
    case "Fn::If":
      return evaluateIf(argument, scope);
    case "Fn::Base64":
      return evaluateBase64(argument, scope);
    case "Fn::Cidr":
      return evaluateCidr(argument, scope);
    case "Fn::GetAZs":
      return evaluateGetAzs(argument, scope);
    case "Fn::ImportValue":
      return evaluateImportValue(argument, scope);
    case "Fn::Transform":
      throw new TemplateError(
        "Template error: Fn::Transform is a macro call and was not processed before the template was used",
      );
    // What AWS::LanguageExtensions could not know; without that transform `checkTemplate` refuses the two.
    case "Fn::Length":
      return evaluateLength(argument, scope);
    case "Fn::ToJsonString":
      return evaluateToJson(argument, scope);
    case "Fn::And":
    case "Fn::Or":
    case "Fn::Not":
    case "Fn::Equals":
      throw new TemplateError(`Template error: ${name} can only be used in the Conditions block of the template`);
    default:
      throw unsupportedFunction(name);
  }
}

function evaluateRef(argument: Json, scope: Scope): Json | undefined {
  if (typeof argument !== "string") {
    throw new TemplateError("Template format error: every Ref object must have a single String value.");
  }
  return named(argument, scope);
}

/** What a name stands for; undefined for AWS::NoValue. */
function named(name: string, scope: Scope): Json | undefined {
  if (name === "AWS::NoValue") return undefined;
  const known = pseudoValue(name, scope.pseudo) ?? scope.parameters.get(name) ?? scope.ref(name);
  if (known === undefined) throw unresolved(name);
  return known;
}

function unresolved(name: string): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );
}

function evaluateGetAtt(argument: Json, scope: Scope): Json {
  const target = getAttTarget(argument);
  const attribute = target === undefined ? undefined : resolve(target.attribute, scope);
  if (target === undefined || typeof attribute !== "string") {
    throw new TemplateError(
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    );
  }
  return attributeOf(target.id, attribute, scope);
}

function attributeOf(id: string, attribute: string, scope: Scope): Json {
  const value = scope.getAtt(id, attribute);
  if (value === undefined) {
    throw new TemplateError(`Template error: instance of Fn::GetAtt references undefined resource ${id}`);
  }
  return value;
}

const SUB_WORDS =
  "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first " +
  "argument, and an optional second argument to specify a mapping of values to replace in the string";

function evaluateSub(argument: Json, scope: Scope): string {
  const sub = subArgument(argument);
  if (sub === undefined) throw new TemplateError(SUB_WORDS);
  let text = "";
  for (const part of subParts(sub.text)) {
    text = bounded(text + (part.kind === "text" ? part.text : subValue(part.name, sub.names, scope)));
  }
  return text;
}

function subValue(name: string, names: JsonObject, scope: Scope): string {
  const given = own(names, name);
  const dot = name.indexOf(".");
  const isAttribute = dot > 0 && !name.includes("::");
  let value: Json | undefined;
  if (given !== undefined) value = resolve(given, scope);
  else if (!/^[A-Za-z0-9_:.]+$/.test(name)) throw invalidSubName();
  else if (isAttribute) value = attributeOf(name.slice(0, dot), name.slice(dot + 1), scope);
  else value = named(name, scope);
  const text = scalarText(value);
  // A list parameter is a comma-delimited text to begin with, and Fn::Sub puts that text in.
  if (text === undefined && isList(value)) {
    const items = value.map(scalarText).filter((item) => item !== undefined);
    if (items.length === value.length) return items.join(",");
  }
  if (text === undefined) throw new TemplateError(SUB_WORDS);
  return text;
}

function invalidSubName(): TemplateError {
  return new TemplateError(
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
  );
}

const JOIN_WORDS =
  "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be " +
  "joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";

function evaluateJoin(argument: Json, scope: Scope): string {
  const [delimiter, items] = pair(argument, JOIN_WORDS);
  const list = resolve(items, scope);
  if (typeof delimiter !== "string" || !isList(list)) throw new TemplateError(JOIN_WORDS);
  let joined = "";
  for (const [index, item] of list.entries()) {
    const text = scalarText(item);
    if (text === undefined) throw new TemplateError(JOIN_WORDS);
    joined = bounded(joined + (index === 0 ? "" : delimiter) + text);
  }
  return joined;
}

const SELECT_WORDS =
  "Template error: Fn::Select requires a list argument with two elements: an integer index and a list";

function evaluateSelect(argument: Json, scope: Scope): Json {
  const [index, items] = pair(argument, SELECT_WORDS);
  const position = scalarText(resolve(index, scope));
  const list = resolve(items, scope);
  if (position === undefined || !/^\d+$/.test(position) || !isList(list)) throw new TemplateError(SELECT_WORDS);
  const chosen = list[Number(position)];
  if (chosen === undefined) {
    throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${position}`);
  }
  return chosen;
}

const SPLIT_WORDS =
  "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or " +
  "a function that returns a string to be split.";

function evaluateSplit(argument: Json, scope: Scope): readonly string[] {
  const [delimiter, source] = pair(argument, SPLIT_WORDS);
  const text = scalarText(resolve(source, scope));
  if (typeof delimiter !== "string" || delimiter === "" || text === undefined) throw new TemplateError(SPLIT_WORDS);
  return text.split(delimiter);
}

function evaluateFindInMap(argument: Json, scope: Scope): Json | undefined {
  const options = isList(argument) ? argument[3] : undefined;
  // A fourth part is AWS::LanguageExtensions' default, left where the keys are known only now.
  const fallback = isObject(options) ? own(options, "DefaultValue") : undefined;
  if (!isList(argument) || argument.length !== (fallback === undefined ? 3 : 4)) {
    throw new TemplateError(
      "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    );
  }
  const [name, first, second] = argument.slice(0, 3).map((part) => scalarText(resolve(part, scope)));
  if (name === undefined || first === undefined || second === undefined) {
    throw new TemplateError(
      "Template error: every Fn::FindInMap parameter must be a string or a function that returns a string",
    );
  }
  const mapping = own(scope.mappings, name);
  if (!isObject(mapping)) {
    if (fallback !== undefined) return resolve(fallback, scope);
    throw new TemplateError(
      `Template error: Mapping named '${name}' is not present in the 'Mappings' section of template.`,
    );
  }
  const row = own(mapping, first);
  const value = isObject(row) ? own(row, second) : undefined;
  if (value !== undefined) return value;
  if (fallback !== undefined) return resolve(fallback, scope);
  throw new TemplateError(`Template error: Unable to get mapping for ${name}::${first}::${second}`);
}

function evaluateLength(argument: Json, scope: Scope): number {
  const list = resolve(argument, scope);
  if (!isList(list)) throw new TemplateError("Template error: every Fn::Length object requires a list.");
  return list.length;
}

function evaluateToJson(argument: Json, scope: Scope): string {
  const value = resolve(argument, scope);
  if (!isList(value) && !isObject(value)) {
    throw new TemplateError("Template error: every Fn::ToJsonString object requires an object or a list.");
  }
  return bounded(JSON.stringify(value));
}

/**
 * Functions in functions can double a text at each level (`${a}${a}`), so that a small template would fill the memory. No service takes a
 * property as long as a template may be at most.
 */
function bounded(text: string): string {
  if (text.length <= MOST_TEXT) return text;
  throw new TemplateError(`Template error: a function's result is longer than ${MOST_TEXT} characters`);
}

function evaluateIf(argument: Json, scope: Scope): Json | undefined {
  const [name, whenTrue, whenFalse] = isList(argument) && argument.length === 3 ? argument : [];
  if (typeof name !== "string" || whenTrue === undefined || whenFalse === undefined) {
    throw new TemplateError("Template error: Fn::If requires a list argument with the first element being a condition");
  }
  const holds = scope.conditions.get(name);
  if (holds === undefined) {
    throw new TemplateError(`Template error: unresolved condition dependency ${name} in Fn::If`);
  }
  return resolve(holds ? whenTrue : whenFalse, scope);
}

function evaluateBase64(argument: Json, scope: Scope): string {
  const text = scalarText(resolve(argument, scope));
  if (text === undefined)
    throw new TemplateError("Template error: every Fn::Base64 object must have a String-typed value.");
  return Buffer.from(text, "utf8").toString("base64");
}

function evaluateCidr(argument: Json, scope: Scope): readonly string[] {
  const parts = isList(argument) ? argument.map((part) => scalarText(resolve(part, scope))) : [];
  const [block, count, bits] = parts;
  if (block === undefined || count === undefined || parts.length > 3 || (parts.length === 3 && bits === undefined)) {
    throw new TemplateError(
      "Template error: every Fn::Cidr object requires two or three parameters, (1) an ipBlock, (2) a count and (3) optional cidrBits",
    );
  }
  return cidrBlocks(block, Number(count), bits === undefined ? undefined : Number(bits));
}

function evaluateGetAzs(argument: Json, scope: Scope): readonly string[] {
  const region = resolve(argument, scope);
  if (typeof region !== "string") {
    throw new TemplateError(
      "Template error: every Fn::GetAZs object must have a single String value: the name of a region.",
    );
  }
  return scope.availabilityZones(region === "" ? scope.pseudo.region : region);
}

function evaluateImportValue(argument: Json, scope: Scope): Json {
  const name = resolve(argument, scope);
  if (typeof name !== "string") {
    throw new TemplateError(
      "Template error: the attribute in Fn::ImportValue must be a string or a function that returns a string",
    );
  }
  const value = scope.importValue(name);
  if (value === undefined) throw new TemplateError(`No export named ${name} found`);
  return value;
}

function pair(argument: Json, words: string): readonly [Json, Json] {
  const [first, second] = isList(argument) && argument.length === 2 ? argument : [];
  if (first === undefined || second === undefined) throw new TemplateError(words);
  return [first, second];
}
