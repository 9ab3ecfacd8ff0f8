/** AWS/Lambda's metrics (AWS page "Types of metrics for Lambda functions"). */
import { createServiceMetrics, type Dimension, type MetricValue, type ServiceMetrics } from "../../service-metrics.ts";
import { measurements, type EventMeasurement, type Measurement } from "./state.ts";

export type Metrics = ServiceMetrics<Measurement | EventMeasurement>;

export function createMetrics(): Metrics {
  return createServiceMetrics({
    namespace: "AWS/Lambda",
    deadline: "metrics",
    table: measurements,
    valuesOf,
    dimensionsOf,
  });
}

/** AWS page "Asynchronous invocation metrics". */
function ofEvent({ event, ageMs = 0 }: EventMeasurement): MetricValue[] {
  switch (event) {
    case "received":
      return [["AsyncEventsReceived", 1, "Count"]];
    case "attempted":
      return [["AsyncEventAge", ageMs, "Milliseconds"]];
    case "dropped":
      return [["AsyncEventsDropped", 1, "Count"]];
  }
}

function valuesOf(row: Measurement | EventMeasurement): MetricValue[] {
  if ("event" in row) return ofEvent(row);
  if (row.throttled) return [["Throttles", 1, "Count"]];
  return [
    ["Invocations", 1, "Count"],
    ["Errors", row.failed ? 1 : 0, "Count"],
    ["Throttles", 0, "Count"],
    ["Duration", row.durationMs, "Milliseconds"],
    ["ConcurrentExecutions", row.concurrent, "Count"],
  ];
}

/** None; the function; the function and what was invoked; and for an alias also which version ran. */
function dimensionsOf(row: Measurement | EventMeasurement): Dimension[][] {
  const { functionName, qualifier } = row;
  const executedVersion = "event" in row ? undefined : row.executedVersion;
  const name = { Name: "FunctionName", Value: functionName };
  const resource = { Name: "Resource", Value: qualifier === undefined ? functionName : `${functionName}:${qualifier}` };
  const sets: Dimension[][] = [[], [name], [name, resource]];
  if (executedVersion !== undefined) sets.push([name, resource, { Name: "ExecutedVersion", Value: executedVersion }]);
  return sets;
}
