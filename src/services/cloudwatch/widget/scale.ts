/** Axes: from where to where, and where the marks are. */
import type { Axis } from "./read-widget.ts";

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const TICKS = 5;
const TIME_STEPS_S = [60, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];
const TIME_TICKS = 7;

/** Round numbers that hold all values; from zero up where nothing is below it. */
export function scaleOf(values: readonly number[], { min, max }: Axis): Scale {
  const least = min ?? values.reduce((a, b) => Math.min(a, b), 0);
  const most = max ?? values.reduce((a, b) => Math.max(a, b), least);
  const step = roundStep((most > least ? most - least : 1) / TICKS);
  const low = min ?? Math.floor(least / step) * step;
  const high = Math.max(max ?? Math.ceil(most / step) * step, low + step);
  const ticks: number[] = [];
  for (let index = 0; low + index * step <= high + step / 1000; index++) ticks.push(low + index * step);
  return { min: low, max: high, ticks };
}

/** 1, 2, 2.5, 5 or 10 times a power of ten. */
function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const digits = raw / power;
  return power * ([1, 2, 2.5, 5, 10].find((candidate) => digits <= candidate) ?? 10);
}

/** `1.5K`, `20M`, `0.25`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const [divisor, unit] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "K"] : [1, ""];
  return `${Number((value / divisor).toPrecision(4))}${unit}`;
}

/** Epoch seconds. */
export function timeTicks(start: number, end: number): number[] {
  const step = TIME_STEPS_S.find((seconds) => (end - start) / seconds <= TIME_TICKS) ?? (end - start) / TIME_TICKS;
  const ticks: number[] = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** `14:30`, or `07/22` where more than two days are shown. */
export function timeText(at: number, shownSeconds: number): string {
  const text = new Date(at * 1000).toISOString();
  return shownSeconds > 172_800 ? text.slice(5, 10).replace("-", "/") : text.slice(11, 16);
}
