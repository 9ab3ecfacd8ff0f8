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
} from "./intrinsics.ts";
import { dependencyGraph } from "./graph.ts";
import { checkParameterType } from "./parameters.ts";
import { PSEUDO_PARAMETERS } from "./pseudo-parameters.ts";
import type { Template } from "./template.ts";
import { nullValue, TemplateError } from "./template-error.ts";
import { isList, isObject, own } from "./value.ts";
import type { Json, Path } from "./value.ts";

/**
 * Raises TemplateError for what is wrong with a template whatever its parameters are: unknown names in Ref, Fn::GetAtt,
 * Fn::Sub, DependsOn, Condition and Fn::If, unknown parameter types, nulls, circles. With a transform declared, names
 * that the transform may yet make are let pass. `isExtended` is for what AWS::LanguageExtensions has expanded, which may leave functions of
 * its own for the evaluator.
 */
export function checkTemplate(template: Template, { isExtended = false } = {}): void {
  for (const declaration of template.parameters.values()) checkParameterType(declaration);
  const isTransformed = template.transforms.length > 0 || calls(template.source, "Fn::Transform");
  if (!isTransformed) {
    checkConditions(template);
    checkFunctions(template, isExtended);
    checkNulls(template);
    checkReferences(template);
    dependencyGraph(template.resources, new Map());
  }
}

const EXTENDED_FUNCTIONS: ReadonlySet<string> = new Set([...SUPPORTED_FUNCTIONS, "Fn::Length", "Fn::ToJsonString"]);

function checkFunctions(template: Template, isExtended: boolean): void {
  const known = isExtended ? EXTENDED_FUNCTIONS : new Set<string>(SUPPORTED_FUNCTIONS);
  const walk = (value: Json | undefined): void => {
    if (isList(value)) for (const item of value) walk(item);
    if (!isObject(value)) return;
    for (const [key, member] of Object.entries(value)) {
      if (key.startsWith("Fn::") && !known.has(key)) throw unsupportedFunction(key);
      walk(member);
    }
  };
  for (const { properties } of template.resources.values()) walk(properties);
  for (const { value, exportName } of template.outputs.values()) {
    walk(value);
    walk(exportName);
  }
  walk(template.conditions);
}

function checkNulls(template: Template): void {
  for (const section of ["Resources", "Outputs", "Conditions", "Mappings", "Parameters"]) {
    // Metadata is the author's own.
    const value = own(template.source, section);
    if (value !== undefined) walkNulls(value, [section]);
  }
}

function walkNulls(value: Json, path: Path): void {
  if (value === null) throw nullValue(path);
  if (isList(value)) for (const [index, item] of value.entries()) walkNulls(item, [...path, index]);
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) if (key !== "Metadata") walkNulls(member, [...path, key]);
  }
}

function checkConditions(template: Template): void {
  const { conditions, parameters } = template;
  const checked = new Set<string>();
  for (const [name, body] of Object.entries(conditions)) {
    for (const mention of mentionsOf(body)) {
      const isKnown =
        mention.kind === "If"
          ? Object.hasOwn(conditions, mention.name)
          : parameters.has(mention.name) || PSEUDO_PARAMETERS.has(mention.name);
      if (!isKnown) throw unresolvedCondition(mention.name);
    }
    for (const other of conditionsNamed(body)) if (!Object.hasOwn(conditions, other)) throw unresolvedCondition(other);
    checkCircle(name, conditions, [], checked);
  }
  for (const [block, members] of [
    ["Resources", template.resources],
    ["Outputs", template.outputs],
  ] as const) {
    for (const { condition } of members.values()) {
      if (condition !== undefined && !Object.hasOwn(conditions, condition)) {
        throw new TemplateError(
          `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`,
        );
      }
    }
  }
}

function unresolvedCondition(name: string): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
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
    throw new TemplateError(
      `Template format error: Found circular condition dependency between ${open.at(-1) ?? name} and ${name}`,
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

function checkReferences(template: Template): void {
  const { resources, parameters, outputs, conditions } = template;
  const isKnown = (name: string): boolean => resources.has(name) || parameters.has(name) || PSEUDO_PARAMETERS.has(name);
  const checkPart = (part: Json | undefined, block: string): void => {
    for (const { kind, name } of mentionsOf(part)) {
      if (kind === "If" && !Object.hasOwn(conditions, name)) {
        throw new TemplateError(
          `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
        );
      }
      if (kind === "GetAtt" && !resources.has(name)) {
        throw new TemplateError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
      }
      if ((kind === "Ref" || kind === "Sub") && !isKnown(name)) throw unresolved(name, block);
    }
    checkGetAtts(part);
  };
  for (const resource of resources.values()) {
    for (const part of [resource.properties, resource.metadata, resource.updatePolicy, resource.creationPolicy]) {
      checkPart(part, "Resources");
    }
    for (const other of resource.dependsOn) if (!resources.has(other)) throw unresolved(other, "Resources");
  }
  for (const output of outputs.values()) {
    checkPart(output.value, "Outputs");
    checkPart(output.exportName, "Outputs");
  }
}

function unresolved(name: string, block: string): TemplateError {
  return new TemplateError(
    `Template format error: Unresolved resource dependencies [${name}] in the ${block} block of the template`,
  );
}

function checkGetAtts(part: Json | undefined): void {
  const call = functionCall(part);
  if (call?.name === "Fn::GetAtt" && getAttTarget(call.argument) === undefined) {
    throw new TemplateError(
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    );
  }
  if (isList(part)) for (const item of part) checkGetAtts(item);
  else if (isObject(part)) for (const member of Object.values(part)) checkGetAtts(member);
}
