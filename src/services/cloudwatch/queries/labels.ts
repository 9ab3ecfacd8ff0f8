/** Labels: those that CloudWatch makes up, and dynamic ones (AWS page "Using dynamic labels"). */
import type { Series } from "../../../languages/metric-math/value.ts";
import type { ServiceContext } from "../../../service.ts";
import { validation } from "../rules.ts";
import type { MetricQuery } from "../sdk.ts";
import type { MetricSeries } from "./metric-series.ts";
import type { Run } from "./run.ts";

/** The series of a query, each with its label. */
export function labelsOf(
  { account, region }: Pick<ServiceContext, "account" | "region">,
  run: Run,
  query: MetricQuery,
  queries: readonly MetricQuery[],
  timezone: string | undefined,
): { readonly label: string; readonly series: Series }[] {
  const all = run.seriesOf(query);
  const metric = run.metricOf(query.Id);
  const isArray = metric === undefined && all.length > 1;
  return all.map((series) => {
    const own = isArray ? series.label : defaultLabel(query, queries);
    const { Label: given } = query;
    if (given === undefined) return { label: own, series };
    const labelled = { series, metric, account, region, timezone };
    if (given.includes("${")) return { label: dynamicLabel(given, own, labelled), series };
    return { label: isArray ? `${given} ${own}` : given, series };
  });
}

/** What a label may ask for. */
interface Labelled {
  readonly series: Series;
  readonly metric: MetricSeries | undefined;
  readonly account: string;
  readonly region: string;
  /** `+0100`; UTC unless given. */
  readonly timezone: string | undefined;
}

/** The metric's name; its dimensions' values, the statistic and the period too, where the queries of one request differ in them. An expression's is its id. */
function defaultLabel({ Id, MetricStat }: MetricQuery, queries: readonly MetricQuery[]): string {
  if (MetricStat === undefined) return Id;
  const stats = queries.flatMap((query) => query.MetricStat ?? []);
  const differ = (read: (stat: NonNullable<MetricQuery["MetricStat"]>) => unknown): boolean =>
    new Set(stats.map(read)).size > 1;
  const { Metric, Stat, Period } = MetricStat;
  return [
    Metric.MetricName ?? "",
    ...(differ(({ Metric: { Dimensions } }) => valuesOf(Dimensions).join(" ")) ? valuesOf(Metric.Dimensions) : []),
    ...(differ((stat) => stat.Stat) ? [Stat] : []),
    ...(differ((stat) => stat.Period) ? [String(Period)] : []),
  ].join(" ");
}

function valuesOf(dimensions: readonly { readonly Value: string }[] | undefined): string[] {
  return (dimensions ?? []).map(({ Value }) => Value);
}

/** `own` is what the label would be without being given. Raises ValidationError for what no label may ask for. */
function dynamicLabel(text: string, own: string, labelled: Labelled): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, asked: string) => answer(asked.trim(), own, labelled));
}

function answer(asked: string, own: string, labelled: Labelled): string {
  if (asked === "LABEL") return own;
  const [, property] = /^PROP\(\s*['"]([^'"]+)['"]\s*\)$/.exec(asked) ?? [];
  if (property !== undefined) return propertyOf(property, labelled);
  const [, name = "", time, relative] = /^([A-Z_]+?)(_TIME)?(_RELATIVE)?$/.exec(asked) ?? [];
  const point = pointOf(name, [...labelled.series.points]);
  if (point === "unknown" || relative !== undefined) {
    return validation(`Seatrial's cloudwatch has no label \${${asked}}.`);
  }
  if (point === undefined) return "--";
  return time === undefined ? written(point[1]) : timeOf(point[0], labelled.timezone);
}

type Point = readonly [at: number, value: number];

function pointOf(name: string, points: readonly Point[]): Point | undefined | "unknown" {
  const total = points.reduce((sum, [, value]) => sum + value, 0);
  const best = (isBetter: (a: number, b: number) => boolean): Point | undefined =>
    points.reduce<Point | undefined>(
      (found, point) => (found === undefined || isBetter(point[1], found[1]) ? point : found),
      undefined,
    );
  const last = points.at(-1);
  const whole = (value: number): Point | undefined => (last === undefined ? undefined : [last[0], value]);
  switch (name) {
    case "MAX":
      return best((a, b) => a > b);
    case "MIN":
      return best((a, b) => a < b);
    case "FIRST":
      return points[0];
    case "LAST":
      return last;
    case "SUM":
      return whole(total);
    case "AVG":
      return whole(total / points.length);
    case "DATAPOINT_COUNT":
      return [last?.[0] ?? 0, points.length];
    default:
      return "unknown";
  }
}

function propertyOf(property: string, { metric, account, region }: Labelled): string {
  const stat = metric?.metric;
  if (property.startsWith("Dim.")) {
    return stat?.dimensions.find(([name]) => name === property.slice("Dim.".length))?.[1] ?? "";
  }
  switch (property) {
    case "AccountId":
      return account;
    case "Region":
      return region;
    case "MetricName":
      return stat?.name ?? "";
    case "Namespace":
      return stat?.namespace ?? "";
    case "Period":
      return stat === undefined ? "" : String(stat.periodSeconds);
    case "Stat":
      return stat?.statistic ?? "";
    default:
      return validation(`Seatrial's cloudwatch has no label \${PROP('${property}')}.`);
  }
}

/** Three digits behind the point at most, and thousands apart: AWS does not say how it rounds. */
function written(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 }).format(value);
}

/** `2026-01-01 00:00:00 UTC`, or `… +0100`. */
function timeOf(at: number, timezone = "+0000"): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(timezone) ?? [];
  if (sign === undefined) return validation(`The value ${timezone} for parameter LabelOptions.Timezone is invalid.`);
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  const text = new Date((at + offset) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${text} ${offset === 0 ? "UTC" : timezone}`;
}
