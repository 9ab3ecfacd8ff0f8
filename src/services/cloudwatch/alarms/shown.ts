/** Alarms as DescribeAlarms shows them. */
import type { ServiceContext } from "../../../service.ts";
import type { ShownCompositeAlarm, ShownMetricAlarm } from "../sdk.ts";
import { alarmArn } from "./names.ts";
import type { AnyAlarm, CompositeAlarm, MetricAlarm } from "./state.ts";

export function shownMetric(context: ServiceContext, alarm: MetricAlarm): ShownMetricAlarm {
  const { watch } = alarm;
  return {
    ...shownCommon(context, alarm),
    ...(watch.type === "queries"
      ? { Metrics: [...watch.queries], Dimensions: [] }
      : {
          MetricName: watch.metricName,
          Namespace: watch.namespace,
          Dimensions: watch.dimensions.map(([Name, Value]) => ({ Name, Value })),
          Period: watch.periodSeconds,
          ...(watch.statistic === undefined ? {} : { Statistic: watch.statistic }),
          ...(watch.extendedStatistic === undefined ? {} : { ExtendedStatistic: watch.extendedStatistic }),
          ...(watch.unit === undefined ? {} : { Unit: watch.unit }),
        }),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.datapointsToAlarm }),
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    ...(alarm.treatMissingData === undefined ? {} : { TreatMissingData: alarm.treatMissingData }),
    ...(alarm.evaluateLowSampleCountPercentile === undefined
      ? {}
      : { EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile }),
    ...(alarm.evaluationState === undefined ? {} : { EvaluationState: alarm.evaluationState }),
  };
}

export function shownComposite(context: ServiceContext, alarm: CompositeAlarm): ShownCompositeAlarm {
  const { suppressor, suppression } = alarm;
  return {
    ...shownCommon(context, alarm),
    AlarmRule: alarm.rule,
    ...(suppressor === undefined
      ? {}
      : {
          ActionsSuppressor: suppressor.alarm,
          ActionsSuppressorWaitPeriod: suppressor.waitSeconds,
          ActionsSuppressorExtensionPeriod: suppressor.extensionSeconds,
        }),
    ...(suppression === undefined
      ? {}
      : {
          ActionsSuppressedBy: suppression.by,
          ActionsSuppressedReason: `Actions suppressed by ${suppression.by}`,
        }),
  };
}

function shownCommon(context: ServiceContext, alarm: AnyAlarm) {
  const { name, description, actions, actionsEnabled, configuredAt, state } = alarm;
  return {
    AlarmName: name,
    AlarmArn: alarmArn(context, name),
    ...(description === undefined ? {} : { AlarmDescription: description }),
    AlarmConfigurationUpdatedTimestamp: new Date(configuredAt),
    ActionsEnabled: actionsEnabled,
    OKActions: [...actions.OK],
    AlarmActions: [...actions.ALARM],
    InsufficientDataActions: [...actions.INSUFFICIENT_DATA],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.updatedAt),
    StateTransitionedTimestamp: new Date(state.transitionedAt),
  };
}
