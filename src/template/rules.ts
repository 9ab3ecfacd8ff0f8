/**
 * The Rules section: assertions about parameters that must hold before a stack is worked on ("Rules", "Rule functions").
 */
import { evaluateCondition } from "./conditions.ts";
import type { ConditionScope } from "./conditions.ts";
import { functionCall } from "./intrinsics.ts";
import type { ParameterDeclaration, RuleDeclaration } from "./sections.ts";
import { TemplateError } from "./template-error.ts";
import { isList, sameJson, scalarText } from "./value.ts";
import type { Json } from "./value.ts";

/** What rules look at. */
export interface RuleScope extends ConditionScope {
  /** For Fn::RefAll and Fn::ValueOfAll: which parameters are of a type. */
  readonly declarations: ReadonlyMap<string, ParameterDeclaration>;
  /**
   * For Fn::ValueOf and Fn::ValueOfAll: an attribute of what a parameter of a type like `AWS::EC2::VPC::Id` names ("Supported attributes"),
   * a list where it is one (`Tags.Department` of several). Without it, the two raise an error that names them.
   */
  readonly attributeOf?: ((type: string, value: string, attribute: string) => Json) | undefined;
}

/**
 * Checks every rule. Raises TemplateError with the descriptions of the assertions that fail.
 */
export function checkRules(rules: ReadonlyMap<string, RuleDeclaration>, scope: RuleScope): void {
  const failed: string[] = [];
  for (const [name, rule] of rules) {
    if (rule.condition !== undefined && !holds(rule.condition, scope)) continue;
    for (const { assert, description } of rule.assertions) {
      if (!holds(assert, scope)) failed.push(description ?? `Assertion of rule ${name} failed`);
    }
  }
  if (failed.length > 0) throw new TemplateError(`Template constraint violations: ${failed.join("; ")}`);
}

function holds(expression: Json, scope: RuleScope): boolean {
  const call = functionCall(expression) ?? { name: "", argument: null };
  switch (call.name) {
    case "Fn::And":
      return operands(call.name, call.argument, 2, 10).every((part) => holds(part, scope));
    case "Fn::Or":
      return operands(call.name, call.argument, 2, 10).some((part) => holds(part, scope));
    case "Fn::Not":
      return operands(call.name, call.argument, 1, 1).every((part) => !holds(part, scope));
    case "Fn::Contains": {
      const [list, value] = operands(call.name, call.argument, 2, 2).map((part) => listOf(part, scope));
      return list !== undefined && value !== undefined && value.every((item) => includes(list, item));
    }
    case "Fn::EachMemberEquals": {
      const [list, value] = operands(call.name, call.argument, 2, 2).map((part) => listOf(part, scope));
      return list !== undefined && value !== undefined && list.every((item) => sameText(item, value[0]));
    }
    case "Fn::EachMemberIn": {
      const [list, others] = operands(call.name, call.argument, 2, 2).map((part) => listOf(part, scope));
      return list !== undefined && others !== undefined && list.every((item) => includes(others, item));
    }
    case "Fn::Equals": {
      const [left, right] = operands(call.name, call.argument, 2, 2);
      // One of the functions that only rules have gives a list, which is compared as a whole.
      if (left !== undefined && right !== undefined && (isRuleValue(left) || isRuleValue(right))) {
        return sameJson(comparable(listOf(left, scope)), comparable(listOf(right, scope)));
      }
      return evaluateCondition(expression, { ...scope, condition: noConditions });
    }
    default:
      return evaluateCondition(expression, { ...scope, condition: noConditions });
  }
}

function noConditions(name: string): never {
  throw new TemplateError(`Template error: a rule cannot refer to the condition ${name}`);
}

function operands(name: string, argument: Json, least: number, most: number): readonly Json[] {
  if (isList(argument) && argument.length >= least && argument.length <= most) return argument;
  const count = least === most ? `${least}` : `at least ${least} and at most ${most}`;
  throw new TemplateError(`Template error: every ${name} object requires a list of ${count} parameters.`);
}

