/** An alarm as events and functions are told of it (AWS page "Alarm events and EventBridge"). */
import type { ServiceContext, ServiceEvent } from "../../../service.ts";
import type { MetricQuery } from "../sdk.ts";
import { formatTime } from "./java-number.ts";
import { alarmArn } from "./names.ts";
import type { AlarmState, AnyAlarm, CompositeAlarm, MetricAlarm } from "./state.ts";

/** `CloudWatch Alarm State Change` */
export function stateChange(context: ServiceContext, alarm: AnyAlarm, before: AlarmState): ServiceEvent {
  return {
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm State Change",
    resources: [alarmArn(context, alarm.name)],
    detail: alarmData(alarm, before),
  };
}

/** `CloudWatch Alarm Configuration Change` */
export function configurationChange(
  context: ServiceContext,
  alarm: AnyAlarm,
  operation: "create" | "update" | "delete",
  before?: AnyAlarm,
): ServiceEvent {
  return {
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm Configuration Change",
    resources: [alarmArn(context, alarm.name)],
    detail: {
      alarmName: alarm.name,
      operation,
      state: { value: alarm.state.value, timestamp: formatTime(alarm.state.updatedAt) },
      configuration: wholeConfiguration(alarm),
      ...(before === undefined ? {} : { previousConfiguration: wholeConfiguration(before) }),
    },
  };
}

/** What a function is invoked with (AWS page "Invoke a Lambda function from an alarm"). */
export function functionEvent(context: ServiceContext, alarm: AnyAlarm, before: AlarmState): object {
  return {
    source: "aws.cloudwatch",
    alarmArn: alarmArn(context, alarm.name),
    accountId: context.account,
    time: formatTime(alarm.state.updatedAt),
    region: context.region,
    alarmData: alarmData(alarm, before),
  };
}

function alarmData(alarm: AnyAlarm, before: AlarmState): Record<string, unknown> {
  const suppressed =
    alarm.type === "CompositeAlarm" && alarm.suppression !== undefined
      ? {
          actionsSuppressedBy: alarm.suppression.by,
          actionsSuppressedReason: `Actions suppressed by ${alarm.suppression.by}`,
        }
      : {};
  return {
    alarmName: alarm.name,
    state: { ...suppressed, ...stateOf(alarm.state) },
    previousState: stateOf(before),
    configuration: {
      ...(alarm.description === undefined ? {} : { description: alarm.description }),
      ...configurationOf(alarm),
    },
  };
}

function stateOf({ value, reason, reasonData, updatedAt }: AlarmState): object {
  return {
    value,
    reason,
    ...(reasonData === undefined ? {} : { reasonData }),
    timestamp: formatTime(updatedAt),
  };
}

function configurationOf(alarm: AnyAlarm): object {
  return alarm.type === "CompositeAlarm" ? compositeConfiguration(alarm) : { metrics: metricsOf(alarm) };
}

function compositeConfiguration({ rule, suppressor }: CompositeAlarm): object {
  return {
    alarmRule: rule,
    ...(suppressor === undefined
      ? {}
      : {
          actionsSuppressor: suppressor.alarm,
          actionsSuppressorWaitPeriod: suppressor.waitSeconds,
          actionsSuppressorExtensionPeriod: suppressor.extensionSeconds,
        }),
  };
}

function wholeConfiguration(alarm: AnyAlarm): object {
  const own =
    alarm.type === "CompositeAlarm"
      ? {}
      : {
          evaluationPeriods: alarm.evaluationPeriods,
          ...(alarm.datapointsToAlarm === undefined ? {} : { datapointsToAlarm: alarm.datapointsToAlarm }),
          threshold: alarm.threshold,
          comparisonOperator: alarm.comparison,
          ...(alarm.treatMissingData === undefined ? {} : { treatMissingData: alarm.treatMissingData }),
        };
  return {
    ...own,
    ...configurationOf(alarm),
    alarmName: alarm.name,
    ...(alarm.description === undefined ? {} : { description: alarm.description }),
    actionsEnabled: alarm.actionsEnabled,
    timestamp: formatTime(alarm.configuredAt),
    okActions: alarm.actions.OK,
    alarmActions: alarm.actions.ALARM,
    insufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
  };
}

/** The metrics that an alarm watches, in the events' words. */
function metricsOf({ watch }: MetricAlarm): object[] {
  if (watch.type === "queries") return watch.queries.map(queryOf);
  return [
    {
      id: watch.id,
      metricStat: {
        metric: {
          namespace: watch.namespace,
          name: watch.metricName,
          dimensions: Object.fromEntries(watch.dimensions),
        },
        period: watch.periodSeconds,
        stat: watch.statistic ?? watch.extendedStatistic,
        ...(watch.unit === undefined ? {} : { unit: watch.unit }),
      },
      returnData: true,
    },
  ];
}

function queryOf({ Id, Expression, Label, MetricStat, ReturnData }: MetricQuery): object {
  const { Metric, Period, Stat, Unit } = MetricStat ?? {};
  return {
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(MetricStat === undefined
      ? {}
      : {
          metricStat: {
            metric: {
              namespace: Metric?.Namespace,
              name: Metric?.MetricName,
              dimensions: Object.fromEntries((Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
            },
            period: Period,
            stat: Stat,
            ...(Unit === undefined ? {} : { unit: Unit }),
          },
        }),
    returnData: ReturnData ?? true,
  };
}
