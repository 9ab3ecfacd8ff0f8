/**
 * Static checks of a template, those that ValidateTemplate and CreateStack make before anything is created.
 */
import {
  calls,
  conditionName,
  functionCall,
  getAttTarget,
  mentionsOf,
  SUPPORTED_FUNCTIONS,
  unsupportedFunction,
  type FunctionCall,
} from "./intrinsics.ts";
import { dependencyGraph } from "./graph.ts";
import { checkParameterType } from "./parameters.ts";
import { PSEUDO_PARAMETERS } from "./pseudo-parameters.ts";
import type { Template } from "./template.ts";
import { attempt, nullValue, raise, TemplateError } from "./template-error.ts";
import type { Refuse } from "./template-error.ts";
import { isList, isObject, own } from "./value.ts";
import type { Json, Path } from "./value.ts";

/**
 * Raises TemplateError for what is wrong with a template whatever its parameters are: unknown names in Ref, Fn::GetAtt,
 * Fn::Sub, DependsOn, Condition and Fn::If, unknown parameter types, nulls, circles. With a transform declared, names
 * that the transform may yet make are let pass. `isExtended` is for what AWS::LanguageExtensions has expanded, which may leave functions of
 * its own for the evaluator. With a `refuse` that returns, everything that is wrong is told.
 */
export function checkTemplate(template: Template, { isExtended = false, refuse = raise }: CheckOptions = {}): void {
  for (const [name, declaration] of template.parameters) {
    attempt(refuse, undefined, () => checkParameterType(name, declaration));
  }
  const isTransformed = template.transforms.length > 0 || calls(template.source, "Fn::Transform");
  if (!isTransformed) {
    checkConditions(template, refuse);
    checkRuleNames(template, refuse);
    checkFunctions(template, isExtended, refuse);
    checkNulls(template, refuse);
    checkReferences(template, refuse);
    attempt(refuse, undefined, () => dependencyGraph(template.resources, new Map()));
  }
}

export interface CheckOptions {
  readonly isExtended?: boolean;
  /** Told of what is wrong; stops at the first error unless it returns. */
  readonly refuse?: Refuse;
}

const EXTENDED_FUNCTIONS: ReadonlySet<string> = new Set([...SUPPORTED_FUNCTIONS, "Fn::Length", "Fn::ToJsonString"]);

function checkFunctions(template: Template, isExtended: boolean, refuse: Refuse): void {
  const known = isExtended ? EXTENDED_FUNCTIONS : new Set<string>(SUPPORTED_FUNCTIONS);
  const walk = (value: Json | undefined, path: Path): void => {
    if (isList(value)) for (const [index, item] of value.entries()) walk(item, [...path, index]);
    if (!isObject(value)) return;
    const fault = callFault(functionCall(value), isExtended);
    if (fault !== undefined) refuse(new TemplateError(fault, { path }));
    for (const [key, member] of Object.entries(value)) {
      const at = [...path, key];
      if (key.startsWith("Fn::") && !known.has(key)) {
        refuse(new TemplateError(unsupportedFunction(key).message, { path: at }));
      }
      walk(member, at);
    }
  };
  for (const [id, { properties }] of template.resources) walk(properties, ["Resources", id, "Properties"]);
  for (const [name, { value, exportName }] of template.outputs) {
    walk(value, ["Outputs", name, "Value"]);
    walk(exportName, ["Outputs", name, "Export", "Name"]);
  }
  walk(template.conditions, ["Conditions"]);
}

/** What AWS::LanguageExtensions lets be written, and the language by itself does not. */
function callFault(call: FunctionCall | undefined, isExtended: boolean): string | undefined {
  if (call?.name === "Ref" && typeof call.argument !== "string") {
    return "Template format error: every Ref object must have a single String value.";
  }
  if (call?.name !== "Fn::FindInMap" || isExtended) return undefined;
  const parts = isList(call.argument) ? call.argument : [];
  const isPlain = (part: Json): boolean =>
    !isObject(part) || ["Ref", "Fn::FindInMap"].includes(functionCall(part)?.name ?? "");
  if (parts.length === 3 && parts.every(isPlain)) return undefined;
  return "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value";
}

function checkNulls(template: Template, refuse: Refuse): void {
  for (const section of ["Resources", "Outputs", "Conditions", "Mappings", "Parameters"]) {
    // Metadata is the author's own.
    const value = own(template.source, section);
    if (value !== undefined) walkNulls(value, [section], refuse);
  }
}

function walkNulls(value: Json, path: Path, refuse: Refuse): void {
  if (value === null) refuse(nullValue(path));
  if (isList(value)) for (const [index, item] of value.entries()) walkNulls(item, [...path, index], refuse);
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (key !== "Metadata") walkNulls(member, [...path, key], refuse);
    }
  }
}

