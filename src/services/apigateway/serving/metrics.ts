/**
 * AWS/ApiGateway's metrics: each request leaves one small row, and a second later one PutMetricData for all of them takes the rows away (AWS page
 * "Amazon API Gateway dimensions and metrics"). Killed between the two, a second's worth is counted twice.
 */
import type { Input, Sdks, ServiceContext } from "../../../service.ts";
import { defineTable } from "../../../kernel/table.ts";
import type { Exchange } from "./exchange.ts";

const FLUSH_MS = 1000;
const MINUTE_MS = 60_000;
/** PutMetricData's bounds (its page). */
const MOST_VALUES = 150;
const MOST_DATA = 1000;
const ROWS_AT_ONCE = 1000;

/** One request, as it is measured. */
interface Measurement {
  readonly at: number;
  readonly apiName: string;
  readonly stage: string;
  /** Set where the method has detailed metrics. */
  readonly resource?: string;
  readonly method?: string;
  readonly status: number;
  readonly latencyMs: number;
  readonly integrationLatencyMs?: number;
}

/** [at, random] */
const measurements = defineTable<Measurement>("apigateway.measurements");

export interface Metrics {
  record(exchange: Exchange, status: number, latencyMs: number): void;
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
    record({ context, api, stage, route, setting, integration }, status, latencyMs) {
      const measurement: Measurement = {
        at: context.now,
        apiName: api.name,
        stage: stage.stageName,
        status,
        latencyMs,
        ...(setting?.metricsEnabled === true && route !== undefined
          ? { resource: route.resource.path, method: route.method.httpMethod ?? "" }
          : {}),
        ...(integration === undefined ? {} : { integrationLatencyMs: integration.latencyMs }),
      };
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
        await context.call("cloudwatch", "PutMetricData", { Namespace: "AWS/ApiGateway", MetricData }).catch(() => {});
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
function dataOf(rows: readonly Measurement[]): MetricDatum[] {
  const series = new Map<string, Series>();
  for (const row of rows) {
    for (const dimensions of dimensionsOf(row)) {
      for (const [name, value, unit] of valuesOf(row)) {
        const minute = Math.floor(row.at / MINUTE_MS) * MINUTE_MS;
        const key = `${minute} ${name} ${dimensions.map(({ Value }) => Value).join(" ")}`;
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
        Dimensions: dimensions,
        Values: some.map(([value]) => value),
        Counts: some.map(([, count]) => count),
      });
    }
    return data;
  });
}

function valuesOf(row: Measurement): (readonly [name: string, value: number, unit: Series["unit"]])[] {
  const { status, latencyMs, integrationLatencyMs } = row;
  return [
    ["Count", 1, "Count"],
    ["4XXError", status >= 400 && status < 500 ? 1 : 0, "Count"],
    ["5XXError", status >= 500 ? 1 : 0, "Count"],
    ["Latency", latencyMs, "Milliseconds"],
    ...(integrationLatencyMs === undefined
      ? []
      : [["IntegrationLatency", integrationLatencyMs, "Milliseconds"] as const]),
  ];
}

/** The API; the API and its stage; and with detailed metrics also the method. */
function dimensionsOf({ apiName, stage, resource, method }: Measurement): Dimension[][] {
  const api = { Name: "ApiName", Value: apiName };
  const named = { Name: "Stage", Value: stage };
  const sets = [[api], [api, named]];
  if (resource !== undefined && method !== undefined) {
    sets.push([api, { Name: "Method", Value: method }, { Name: "Resource", Value: resource }, named]);
  }
  return sets;
}
