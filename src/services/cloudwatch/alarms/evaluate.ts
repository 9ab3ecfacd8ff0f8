/** The beat of a metric alarm: its datapoints, what they make of it, and what follows. */
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import { metricIdOf } from "../metric-id.ts";
import { isSpeaking, periodsFrom } from "../series.ts";
import { readStatistic, valueOf } from "../statistics.ts";
import { evaluateAtNextBeat, metricIdsOf, newestEnd } from "./beat.ts";
import { breachesBy, decide, evaluationRange, type Datapoint, type Decision } from "./decide.ts";
import { reasonDataOf, reasonOf } from "./reason.ts";
import { alarms, type MetricAlarm, type MetricWatch } from "./state.ts";
import { enter } from "./transition.ts";

export const evaluate: DeadlineHandler = (context, { key }) => {
  const alarm = context.table(alarms).get(key);
  if (alarm?.type !== "MetricAlarm") return;
  const count = evaluationRange(alarm.evaluationPeriods);
  const end = newestEnd(alarm, context.now);
  const start = end - count * alarm.watch.periodSeconds;
  const range = datapointsOf(context, alarm, start, end);
  const breaches = breachesBy(alarm.comparison, alarm.threshold);
  const { state, evaluated } = judge(alarm, range, breaches);
  if (state !== "retained" && state !== alarm.state.value) {
    const facts = { alarm, state, evaluated, breaches };
    enter(context, alarm, { value: state, reason: reasonOf(facts), reasonData: reasonDataOf(facts, context.now) });
  }
  // With nothing there it would only find the same again, until something is published.
  const speaks = (metricId: string): boolean => isSpeaking(context, metricId, start, alarm.watch.periodSeconds);
  if (metricIdsOf(alarm).some(speaks) || range.some(({ value }) => value !== undefined)) {
    evaluateAtNextBeat(context, alarm);
  }
};

/** Every period of the evaluation range, the newest first. */
function datapointsOf(
  context: ServiceContext,
  { watch, evaluationPeriods }: MetricAlarm,
  start: number,
  end: number,
): Datapoint[] {
  const found = watch.type === "metric" ? metricPoints(context, watch, start, end) : new Map<number, Datapoint>();
  return Array.from({ length: evaluationRange(evaluationPeriods) }, (_, index) => {
    const at = end - (index + 1) * watch.periodSeconds;
    return found.get(at) ?? { at };
  });
}

function metricPoints(context: ServiceContext, watch: MetricWatch, start: number, end: number): Map<number, Datapoint> {
  const { namespace, metricName, dimensions, periodSeconds, unit } = watch;
  const statistic = readStatistic(watch.statistic ?? watch.extendedStatistic ?? "");
  const points = new Map<number, Datapoint>();
  if (statistic === undefined) return points;
  const metricId = metricIdOf(namespace, metricName, dimensions);
  for (const [at, parts] of periodsFrom(context, { metricId, start, end, periodSeconds, unit })) {
    const value = valueOf(statistic, parts);
    const sampleCount = valueOf({ kind: "SampleCount" }, parts);
    if (value !== undefined && sampleCount !== undefined) points.set(at, { at, value, sampleCount });
  }
  return points;
}

function judge(alarm: MetricAlarm, range: readonly Datapoint[], breaches: (value: number) => boolean): Decision {
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, treatMissingData = "missing", watch } = alarm;
  // AWS page "PutMetricAlarm": alarms on DynamoDB's metrics always ignore missing data.
  const treated = watch.type === "metric" && watch.namespace === "AWS/DynamoDB" ? "ignore" : treatMissingData;
  const decision = decide(range, { evaluationPeriods, datapointsToAlarm, treatMissingData: treated, breaches });
  return hasTooFewSamples(alarm, decision) ? { ...decision, state: "retained" } : decision;
}

/** AWS page "Percentile-based alarms and low data samples". */
function hasTooFewSamples({ watch, evaluateLowSampleCountPercentile }: MetricAlarm, { evaluated }: Decision): boolean {
  if (evaluateLowSampleCountPercentile !== "ignore" || watch.type !== "metric") return false;
  const statistic = readStatistic(watch.extendedStatistic ?? "");
  if (statistic?.kind !== "percentile") return false;
  const { percent } = statistic;
  const needed = 1000 / (percent >= 50 ? 100 - percent : percent);
  return evaluated.some(({ sampleCount }) => sampleCount !== undefined && sampleCount < needed);
}
