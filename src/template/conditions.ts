/**
 * Evaluates conditions: the Conditions section of a template, and the condition functions wherever they stand.
 */
import { conditionName, functionCall } from "./intrinsics.ts";
import { resolve } from "./evaluate.ts";
import type { Scope } from "./evaluate.ts";
import { TemplateError } from "./template-error.ts";
import { isList, isObject, own, sameJson, scalarText } from "./value.ts";
import type { Json, JsonObject } from "./value.ts";

/** What conditions may refer to: parameters, mappings and pseudo parameters, never resources. */
export type ConditionScope = Pick<Scope, "parameters" | "mappings" | "pseudo">;

/**
 * Evaluates each condition of a Conditions section once.
 * Raises TemplateError for a condition that is missing, refers to itself or to a resource, or is not a condition.
 */
export function evaluateConditions(section: JsonObject, scope: ConditionScope): ReadonlyMap<string, boolean> {
  const known = new Map<string, boolean>();
  const open: string[] = [];
  const lookup = (name: string): boolean => {
    const done = known.get(name);
    if (done !== undefined) return done;
    const body = own(section, name);
    if (body === undefined) {
      throw new TemplateError(
        `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
      );
    }
    if (open.includes(name)) {
      throw new TemplateError(
        `Template format error: Found circular condition dependency between ${open.at(-1) ?? name} and ${name}`,
      );
    }
    open.push(name);
    const holds = evaluateCondition(body, { ...scope, condition: lookup });
    open.pop();
    known.set(name, holds);
    return holds;
  };
  for (const name of Object.keys(section)) lookup(name);
  return known;
}

/** A scope for one condition: what it may refer to, and how the other conditions come out. */
export interface OneConditionScope extends ConditionScope {
  condition(name: string): boolean;
}

/** Evaluates one condition expression (`Fn::Equals`, `Fn::And`, `{ Condition: … }` …). Raises TemplateError. */
export function evaluateCondition(expression: Json, scope: OneConditionScope): boolean {
  const name = conditionName(expression);
  if (name !== undefined) return scope.condition(name);
  const call = functionCall(expression) ?? { name: "", argument: null };
  switch (call.name) {
    case "Fn::Equals":
      return evaluateEquals(call.argument, scope);
    case "Fn::Not": {
      const [only] = operands(call.argument, 1, 1, "every Fn::Not object requires one boolean parameter.");
      return only !== undefined && !evaluateCondition(only, scope);
    }
    case "Fn::And":
      return operands(
        call.argument,
        2,
        10,
        `every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.`,
      )
        .map((operand) => evaluateCondition(operand, scope))
        .every(Boolean);
    case "Fn::Or":
      return operands(
        call.argument,
        2,
        10,
        `every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.`,
      )
        .map((operand) => evaluateCondition(operand, scope))
        .some(Boolean);
    default: {
      // A condition may come from a mapping or a parameter: `!FindInMap [Env, !Ref Stage, IsProd]`.
      const value = isObject(expression) || typeof expression === "string" ? plain(expression, scope) : expression;
      if (value === true || value === "true") return true;
      if (value === false || value === "false") return false;
      throw new TemplateError(
        "Template format error: Conditions can only be boolean operations on parameters and other conditions",
      );
    }
  }
}

function evaluateEquals(argument: Json, scope: OneConditionScope): boolean {
  const words = "every Fn::Equals object requires a list of 2 string parameters.";
  const [left, right] = operands(argument, 2, 2, words).map((operand) => plain(operand, scope));
  if (left === undefined || right === undefined) throw new TemplateError(`Template error: ${words}`);
  // `true` and "true", 1 and "1" are the same to CloudFormation.
  return sameJson(scalarText(left) ?? left, scalarText(right) ?? right);
}

function operands(argument: Json, least: number, most: number, words: string): readonly Json[] {
  if (!isList(argument) || argument.length < least || argument.length > most)
    throw new TemplateError(`Template error: ${words}`);
  return argument;
}

/** A value inside a condition, where no resource may be named. */
function plain(value: Json, scope: OneConditionScope): Json | undefined {
  const refuse = (name: string): never => {
    throw new TemplateError(
      `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
    );
  };
  return resolve(value, {
    pseudo: scope.pseudo,
    parameters: scope.parameters,
    mappings: scope.mappings,
    conditions: lazyConditions(scope),
    ref: refuse,
    getAtt: refuse,
    importValue: () => {
      throw new TemplateError("Template error: Cannot use Fn::ImportValue in Conditions.");
    },
    availabilityZones: () => {
      throw new TemplateError("Template error: Cannot use Fn::GetAZs in Conditions.");
    },
  });
}

/** Fn::If inside a condition asks by name; only `get` is ever called. */
function lazyConditions(scope: OneConditionScope): ReadonlyMap<string, boolean> {
  const conditions = new Map<string, boolean>();
  conditions.get = (name) => scope.condition(name);
  return conditions;
}
