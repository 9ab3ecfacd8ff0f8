/**
 * Statistics by name, and their values (AWS page "CloudWatch statistics definitions"): SampleCount, Sum, Average, Minimum, Maximum, p99.9,
 * tm90, TM(2%:98%), IQM, wm, WM, PR(0:300), tc, TC, ts, TS.
 */
import { mergeValues, type Weighted } from "./histogram.ts";
import type { Aggregate } from "./state.ts";

/** A boundary of a trimmed statistic: a share of the values, or a value. */
type Boundary = { readonly percent: number } | { readonly value: number };

/** A statistic that has been read. */
export type Statistic =
  | { readonly kind: "SampleCount" | "Sum" | "Average" | "Minimum" | "Maximum" }
  | { readonly kind: "percentile"; readonly percent: number }
  | {
      readonly kind: "TM" | "WM" | "TC" | "TS" | "PR";
      readonly low: Boundary | undefined;
      readonly high: Boundary | undefined;
    };

/** Reads a statistic; undefined where `name` is none. */
export function readStatistic(name: string): Statistic | undefined {
  switch (name) {
    case "SampleCount":
    case "Sum":
    case "Average":
    case "Minimum":
    case "Maximum":
      return { kind: name };
    case "IQM":
      return { kind: "TM", low: { percent: 25 }, high: { percent: 75 } };
    default:
      return readPercentile(name) ?? readShort(name) ?? readRange(name);
  }
}

function readPercentile(name: string): Statistic | undefined {
  const [, digits] = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  const percent = Number(digits);
  return digits !== undefined && percent <= 100 ? { kind: "percentile", percent } : undefined;
}

function readShort(name: string): Statistic | undefined {
  const [, letters, digits] = /^(tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  const percent = Number(digits);
  if (letters === undefined || percent > 100) return undefined;
  return { kind: kindOf(letters.toUpperCase()), low: undefined, high: { percent } };
}

function readRange(name: string): Statistic | undefined {
  const [, letters, from, to] = /^(TM|WM|TC|TS|PR)\(([^:]*):([^:]*)\)$/.exec(name) ?? [];
  if (letters === undefined || from === undefined || to === undefined) return undefined;
  const low = readBoundary(from);
  const high = readBoundary(to);
  if (low === "wrong" || high === "wrong" || (low === undefined && high === undefined)) return undefined;
  const mixed = low !== undefined && high !== undefined && "percent" in low !== "percent" in high;
  const kind = kindOf(letters);
  const ranked = kind === "PR" && [low, high].some((boundary) => boundary !== undefined && "percent" in boundary);
  return mixed || ranked ? undefined : { kind, low, high };
}

function kindOf(letters: string): "TM" | "WM" | "TC" | "TS" | "PR" {
  switch (letters) {
    case "WM":
    case "TC":
    case "TS":
    case "PR":
      return letters;
    default:
      return "TM";
  }
}

function readBoundary(text: string): Boundary | undefined | "wrong" {
  if (text === "") return undefined;
  const [, digits, percent] = /^(-?\d+(?:\.\d{1,10})?)(%?)$/.exec(text) ?? [];
  if (digits === undefined) return "wrong";
  if (percent !== "%") return { value: Number(digits) };
  return Number(digits) >= 0 && Number(digits) <= 100 ? { percent: Number(digits) } : "wrong";
}

/** The value over all of `parts`; undefined where there is none, as for a percentile of statistic sets or of negative values. */
export function valueOf(statistic: Statistic, parts: readonly Aggregate[]): number | undefined {
  const count = parts.reduce((total, part) => total + part.count, 0);
  if (count === 0) return undefined;
  const sum = (): number => parts.reduce((total, part) => total + part.sum, 0);
  switch (statistic.kind) {
    case "SampleCount":
      return count;
    case "Sum":
      return sum();
    case "Average":
      return sum() / count;
    case "Minimum":
      return Math.min(...parts.map((part) => part.min));
    case "Maximum":
      return Math.max(...parts.map((part) => part.max));
    case "percentile":
    case "TM":
    case "WM":
    case "TC":
    case "TS":
    case "PR":
      if (parts.some((part) => part.opaque || part.min < 0)) return undefined;
      return ofValues(statistic, mergeValues(parts.map((part) => part.values)), count);
  }
}

function ofValues(
  statistic: Exclude<Statistic, { kind: "SampleCount" | "Sum" | "Average" | "Minimum" | "Maximum" }>,
  values: readonly Weighted[],
  count: number,
): number | undefined {
  if (statistic.kind === "percentile") return percentile(values, count, statistic.percent);
  if (statistic.kind === "WM") return winsorizedMean(statistic, values, count);
  const kept = trim(statistic, values, count);
  const weight = kept.reduce((total, [, times]) => total + times, 0);
  const sum = kept.reduce((total, [value, times]) => total + value * times, 0);
  switch (statistic.kind) {
    case "TC":
      return weight;
    case "TS":
      return sum;
    case "PR":
      return (weight / count) * 100;
    case "TM":
      return weight === 0 ? undefined : sum / weight;
  }
}

/** The smallest value that `percent` of all values do not exceed. */
function percentile(values: readonly Weighted[], count: number, percent: number): number | undefined {
  const wanted = (percent / 100) * count;
  let passed = 0;
  for (const [value, times] of values) {
    passed += times;
    if (passed >= wanted) return value;
  }
  return values.at(-1)?.[0];
}

interface Range {
  readonly low: Boundary | undefined;
  readonly high: Boundary | undefined;
}

/** The values above the lower boundary, up to the upper one; of those on a boundary of percents their share. */
function trim({ low, high }: Range, values: readonly Weighted[], count: number): Weighted[] {
  const from = low !== undefined && "percent" in low ? (low.percent / 100) * count : 0;
  const to = high !== undefined && "percent" in high ? (high.percent / 100) * count : count;
  const above = low !== undefined && "value" in low ? low.value : -Infinity;
  const upTo = high !== undefined && "value" in high ? high.value : Infinity;
  const kept: Weighted[] = [];
  let passed = 0;
  for (const [value, times] of values) {
    const share = Math.min(passed + times, to) - Math.max(passed, from);
    passed += times;
    if (share > 0 && value > above && value <= upTo) kept.push([value, share]);
  }
  return kept;
}

/** The mean when what lies beyond a boundary counts as the value on it. */
function winsorizedMean({ low, high }: Range, values: readonly Weighted[], count: number): number {
  const edge = (boundary: Boundary | undefined): number | undefined => {
    if (boundary === undefined) return undefined;
    return "value" in boundary ? boundary.value : percentile(values, count, boundary.percent);
  };
  const least = edge(low) ?? -Infinity;
  const most = edge(high) ?? Infinity;
  return values.reduce((total, [value, times]) => total + Math.min(Math.max(value, least), most) * times, 0) / count;
}
