/** The series of one metric's statistic, and of the metrics that a SEARCH finds. */
import { MetricMathError, type Series } from "../../../languages/metric-math/value.ts";
import { compileSearch } from "../../../languages/metric-math/search.ts";
import type { ServiceContext } from "../../../service.ts";
import { metricIdOf } from "../metric-id.ts";
import { alignStart, isPeriod, pointsOf } from "../series.ts";
import { metrics, type Aggregate, type Dimension } from "../state.ts";
import { readStatistic, valueOf } from "../statistics.ts";

/** Which statistic of which metric. */
export interface MetricStatistic {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly periodSeconds: number;
  readonly statistic: string;
  readonly unit?: string | undefined;
}

/** Epoch seconds; `end` is not included. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** A metric's series, with what there is to say of it. */
export interface MetricSeries extends Series {
  readonly metric: MetricStatistic;
  /** How many samples each point has. */
  readonly sampleCounts: ReadonlyMap<number, number>;
  /** The units that were published, where they are several and none was asked for: the first one's points are given, as on AWS. */
  readonly units: readonly string[];
}

/** How many series one SEARCH may find (AWS page "CloudWatch search expression syntax"). */
const MOST_FOUND = 500;
const LISTED_MS = 14 * 86_400_000;

export function metricSeries(context: ServiceContext, metric: MetricStatistic, range: TimeRange): MetricSeries {
  const { namespace, name, dimensions, periodSeconds, unit } = metric;
  const statistic = readStatistic(metric.statistic);
  const request = { metricId: metricIdOf(namespace, name, dimensions), ...range, periodSeconds, unit };
  const found = pointsOf(context, request);
  const units = [...new Set(found.map((point) => point.unit))].sort();
  const parts = new Map<number, readonly Aggregate[]>();
  for (const point of found) if (point.unit === units[0]) parts.set(point.at, point.parts);
  const points = new Map<number, number>();
  const sampleCounts = new Map<number, number>();
  for (const [at, aggregates] of parts) {
    const value = statistic === undefined ? undefined : valueOf(statistic, aggregates);
    if (value === undefined) continue;
    points.set(at, value);
    sampleCounts.set(at, valueOf({ kind: "SampleCount" }, aggregates) ?? 0);
  }
  return {
    label: name,
    periodSeconds,
    points,
    searched: [namespace, name, ...dimensions.flat()].join(" "),
    metric,
    sampleCounts,
    units,
  };
}

/** Every period of the range, as the metrics' own points are placed. */
export function timesOfRange(context: ServiceContext, { start, end }: TimeRange, periodSeconds: number): number[] {
  const first = alignStart(start, periodSeconds, Math.floor(context.now / 1000));
  const times: number[] = [];
  for (let at = first; at < end; at += periodSeconds) times.push(at);
  return times;
}

/** Raises MetricMathError. */
export function searchSeries(
  context: ServiceContext,
  range: TimeRange,
  search: { readonly query: string; readonly statistic: string; readonly periodSeconds: number },
): MetricSeries[] {
  const { query, statistic, periodSeconds } = search;
  if (readStatistic(statistic) === undefined) throw new MetricMathError(`SEARCH knows no statistic ${statistic}`);
  if (!isPeriod(periodSeconds)) throw new MetricMathError(`SEARCH knows no period ${periodSeconds}`);
  const matches = compileSearch(query);
  const found: MetricSeries[] = [];
  for (const metric of context.table(metrics).list()) {
    if (metric.activeAt < context.now - LISTED_MS || !matches(metric)) continue;
    if (found.length === MOST_FOUND) break;
    const { namespace, name, dimensions } = metric;
    const series = metricSeries(context, { namespace, name, dimensions, periodSeconds, statistic }, range);
    found.push({ ...series, label: [name, ...dimensions.map(([, value]) => value)].join(" ") });
  }
  return found.sort((a, b) => (a.label < b.label ? -1 : 1));
}
