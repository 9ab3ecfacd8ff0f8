/**
 * The Rules section: assertions about parameters that must hold before a stack is worked on ("Rules").
 */
import { evaluateCondition } from "./conditions.ts";
import type { ConditionScope } from "./conditions.ts";
import { functionCall } from "./intrinsics.ts";
import type { RuleDeclaration } from "./sections.ts";
import { TemplateError } from "./template-error.ts";
import { isList, sameJson, scalarText } from "./value.ts";
import type { Json } from "./value.ts";

/**
 * Checks every rule. Raises TemplateError with the descriptions of the assertions that fail.
 * Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll look at things of EC2 and Route 53, which are not there: they raise too.
 */
export function checkRules(rules: ReadonlyMap<string, RuleDeclaration>, scope: ConditionScope): void {
  const failed: string[] = [];
  for (const [name, rule] of rules) {
    if (rule.condition !== undefined && !holds(rule.condition, scope)) continue;
    for (const { assert, description } of rule.assertions) {
      if (!holds(assert, scope)) failed.push(description ?? `Assertion of rule ${name} failed`);
    }
  }
  if (failed.length > 0) throw new TemplateError(`Template constraint violations: ${failed.join("; ")}`);
}

function holds(expression: Json, scope: ConditionScope): boolean {
  const call = functionCall(expression) ?? { name: "", argument: null };
  const inner = { ...scope, condition: noConditions };
  switch (call.name) {
    case "Fn::And":
    case "Fn::Or":
    case "Fn::Not": {
      const parts = (isList(call.argument) ? call.argument : []).map((part) => holds(part, scope));
      if (parts.length === 0)
        throw new TemplateError(`Template error: ${call.name} in a rule requires a list of conditions`);
      return call.name === "Fn::And"
        ? parts.every(Boolean)
        : call.name === "Fn::Or"
          ? parts.some(Boolean)
          : !parts.every(Boolean);
    }
    case "Fn::Contains": {
      const [list, value] = two(call.argument, call.name).map((part) => listOf(part, scope));
      return list !== undefined && value !== undefined && value.every((item) => includes(list, item));
    }
    case "Fn::EachMemberEquals": {
      const [list, value] = two(call.argument, call.name).map((part) => listOf(part, scope));
      return list !== undefined && value !== undefined && list.every((item) => sameText(item, value[0]));
    }
    case "Fn::EachMemberIn": {
      const [list, others] = two(call.argument, call.name).map((part) => listOf(part, scope));
      return list !== undefined && others !== undefined && list.every((item) => includes(others, item));
    }
    default:
      return evaluateCondition(expression, inner);
  }
}

function noConditions(name: string): never {
  throw new TemplateError(`Template error: a rule cannot refer to the condition ${name}`);
}

function two(argument: Json, name: string): readonly Json[] {
  if (isList(argument) && argument.length === 2) return argument;
  throw new TemplateError(`Template error: every ${name} object requires a list of 2 parameters.`);
}

/** The strings that an operand stands for: a list, a list parameter, or one value. */
function listOf(part: Json, scope: ConditionScope): readonly Json[] {
  const call = functionCall(part);
  if (call === undefined) return isList(part) ? part : [part];
  const value =
    call.name === "Ref" && typeof call.argument === "string" ? scope.parameters.get(call.argument) : undefined;
  if (value === undefined) {
    throw new TemplateError(
      `Template error: ${call.name} cannot be looked up in a rule here; a rule may use Ref to parameters`,
    );
  }
  return isList(value) ? value : [value];
}

function includes(list: readonly Json[], value: Json): boolean {
  return list.some((item) => sameText(item, value));
}

function sameText(left: Json | undefined, right: Json | undefined): boolean {
  return sameJson(scalarText(left) ?? left, scalarText(right) ?? right);
}
