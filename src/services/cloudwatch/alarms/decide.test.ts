/** The tables of AWS's page "Configuring how CloudWatch alarms treat missing data", row by row. */
import { describe, expect, it } from "vitest";
import { breachesBy, decide, evaluationRange, type Datapoint } from "./decide.ts";
import type { TreatMissingData } from "./state.ts";

const TREATMENTS: readonly TreatMissingData[] = ["missing", "ignore", "breaching", "notBreaching"];

/** `0 - X - X`, the oldest first: X breaches, 0 does not, - is missing. */
function pointsOf(picture: string): Datapoint[] {
  const signs = picture.split(" ");
  return signs
    .map((sign, index) => (sign === "-" ? { at: index * 60 } : { at: index * 60, value: sign === "X" ? 2 : 0 }))
    .reverse();
}

function statesOf(picture: string, datapointsToAlarm: number): string[] {
  const range = pointsOf(picture);
  const rules = { evaluationPeriods: 3, datapointsToAlarm, breaches: (value: number) => value > 1 };
  return TREATMENTS.map((treatMissingData) => decide(range, { ...rules, treatMissingData }).state);
}

describe("three of three", () => {
  it.each([
    ["0 - X - X", ["OK", "OK", "OK", "OK"]],
    ["- - - - 0", ["OK", "OK", "OK", "OK"]],
    ["- - - - -", ["INSUFFICIENT_DATA", "retained", "ALARM", "OK"]],
    ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["- - X - -", ["ALARM", "retained", "ALARM", "OK"]],
  ])("makes of %s, by treatment, %j", (picture, states) => {
    expect(statesOf(picture, 3)).toEqual(states);
  });

  it.each(["- - - - X", "- - - X -"])("does not go into ALARM too early where there is only %s", (picture) => {
    expect(statesOf(picture, 3)).toEqual(["retained", "retained", "ALARM", "OK"]);
  });
});

describe("two of three", () => {
  it.each([
    ["0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 - X - -", ["OK", "OK", "ALARM", "OK"]],
    ["- - - - 0", ["OK", "OK", "ALARM", "OK"]],
    ["- - - X -", ["ALARM", "retained", "ALARM", "OK"]],
  ])("makes of %s, by treatment, %j", (picture, states) => {
    expect(statesOf(picture, 2)).toEqual(states);
  });
});

it("looks at five periods where three are evaluated, and leaves older data out of account where there is enough", () => {
  expect(evaluationRange(3)).toBe(5);
  expect(statesOf("X X 0 0 0", 2)).toEqual(["OK", "OK", "OK", "OK"]);
});

it("compares as each operator says", () => {
  const at = (comparison: Parameters<typeof breachesBy>[0]) => [0, 1, 2].map(breachesBy(comparison, 1));
  expect(at("GreaterThanThreshold")).toEqual([false, false, true]);
  expect(at("GreaterThanOrEqualToThreshold")).toEqual([false, true, true]);
  expect(at("LessThanThreshold")).toEqual([true, false, false]);
  expect(at("LessThanOrEqualToThreshold")).toEqual([true, true, false]);
});
