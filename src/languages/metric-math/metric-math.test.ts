/** Metric math, expression by expression. */
import { describe, expect, it } from "vitest";
import { evaluateExpression } from "./evaluate.ts";
import type { Surroundings } from "./surroundings.ts";
import { parseExpression } from "./parse.ts";
import { compileSearch } from "./search.ts";
import { many, one, type Series, type Value } from "./value.ts";

/** Points by the minute from 1970-01-01T00:00Z; a gap where there is none. */
function series(label: string, ...values: readonly (number | undefined)[]): Series {
  const points = new Map<number, number>();
  for (const [index, value] of values.entries()) if (value !== undefined) points.set(index * 60, value);
  return { label, periodSeconds: 60, points, searched: `App ${label}` };
}

const m1 = series("Errors", 1, 2, undefined, 4);
const m2 = series("Calls", 10, 0, 30, 40);
const none = series("None");

const surroundings: Surroundings = {
  value: (id) => ({ m1: one(m1), m2: one(m2), none: one(none), all: many([m1, m2, none]) })[id],
  metrics: () => [m1, m2],
  search: (query) => [m1, m2].filter(({ label }) => query.includes(label)),
  times: (period) => Array.from({ length: 4 }, (_, index) => index * period),
  periodSeconds: 60,
};

function shown(value: Value): unknown {
  switch (value.kind) {
    case "scalar":
    case "text":
      return value.value;
    case "series":
      return Object.fromEntries(value.series.points);
    case "array":
      return value.items.map(({ label }) => label);
  }
}

const evaluate = (text: string): unknown => shown(evaluateExpression(parseExpression(text), surroundings));

describe("operators", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["10 - 4 - 3", 3],
    ["(1 + 2) * 3 / 4", 2.25],
    ["1 < 2 AND 2 >= 2 || 0", 1],
    ["m1 / m2", { 0: 0.1, 180: 0.1 }],
    ["100 * m1", { 0: 100, 60: 200, 180: 400 }],
    ["m1 > 1", { 0: 0, 60: 1, 180: 1 }],
    ["m1 + m2 - m1", { 0: 10, 60: 0, 180: 40 }],
    ["[m1, m2] * 2", ["Errors", "Calls"]],
  ])("reckon %s", (text, result) => {
    expect(evaluate(text)).toEqual(result);
  });
});

describe("functions", () => {
  it.each([
    ["AVG(m2)", 20],
    ["SUM([m1, m2])", { 0: 11, 60: 2, 120: 30, 180: 44 }],
    ["MAX(METRICS())", { 0: 10, 60: 2, 120: 30, 180: 40 }],
    ["MIN(METRICS('Calls'))", { 0: 10, 60: 0, 120: 30, 180: 40 }],
    ["STDDEV(m2)", Math.sqrt(250)],
    ["METRIC_COUNT(METRICS())", 2],
    ["DATAPOINT_COUNT(m1)", 3],
    ["PERIOD(m1)", 60],
    ["FILL(m1, 0)", { 0: 1, 60: 2, 120: 0, 180: 4 }],
    ["FILL(m1, REPEAT)", { 0: 1, 60: 2, 120: 2, 180: 4 }],
    ["FILL(m1, LINEAR)", { 0: 1, 60: 2, 120: 3, 180: 4 }],
    ["FILL(none, 7)", { 0: 7, 60: 7, 120: 7, 180: 7 }],
    ["IF(m1 > 1, m2, 0)", { 0: 0, 60: 0, 180: 40 }],
    ["IF(m1 > 1, m2)", { 60: 0, 180: 40 }],
    ["IF(AVG(m2) > 1, m1, m2)", { 0: 1, 60: 2, 180: 4 }],
    ["RATE(m1)", { 60: 1 / 60, 180: 2 / 120 }],
    ["DIFF(m1)", { 60: 1, 180: 2 }],
    ["DIFF_TIME(m1)", { 60: 60, 180: 120 }],
    ["RUNNING_SUM(m1)", { 0: 1, 60: 3, 180: 7 }],
    ["ABS(0 - m1)", { 0: 1, 60: 2, 180: 4 }],
    ["CEIL(m1 / 3)", { 0: 1, 60: 1, 180: 2 }],
    ["FLOOR(m1 / 3)", { 0: 0, 60: 0, 180: 1 }],
    ["LOG10(m2)", { 0: 1, 120: Math.log10(30), 180: Math.log10(40) }],
    ["TIME_SERIES(5)", { 0: 5, 60: 5, 120: 5, 180: 5 }],
    ["MINUTE(m1)", { 0: 0, 60: 1, 180: 3 }],
    ["DAY(m1)", { 0: 4, 60: 4, 180: 4 }],
    ["EPOCH(m1)", { 0: 0, 60: 60, 180: 180 }],
    ["SORT(all, AVG, DESC)", ["Calls", "Errors", "None"]],
    ["SORT(all, SUM, ASC, 1)", ["Errors"]],
    ["REMOVE_EMPTY(all)", ["Errors", "Calls"]],
    ["SLICE(all, 1, 3)", ["Calls", "None"]],
    ["SLICE(all, 1)", { 0: 10, 60: 0, 120: 30, 180: 40 }],
    ["FIRST(all)", { 0: 1, 60: 2, 180: 4 }],
    ["LAST(all)", {}],
    ["SEARCH('{App} Calls', 'Sum', 60)", ["Calls"]],
    ["sum(metrics())", { 0: 11, 60: 2, 120: 30, 180: 44 }],
  ])("reckon %s", (text, result) => {
    expect(evaluate(text)).toEqual(result);
  });

  it.each([
    ["m1 +", "ends too early"],
    ["m1 m2", "'m2' was not expected"],
    ["m9", "Unknown id 'm9'"],
    ["NOPE(m1)", "Unknown function 'NOPE'"],
    ["all + all", "Unsupported operand type(s) for +: '[TimeSeries[], TimeSeries[]]'"],
    ["ABS('x')", "Unsupported argument type(s) for ABS: '[String]'"],
    ["INSIGHT_RULE_METRIC('r', 's')", "there is no Contributor Insights"],
    ["#", "'#' was not expected"],
  ])("say what is wrong with %s", (text, message) => {
    expect(() => evaluate(text)).toThrow(message);
  });
});

describe("SEARCH's query", () => {
  const metric = {
    namespace: "AWS/Lambda",
    name: "ConcurrentExecutions",
    dimensions: [["FunctionName", "my-webFunction"]] as const,
  };
  it.each([
    ["{AWS/Lambda, FunctionName}", true],
    ["{AWS/Lambda}", false],
    ['{AWS/Lambda, FunctionName} MetricName="ConcurrentExecutions"', true],
    ['MetricName="Concurrent"', false],
    ["concurrent", true],
    ["web function", true],
    ["webbing", false],
    ["FunctionName=web NOT errors", true],
    ["FunctionName=(api OR web)", true],
    ["(errors OR concurrent) AND NOT web", false],
  ])("%s", (query, found) => {
    expect(compileSearch(query)(metric)).toBe(found);
  });
});
