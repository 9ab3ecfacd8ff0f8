/** A metric over time: the points of a period added up, at the resolution that AWS still has (AWS page "GetMetricStatistics"). */
import type { ServiceContext } from "../../service.ts";
import { minutes, seconds, type Aggregate } from "./state.ts";

const HOUR_S = 3600;
const DAY_S = 86_400;

/** Which part of a metric is asked for; times in epoch seconds, `end` is not included. */
export interface SeriesRequest {
  readonly metricId: string;
  readonly start: number;
  readonly end: number;
  readonly periodSeconds: number;
  /** Absent: every unit. */
  readonly unit?: string | undefined;
}

/** One period of one unit. */
export interface Point {
  /** Epoch seconds at which the period begins. */
  readonly at: number;
  readonly unit: string;
  readonly parts: readonly Aggregate[];
}

/** True for what a period may be: 1, 5, 10, 20, 30 or a multiple of 60 seconds. */
export function isPeriod(periodSeconds: number): boolean {
  return [1, 5, 10, 20, 30].includes(periodSeconds) || (periodSeconds > 0 && periodSeconds % 60 === 0);
}

/** What a start is rounded down to, and so where periods begin. */
export function alignStart(start: number, periodSeconds: number, now: number): number {
  const age = now - start;
  const step = periodSeconds < 60 ? periodSeconds : age < 15 * DAY_S ? 60 : age < 63 * DAY_S ? 300 : HOUR_S;
  return Math.floor(start / step) * step;
}

/** True when data of this age is not kept as finely as the period asks. */
function isTooFine(start: number, periodSeconds: number, now: number): boolean {
  const age = now - start;
  if (age > 63 * DAY_S) return periodSeconds % HOUR_S !== 0;
  if (age > 15 * DAY_S) return periodSeconds % 300 !== 0;
  return age > 3 * HOUR_S + 60 && periodSeconds % 60 !== 0;
}

/** The periods that have data, in order of time; for each, its units. */
export function pointsOf(context: ServiceContext, request: SeriesRequest): Point[] {
  const { periodSeconds } = request;
  const now = Math.floor(context.now / 1000);
  if (isTooFine(request.start, periodSeconds, now)) return [];
  return grouped(context, { ...request, start: alignStart(request.start, periodSeconds, now) });
}

/** The same for periods that begin exactly at the start; all units of a period together. By the epoch second at which each begins. */
export function periodsFrom(context: ServiceContext, request: SeriesRequest): Map<number, Aggregate[]> {
  const periods = new Map<number, Aggregate[]>();
  for (const { at, parts } of grouped(context, request)) periods.set(at, [...(periods.get(at) ?? []), ...parts]);
  return periods;
}

/** True when anything was published of the metric for `start` (epoch seconds) or later, also for what is still to come. */
export function isSpeaking(context: ServiceContext, metricId: string, start: number, periodSeconds: number): boolean {
  const table = context.table(periodSeconds < 60 ? seconds : minutes);
  for (const _ of table.entries([metricId], { ...(start > 0 ? { after: [start - 1] } : {}), limit: 1 })) return true;
  return false;
}

function grouped(context: ServiceContext, { metricId, start, end, periodSeconds, unit }: SeriesRequest): Point[] {
  const table = context.table(periodSeconds < 60 ? seconds : minutes);
  const periods = new Map<string, { at: number; unit: string; parts: Aggregate[] }>();
  for (const [[, time, of], aggregate] of table.entries([metricId], start > 0 ? { after: [start - 1] } : {})) {
    if (typeof time !== "number" || typeof of !== "string") continue;
    if (time >= end) break;
    if (unit !== undefined && of !== unit) continue;
    const at = start + Math.floor((time - start) / periodSeconds) * periodSeconds;
    const key = `${at} ${of}`;
    const period = periods.get(key) ?? { at, unit: of, parts: [] };
    period.parts.push(aggregate);
    periods.set(key, period);
  }
  return [...periods.values()];
}
