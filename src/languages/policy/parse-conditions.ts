/** The Condition element's grammar (AWS page "IAM JSON policy elements: Condition operators"). */
import { parseInstant } from "./instant.ts";
import { conditionOperators, PolicySyntaxError } from "./document.ts";
import type { Condition, ConditionOperator } from "./document.ts";

/** The conditions in `raw`, the value of Condition. Raises PolicySyntaxError for operators and values that do not exist. */
export function parseConditions(raw: unknown): readonly Condition[] {
  if (raw === undefined) return [];
  return entries(raw).flatMap(([operatorText, block]) => {
    const keys = entries(block);
    // IAM lets an operator stand that nobody knows, as long as it has nothing to compare.
    if (keys.length === 0) return [];
    const operator = parseOperator(operatorText);
    return keys.map(([key, value]) => ({ ...operator, key, values: parseValues(operator.operator, value) }));
  });
}

function parseOperator(text: string): Pick<Condition, "operator" | "quantifier" | "ifExists"> {
  const found = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(text);
  const [, quantifierText, name, suffix] = found ?? [];
  const operator = conditionOperators.find((operator) => operator === name);
  if (operator === undefined) syntaxError();
  // "You can add IfExists to the end of any condition operator name except the Null condition."
  if (operator === "Null" && suffix !== undefined) syntaxError();
  const quantifier = (["ForAllValues", "ForAnyValue"] as const).find((quantifier) => quantifier === quantifierText);
  return { operator, ...(quantifier === undefined ? {} : { quantifier }), ifExists: suffix !== undefined };
}

function parseValues(operator: ConditionOperator, raw: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const values = given.map((value) => {
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return syntaxError();
  });
  if (operator.startsWith("Date") && values.some((value) => parseInstant(value) === undefined)) {
    throw new PolicySyntaxError("legacy", "The policy failed legacy parsing");
  }
  return values;
}

function entries(raw: unknown): readonly (readonly [string, unknown])[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) syntaxError();
  return Object.entries(raw);
}

function syntaxError(): never {
  throw new PolicySyntaxError("syntax", "Syntax errors in policy.");
}
