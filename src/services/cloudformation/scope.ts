/** What the names in a stack's template stand for: its parameters, its resources as they are now, other stacks' exports. */
import type { ServiceContext } from "../../service.ts";
import { resolve, type Scope } from "../../template/evaluate.ts";
import type { PseudoParameters } from "../../template/pseudo-parameters.ts";
import { readTemplate, templateOf, type Template } from "../../template/template.ts";
import { TemplateError } from "../../template/template-error.ts";
import { parseText } from "../../template/parse.ts";
import { isObject, type Json, type JsonObject } from "../../template/value.ts";
import { exports, resources, templates, type StackConfig, type StackRow, type TemplateRow } from "./state.ts";
import type { Where } from "./names.ts";

/** Parsed templates by their id, which stands for one text for ever: each step of an operation asks again. */
const parsed = new Map<string, Template>();
const MOST_PARSED = 64;

/** The template that a stack is made from, after its transforms. */
export function templateFor(context: ServiceContext, stackId: string, templateId: string): Template {
  const known = parsed.get(templateId);
  if (known !== undefined) return known;
  const row = context.table(templates).get(stackId, templateId);
  if (row === undefined) throw new Error(`the template ${templateId} of ${stackId} is gone`);
  return rememberTemplate(templateId, parseTemplate(row));
}

/** Reads the text that stands: the processed one where there is one. */
export function parseTemplate({ original, processed }: TemplateRow): Template {
  return processed === undefined ? readTemplate(original) : templateOf(parseText(processed).value);
}

/** Keeps a template that was just parsed. */
export function rememberTemplate(templateId: string, template: Template): Template {
  if (parsed.size >= MOST_PARSED) {
    for (const oldest of parsed.keys()) {
      parsed.delete(oldest);
      break;
    }
  }
  parsed.set(templateId, template);
  return template;
}

/** The pseudo parameters of a stack. */
export function pseudoOf(where: Where, stack: Pick<StackRow, "id" | "name">): PseudoParameters {
  return {
    accountId: where.account,
    region: where.region,
    partition: where.partition,
    urlSuffix: "amazonaws.com",
    stackName: stack.name,
    stackId: stack.id,
    notificationArns: [],
  };
}

/** A region's zones for Fn::GetAZs: three each, as most regions have. */
export function availabilityZones(region: string): readonly string[] {
  return ["a", "b", "c"].map((letter) => `${region}${letter}`);
}

/** A stack's scope, and the exports that were asked of it. */
export interface StackScope extends Scope {
  readonly imported: Set<string>;
  /** True for a resource whose attributes are shown to nobody. */
  hides(id: string): boolean;
}

/** `overrides` is for those who look ahead (change sets). */
export function scopeOf(
  context: ServiceContext,
  stack: Pick<StackRow, "id" | "name">,
  config: StackConfig,
  template: Template,
  overrides: Partial<Pick<Scope, "ref" | "getAtt">> = {},
): StackScope {
  const rows = context.table(resources);
  const imported = new Set<string>();
  return {
    imported,
    pseudo: pseudoOf(context, stack),
    parameters: new Map(config.parameters.map(({ key, value }) => [key, value])),
    mappings: template.mappings,
    conditions: new Map(Object.entries(config.conditions)),
    ref(id) {
      const row = rows.get(stack.id, id);
      return row?.ref ?? row?.physicalId;
    },
    getAtt(id, attribute) {
      const row = rows.get(stack.id, id);
      return row === undefined ? undefined : attributeOf(row, attribute);
    },
    hides: (id) => rows.get(stack.id, id)?.noEcho === true,
    importValue(name) {
      imported.add(name);
      return context.table(exports).get(name)?.value;
    },
    availabilityZones,
    ...overrides,
  };
}

/** An attribute of a resource. Raises TemplateError when its type has none of that name. */
export function attributeOf(
  { type, logicalId, attributes }: { type: string; logicalId: string; attributes: JsonObject },
  attribute: string,
): Json {
  const value = attributes[attribute];
  if (value !== undefined && value !== null) return value;
  if (type.startsWith("Custom::") || type === "AWS::CloudFormation::CustomResource") {
    throw new TemplateError(
      `CustomResource attribute error: Vendor response doesn't contain ${attribute} key in object`,
    );
  }
  // What AWS's type does not have was refused with the template: this one Seatrial's lacks, or has no value for.
  throw new TemplateError(
    `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt (Seatrial's ${type} gave: ${Object.keys(attributes).join(", ") || "none"})`,
  );
}

/** A resource's properties with every function evaluated. Raises TemplateError. */
export function resolveObject(value: JsonObject, scope: Scope): JsonObject {
  const resolved = resolve(value, scope);
  return isObject(resolved) ? resolved : {};
}

/** The same with what NoEcho hides masked, of parameters and of custom resources' answers, for events. */
export function maskedScope(scope: StackScope, { parameters }: Pick<StackConfig, "parameters">): StackScope {
  return {
    ...scope,
    parameters: new Map(parameters.map(({ key, value, noEcho }) => [key, noEcho ? "****" : value])),
    getAtt: (id, attribute) => (scope.hides(id) ? "*****" : scope.getAtt(id, attribute)),
  };
}
