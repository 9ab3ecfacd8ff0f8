/** CloudWatch's verbs: publish metrics, list them, get their statistics. */
import type { Handler, ServiceContext } from "../../service.ts";
import { addTo, type Published } from "./aggregate.ts";
import { wake } from "./alarms/beat.ts";
import { expireSoon } from "./deadlines.ts";
import { dimensionsOf, metricIdOf } from "./metric-id.ts";
import { checkAmount, invalidValue, missing, readDatum, type DatumGiven } from "./rules.ts";
import type { Sdk } from "./sdk.ts";
import { metrics, minutes, seconds, type Dimension, type Metric } from "./state.ts";

export { DeleteAlarms, DisableAlarmActions, EnableAlarmActions, SetAlarmState } from "./alarms/change.ts";
export { DescribeAlarmHistory, DescribeAlarms, DescribeAlarmsForMetric } from "./alarms/describe.ts";
export { PutCompositeAlarm } from "./alarms/put-composite-alarm.ts";
export { PutMetricAlarm } from "./alarms/put-metric-alarm.ts";
export { DeleteDashboards, GetDashboard, ListDashboards, PutDashboard } from "./dashboards/operations.ts";
export { GetMetricData } from "./get-metric-data.ts";
export { GetMetricStatistics } from "./get-metric-statistics.ts";
export { GetMetricWidgetImage } from "./get-metric-widget-image.ts";
export { ListTagsForResource, TagResource, UntagResource } from "./tags.ts";

/** How old a metric's `activeAt` may get before it is written again: nobody needs it to the second. */
const ACTIVE_STEP_MS = 60_000;
const LISTED_AT_ONCE = 500;
const LISTED_MS = 14 * 86_400_000;
const RECENTLY_MS = 3 * 3_600_000;

export const PutMetricData: Handler<Sdk, "PutMetricData"> = (context, input) => {
  if (input.EntityMetricData !== undefined || input.StrictEntityValidation !== undefined) {
    invalidValue("Seatrial's cloudwatch PutMetricData does not support EntityMetricData: give the data as MetricData.");
  }
  // AWS keeps its own namespaces to its own services, which call from inside.
  if (context.http !== undefined && input.Namespace.startsWith("AWS/")) {
    invalidValue(`The value ${input.Namespace} for parameter Namespace is invalid.`);
  }
  const { MetricData: data } = input;
  if (data === undefined || data.length === 0) missing("The parameter MetricData is required.");
  checkAmount(data);
  const read = data.map((datum, index) => readDatum(datum, `MetricData.member.${index + 1}`, context.now));
  for (const [index, datum] of data.entries()) {
    const published = read[index];
    if (published !== undefined) publish(context, input.Namespace, datum, published);
  }
  return {};
};

/** Inside a transaction. Adds one datum to its metric. */
function publish(context: ServiceContext, namespace: string, datum: DatumGiven, published: Published): void {
  const name = datum.MetricName ?? "";
  const dimensions = dimensionsOf(datum.Dimensions);
  const id = metricIdOf(namespace, name, dimensions);
  touch(context, { namespace, name, dimensions, id });
  const second = Math.floor((datum.Timestamp?.getTime() ?? context.now) / 1000);
  const unit = datum.Unit ?? "None";
  const times = [[minutes, second - (second % 60)] as const, [seconds, second] as const];
  for (const [definition, at] of datum.StorageResolution === 1 ? times : times.slice(0, 1)) {
    const table = context.table(definition);
    table.put([id, at, unit], addTo(table.get(id, at, unit), published));
  }
  wake(context, id);
}

/** Inside a transaction. Makes the metric that is not there yet, and remembers that something was published. */
function touch(context: ServiceContext, metric: Omit<Metric, "activeAt">): void {
  const table = context.table(metrics);
  const key = [metric.namespace, metric.name, metric.id];
  const known = table.get(...key);
  if (known !== undefined && context.now - known.activeAt < ACTIVE_STEP_MS) return;
  table.put(key, { ...(known ?? metric), activeAt: context.now });
  if (known === undefined) expireSoon(context);
}

export const ListMetrics: Handler<Sdk, "ListMetrics"> = (context, input) => {
  if (input.IncludeLinkedAccounts === true || input.OwningAccount !== undefined) {
    invalidValue(
      "Seatrial's cloudwatch ListMetrics does not support IncludeLinkedAccounts: accounts are not linked here.",
    );
  }
  const since = context.now - (input.RecentlyActive === undefined ? LISTED_MS : RECENTLY_MS);
  const found: Metric[] = [];
  let more = false;
  for (const metric of candidates(context, input)) {
    if (metric.activeAt < since || !hasDimensions(metric.dimensions, input.Dimensions ?? [])) continue;
    if (found.length === LISTED_AT_ONCE) {
      more = true;
      break;
    }
    found.push(metric);
  }
  const last = found.at(-1);
  return {
    Metrics: found.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(more && last !== undefined ? { NextToken: writeToken(last) } : {}),
  };
};

/** The metrics of the namespace and name asked for, behind the token. */
function* candidates(
  context: ServiceContext,
  input: {
    readonly Namespace?: string | undefined;
    readonly MetricName?: string | undefined;
    readonly NextToken?: string | undefined;
  },
): Iterable<Metric> {
  const { Namespace, MetricName } = input;
  const after = input.NextToken === undefined ? undefined : readToken(input.NextToken);
  const prefix = Namespace === undefined ? [] : MetricName === undefined ? [Namespace] : [Namespace, MetricName];
  const options = after === undefined ? {} : { after: after.slice(prefix.length) };
  for (const metric of context.table(metrics).list(prefix, options)) {
    if (MetricName === undefined || metric.name === MetricName) yield metric;
  }
}

function hasDimensions(
  dimensions: readonly Dimension[],
  wanted: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[],
): boolean {
  return wanted.every(({ Name, Value }) =>
    dimensions.some(([name, value]) => name === Name && (Value === undefined || value === Value)),
  );
}

function writeToken({ namespace, name, id }: Metric): string {
  return Buffer.from(JSON.stringify([namespace, name, id])).toString("base64url");
}

function readToken(token: string): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(key) && key.length === 3 && key.every((part) => typeof part === "string")) return key;
  } catch {
    // Said below, like any other token that is none of ours.
  }
  return invalidValue("The value for parameter NextToken is invalid.");
}
