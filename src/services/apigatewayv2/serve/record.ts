/**
 * What a request leaves behind: AWS/ApiGateway's metrics (AWS page "CloudWatch metrics for HTTP APIs") and a line in its stage's access log. Each request
 * is one small row; a second later they are published together and taken away. Killed between the two, a second's worth is told twice.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { formatAccessLog } from "../../../languages/access-log.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import { serviceOf, type Input, type Sdks, type ServiceContext } from "../../../service.ts";
import { servedRequests, type Served } from "../state.ts";
import { SERVICE } from "./call-function.ts";
import { contextVariable } from "./variables.ts";
import type { Visit } from "./visit.ts";

const FLUSH_MS = 1000;
const MINUTE_MS = 60_000;
/** PutMetricData's bounds (its page). */
const MOST_VALUES = 150;
const MOST_DATA = 1000;
const ROWS_AT_ONCE = 1000;

export interface Records {
  add(visit: Visit, reply: ProxyReply): void;
  /** The deadline `records`: publishes what waits. */
  flush(context: ServiceContext): Promise<void>;
}

export function createRecords(): Records {
  /** Accounts and regions whose flush is planned; after a stop the deadline is there without it, and is only moved. */
  const planned = new Set<string>();
  const place = (context: ServiceContext): string => `${context.account}/${context.region}`;

  function plan(context: ServiceContext): void {
    if (planned.has(place(context))) return;
    planned.add(place(context));
    context.deadlines.set({ name: "records", key: "flush", due: context.now + FLUSH_MS, background: true });
  }

  return {
    add(visit, reply) {
      const { context } = visit;
      const row = servedOf(visit, reply);
      context.transact(() => {
        context.table(servedRequests).put([row.at, context.random.hex(12)], row);
        plan(context);
      });
    },
    async flush(context) {
      planned.delete(place(context));
      const entries = [...context.table(servedRequests).entries([], { limit: ROWS_AT_ONCE })];
      if (entries.length === 0) return;
      const rows = entries.map(([, row]) => row);
      const data = dataOf(rows);
      for (let from = 0; from < data.length; from += MOST_DATA) {
        const MetricData = data.slice(from, from + MOST_DATA);
        // What cannot be published is lost, as on AWS; the journal says so.
        await context.call("cloudwatch", "PutMetricData", { Namespace: "AWS/ApiGateway", MetricData }).catch(() => {});
      }
      await writeLogs(context, rows);
      context.transact(() => {
        for (const [key] of entries) context.table(servedRequests).remove(...key);
        if (entries.length === ROWS_AT_ONCE) plan(context);
      });
    },
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

type MetricDatum = NonNullable<Input<Sdks["cloudwatch"], "PutMetricData">["MetricData"]>[number];
type Dimension = { Name: string; Value: string };
type Unit = "Count" | "Milliseconds" | "Bytes";

interface Series {
  readonly name: string;
  readonly unit: Unit;
  readonly dimensions: Dimension[];
  readonly minute: number;
  readonly counts: Map<number, number>;
}

/** One datum for each metric, set of dimensions and minute, with how often each value was seen. */
function dataOf(rows: readonly Served[]): MetricDatum[] {
  const series = new Map<string, Series>();
  for (const row of rows) {
    for (const dimensions of dimensionsOf(row)) {
      for (const [name, value, unit] of valuesOf(row)) {
        const minute = Math.floor(row.at / MINUTE_MS) * MINUTE_MS;
        const key = [minute, name, ...dimensions.map(({ Value }) => Value)].join("\n");
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

function valuesOf({ status, latencyMs, integrationLatencyMs, bytes }: Served): (readonly [string, number, Unit])[] {
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
