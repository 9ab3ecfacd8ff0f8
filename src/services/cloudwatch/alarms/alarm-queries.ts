/** The queries of an alarm on metric math. */
import { validation } from "../rules.ts";
import type { MetricQuery } from "../sdk.ts";

/** Answers the period in seconds. Raises ValidationError. */
export function checkAlarmQueries(queries: readonly MetricQuery[]): number {
  if (queries.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    validation("Exactly one element of the metrics list should return data.");
  }
  return validation("Seatrial's cloudwatch PutMetricAlarm does not support Metrics yet.");
}
