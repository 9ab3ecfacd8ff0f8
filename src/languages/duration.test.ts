import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeDuration, DurationSyntaxError, formatDuration, parseDuration } from "./duration.ts";

describe("a length of time", () => {
  it.each([
    ["10m", 600_000],
    ["PT10M", 600_000],
    ["pt10m", 600_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["2 days", 172_800_000],
    ["1 hour 5 minutes", 3_900_000],
    ["500ms", 500],
    ["90", 90_000],
    ["0.25", 250],
    [" 10m ", 600_000],
    [90, 90_000],
    [0, 0],
    [1.5, 1500],
    ["P1DT12H", 129_600_000],
    ["P2W", 1_209_600_000],
    ["PT0.5S", 500],
    ["PT0,5S", 500],
  ])("%j is %j milliseconds", (given, expected) => {
    expect(parseDuration(given)).toBe(expected);
  });

  it.each([
    "",
    "m",
    "10x",
    "10m!",
    "-5m",
    "P",
    "PT",
    "P1M",
    "P1Y",
    "PT1H30",
    "1h-30m",
    "1e400",
    -1,
    Number.NaN,
    Infinity,
    "9".repeat(30),
  ])("is not %j", (given) => {
    expect(() => parseDuration(given)).toThrow(DurationSyntaxError);
  });

  it("says what was given and what is accepted when it cannot be read", () => {
    expect(() => parseDuration("soon")).toThrow(
      '"soon" is not a length of time: give 90s, 10m, 1h30m, 2 days, PT10M or a number of seconds',
    );
  });

  it("is the same after it was written, short or in words, and read", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
        expect(parseDuration(describeDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  it("is written in short and in words", () => {
    expect(formatDuration(5_400_000)).toBe("1h30m");
    expect(formatDuration(0)).toBe("0s");
    expect(formatDuration(86_401_500)).toBe("1d1s500ms");
    expect(describeDuration(5_400_000)).toBe("1 hour 30 minutes");
    expect(describeDuration(1000)).toBe("1 second");
  });

  it("is refused quickly, however long the text", () => {
    expect(() => parseDuration(`${"1".repeat(50_000)}!`)).toThrow(DurationSyntaxError);
    expect(() => parseDuration(`${"1m".repeat(20_000)}!`)).toThrow(DurationSyntaxError);
  });
});
