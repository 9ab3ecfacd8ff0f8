/** AWS::CloudWatch::Alarm (CloudFormation Template Reference). */
import type { StandardUnit, Statistic } from "@aws-sdk/client-cloudwatch";
import {
  choice,
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  structures,
  text,
  unlessEmpty,
  type Properties,
} from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { alarmArn } from "../alarms/names.ts";
import type { MetricQuery } from "../sdk.ts";
import type { Comparison } from "../alarms/state.ts";
import {
  ACTION_PROPERTIES,
  actionsOf,
  deleteAlarm,
  liveTags,
  shownActions,
  tagsOf,
  updateTags,
} from "./alarm-common.ts";

export const alarm: ResourceType = {
  properties: [
    ...ACTION_PROPERTIES,
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
  replaceOn: ["AlarmName"],
  nameProperty: "AlarmName",
  identifiers: ["AlarmName"],

  async create(context, request) {
    const name = text(request.properties, "AlarmName") ?? request.generatedName({ maxLength: 255 });
    await context.call("cloudwatch", "PutMetricAlarm", {
      AlarmName: name,
      ...configured(request.properties),
      Tags: tagsOf(request),
    });
    return done(context, name);
  },

  async update(context, request) {
    const { physicalId: name, properties } = request;
    await context.call("cloudwatch", "PutMetricAlarm", { AlarmName: name, ...configured(properties) });
    await updateTags(context, alarmArn(context, name), request);
    return done(context, name);
  },

  async read(context, { physicalId: name }) {
    const { MetricAlarms = [] } = await context.call("cloudwatch", "DescribeAlarms", { AlarmNames: [name] });
    const [found] = MetricAlarms;
    if (found === undefined) return undefined;
    const { Metrics, Dimensions, ...live } = found;
    return {
      physicalId: name,
      properties: present({
        ...shownActions(live),
        ComparisonOperator: live.ComparisonOperator,
        DatapointsToAlarm: live.DatapointsToAlarm,
        Dimensions: unlessEmpty(Dimensions),
        EvaluateLowSampleCountPercentile: live.EvaluateLowSampleCountPercentile,
        EvaluationPeriods: live.EvaluationPeriods,
        ExtendedStatistic: live.ExtendedStatistic,
        MetricName: live.MetricName,
        Metrics: unlessEmpty(Metrics),
        Namespace: live.Namespace,
        Period: live.Period,
        Statistic: live.Statistic,
        Threshold: live.Threshold,
        TreatMissingData: live.TreatMissingData,
        Unit: live.Unit,
        Tags: await liveTags(context, alarmArn(context, name)),
      }),
      attributes: { Arn: alarmArn(context, name) },
    };
  },

  delete: (context, { physicalId }) => deleteAlarm(context, physicalId),
};

function done(context: ResourceContext, name: string): Progress {
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: alarmArn(context, name) } };
}

function configured(properties: Properties) {
  const metrics = structures(properties, "Metrics").map(queryOf);
  return {
    ...actionsOf(properties),
    ...given("ComparisonOperator", choice<Comparison>(properties, "ComparisonOperator")),
    ...given("DatapointsToAlarm", number(properties, "DatapointsToAlarm")),
    ...given("Dimensions", dimensionsOf(properties)),
    ...given("EvaluateLowSampleCountPercentile", text(properties, "EvaluateLowSampleCountPercentile")),
    ...given("EvaluationPeriods", number(properties, "EvaluationPeriods")),
    ...given("ExtendedStatistic", text(properties, "ExtendedStatistic")),
    ...given("MetricName", text(properties, "MetricName")),
    ...given("Metrics", properties["Metrics"] === undefined ? undefined : metrics),
    ...given("Namespace", text(properties, "Namespace")),
    ...given("Period", number(properties, "Period")),
    ...given("Statistic", choice<Statistic>(properties, "Statistic")),
    ...given("Threshold", number(properties, "Threshold")),
    ...given("TreatMissingData", text(properties, "TreatMissingData")),
    ...given("Unit", choice<StandardUnit>(properties, "Unit")),
  };
}

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