function checkConditions(template: Template, refuse: Refuse): void {
  const { conditions, parameters } = template;
  const checked = new Set<string>();
  for (const [name, body] of Object.entries(conditions)) {
    for (const mention of mentionsOf(body)) {
      const isKnown =
        mention.kind === "If"
          ? Object.hasOwn(conditions, mention.name)
          : parameters.has(mention.name) || PSEUDO_PARAMETERS.has(mention.name);
      if (!isKnown) refuse(unresolvedCondition(mention.name, ["Conditions", name, ...mention.path]));
    }
    for (const other of conditionsNamed(body)) {
      if (!Object.hasOwn(conditions, other)) refuse(unresolvedCondition(other, ["Conditions", name]));
    }
    attempt(refuse, undefined, () => checkCircle(name, conditions, [], checked));
  }
  for (const [block, members] of [
    ["Resources", template.resources],
    ["Outputs", template.outputs],
  ] as const) {
    for (const [name, { condition }] of members) {
      if (condition !== undefined && !Object.hasOwn(conditions, condition)) {
        refuse(unresolvedConditionIn(block, condition, [block, name, "Condition"]));
      }
    }
  }
}

function checkRuleNames({ rules, parameters }: Template, refuse: Refuse): void {
  for (const [rule, { condition, assertions }] of rules) {
    for (const part of [condition, ...assertions.map(({ assert }) => assert)]) {
      for (const { kind, name } of mentionsOf(part)) {
        if (kind === "Ref" && (parameters.has(name) || PSEUDO_PARAMETERS.has(name))) continue;
        const message = `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Rules block of the template`;
        refuse(new TemplateError(message, { path: ["Rules", rule] }));
      }
    }
  }
}

function unresolvedConditionIn(block: string, condition: string, path: Path): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`,
    { path },
  );
}

function unresolvedCondition(name: string, path: Path): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
    { path },
  );
}

/** Follows a condition to the others that it names; `checked` are those known to lead into no circle. */
function checkCircle(
  name: string,
  conditions: Template["conditions"],
  open: readonly string[],
  checked: Set<string>,
): void {
  if (checked.has(name)) return;
  if (open.includes(name)) {
    // One circle is told once.
    for (const other of open) checked.add(other);
    throw new TemplateError(
      `Template format error: Found circular condition dependency between ${open.at(-1) ?? name} and ${name}`,
      { path: ["Conditions", name] },
    );
  }
  const body = own(conditions, name);
  for (const other of body === undefined ? [] : conditionsNamed(body)) {
    checkCircle(other, conditions, [...open, name], checked);
  }
  checked.add(name);
}

/** The conditions that a condition's body names as operands. */
function conditionsNamed(body: Json): readonly string[] {
  const name = conditionName(body);
  if (name !== undefined) return [name];
  if (isList(body)) return body.flatMap(conditionsNamed);
  return isObject(body) ? Object.values(body).flatMap(conditionsNamed) : [];
}

function checkReferences(template: Template, refuse: Refuse): void {
  const { resources, parameters, outputs, conditions } = template;
  const isKnown = (name: string): boolean => resources.has(name) || parameters.has(name) || PSEUDO_PARAMETERS.has(name);
  const checkPart = (part: Json | undefined, path: Path): void => {
    const block = String(path[0]);
    for (const mention of mentionsOf(part)) {
      const { kind, name } = mention;
      const place = [...path, ...mention.path];
      if (kind === "If" && !Object.hasOwn(conditions, name)) refuse(unresolvedConditionIn(block, name, place));
      if (kind === "GetAtt" && !resources.has(name)) {
        const words = `Template error: instance of Fn::GetAtt references undefined resource ${name}`;
        refuse(new TemplateError(words, { path: place }));
      }
      if ((kind === "Ref" || kind === "Sub") && !isKnown(name)) refuse(unresolved(name, block, place));
    }
    checkGetAtts(part, path, refuse);
  };
  for (const [id, resource] of resources) {
    const path = ["Resources", id];
    checkPart(resource.properties, [...path, "Properties"]);
    checkPart(resource.metadata, [...path, "Metadata"]);
    checkPart(resource.updatePolicy, [...path, "UpdatePolicy"]);
    checkPart(resource.creationPolicy, [...path, "CreationPolicy"]);
    for (const other of resource.dependsOn) {
      if (!resources.has(other)) refuse(unresolved(other, "Resources", [...path, "DependsOn"]));
    }
  }
  for (const [name, output] of outputs) {
    checkPart(output.value, ["Outputs", name, "Value"]);
    checkPart(output.exportName, ["Outputs", name, "Export", "Name"]);
  }
}

function unresolved(name: string, block: string, path: Path): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved resource dependencies [${name}] in the ${block} block of the template`,
    { path },
  );
}

function checkGetAtts(part: Json | undefined, path: Path, refuse: Refuse): void {
  const call = functionCall(part);
  if (call?.name === "Fn::GetAtt" && getAttTarget(call.argument) === undefined) {
    const words =
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";
    refuse(new TemplateError(words, { path: [...path, call.name] }));
  }
  if (isList(part)) for (const [index, item] of part.entries()) checkGetAtts(item, [...path, index], refuse);
  else if (isObject(part)) {
    for (const [key, member] of Object.entries(part)) checkGetAtts(member, [...path, key], refuse);
  }
}
