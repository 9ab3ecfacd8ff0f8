/** The beat of a metric alarm: its datapoints, what they make of it, and what follows. */
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import { metricIdOf } from "../metric-id.ts";
import type { TimeRange } from "../queries/metric-series.ts";
import { isSpeaking, periodsFrom } from "../series.ts";
import { readStatistic, valueOf } from "../statistics.ts";
import { queryPoints } from "./alarm-queries.ts";
import { evaluateAtNextBeat, metricIdsOf, newestEnd } from "./beat.ts";
import { breachesBy, decide, evaluationRange, type Datapoint, type Decision } from "./decide.ts";
import { reasonDataOf, reasonOf } from "./reason.ts";
import { alarms, type MetricAlarm, type MetricWatch } from "./state.ts";
import { enter } from "./transition.ts";

export const evaluate: DeadlineHandler = (context, { key }) => {
  const alarm = context.table(alarms).get(key);
  if (alarm?.type !== "MetricAlarm") return;
  const { periodSeconds, type } = alarm.watch;
  const newest = newestEnd(alarm, context.now);
  // Queries place their periods by themselves: those below a minute do not slide.
  const end = type === "queries" && periodSeconds < 60 ? Math.floor(newest / periodSeconds) * periodSeconds : newest;
  const start = end - evaluationRange(alarm.evaluationPeriods) * periodSeconds;
  const points = pointsOf(context, alarm, { start, end });
  const range = periodsOf(points ?? new Map<number, Datapoint>(), { start, end }, periodSeconds);
  const sound = withEvaluationState(context, alarm, points === undefined);
  if (points !== undefined) follow(context, sound, range);
  // With nothing there it would only find the same again, until something is published.
  const speaks = (metricId: string): boolean => isSpeaking(context, metricId, start, periodSeconds);
  if (metricIdsOf(alarm).some(speaks) || (points?.size ?? 0) > 0) evaluateAtNextBeat(context, alarm);
};

/** Inside a transaction. Remembers that the alarm's expression cannot be reckoned, or that it can again. */
function withEvaluationState(context: ServiceContext, alarm: MetricAlarm, isBroken: boolean): MetricAlarm {
  const { evaluationState, ...sound } = alarm;
  if (isBroken === (evaluationState !== undefined)) return alarm;
  const state = { ...alarm.state, updatedAt: context.now };
  const changed: MetricAlarm = isBroken
    ? { ...sound, state, evaluationState: "EVALUATION_ERROR" }
    : { ...sound, state };
  context.table(alarms).put([alarm.name], changed);
  return changed;
}

function follow(context: ServiceContext, alarm: MetricAlarm, range: readonly Datapoint[]): void {
  const breaches = breachesBy(alarm.comparison, alarm.threshold);
  const { state, evaluated } = judge(alarm, range, breaches);
  if (state === "retained" || state === alarm.state.value) return;
  const facts = { alarm, state, evaluated, breaches };
  enter(context, alarm, { value: state, reason: reasonOf(facts), reasonData: reasonDataOf(facts, context.now) });
}

/** Every period of the evaluation range, the newest first. */
function periodsOf(points: ReadonlyMap<number, Datapoint>, { start, end }: TimeRange, period: number): Datapoint[] {
  return Array.from({ length: (end - start) / period }, (_, index) => {
    const at = end - (index + 1) * period;
    return points.get(at) ?? { at };
  });
}

/** Undefined where the alarm's expression cannot be reckoned. */
function pointsOf(
  context: ServiceContext,
  { watch }: MetricAlarm,
  range: TimeRange,
): ReadonlyMap<number, Datapoint> | undefined {
  return watch.type === "metric" ? metricPoints(context, watch, range) : queryPoints(context, watch, range);
}

function metricPoints(context: ServiceContext, watch: MetricWatch, range: TimeRange): Map<number, Datapoint> {
  const { namespace, metricName, dimensions, periodSeconds, unit } = watch;
  const statistic = readStatistic(watch.statistic ?? watch.extendedStatistic ?? "");
  const points = new Map<number, Datapoint>();
  if (statistic === undefined) return points;
  const metricId = metricIdOf(namespace, metricName, dimensions);
  for (const [at, parts] of periodsFrom(context, { metricId, ...range, periodSeconds, unit })) {
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
