/** AWS::CloudWatch::Alarm (CloudFormation Template Reference). */
import type { StandardUnit, Statistic } from "@aws-sdk/client-cloudwatch";
import {
  choice,
  flag,
  given,
  number,
  requiredText,
  structure,
  structures,
  text,
  unlessEmpty,
  type Properties,
} from "../../../resource.ts";
import type { Comparison } from "../alarms/state.ts";
import type { MetricQuery } from "../sdk.ts";
import { alarmType } from "./alarm-type.ts";

export const alarm = alarmType({
  properties: [
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "MetricName",
    "Metrics",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
    "Unit",
  ],
  unsupported: ["Metrics.AccountId"],

  settings: (properties) => ({
    ...given("ComparisonOperator", choice<Comparison>(properties, "ComparisonOperator")),
    ...given("DatapointsToAlarm", number(properties, "DatapointsToAlarm")),
    ...given("Dimensions", dimensionsOf(properties)),
    ...given("EvaluateLowSampleCountPercentile", text(properties, "EvaluateLowSampleCountPercentile")),
    ...given("EvaluationPeriods", number(properties, "EvaluationPeriods")),
    ...given("ExtendedStatistic", text(properties, "ExtendedStatistic")),
    ...given("MetricName", text(properties, "MetricName")),
    ...given(
      "Metrics",
      properties["Metrics"] === undefined ? undefined : structures(properties, "Metrics").map(queryOf),
    ),
    ...given("Namespace", text(properties, "Namespace")),
    ...given("Period", number(properties, "Period")),
    ...given("Statistic", choice<Statistic>(properties, "Statistic")),
    ...given("Threshold", number(properties, "Threshold")),
    ...given("TreatMissingData", text(properties, "TreatMissingData")),
    ...given("Unit", choice<StandardUnit>(properties, "Unit")),
  }),

  put: (context, alarm) => context.call("cloudwatch", "PutMetricAlarm", alarm),

  async find(context, name) {
    const { MetricAlarms = [] } = await context.call("cloudwatch", "DescribeAlarms", { AlarmNames: [name] });
    return MetricAlarms[0];
  },

  shown: (live) => ({
    ComparisonOperator: live.ComparisonOperator,
    DatapointsToAlarm: live.DatapointsToAlarm,
    Dimensions: unlessEmpty(live.Dimensions),
    EvaluateLowSampleCountPercentile: live.EvaluateLowSampleCountPercentile,
    EvaluationPeriods: live.EvaluationPeriods,
    ExtendedStatistic: live.ExtendedStatistic,
    MetricName: live.MetricName,
    Metrics: unlessEmpty(live.Metrics),
    Namespace: live.Namespace,
    Period: live.Period,
    Statistic: live.Statistic,
    Threshold: live.Threshold,
    TreatMissingData: live.TreatMissingData,
    Unit: live.Unit,
  }),
});

function dimensionsOf(properties: Properties): { Name: string; Value: string }[] | undefined {
  return unlessEmpty(
    structures(properties, "Dimensions").map((one) => ({
      Name: requiredText(one, "Name"),
      Value: requiredText(one, "Value"),
    })),
  );
}

function queryOf(query: Properties): MetricQuery {
  const stat = structure(query, "MetricStat");
  return {
    Id: requiredText(query, "Id"),
    ...given("Expression", text(query, "Expression")),
    ...given("Label", text(query, "Label")),
    ...given("Period", number(query, "Period")),
    ...given("ReturnData", flag(query, "ReturnData")),
    ...given("MetricStat", stat === undefined ? undefined : metricStatOf(stat)),
  };
}

function metricStatOf(stat: Properties): NonNullable<MetricQuery["MetricStat"]> {
  const metric = structure(stat, "Metric") ?? {};
  return {
    Metric: {
      ...given("Namespace", text(metric, "Namespace")),
      ...given("MetricName", text(metric, "MetricName")),
      ...given("Dimensions", dimensionsOf(metric)),
    },
    Period: number(stat, "Period") ?? 0,
    Stat: requiredText(stat, "Stat"),
    ...given("Unit", choice<StandardUnit>(stat, "Unit")),
  };
}
