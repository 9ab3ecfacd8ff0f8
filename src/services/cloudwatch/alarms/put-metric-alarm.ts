/** PutMetricAlarm: what an alarm may be (AWS page "PutMetricAlarm"), and making it. */
import type { Handler, Input } from "../../../service.ts";
import { dimensionsOf } from "../metric-id.ts";
import { invalidCombination, missing, validation } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { readStatistic } from "../statistics.ts";
import { checkActions } from "./actions.ts";
import { evaluateAtNextBeat, unwatch, watch } from "./beat.ts";
import { checkAlarmQueries } from "./alarm-queries.ts";
import { commonPart, replaced, save } from "./put.ts";
import type { Comparison, MetricAlarm, MetricWatch, QueryWatch } from "./state.ts";

const DAY_S = 86_400;
const WEEK_S = 604_800;
const TREATMENTS = ["breaching", "notBreaching", "ignore", "missing"] as const;
const LOW_SAMPLES = ["evaluate", "ignore"] as const;
/** What an alarm on queries says in them instead. */
const OF_ONE_METRIC = [
  "MetricName",
  "Namespace",
  "Dimensions",
  "Period",
  "Unit",
  "Statistic",
  "ExtendedStatistic",
] as const;

type Given = Input<Sdk, "PutMetricAlarm">;

export const PutMetricAlarm: Handler<Sdk, "PutMetricAlarm"> = (context, input) => {
  refuseWhatIsNotThere(input);
  const before = replaced(context, input.AlarmName, "MetricAlarm");
  const watched = input.Metrics === undefined ? metricWatch(input, context.random.uuid()) : queryWatch(input);
  const { EvaluationPeriods: evaluationPeriods, DatapointsToAlarm: datapointsToAlarm, Threshold: threshold } = input;
  if (evaluationPeriods === undefined) missing("The parameter EvaluationPeriods is required.");
  if (threshold === undefined) missing("The parameter Threshold is required.");
  if (datapointsToAlarm !== undefined && datapointsToAlarm > evaluationPeriods) {
    validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  }
  checkWindow(watched.periodSeconds, evaluationPeriods);
  const treatMissingData = chosen("TreatMissingData", input.TreatMissingData, TREATMENTS);
  const lowSamples = chosen("EvaluateLowSampleCountPercentile", input.EvaluateLowSampleCountPercentile, LOW_SAMPLES);
  if (lowSamples !== undefined && !/^p\d/.test(input.ExtendedStatistic ?? "")) {
    validation("EvaluateLowSampleCountPercentile can only be specified for alarms on percentile statistics.");
  }
  const common = commonPart(context, input, before);
  checkActions(context, "MetricAlarm", [
    ...common.actions.OK,
    ...common.actions.ALARM,
    ...common.actions.INSUFFICIENT_DATA,
  ]);
  const alarm: MetricAlarm = {
    type: "MetricAlarm",
    ...common,
    watch: watched,
    comparison: comparisonOf(input),
    threshold,
    evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { datapointsToAlarm }),
    ...(treatMissingData === undefined ? {} : { treatMissingData }),
    ...(lowSamples === undefined ? {} : { evaluateLowSampleCountPercentile: lowSamples }),
  };
  if (before?.type === "MetricAlarm") unwatch(context, before);
  save(context, alarm, before, input.Tags);
  watch(context, alarm);
  evaluateAtNextBeat(context, alarm);
  return {};
};

/** What AWS has and Seatrial has not, with why. */
const ABSENT = {
  EvaluationCriteria: "there is no PromQL",
  EvaluationInterval: "there is no PromQL",
  EvaluationWindow: "windows slide, as they do on AWS unless told otherwise",
  WarmUpConfiguration: "alarms are evaluated from the start",
  ActionConfiguration: "tags are not told to actions",
  ThresholdMetricId: "there is no anomaly detection",
} as const;

function refuseWhatIsNotThere(input: Given): void {
  for (const [name, why] of Object.entries(ABSENT)) {
    if (Object.entries(input).some(([key, value]) => key === name && value !== undefined)) {
      validation(`Seatrial's cloudwatch PutMetricAlarm does not support ${name}: ${why}.`);
    }
  }
}

function comparisonOf({ ComparisonOperator }: Given): Comparison {
  switch (ComparisonOperator) {
    case "GreaterThanOrEqualToThreshold":
    case "GreaterThanThreshold":
    case "LessThanThreshold":
    case "LessThanOrEqualToThreshold":
      return ComparisonOperator;
    case undefined:
      return missing("The parameter ComparisonOperator is required.");
    case "GreaterThanUpperThreshold":
    case "LessThanLowerOrGreaterThanUpperThreshold":
    case "LessThanLowerThreshold":
      return validation(
        `Seatrial's cloudwatch PutMetricAlarm does not support ComparisonOperator ${ComparisonOperator}: there is no anomaly detection.`,
      );
  }
}

function metricWatch(input: Given, id: string): MetricWatch {
  const { MetricName, Namespace, Period, Statistic, ExtendedStatistic, Unit } = input;
  if (MetricName === undefined) missing("The parameter MetricName is required.");
  if (Namespace === undefined) missing("The parameter Namespace is required.");
  if (Period === undefined) missing("The parameter Period is required.");
  if (Statistic !== undefined && ExtendedStatistic !== undefined) {
    invalidCombination(
      "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.",
    );
  }
  if (Statistic === undefined && ExtendedStatistic === undefined) {
    missing("Must specify either Statistic or ExtendedStatistic");
  }
  if (ExtendedStatistic !== undefined && isNoExtended(ExtendedStatistic)) {
    validation(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  }
  const dimensions = dimensionsOf(input.Dimensions);
  if (new Set(dimensions.map(([name]) => name)).size < dimensions.length) {
    validation("The parameter Dimensions has the same name more than once.");
  }
  return {
    type: "metric",
    namespace: Namespace,
    metricName: MetricName,
    dimensions,
    periodSeconds: Period,
    ...(Statistic === undefined ? {} : { statistic: Statistic }),
    ...(ExtendedStatistic === undefined ? {} : { extendedStatistic: ExtendedStatistic }),
    ...(Unit === undefined ? {} : { unit: Unit }),
    id,
  };
}

function isNoExtended(name: string): boolean {
  return readStatistic(name) === undefined || /^[A-Z][a-z]/.test(name);
}

function queryWatch(input: Given): QueryWatch {
  const also = OF_ONE_METRIC.find((name) => input[name] !== undefined);
  if (also !== undefined) {
    invalidCombination(`The parameters ${also} and Metrics are mutually exclusive and you have specified both.`);
  }
  const queries = input.Metrics ?? [];
  return { type: "queries", queries, periodSeconds: checkAlarmQueries(queries) };
}

function checkWindow(periodSeconds: number, evaluationPeriods: number): void {
  if (![10, 20, 30].includes(periodSeconds) && periodSeconds % 60 !== 0) {
    validation("Period must be 10, 20, 30 or a multiple of 60");
  }
  const seconds = periodSeconds * evaluationPeriods;
  if (periodSeconds < 3600 && seconds > DAY_S) {
    validation(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${DAY_S}) for alarms using period < 3600`,
    );
  }
  if (seconds > WEEK_S) {
    validation(
      `Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= ${WEEK_S}) for alarms using period >= 3600`,
    );
  }
}

function chosen<Value extends string>(
  name: string,
  given: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (given === undefined) return undefined;
  return (
    values.find((value) => value === given) ??
    validation(`The value ${given} for parameter ${name} is not supported. Valid values: ${values.join(", ")}`)
  );
}
