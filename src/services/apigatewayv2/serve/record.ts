/**
 * What a request leaves behind: AWS/ApiGateway's metrics (AWS page "CloudWatch metrics for HTTP APIs") and a line in its stage's access log. Each request
 * is one small row until both are written.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { formatAccessLog } from "../../../languages/access-log.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import { createServiceMetrics, type Dimension, type MetricValue } from "../../../service-metrics.ts";
import { serviceOf, type ServiceContext } from "../../../service.ts";
import { servedRequests, type Served } from "../state.ts";
import { SERVICE } from "./call-function.ts";
import { contextVariable } from "./variables.ts";
import type { Visit } from "./visit.ts";

export interface Records {
  add(visit: Visit, reply: ProxyReply): void;
  /** The deadline `records`: publishes what waits. */
  flush(context: ServiceContext): Promise<void>;
}

export function createRecords(): Records {
  const metrics = createServiceMetrics({
    namespace: "AWS/ApiGateway",
    deadline: "records",
    table: servedRequests,
    valuesOf,
    dimensionsOf,
    // Nobody waits a minute for a line of a log.
    pauseMs: 1000,
    beside: writeLogs,
  });
  return {
    add: (visit, reply) => metrics.record(visit.context, servedOf(visit, reply)),
    flush: (context) => metrics.flush(context),
  };
}

function servedOf(visit: Visit, { body, status }: ProxyReply): Served {
  const { api, context, integrated, receivedAt, route, stage } = visit;
  const latencyMs = context.now - receivedAt;
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const { AccessLogSettings: log, DefaultRouteSettings, RouteSettings } = stage;
  const key = route?.RouteKey;
  const settings = key === undefined ? undefined : RouteSettings?.[key];
  const isDetailed = settings?.DetailedMetricsEnabled ?? DefaultRouteSettings?.DetailedMetricsEnabled;
  const group = tryParseArn(log?.DestinationArn ?? "")
    ?.resource.replace(/^log-group:/, "")
    .replace(/:\*$/, "");
  const outcome = { status, bytes, latencyMs };
  return {
    at: receivedAt,
    apiId: api.ApiId,
    stage: stage.StageName,
    ...(isDetailed === true && key !== undefined ? { detailed: key } : {}),
    status,
    latencyMs,
    integrationLatencyMs: integrated.latencyMs,
    bytes,
    ...(group === undefined || log?.Format === undefined
      ? {}
      : { log: { group, line: formatAccessLog(log.Format, (name) => contextVariable(visit, name, outcome)) } }),
  };
}

function valuesOf({ status, latencyMs, integrationLatencyMs, bytes }: Served): MetricValue[] {
  return [
    ["Count", 1, "Count"],
    ["4xx", status >= 400 && status < 500 ? 1 : 0, "Count"],
    ["5xx", status >= 500 ? 1 : 0, "Count"],
    ["Latency", latencyMs, "Milliseconds"],
    ...(integrationLatencyMs === undefined
      ? []
      : [["IntegrationLatency", integrationLatencyMs, "Milliseconds"] as const]),
    ["DataProcessed", bytes, "Bytes"],
  ];
}

/** The API; the API and its stage; and with detailed metrics also method and resource. */
function dimensionsOf({ apiId, stage, detailed }: Served): Dimension[][] {
  const api = { Name: "ApiId", Value: apiId };
  const named = { Name: "Stage", Value: stage };
  const sets: Dimension[][] = [[api], [api, named]];
  if (detailed !== undefined) {
    const [method = "", path = method] = detailed.split(" ");
    sets.push([api, named, { Name: "Method", Value: method }, { Name: "Resource", Value: path }]);
  }
  return sets;
}

async function writeLogs(context: ServiceContext, rows: readonly Served[]): Promise<void> {
  const streams = new Map<string, { readonly group: string; readonly stream: string; readonly lines: Served[] }>();
  for (const row of rows) {
    if (row.log === undefined) continue;
    const stream = streamOf(row);
    const key = `${row.log.group}\n${stream}`;
    const found = streams.get(key) ?? { group: row.log.group, stream, lines: [] };
    found.lines.push(row);
    streams.set(key, found);
  }
  for (const { group: logGroupName, stream: logStreamName, lines } of streams.values()) {
    const logEvents = lines.map(({ at, log }) => ({ timestamp: at, message: log?.line ?? "" }));
    const as = serviceOf(SERVICE, context.account);
    const put = () => context.call("logs", "PutLogEvents", { logGroupName, logStreamName, logEvents }, { as });
    try {
      await put().catch(async (error: unknown) => {
        if (!isAwsError(error, "ResourceNotFoundException")) throw error;
        await context.call("logs", "CreateLogStream", { logGroupName, logStreamName }, { as });
        return put();
      });
    } catch (error) {
      // The group is gone: there is nowhere to write to, as on AWS; the journal has the refusal.
      if (!isAwsError(error)) throw error;
    }
  }
}

/** One for each stage and day. */
function streamOf({ apiId, stage, at }: Served): string {
  return `${new Date(at).toISOString().slice(0, 10).replaceAll("-", "/")}/${apiId}/${stage}`;
}
