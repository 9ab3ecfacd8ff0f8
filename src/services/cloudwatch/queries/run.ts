/** Runs queries: metrics' statistics, and metric math over them. */
import { evaluateExpression } from "../../../languages/metric-math/evaluate.ts";
import type { Surroundings } from "../../../languages/metric-math/surroundings.ts";
import { MetricMathError, nameOf, one, type Series, type Value } from "../../../languages/metric-math/value.ts";
import type { ServiceContext } from "../../../service.ts";
import { dimensionsOf } from "../metric-id.ts";
import type { MetricQuery } from "../sdk.ts";
import { inExpression, parsedQuery } from "./check.ts";
import { metricSeries, searchSeries, timesOfRange, type MetricSeries, type TimeRange } from "./metric-series.ts";

/** What the queries of one request come to. Its parts raise ValidationError. */
export interface Run {
  /** The series of a query: one of a metric, any number of an expression. */
  seriesOf(query: MetricQuery): readonly Series[];
  /** Of a metric's own query. */
  metricOf(id: string): MetricSeries | undefined;
}

const DEFAULT_PERIOD_S = 300;

/** The queries have been checked. */
export function runQueries(context: ServiceContext, queries: readonly MetricQuery[], range: TimeRange): Run {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  const values = new Map<string, Value>();
  const metrics = new Map<string, MetricSeries>();
  const open = new Set<string>();

  const periodSeconds = Math.max(0, ...queries.map(({ MetricStat }) => MetricStat?.Period ?? 0));

  function metricOf(id: string): MetricSeries | undefined {
    const stat = byId.get(id)?.MetricStat;
    if (stat === undefined) return undefined;
    const known = metrics.get(id);
    if (known !== undefined) return known;
    const { Namespace: namespace = "", MetricName: name = "", Dimensions } = stat.Metric;
    const dimensions = dimensionsOf(Dimensions);
    const wanted = { namespace, name, dimensions, periodSeconds: stat.Period, statistic: stat.Stat, unit: stat.Unit };
    const series = metricSeries(context, wanted, range);
    metrics.set(id, series);
    return series;
  }

  function valueOf(query: MetricQuery): Value {
    const known = values.get(query.Id);
    if (known !== undefined) return known;
    const metric = metricOf(query.Id);
    const value = metric === undefined ? reckoned(query) : one({ ...metric, label: query.Label ?? metric.label });
    values.set(query.Id, value);
    return value;
  }

  function reckoned({ Id, Expression = "", Period }: MetricQuery): Value {
    if (open.has(Id)) throw new MetricMathError(`the expression refers to itself through '${Id}'`);
    open.add(Id);
    const expression = parsedQuery(Id, Expression);
    const own = Period ?? (periodSeconds === 0 ? DEFAULT_PERIOD_S : periodSeconds);
    const value = evaluateExpression(expression, { ...surroundings, periodSeconds: own });
    open.delete(Id);
    return value;
  }

  const surroundings: Surroundings = {
    value(id) {
      const query = byId.get(id);
      return query === undefined ? undefined : valueOf(query);
    },
    metrics: () =>
      queries.flatMap((query) => {
        const value = query.MetricStat === undefined ? undefined : valueOf(query);
        return value?.kind === "series" ? [value.series] : [];
      }),
    search: (query, statistic, period) =>
      searchSeries(context, range, { query, statistic, periodSeconds: period ?? DEFAULT_PERIOD_S }),
    times: (period) => timesOfRange(context, range, period),
    periodSeconds,
  };

  return {
    metricOf,
    seriesOf: (query) =>
      inExpression(query.Id, () => {
        const value = valueOf(query);
        switch (value.kind) {
          case "series":
            return [value.series];
          case "array":
            return value.items;
          case "scalar":
          case "text":
            throw new MetricMathError(
              `The expression must return a TimeSeries or an array of them, not a ${nameOf(value)}`,
            );
        }
      }),
  };
}
