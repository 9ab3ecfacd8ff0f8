/** Conditions joined by `&&`, `||` and parentheses, as JSON and space-delimited patterns have them. */
import { invalidPattern } from "./syntax.ts";
import type { Cursor } from "./syntax.ts";

/** True when the condition holds of a subject: a parsed message, or one field. */
export type Predicate<Subject> = (subject: Subject) => boolean;

/** Deeper nesting is refused: nobody writes it, and it would exhaust the stack. */
const maximumDepth = 100;

/**
 * Reads an expression whose conditions `takeCondition` reads. "Standard order of operations: () > && > ||". Raises
 * FilterSyntaxError.
 */
export function takeExpression<Subject>(
  cursor: Cursor,
  takeCondition: () => Predicate<Subject>,
  depth = 0,
): Predicate<Subject> {
  if (depth > maximumDepth) invalidPattern();
  const takeOperand = (): Predicate<Subject> => {
    if (!cursor.take("(")) return takeCondition();
    const inner = takeExpression(cursor, takeCondition, depth + 1);
    if (!cursor.take(")")) invalidPattern();
    return inner;
  };
  const takeAll = (): Predicate<Subject> => {
    const operands = takeJoined(cursor, "&&", takeOperand);
    return (subject) => operands.every((operand) => operand(subject));
  };
  const alternatives = takeJoined(cursor, "||", takeAll);
  return (subject) => alternatives.some((alternative) => alternative(subject));
}

function takeJoined<T>(cursor: Cursor, operator: string, takeOne: () => T): readonly T[] {
  const all = [takeOne()];
  while (cursor.take(operator)) all.push(takeOne());
  return all;
}
