/**
 * AWS/Lambda's metrics: each invocation leaves one small row, and a second later one PutMetricData for all of them takes the rows away
 * (AWS page "Types of metrics for Lambda functions"). Killed between the two, a second's worth is counted twice.
 */
import type { Input, Sdks, ServiceContext } from "../../service.ts";
import { measurements, type EventMeasurement, type Measurement } from "./state.ts";

const FLUSH_MS = 1000;
const MINUTE_MS = 60_000;
/** PutMetricData's bounds (its page). */
const MOST_VALUES = 150;
const MOST_DATA = 1000;
const ROWS_AT_ONCE = 1000;

export interface Metrics {
  record(context: ServiceContext, measurement: Measurement | EventMeasurement): void;
  /** The deadline `metrics`: publishes what waits. */
  flush(context: ServiceContext): Promise<void>;
}

export function createMetrics(): Metrics {
  /** Accounts and regions whose flush is planned; after a stop the deadline is there without it, and is only moved. */
  const planned = new Set<string>();
  const place = (context: ServiceContext): string => `${context.account}/${context.region}`;

  function plan(context: ServiceContext): void {
    if (planned.has(place(context))) return;
    planned.add(place(context));
    context.deadlines.set({ name: "metrics", key: "flush", due: context.now + FLUSH_MS, background: true });
  }

  return {
    record(context, measurement) {
      context.transact(() => {
        context.table(measurements).put([measurement.at, context.random.hex(12)], measurement);
        plan(context);
      });
    },
    async flush(context) {
      planned.delete(place(context));
      const rows = [...context.table(measurements).entries([], { limit: ROWS_AT_ONCE })];
      if (rows.length === 0) return;
      const data = dataOf(rows.map(([, row]) => row));
      for (let from = 0; from < data.length; from += MOST_DATA) {
        const MetricData = data.slice(from, from + MOST_DATA);
        // What cannot be published is lost, as on AWS; the journal says so.
        await context.call("cloudwatch", "PutMetricData", { Namespace: "AWS/Lambda", MetricData }).catch(() => {});
      }
      context.transact(() => {
        for (const [key] of rows) context.table(measurements).remove(...key);
        if (rows.length === ROWS_AT_ONCE) plan(context);
      });
    },
  };
}

type MetricDatum = NonNullable<Input<Sdks["cloudwatch"], "PutMetricData">["MetricData"]>[number];
type Dimension = { Name: string; Value: string };

interface Series {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds";
  readonly dimensions: Dimension[];
  readonly minute: number;
  readonly counts: Map<number, number>;
}

/** One datum for each metric, set of dimensions and minute, with how often each value was seen. */
function dataOf(rows: readonly (Measurement | EventMeasurement)[]): MetricDatum[] {
  const series = new Map<string, Series>();
  for (const row of rows) {
    for (const dimensions of dimensionsOf(row)) {
      for (const [name, value, unit] of valuesOf(row)) {
        const minute = Math.floor(row.at / MINUTE_MS) * MINUTE_MS;
        const key = `${minute}/${name}/${dimensions.map(({ Value }) => Value).join("/")}`;
        const one = series.get(key) ?? { name, unit, dimensions, minute, counts: new Map<number, number>() };
        one.counts.set(value, (one.counts.get(value) ?? 0) + 1);
        series.set(key, one);
      }
    }
  }
  return [...series.values()].flatMap(({ name, unit, dimensions, minute, counts }) => {
    const values = [...counts];
    const data: MetricDatum[] = [];
    for (let from = 0; from < values.length; from += MOST_VALUES) {
      const some = values.slice(from, from + MOST_VALUES);
      data.push({
        MetricName: name,
        Unit: unit,
        Timestamp: new Date(minute),
        ...(dimensions.length === 0 ? {} : { Dimensions: dimensions }),
        Values: some.map(([value]) => value),
        Counts: some.map(([, count]) => count),
      });
    }
    return data;
  });
}

/** AWS page "Asynchronous invocation metrics". */
function ofEvent({ event, ageMs = 0 }: EventMeasurement): (readonly [string, number, Series["unit"]])[] {
  switch (event) {
    case "received":
      return [["AsyncEventsReceived", 1, "Count"]];
    case "attempted":
      return [["AsyncEventAge", ageMs, "Milliseconds"]];
    case "dropped":
      return [["AsyncEventsDropped", 1, "Count"]];
  }
}

function valuesOf(
  row: Measurement | EventMeasurement,
): (readonly [name: string, value: number, unit: Series["unit"]])[] {
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
