/** GetMetricData: many metrics' statistics at once, in pages. */
import { AwsError } from "../../kernel/errors.ts";
import type { Handler, Input, ServiceContext } from "../../service.ts";
import { dimensionsOf, metricIdOf } from "./metric-id.ts";
import type { Sdk } from "./sdk.ts";
import { isPeriod, pointsOf } from "./series.ts";
import { readStatistic, valueOf } from "./statistics.ts";
import type { Aggregate } from "./state.ts";

const MOST_QUERIES = 500;
const MOST_POINTS = 100_800;

type Query = Input<Sdk, "GetMetricData">["MetricDataQueries"][number];
type Sample = readonly [at: number, value: number];

export const GetMetricData: Handler<Sdk, "GetMetricData"> = (context, input) => {
  const { MetricDataQueries: queries, MaxDatapoints = MOST_POINTS } = input;
  const start = Math.floor(input.StartTime.getTime() / 1000);
  const end = Math.ceil(input.EndTime.getTime() / 1000);
  if (start >= end) wrong("The parameter StartTime must be less than the parameter EndTime.");
  if (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS) {
    wrong(`The parameter MaxDatapoints must be between 1 and ${MOST_POINTS}.`);
  }
  checkQueries(queries);
  const ascending = input.ScanBy === "TimestampAscending";
  const shown = queries.filter((query) => query.ReturnData !== false);
  const token = input.NextToken === undefined ? { query: 0, given: 0 } : readToken(input.NextToken, shown.length);
  let left = MaxDatapoints;
  let next: string | undefined;
  const results = shown.map((query, index) => {
    const all = index < token.query || next !== undefined ? [] : seriesOf(context, query, start, end);
    if (!ascending) all.reverse();
    const from = index === token.query ? token.given : 0;
    const page = all.slice(from, from + left);
    left -= page.length;
    const isCut = from + page.length < all.length;
    if (isCut) next = writeToken({ query: index, given: from + page.length });
    // What stands behind a cut has not been looked at: it comes on the next pages.
    const isComplete = next === undefined;
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName,
      Timestamps: page.map(([at]) => new Date(at * 1000)),
      Values: page.map(([, value]) => value),
      StatusCode: isComplete ? ("Complete" as const) : ("PartialData" as const),
    };
  });
  return { MetricDataResults: results, Messages: [], ...(next === undefined ? {} : { NextToken: next }) };
};

/** Raises ValidationError, which Query services say where others say ValidationException. */
function wrong(message: string): never {
  throw new AwsError("ValidationError", message, { status: 400 });
}

function checkQueries(queries: readonly Query[]): void {
  if (queries.length === 0) wrong("The parameter MetricDataQueries is required.");
  if (queries.length > MOST_QUERIES) {
    wrong(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  }
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length) wrong("The values for parameter id in MetricDataQueries are not unique.");
  for (const [index, query] of queries.entries()) checkQuery(query, `MetricDataQueries.member.${index + 1}`);
}

function checkQuery(query: Query, path: string): void {
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(query.Id)) {
    wrong(`The value ${query.Id} for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
  }
  if (query.Expression !== undefined && query.MetricStat !== undefined) {
    wrong(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    );
  }
  if (query.Expression !== undefined) {
    wrong(
      `Seatrial's cloudwatch GetMetricData does not have metric math and Metrics Insights yet: Expression '${query.Expression}' of ${path}.`,
    );
  }
  if (query.MetricStat === undefined) wrong(`Either ${path}.Expression or ${path}.MetricStat must be specified.`);
  if (query.AccountId !== undefined) {
    wrong(`Seatrial's cloudwatch GetMetricData does not support AccountId (${path}): accounts are not linked here.`);
  }
  // LabelOptions only ever means something in a dynamic label.
  if (query.Label?.includes("${")) {
    wrong(`Seatrial's cloudwatch GetMetricData does not support dynamic labels: '${query.Label}' of ${path}.`);
  }
  if (query.Period !== undefined) wrong(`The parameter ${path}.Period goes with an Expression only.`);
  if (!isPeriod(query.MetricStat.Period)) {
    wrong(`The parameter ${path}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
  if (readStatistic(query.MetricStat.Stat) === undefined) {
    wrong(`The value ${query.MetricStat.Stat} for parameter ${path}.MetricStat.Stat is not supported.`);
  }
}

/** In order of time. What was published with different units in one period counts together, unless the query names a unit. */
function seriesOf(context: ServiceContext, { MetricStat }: Query, start: number, end: number): Sample[] {
  const statistic = MetricStat === undefined ? undefined : readStatistic(MetricStat.Stat);
  if (MetricStat === undefined || statistic === undefined) return [];
  const { Namespace = "", MetricName = "", Dimensions } = MetricStat.Metric;
  const metricId = metricIdOf(Namespace, MetricName, dimensionsOf(Dimensions));
  const periods = new Map<number, Aggregate[]>();
  const request = { metricId, start, end, periodSeconds: MetricStat.Period, unit: MetricStat.Unit };
  for (const { at, parts } of pointsOf(context, request)) periods.set(at, [...(periods.get(at) ?? []), ...parts]);
  const samples: Sample[] = [];
  for (const [at, parts] of periods) {
    const value = valueOf(statistic, parts);
    if (value !== undefined) samples.push([at, value]);
  }
  return samples;
}

/** Where the next page goes on: the query, and how many of its points have been given. */
interface Place {
  readonly query: number;
  readonly given: number;
}

function writeToken({ query, given }: Place): string {
  return Buffer.from(`cloudwatch:${query}:${given}`).toString("base64url");
}

function readToken(token: string, queries: number): Place {
  const [, query, given] = /^cloudwatch:(\d+):(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (query === undefined || given === undefined || Number(query) >= queries) {
    throw new AwsError("InvalidNextToken", "The next token specified is invalid.");
  }
  return { query: Number(query), given: Number(given) };
}
