/**
 * What state an alarm's datapoints make it (AWS pages "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data"). Pure.
 */
import type { Comparison, StateValue, TreatMissingData } from "./state.ts";

/** One period. */
export interface Datapoint {
  /** Epoch seconds at which the period begins. */
  readonly at: number;
  /** Absent: nothing was published. */
  readonly value?: number;
  readonly sampleCount?: number;
}

export interface Decision {
  /** `retained`: the state stays what it is. */
  readonly state: StateValue | "retained";
  /** What was looked at, the newest first: as many as there are evaluation periods. */
  readonly evaluated: readonly Datapoint[];
}

export interface Rules {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  readonly breaches: (value: number) => boolean;
}

/**
 * How many periods are looked at: more than are evaluated, since data may be late or missing. AWS's page tells only that three become
 * five; a third more, and at least two, agrees with it.
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + Math.max(Math.floor(evaluationPeriods / 3), 2);
}

export function breachesBy(comparison: Comparison, threshold: number): (value: number) => boolean {
  switch (comparison) {
    case "GreaterThanOrEqualToThreshold":
      return (value) => value >= threshold;
    case "GreaterThanThreshold":
      return (value) => value > threshold;
    case "LessThanThreshold":
      return (value) => value < threshold;
    case "LessThanOrEqualToThreshold":
      return (value) => value <= threshold;
  }
}

/** `range`: every period of the evaluation range, the newest first. */
export function decide(range: readonly Datapoint[], rules: Rules): Decision {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, breaches } = rules;
  const real = range.filter(({ value }) => value !== undefined).slice(0, evaluationPeriods);
  const evaluated = withMissing(real, range, evaluationPeriods);
  const breaching = real.filter(({ value }) => value !== undefined && breaches(value)).length;
  const filled = evaluationPeriods - real.length;
  const verdict = (count: number): Decision => ({ state: count >= datapointsToAlarm ? "ALARM" : "OK", evaluated });
  if (filled === 0 || breaching >= datapointsToAlarm) return verdict(breaching);
  switch (treatMissingData) {
    case "breaching":
      return verdict(breaching + filled);
    case "notBreaching":
      return verdict(breaching);
    case "ignore":
      return real.length > breaching ? verdict(breaching) : { state: "retained", evaluated };
    case "missing":
      if (real.length === 0) return { state: "INSUFFICIENT_DATA", evaluated };
      if (real.length > breaching) return verdict(breaching);
      // All there is breaches. What is too young for an alarm may still be followed by better: no premature transition.
      return { state: oldestAge(real, range) >= datapointsToAlarm ? "ALARM" : "retained", evaluated };
  }
}

/** The real datapoints, and of the missing periods the newest, until there are `count`. */
function withMissing(real: readonly Datapoint[], range: readonly Datapoint[], count: number): Datapoint[] {
  const missing = range.filter(({ value }) => value === undefined).slice(0, count - real.length);
  return [...real, ...missing].sort((a, b) => b.at - a.at);
}

/** In periods: the newest one is 1. */
function oldestAge(real: readonly Datapoint[], range: readonly Datapoint[]): number {
  const oldest = real.at(-1);
  return oldest === undefined ? 0 : range.indexOf(oldest) + 1;
}
