/** What DescribeAlarmHistory tells, in AWS's words; kept for 30 days. */
import type { ServiceContext } from "../../../service.ts";
import { Double, formatTime, writeJson } from "./java-number.ts";
import { alarmArn } from "./names.ts";
import { history, type AlarmState, type AnyAlarm, type HistoryItem } from "./state.ts";

const KEPT_MS = 30 * 86_400_000;
const LONGEST_SUMMARY = 255;
const LONGEST_DATA = 4095;

type Told = Pick<HistoryItem, "kind" | "summary" | "data">;

/** Inside a transaction. What is older than 30 days goes at the same time. */
export function remember(context: ServiceContext, alarm: AnyAlarm, { kind, summary, data }: Told): void {
  const table = context.table(history);
  const old: (string | number)[][] = [];
  for (const [key, item] of table.entries([alarm.name])) {
    if (item.at >= context.now - KEPT_MS) break;
    old.push(key);
  }
  for (const key of old) table.remove(...key);
  let order = 0;
  for (const [key] of table.entries([alarm.name, context.now], { reverse: true, limit: 1 })) {
    order = Number(key[2]) + 1;
  }
  table.put([alarm.name, context.now, order], {
    alarmName: alarm.name,
    alarmType: alarm.type,
    at: context.now,
    kind,
    summary: summary.slice(0, LONGEST_SUMMARY),
    data: data.slice(0, LONGEST_DATA),
  });
}

export function rememberState(context: ServiceContext, alarm: AnyAlarm, before: AlarmState): void {
  remember(context, alarm, {
    kind: "StateUpdate",
    summary: `Alarm updated from ${before.value} to ${alarm.state.value}`,
    data: JSON.stringify({ version: "1.0", oldState: stateOf(before), newState: stateOf(alarm.state) }),
  });
}

/** `before` for an update. */
export function rememberConfiguration(
  context: ServiceContext,
  alarm: AnyAlarm,
  type: "Create" | "Update" | "Delete",
  before?: AnyAlarm,
): void {
  const now = described(context, alarm);
  const was = before === undefined ? undefined : described(context, before);
  const changed = Object.entries(was ?? {}).filter(([name, value]) => writeJson(value) !== writeJson(now[name]));
  const done = { Create: "created", Update: "updated", Delete: "deleted" }[type];
  remember(context, alarm, {
    kind: "ConfigurationUpdate",
    summary: `Alarm "${alarm.name}" ${done}`,
    data: writeJson({
      version: "1.0",
      type,
      [`${done}Alarm`]: now,
      originalUpdatedFields: was === undefined ? undefined : Object.fromEntries(changed),
    }),
  });
}

/** A reason that is JSON is told as such. */
function stateOf({ value, reason, reasonData }: AlarmState): object {
  return {
    stateValue: value,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: parsed(reasonData) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function described(context: ServiceContext, alarm: AnyAlarm): Record<string, unknown> {
  return {
    alarmName: alarm.name,
    alarmDescription: alarm.description,
    alarmArn: alarmArn(context, alarm.name),
    alarmConfigurationUpdatedTimestamp: formatTime(alarm.configuredAt),
    ...watched(alarm),
    stateValue: alarm.state.value,
    stateUpdatedTimestamp: formatTime(alarm.state.updatedAt),
    actionsEnabled: alarm.actionsEnabled,
    alarmActions: alarm.actions.ALARM,
    insufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    okactions: alarm.actions.OK,
  };
}

function watched(alarm: AnyAlarm): Record<string, unknown> {
  if (alarm.type === "CompositeAlarm") {
    return {
      alarmRule: alarm.rule,
      actionsSuppressor: alarm.suppressor?.alarm,
      actionsSuppressorWaitPeriod: alarm.suppressor?.waitSeconds,
      actionsSuppressorExtensionPeriod: alarm.suppressor?.extensionSeconds,
    };
  }
  const { watch } = alarm;
  const metric =
    watch.type === "queries"
      ? { metrics: watch.queries }
      : {
          namespace: watch.namespace,
          metricName: watch.metricName,
          statistic: watch.statistic,
          extendedStatistic: watch.extendedStatistic,
          period: watch.periodSeconds,
          unit: watch.unit,
          dimensions: watch.dimensions.map(([name, value]) => ({ value, name })),
        };
  return {
    ...metric,
    threshold: new Double(alarm.threshold),
    comparisonOperator: alarm.comparison,
    evaluationPeriods: alarm.evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm,
    treatMissingData: alarm.treatMissingData,
    evaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile,
  };
}
