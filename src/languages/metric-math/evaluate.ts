/** Reckons a metric math expression (AWS page "Using math expressions with CloudWatch metrics"). Pure. */
import { callFunction } from "./functions.ts";
import type { Expression, Operator } from "./parse.ts";
import type { Surroundings } from "./surroundings.ts";
import { many, mapSeries, MetricMathError, nameOf, one, scalar, zipSeries, type Series, type Value } from "./value.ts";

/** Raises MetricMathError. */
export function evaluateExpression(expression: Expression, surroundings: Surroundings): Value {
  switch (expression.kind) {
    case "number":
      return scalar(expression.value);
    case "text":
      return { kind: "text", value: expression.value };
    case "name":
      return surroundings.value(expression.name) ?? unknownName(expression.name);
    case "array":
      return many(expression.items.flatMap((item) => seriesOf(evaluateExpression(item, surroundings))));
    case "negative":
      return apply("*", scalar(-1), evaluateExpression(expression.of, surroundings));
    case "binary":
      return apply(
        expression.operator,
        evaluateExpression(expression.left, surroundings),
        evaluateExpression(expression.right, surroundings),
      );
    case "call":
      return callFunction(expression.name, argumentsOf(expression.args, surroundings), surroundings);
  }
}

/** The words that stand for themselves: FILL(m1, REPEAT), SORT(METRICS(), AVG, DESC). */
const WORDS = ["REPEAT", "LINEAR", "AVG", "MIN", "MAX", "SUM", "ASC", "DESC"];

function argumentsOf(args: readonly Expression[], surroundings: Surroundings): Value[] {
  return args.map((arg) =>
    arg.kind === "name" && WORDS.includes(arg.name.toUpperCase()) && surroundings.value(arg.name) === undefined
      ? { kind: "text", value: arg.name.toUpperCase() }
      : evaluateExpression(arg, surroundings),
  );
}

function unknownName(name: string): never {
  throw new MetricMathError(`Unknown id '${name}'`);
}

function seriesOf(value: Value): readonly Series[] {
  if (value.kind === "series") return [value.series];
  if (value.kind === "array") return value.items;
  throw new MetricMathError(`An array has TimeSeries, not ${nameOf(value)}`);
}

function apply(operator: Operator, left: Value, right: Value): Value {
  const reckon = OPERATIONS[operator];
  if (left.kind === "text" || right.kind === "text" || (left.kind === "array" && right.kind === "array")) {
    throw new MetricMathError(`Unsupported operand type(s) for ${operator}: '[${nameOf(left)}, ${nameOf(right)}]'`);
  }
  if (left.kind === "array") return many(left.items.map((item) => pair(reckon, one(item), right)));
  if (right.kind === "array") return many(right.items.map((item) => pair(reckon, left, one(item))));
  if (left.kind === "scalar" && right.kind === "scalar") return scalar(reckon(left.value, right.value));
  return one(pair(reckon, left, right));
}

type Reckon = (a: number, b: number) => number;

function pair(reckon: Reckon, left: Value, right: Value): Series {
  if (left.kind === "series" && right.kind === "series") return zipSeries(left.series, right.series, reckon);
  if (left.kind === "series" && right.kind === "scalar") {
    return mapSeries(left.series, (value) => reckon(value, right.value));
  }
  if (left.kind === "scalar" && right.kind === "series") {
    return mapSeries(right.series, (value) => reckon(left.value, value));
  }
  throw new MetricMathError(`Unsupported operands: '[${nameOf(left)}, ${nameOf(right)}]'`);
}

const truth = (value: boolean): number => (value ? 1 : 0);

const OPERATIONS: Readonly<Record<Operator, Reckon>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => truth(a === b),
  "!=": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  ">": (a, b) => truth(a > b),
  "<=": (a, b) => truth(a <= b),
  ">=": (a, b) => truth(a >= b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
};
