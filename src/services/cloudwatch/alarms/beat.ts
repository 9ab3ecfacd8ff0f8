/**
 * When a metric alarm is evaluated (AWS page "Alarm evaluation"): every minute, every 10 seconds where its period is less, every hour where
 * it looks at more than a day; over periods that end with the beat, and so slide. One whose metrics are silent sleeps until they speak.
 */
import type { ServiceContext } from "../../../service.ts";
import { dimensionsOf, metricIdOf } from "../metric-id.ts";
import { alarms, watches, type MetricAlarm } from "./state.ts";

/**
 * How long after a beat its evaluation comes. What AWS services here publish of a minute is in at most a second after it (Lambda gathers
 * for one second); the second one is for the publishing itself. AWS needs up to a minute or two.
 */
const OFFSET_MS = 2000;
const DAY_S = 86_400;

function beatSeconds({ watch, evaluationPeriods }: MetricAlarm): number {
  if (watch.periodSeconds * evaluationPeriods > DAY_S) return 3600;
  return watch.periodSeconds < 60 ? 10 : 60;
}

/** Epoch seconds at which the newest period ends that is looked at now. */
export function newestEnd(alarm: MetricAlarm, now: number): number {
  const beat = beatSeconds(alarm);
  return Math.floor((now - OFFSET_MS) / 1000 / beat) * beat;
}

/** Inside a transaction. */
export function evaluateAtNextBeat(context: ServiceContext, alarm: MetricAlarm): void {
  const due = (newestEnd(alarm, context.now) + beatSeconds(alarm)) * 1000 + OFFSET_MS;
  context.deadlines.set({ name: "evaluate", key: alarm.name, due, background: true });
}

/** The ids of the metrics that an alarm looks at. */
export function metricIdsOf({ watch }: MetricAlarm): string[] {
  if (watch.type === "metric") return [metricIdOf(watch.namespace, watch.metricName, watch.dimensions)];
  return watch.queries.flatMap(({ MetricStat }) => {
    if (MetricStat === undefined) return [];
    const { Namespace = "", MetricName = "", Dimensions } = MetricStat.Metric ?? {};
    return [metricIdOf(Namespace, MetricName, dimensionsOf(Dimensions))];
  });
}

/** Inside a transaction. From now on new data of its metrics wake the alarm. */
export function watch(context: ServiceContext, alarm: MetricAlarm): void {
  for (const id of metricIdsOf(alarm)) context.table(watches).put([id, alarm.name], {});
}

/** Inside a transaction. The alarm is evaluated no more. */
export function unwatch(context: ServiceContext, alarm: MetricAlarm): void {
  for (const id of metricIdsOf(alarm)) context.table(watches).remove(id, alarm.name);
  context.deadlines.cancel({ name: "evaluate", key: alarm.name });
}

/** Inside a transaction, after something was published of a metric: those that sleep are evaluated at their next beat. */
export function wake(context: ServiceContext, metricId: string): void {
  for (const [[, name]] of context.table(watches).entries([metricId])) {
    if (typeof name !== "string" || context.deadlines.get({ name: "evaluate", key: name }) !== undefined) continue;
    const alarm = context.table(alarms).get(name);
    if (alarm?.type === "MetricAlarm") evaluateAtNextBeat(context, alarm);
  }
}