const RULE_VALUES: ReadonlySet<string> = new Set(["Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"]);

function isRuleValue(part: Json): boolean {
  return RULE_VALUES.has(functionCall(part)?.name ?? "");
}

/** A list of one is compared as that one. */
function comparable(list: readonly Json[]): Json {
  const texts = list.map((item) => scalarText(item) ?? item);
  return texts.length === 1 ? (texts[0] ?? texts) : texts;
}

/** The strings that an operand stands for: a list, a list parameter, or one value. */
function listOf(part: Json, scope: RuleScope): readonly Json[] {
  const call = functionCall(part);
  if (call === undefined) return isList(part) ? part.flatMap((item) => listOf(item, scope)) : [part];
  switch (call.name) {
    case "Ref":
      return asList(typeof call.argument === "string" ? valueOf(call.argument, scope) : refuse(call.name));
    case "Fn::RefAll":
      return typeof call.argument === "string"
        ? namesOf(call.argument, scope).flatMap((name) => asList(valueOf(name, scope)))
        : refuse(call.name);
    case "Fn::ValueOf": {
      const [name, attribute] = operands(call.name, call.argument, 2, 2);
      if (typeof name !== "string" || typeof attribute !== "string") return refuse(call.name);
      return attributes(call.name, [name], attribute, scope);
    }
    case "Fn::ValueOfAll": {
      const [type, attribute] = operands(call.name, call.argument, 2, 2);
      if (typeof type !== "string" || typeof attribute !== "string") return refuse(call.name);
      return attributes(call.name, namesOf(type, scope), attribute, scope);
    }
    default:
      return refuse(call.name);
  }
}

function refuse(name: string): never {
  throw new TemplateError(
    `Template error: a rule cannot use ${name} for a value; it may use Ref, Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll`,
  );
}

/** A list parameter without items is a list of one empty text to a rule. */
function asList(value: Json): readonly Json[] {
  if (!isList(value)) return [value];
  return value.length === 0 ? [""] : value;
}

/** A parameter, or what is known of the region and the account. */
function valueOf(name: string, { parameters, pseudo }: RuleScope): Json {
  const known: Readonly<Record<string, string>> = {
    "AWS::AccountId": pseudo.accountId,
    "AWS::Partition": pseudo.partition,
    "AWS::Region": pseudo.region,
    "AWS::URLSuffix": pseudo.urlSuffix,
  };
  const value = parameters.get(name) ?? (Object.hasOwn(known, name) ? known[name] : undefined);
  if (value === undefined) {
    throw new TemplateError(`Template error: a rule refers to ${name}, which is no parameter of the template`);
  }
  return value;
}

/** The parameters of a type, and those that are lists of it. */
function namesOf(type: string, { declarations }: RuleScope): readonly string[] {
  return [...declarations].flatMap(([name, parameter]) =>
    parameter.type === type || parameter.type === `List<${type}>` ? [name] : [],
  );
}

function attributes(
  call: string,
  names: readonly string[],
  attribute: string,
  { attributeOf, declarations, ...scope }: RuleScope,
): readonly Json[] {
  return names.flatMap((name) => {
    const type = (declarations.get(name)?.type ?? "").replace(/^List<(.*)>$/, "$1");
    return asList(valueOf(name, { ...scope, declarations })).flatMap((value) => {
      if (attributeOf === undefined) {
        throw new TemplateError(
          `Template error: ${call} asks for ${attribute} of the parameter ${name} (${type}), and there is no service here that could tell it`,
        );
      }
      return asList(attributeOf(type, scalarText(value) ?? "", attribute));
    });
  });
}

function includes(list: readonly Json[], value: Json): boolean {
  return list.some((item) => sameText(item, value));
}

function sameText(left: Json | undefined, right: Json | undefined): boolean {
  return sameJson(scalarText(left) ?? left, scalarText(right) ?? right);
}
