/** DescribeAlarms, DescribeAlarmsForMetric, DescribeAlarmHistory. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { dimensionsOf, metricIdOf } from "../metric-id.ts";
import { invalidCombination, validation } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { childrenOf, parentsOf } from "./composite.ts";
import { findAlarm } from "./names.ts";
import { shownComposite, shownMetric } from "./shown.ts";
import { alarms, history, watches, type AnyAlarm, type HistoryItem, type MetricAlarm } from "./state.ts";

const MOST_RECORDS = 100;
const RECORDS = 50;

type Given = Input<Sdk, "DescribeAlarms">;

export const DescribeAlarms: Handler<Sdk, "DescribeAlarms"> = (context, input) => {
  const found = family(context, input) ?? chosen(context, input);
  const { page, NextToken } = takePage(found, ({ name }) => name, input);
  return {
    MetricAlarms: page.filter((alarm) => alarm.type === "MetricAlarm").map((alarm) => shownMetric(context, alarm)),
    CompositeAlarms: page
      .filter((alarm) => alarm.type === "CompositeAlarm")
      .map((alarm) => shownComposite(context, alarm)),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
};

/** Children or parents, of which AWS tells names, types and states only (what else we know is told too). */
function family(context: ServiceContext, input: Given): AnyAlarm[] | undefined {
  const { ChildrenOfAlarmName, ParentsOfAlarmName, MaxRecords: _, NextToken: __, ...others } = input;
  const name = ChildrenOfAlarmName ?? ParentsOfAlarmName;
  if (name === undefined) return undefined;
  const both = ChildrenOfAlarmName !== undefined && ParentsOfAlarmName !== undefined;
  if (both || Object.values(others).some((value) => value !== undefined)) {
    const which = ChildrenOfAlarmName === undefined ? "ParentsOfAlarmName" : "ChildrenOfAlarmName";
    validation(`If you specify ${which}, you cannot specify any other parameters except for MaxRecords and NextToken`);
  }
  if (ParentsOfAlarmName !== undefined) return parentsOf(context, name);
  const alarm = findAlarm(context, name);
  if (alarm?.type !== "CompositeAlarm") return [];
  return childrenOf(alarm)
    .sort()
    .flatMap((child) => findAlarm(context, child) ?? []);
}

function chosen(context: ServiceContext, input: Given): AnyAlarm[] {
  const { AlarmNames, AlarmNamePrefix = "", AlarmTypes = ["MetricAlarm"], StateValue, ActionPrefix } = input;
  if (AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
    invalidCombination(
      "The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.",
    );
  }
  const table = context.table(alarms);
  const named =
    AlarmNames === undefined
      ? Array.from(table.beginning([], AlarmNamePrefix), ([, alarm]) => alarm)
      : [...new Set(AlarmNames)].sort().flatMap((name) => table.get(name) ?? []);
  return named.filter(
    (alarm) =>
      AlarmTypes.includes(alarm.type) &&
      (StateValue === undefined || alarm.state.value === StateValue) &&
      (ActionPrefix === undefined ||
        Object.values(alarm.actions).some((arns) => arns.some((arn) => arn.startsWith(ActionPrefix)))),
  );
}

export const DescribeAlarmsForMetric: Handler<Sdk, "DescribeAlarmsForMetric"> = (context, input) => {
  const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period, Unit } = input;
  const id = metricIdOf(Namespace, MetricName, dimensionsOf(Dimensions));
  const found: MetricAlarm[] = [];
  for (const [[, name]] of context.table(watches).entries([id])) {
    const alarm = typeof name === "string" ? context.table(alarms).get(name) : undefined;
    if (alarm?.type !== "MetricAlarm" || alarm.watch.type !== "metric") continue;
    const { watch } = alarm;
    const wanted =
      (Statistic === undefined || watch.statistic === Statistic) &&
      (ExtendedStatistic === undefined || watch.extendedStatistic === ExtendedStatistic) &&
      (Period === undefined || watch.periodSeconds === Period) &&
      (Unit === undefined || watch.unit === Unit);
    if (wanted) found.push(alarm);
  }
  return { MetricAlarms: found.map((alarm) => shownMetric(context, alarm)) };
};

export const DescribeAlarmHistory: Handler<Sdk, "DescribeAlarmHistory"> = (context, input) => {
  const { AlarmName, AlarmTypes = ["MetricAlarm"], HistoryItemType, StartDate, EndDate, ScanBy } = input;
  if (input.AlarmContributorId !== undefined) {
    validation(
      "Seatrial's cloudwatch DescribeAlarmHistory does not support AlarmContributorId: alarms have no contributors here.",
    );
  }
  const from = StartDate?.getTime() ?? -Infinity;
  const to = EndDate?.getTime() ?? Infinity;
  const found: { readonly key: string; readonly item: HistoryItem }[] = [];
  for (const [key, item] of context.table(history).entries(AlarmName === undefined ? [] : [AlarmName])) {
    // Whoever names an alarm means it, whatever its type.
    const wanted =
      (AlarmName !== undefined || AlarmTypes.includes(item.alarmType)) &&
      (HistoryItemType === undefined || item.kind === HistoryItemType) &&
      item.at >= from &&
      item.at <= to;
    if (wanted)
      found.push({
        key: `${String(item.at).padStart(16, "0")}/${String(key[2]).padStart(8, "0")}/${item.alarmName}`,
        item,
      });
  }
  found.sort((a, b) => (a.key < b.key ? -1 : 1));
  if (ScanBy !== "TimestampAscending") found.reverse();
  const { page, NextToken } = takePage(found, ({ key }) => key, input);
  return {
    AlarmHistoryItems: page.map(({ item }) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType,
      Timestamp: new Date(item.at),
      HistoryItemType: item.kind,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
};

/** The token is the key of the last one given. Raises InvalidNextToken. */
function takePage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  {
    MaxRecords = RECORDS,
    NextToken,
  }: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
): { readonly page: Item[]; readonly NextToken?: string } {
  let from = 0;
  if (NextToken !== undefined) {
    const last = Buffer.from(NextToken, "base64url").toString();
    from = items.findIndex((item) => keyOf(item) === last) + 1;
    if (from === 0) throw new AwsError("InvalidNextToken", "The next token specified is invalid.");
  }
  const page = items.slice(from, from + Math.min(MaxRecords, MOST_RECORDS));
  const last = page.at(-1);
  return from + page.length < items.length && last !== undefined
    ? { page, NextToken: Buffer.from(keyOf(last)).toString("base64url") }
    : { page };
}
