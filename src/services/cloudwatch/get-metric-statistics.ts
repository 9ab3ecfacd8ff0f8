/** GetMetricStatistics: one metric's statistics by the period. */
import type { Handler, Output } from "../../service.ts";
import { dimensionsOf, metricIdOf } from "./metric-id.ts";
import { invalidCombination, invalidValue, missing } from "./rules.ts";
import type { Sdk } from "./sdk.ts";
import { isPeriod, pointsOf, type Point } from "./series.ts";
import { readStatistic, valueOf, type Statistic } from "./statistics.ts";

const MOST_POINTS = 1440;

type Datapoint = NonNullable<Output<Sdk, "GetMetricStatistics">["Datapoints"]>[number];

export const GetMetricStatistics: Handler<Sdk, "GetMetricStatistics"> = (context, input) => {
  const { Namespace, MetricName, Dimensions, Period, Statistics, ExtendedStatistics } = input;
  const start = Math.floor(input.StartTime.getTime() / 1000);
  const end = Math.ceil(input.EndTime.getTime() / 1000);
  if (start >= end) invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  if (!isPeriod(Period)) invalidValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  if (Statistics === undefined && ExtendedStatistics === undefined) {
    missing("Must specify either Statistics or ExtendedStatistics");
  }
  if (Statistics !== undefined && ExtendedStatistics !== undefined) {
    invalidCombination(
      "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.",
    );
  }
  const points = Math.ceil((end - start) / Period);
  if (points > MOST_POINTS) {
    invalidCombination(
      `You have requested up to ${points} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const simple = Statistics ?? [];
  const extended = (ExtendedStatistics ?? []).map((name) => [name, readExtended(name)] as const);
  const metricId = metricIdOf(Namespace, MetricName, dimensionsOf(Dimensions));
  const found = pointsOf(context, { metricId, start, end, periodSeconds: Period, unit: input.Unit });
  return {
    Label: MetricName,
    Datapoints: found.map((point) => datapoint(point, simple, extended)).filter((point) => point !== undefined),
  };
};

function readExtended(name: string): Statistic {
  const statistic = readStatistic(name);
  if (statistic === undefined || /^[A-Z][a-z]/.test(name)) {
    return invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`);
  }
  return statistic;
}

function datapoint(
  { at, unit, parts }: Point,
  simple: readonly ("Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum")[],
  extended: readonly (readonly [name: string, statistic: Statistic])[],
): Datapoint | undefined {
  const values: [string, number][] = [];
  for (const [name, statistic] of extended) {
    const value = valueOf(statistic, parts);
    if (value !== undefined) values.push([name, value]);
  }
  if (extended.length > 0 && values.length === 0) return undefined;
  return {
    Timestamp: new Date(at * 1000),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was checked against the list when it was published
    Unit: unit as NonNullable<Datapoint["Unit"]>,
    ...Object.fromEntries(simple.map((kind) => [kind, valueOf({ kind }, parts)])),
    ...(values.length === 0 ? {} : { ExtendedStatistics: Object.fromEntries(values) }),
  };
}
