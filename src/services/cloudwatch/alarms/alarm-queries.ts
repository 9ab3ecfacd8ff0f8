/** The queries of an alarm on metric math. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { checkQueries, functionsOf } from "../queries/check.ts";
import { runQueries } from "../queries/run.ts";
import type { TimeRange } from "../queries/metric-series.ts";
import { validation } from "../rules.ts";
import type { MetricQuery } from "../sdk.ts";
import type { Datapoint } from "./decide.ts";
import type { QueryWatch } from "./state.ts";

/** How many metrics an alarm may have (AWS page "CloudWatch service quotas"). */
const MOST_METRICS = 10;
const PERIODS = [10, 20, 30];

/** Answers the period in seconds. Raises ValidationError. */
export function checkAlarmQueries(queries: readonly MetricQuery[]): number {
  checkQueries(queries, "Metrics");
  if (queries.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    validation("Exactly one element of the metrics list should return data.");
  }
  if (queries.filter(({ MetricStat }) => MetricStat !== undefined).length > MOST_METRICS) {
    validation(`An alarm can have at most ${MOST_METRICS} metrics.`);
  }
  if (functionsOf(queries).has("SEARCH")) {
    validation("SEARCH is not supported on Metric Alarms.");
  }
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []);
  const [period] = periods;
  if (period === undefined) return validation("Period must not be null");
  if (periods.some((other) => other !== period)) validation("All the metrics of an alarm must have the same period");
  if (!PERIODS.includes(period) && period % 60 !== 0) validation("Period must be 10, 20, 30 or a multiple of 60");
  return period;
}

/** What the watched query comes to, by period; undefined where it cannot be reckoned. */
export function queryPoints(
  context: ServiceContext,
  { queries }: QueryWatch,
  range: TimeRange,
): ReadonlyMap<number, Datapoint> | undefined {
  const query = queries.find(({ ReturnData }) => ReturnData !== false);
  if (query === undefined) return undefined;
  try {
    const run = runQueries(context, queries, range);
    const [series, ...others] = run.seriesOf(query);
    if (series === undefined || others.length > 0) return undefined;
    const counts = run.metricOf(query.Id)?.sampleCounts;
    return new Map(
      Array.from(series.points, ([at, value]) => {
        const sampleCount = counts?.get(at);
        return [at, { at, value, ...(sampleCount === undefined ? {} : { sampleCount }) }];
      }),
    );
  } catch (error) {
    if (isAwsError(error, "ValidationError")) return undefined;
    throw error;
  }
}
