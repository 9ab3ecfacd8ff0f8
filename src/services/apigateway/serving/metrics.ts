/** AWS/ApiGateway's metrics of REST APIs (AWS page "Amazon API Gateway dimensions and metrics"). */
import { defineTable } from "../../../kernel/table.ts";
import { createServiceMetrics, type Dimension, type MetricValue } from "../../../service-metrics.ts";
import type { ServiceContext } from "../../../service.ts";
import type { Exchange } from "./exchange.ts";

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
  const metrics = createServiceMetrics({
    namespace: "AWS/ApiGateway",
    deadline: "metrics",
    table: measurements,
    valuesOf,
    dimensionsOf,
  });
  return {
    record({ context, api, stage, route, setting, integration }, status, latencyMs) {
      metrics.record(context, {
        at: context.now,
        apiName: api.name,
        stage: stage.stageName,
        status,
        latencyMs,
        ...(setting?.metricsEnabled === true && route !== undefined
          ? { resource: route.resource.path, method: route.method.httpMethod ?? "" }
          : {}),
        ...(integration === undefined ? {} : { integrationLatencyMs: integration.latencyMs }),
      });
    },
    flush: (context) => metrics.flush(context),
  };
}

function valuesOf(row: Measurement): MetricValue[] {
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
  const sets: Dimension[][] = [[api], [api, named]];
  if (resource !== undefined && method !== undefined) {
    sets.push([api, { Name: "Method", Value: method }, { Name: "Resource", Value: resource }, named]);
  }
  return sets;
}
