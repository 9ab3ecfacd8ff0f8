/** What begins next in a stack set operation, decided from results alone. */
import { describe, expect, test } from "vitest";
import { decide, limitsOf, orderedRegions } from "./rules.ts";
import type { Preferences, ResultStatus } from "./state.ts";

const NONE: Preferences = {
  regionConcurrencyType: undefined,
  regionOrder: [],
  failureToleranceCount: undefined,
  failureTolerancePercentage: undefined,
  maxConcurrentCount: undefined,
  maxConcurrentPercentage: undefined,
  concurrencyMode: undefined,
};
const LETTERS: Readonly<Record<string, ResultStatus>> = {
  p: "PENDING",
  r: "RUNNING",
  s: "SUCCEEDED",
  f: "FAILED",
  c: "CANCELLED",
};
const next = (preferences: Partial<Preferences>, ...regions: string[]) =>
  decide(
    "RUNNING",
    { ...NONE, ...preferences },
    regions.map((letters) => Array.from(letters, (letter) => LETTERS[letter] ?? "PENDING")),
  );

describe("Percentages", () => {
  test("are rounded down, a concurrency to one at least", () => {
    const half = { ...NONE, failureTolerancePercentage: 50, maxConcurrentPercentage: 10 };
    expect(limitsOf(half, 5)).toMatchObject({ tolerance: 2, concurrency: 1 });
    expect(limitsOf({ ...half, maxConcurrentPercentage: 90 }, 5)).toMatchObject({ concurrency: 4 });
  });
});

describe("The next accounts", () => {
  test("are one at a time unless more are asked for", () => {
    expect(next({}, "ppp", "p").start).toEqual([[0, 0]]);
    expect(next({}, "rpp", "p").start).toEqual([]);
    expect(next({}, "sss", "p").start).toEqual([[1, 0]]);
  });

  test("are no more than the tolerance and one, less those that failed, in strict mode", () => {
    const strict = { maxConcurrentCount: 5, failureToleranceCount: 2 };
    expect(next(strict, "pppppp").start).toHaveLength(3);
    expect(next(strict, "ffpppp").start).toHaveLength(1);
    expect(next(strict, "ffrppp").start).toHaveLength(0);
    expect(next({ ...strict, concurrencyMode: "SOFT_FAILURE_TOLERANCE" }, "ffpppp").start).toHaveLength(4);
  });

  test("are in all regions at once when these go side by side", () => {
    expect(next({ regionConcurrencyType: "PARALLEL" }, "sp", "pp", "ss").start).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

describe("The end", () => {
  test("comes when all is done, within the tolerance also with failures", () => {
    expect(next({}, "ss", "s").end).toBe("SUCCEEDED");
    expect(next({ failureToleranceCount: 1 }, "fs", "f").end).toBe("SUCCEEDED");
    expect(next({}).end).toBe("SUCCEEDED");
  });

  test("comes early when a region fails, once what runs has ended; later regions are not begun", () => {
    expect(next({}, "fp", "pp")).toEqual({ start: [], cancelsRest: true, end: "FAILED" });
    expect(next({ regionConcurrencyType: "PARALLEL" }, "fp", "rp")).toEqual({
      start: [],
      cancelsRest: true,
      end: undefined,
    });
  });

  test("is STOPPED when it was asked to stop and nothing runs any more", () => {
    expect(decide("STOPPING", NONE, [["RUNNING", "PENDING"]])).toMatchObject({ cancelsRest: true, end: undefined });
    expect(decide("STOPPING", NONE, [["SUCCEEDED", "CANCELLED"]]).end).toBe("STOPPED");
  });
});

test("Regions that the order does not name come after those that it names", () => {
  expect(orderedRegions(["a", "b", "c"], { ...NONE, regionOrder: ["c"] })).toEqual(["c", "a", "b"]);
});
