/**
 * Whether each intrinsic function has the arguments that it takes. The evaluator decides, in its own words: what is not
 * known before a stack is made stands in as an empty text or list.
 */
import { evaluateCondition } from "../../template/conditions.ts";
import { resolve } from "../../template/evaluate.ts";
import type { Scope } from "../../template/evaluate.ts";
import { functionCall, subArgument, subParts } from "../../template/intrinsics.ts";
import { PSEUDO_PARAMETERS } from "../../template/pseudo-parameters.ts";
import { attempt } from "../../template/template-error.ts";
import type { TemplateError } from "../../template/template-error.ts";
import { isList, isObject, own } from "../../template/value.ts";
import type { Json, JsonObject, Path } from "../../template/value.ts";
import type { TemplateView } from "./view.ts";
import { isCall } from "./written.ts";

/** Functions that only a macro takes away; what they become is not known here. */
const OF_MACROS = new Set(["Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::ForEach"]);

/** Says which functions of the processed template cannot be evaluated, whatever the parameters are. */
export function checkFunctions(view: TemplateView): void {
  const { processed, document } = view;
  const refuse = (path: Path, { message }: TemplateError): void =>
    document.remark({ rule: "template-function", path: view.sourcePath(path), message });
  for (const [id, resource] of processed.resources) {
    const at = ["Resources", id];
    walk(resource.properties, [...at, "Properties"], processed.mappings, refuse);
    walk(resource.updatePolicy, [...at, "UpdatePolicy"], processed.mappings, refuse);
    walk(resource.creationPolicy, [...at, "CreationPolicy"], processed.mappings, refuse);
  }
  for (const [name, output] of processed.outputs) {
    walk(output.value, ["Outputs", name, "Value"], processed.mappings, refuse);
    walk(output.exportName, ["Outputs", name, "Export", "Name"], processed.mappings, refuse);
  }
  for (const [name, body] of Object.entries(processed.conditions)) {
    checkCondition(body, ["Conditions", name], refuse);
  }
}

type RefuseAt = (path: Path, error: TemplateError) => void;

function walk(value: Json | undefined, path: Path, mappings: JsonObject, refuse: RefuseAt): void {
  if (isList(value)) {
    for (const [index, item] of value.entries()) walk(item, [...path, index], mappings, refuse);
    return;
  }
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (call !== undefined && !OF_MACROS.has(call.name)) {
    const bare = skeleton(call.name, call.argument, mappings);
    const at = [...path, call.name];
    if (bare !== undefined) {
      attempt(
        (error) => refuse(at, error),
        undefined,
        () => resolve({ [call.name]: bare }, placeholders(bare, mappings)),
      );
    }
  }
  for (const [key, member] of Object.entries(value)) walk(member, [...path, key], mappings, refuse);
}

/** The argument with stand-ins for the functions in it; undefined where nothing can be told. */
function skeleton(name: string, argument: Json, mappings: JsonObject): Json | undefined {
  const items = isList(argument) ? argument : [];
  switch (name) {
    case "Fn::Join":
    case "Fn::Split": {
      const [first, second] = items;
      if (!isList(argument) || first === undefined || second === undefined) return argument;
      const known = name === "Fn::Split" ? "" : [];
      const filled = isList(second) ? second.map((item) => (isCall(item) ? "" : item)) : second;
      return [isCall(first) ? "-" : first, isCall(second) ? known : filled, ...items.slice(2)];
    }
    case "Fn::Select": {
      const [index, list] = items;
      if (!isList(argument) || index === undefined || list === undefined) return argument;
      if (isCall(index) || !isList(list) || list.some(isCall)) return isCall(list) ? undefined : ["0", [""]];
      return argument;
    }
    case "Fn::FindInMap":
      return findInMapSkeleton(items, argument, mappings);
    case "Fn::If":
      return isList(argument) ? argument.map((item, index) => (index === 0 ? item : "")) : argument;
    case "Fn::Sub": {
      const sub = subArgument(argument);
      if (sub === undefined) return argument;
      return [sub.text, Object.fromEntries(Object.keys(sub.names).map((key) => [key, ""]))];
    }
    case "Fn::Base64":
    case "Fn::GetAZs":
    case "Fn::ImportValue":
      return isCall(argument) ? "" : argument;
    case "Fn::Cidr":
      return isList(argument) && items.some(isCall) ? undefined : argument;
    case "Ref":
      return typeof argument === "string" ? undefined : argument;
    case "Fn::GetAtt":
      // The references are looked at elsewhere.
      return undefined;
    default:
      return argument;
  }
}

/** Looks up as far as the keys are written out. */
function findInMapSkeleton(items: readonly Json[], argument: Json, mappings: JsonObject): Json | undefined {
  const [name, first, second] = items;
  // A fourth argument is a default, of AWS::LanguageExtensions.
  if (items.length !== 3 || first === undefined || second === undefined)
    return items.length === 4 ? undefined : argument;
  if (typeof name !== "string") return undefined;
  const mapping = own(mappings, name);
  if (!isObject(mapping) || Object.hasOwn(mapping, "Fn::Transform")) {
    return mapping === undefined ? [name, "", ""] : undefined;
  }
  if (isCall(first)) return undefined;
  if (!isCall(second)) return argument;
  const row = own(mapping, String(first));
  return isObject(row) ? undefined : [name, first, ""];
}

/** A scope in which every name has a value: which names there are is another check's matter. */
function placeholders(bare: Json, mappings: JsonObject): Scope {
  const names = new Set<string>();
  const sub = isList(bare) && typeof bare[0] === "string" ? subParts(bare[0]) : [];
  for (const part of sub) if (part.kind === "name") names.add(part.name);
  const condition = isList(bare) && typeof bare[0] === "string" ? bare[0] : "";
  return {
    pseudo: {
      accountId: "",
      region: "us-east-1",
      partition: "aws",
      urlSuffix: "",
      stackName: "",
      stackId: "",
      notificationArns: [],
    },
    parameters: new Map([...names].filter((name) => !PSEUDO_PARAMETERS.has(name)).map((name) => [name, ""])),
    mappings,
    conditions: new Map([[condition, true]]),
    ref: () => "",
    getAtt: () => "",
    importValue: () => "",
    availabilityZones: () => [],
  };
}

/** A condition's own form, operand by operand. */
function checkCondition(body: Json, path: Path, refuse: RefuseAt): void {
  const call = functionCall(body);
  const argument = call?.argument;
  const isOperator = call !== undefined && ["Fn::And", "Fn::Or", "Fn::Not"].includes(call.name);
  let bare: Json = body;
  if (call !== undefined && isList(argument)) {
    if (isOperator) bare = { [call.name]: argument.map(() => ({ Condition: "other" })) };
    else if (call.name === "Fn::Equals") bare = { [call.name]: argument.map(() => "") };
    else return;
  } else if (call !== undefined && call.name !== "Fn::Equals" && !isOperator) {
    return;
  }
  const scope = { ...placeholders("", {}), condition: () => true };
  attempt(
    (error) => refuse(path, error),
    undefined,
    () => evaluateCondition(bare, scope),
  );
  if (!isOperator || !isList(argument)) return;
  for (const [index, operand] of argument.entries()) checkCondition(operand, [...path, call.name, index], refuse);
}
