/** Why an alarm is in its state, in AWS's words: StateReason and StateReasonData. Pure. */
import type { Datapoint } from "./decide.ts";
import { Double, formatDouble, formatShortTime, formatTime, writeJson } from "./java-number.ts";
import type { Comparison, MetricAlarm, StateValue } from "./state.ts";

/** From so many datapoints on, the newest five stand behind the sentence. */
const MANY = 5;
const LISTED = 5;

const WORDS: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

export interface Facts {
  readonly alarm: MetricAlarm;
  readonly state: StateValue;
  /** The newest first. */
  readonly evaluated: readonly Datapoint[];
  readonly breaches: (value: number) => boolean;
}

export function reasonOf({ alarm, state, evaluated, breaches }: Facts): string {
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, treatMissingData } = alarm;
  const missing = evaluated.filter(({ value }) => value === undefined).length;
  const received = evaluated.length - missing;
  if (state === "INSUFFICIENT_DATA")
    return `Insufficient Data: ${counted(missing, "datapoint")} ${was(missing)} unknown.`;
  const decisive = evaluated.filter(({ value }) => value !== undefined && breaches(value) === (state === "ALARM"));
  const enough = state === "ALARM" ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const isFilled = treatMissingData === "breaching" || treatMissingData === "notBreaching";
  if (missing > 0 && isFilled && decisive.length < enough) {
    const treated = treatMissingData === "breaching" ? "Breaching" : "NonBreaching";
    const got = received === 0 ? "no datapoints were" : `${counted(received, "datapoint")} ${was(received)}`;
    return `Threshold Crossed: ${got} received for ${counted(evaluationPeriods, "period")} and ${counted(missing, "missing datapoint")} ${was(missing)} treated as [${treated}].`;
  }
  return crossed(alarm, state, decisive, enough);
}

/** `1 out of the last 1 datapoints [1.0 (21/11/26 05:00:00)] was greater than the threshold (0.0) (minimum …)`. */
function crossed(alarm: MetricAlarm, state: StateValue, decisive: readonly Datapoint[], enough: number): string {
  const count = decisive.length;
  const of =
    alarm.datapointsToAlarm === undefined
      ? counted(count, "datapoint")
      : `${count} out of the last ${alarm.evaluationPeriods} datapoints`;
  const list = `[${decisive
    .slice(0, LISTED)
    .map(({ at, value = 0 }) => `${formatDouble(value)} (${formatShortTime(at)})`)
    .join(", ")}]`;
  const not = state === "ALARM" ? "" : "not ";
  const threshold = `${not}${WORDS[alarm.comparison]} the threshold (${formatDouble(alarm.threshold)})`;
  const change = state === "ALARM" ? "OK -> ALARM" : "ALARM -> OK";
  const minimum =
    alarm.datapointsToAlarm === undefined ? "" : ` (minimum ${counted(enough, "datapoint")} for ${change} transition)`;
  if (count < MANY) return `Threshold Crossed: ${of} ${list} ${was(count)} ${threshold}${minimum}.`;
  const which = state === "ALARM" ? "crossed" : "did not cross";
  return `Threshold Crossed: ${of} were ${threshold}. The most recent datapoints which ${which} the threshold: ${list}${minimum}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function was(count: number): string {
  return count === 1 ? "was" : "were";
}

/** `now` in epoch milliseconds. */
export function reasonDataOf({ alarm, evaluated }: Pick<Facts, "alarm" | "evaluated">, now: number): string {
  const oldestFirst = evaluated.filter(({ value }) => value !== undefined).reverse();
  const [first] = oldestFirst;
  const { watch } = alarm;
  return writeJson({
    version: "1.0",
    queryDate: formatTime(now),
    startDate: first === undefined ? undefined : formatTime(first.at * 1000),
    unit: watch.type === "metric" ? watch.unit : undefined,
    statistic: watch.type === "metric" ? (watch.statistic ?? watch.extendedStatistic) : undefined,
    period: watch.periodSeconds,
    recentDatapoints: oldestFirst.map(({ value = 0 }) => new Double(value)),
    threshold: new Double(alarm.threshold),
    evaluatedDatapoints: evaluated.map(({ at, value, sampleCount }) => ({
      timestamp: formatTime(at * 1000),
      sampleCount: sampleCount === undefined ? undefined : new Double(sampleCount),
      value: value === undefined ? undefined : new Double(value),
    })),
  });
}
