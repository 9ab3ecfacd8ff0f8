/** `= != < <= > >=` of JSON and space-delimited patterns: against a number, a text with asterisks, a regular expression. */
import { compileRegex } from "./regex.ts";
import { invalidPattern, invalidTerm } from "./syntax.ts";
import type { Cursor } from "./syntax.ts";

/** True when the text of a field is what the comparison asks for. */
export type FieldTest = (field: string) => boolean;

/** A field's comparison, as it was read. */
export interface Comparison {
  readonly test: FieldTest;
  /** True for a regular expression, of which a pattern may have two. */
  readonly regex: boolean;
}

const operators = ["!=", "<=", ">=", "=", "<", ">"] as const;
type Operator = (typeof operators)[number];

const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
/** "Strings that contain types other than alphanumeric characters and the underscore symbol must be placed in double quotation marks", and AWS's own examples have dots, colons, slashes and dashes in theirs. */
const bareTerm = /[^\s"%&|()[\]{},=!<>]+/y;
const bareCharacters = /^[\p{L}\p{N}_.*:/+-]+$/u;

/** Reads an operator and its operand, or answers undefined where no operator comes next. Raises FilterSyntaxError. */
export function takeComparison(cursor: Cursor): Comparison | undefined {
  const operator = operators.find((operator) => cursor.take(operator));
  if (operator === undefined) return undefined;
  // AWS's older page writes `w1=!ERROR` for `w1!=ERROR`.
  const negated = operator === "!=" || (operator === "=" && cursor.take("!"));
  cursor.skipSpace();
  if (cursor.peek() === "%") {
    if (operator !== "=" && operator !== "!=") invalidPattern();
    const matches = compileRegex(cursor.takeRegex());
    return { regex: true, test: (field) => matches(field) !== negated };
  }
  if (cursor.peek() === '"') return { regex: false, test: textTest(operator, negated, cursor.takeQuoted()) };
  const term = cursor.takeMatch(bareTerm) ?? invalidPattern();
  if (number.test(term)) return { regex: false, test: numberTest(operator, negated, term) };
  if (!bareCharacters.test(term)) invalidTerm(term);
  return { regex: false, test: textTest(operator, negated, term) };
}

/** A field that is no number is not less or more than any, and not equal to any. */
function numberTest(operator: Operator, negated: boolean, term: string): FieldTest {
  const wanted = Number(term);
  const compare: Readonly<Record<Operator, (given: number) => boolean>> = {
    "=": (given) => (given === wanted) !== negated,
    "!=": (given) => given !== wanted,
    "<": (given) => given < wanted,
    "<=": (given) => given <= wanted,
    ">": (given) => given > wanted,
    ">=": (given) => given >= wanted,
  };
  return (field) => (number.test(field) ? compare[operator](Number(field)) : negated);
}

/**
 * An asterisk at the beginning or the end of `term` stands for any text. "`Ev*ent` will only match the actual string
 * `Ev*ent`".
 */
function textTest(operator: Operator, negated: boolean, term: string): FieldTest {
  if (operator !== "=" && operator !== "!=") invalidPattern();
  if (term === "*") return () => !negated;
  const open = term.startsWith("*");
  const openEnded = term.length > 1 && term.endsWith("*");
  const text = term.slice(open ? 1 : 0, openEnded ? -1 : undefined);
  return (field) => {
    const found =
      open && openEnded
        ? field.includes(text)
        : open
          ? field.endsWith(text)
          : openEnded
            ? field.startsWith(text)
            : field === text;
    return found !== negated;
  };
}
