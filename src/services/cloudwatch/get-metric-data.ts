/** GetMetricData: many metrics' statistics, and metric math over them, in pages. */
import { AwsError } from "../../kernel/errors.ts";
import type { Handler, Output, ServiceContext } from "../../service.ts";
import { checkQueries } from "./queries/check.ts";
import { labelsOf } from "./queries/labels.ts";
import { runQueries, type Run } from "./queries/run.ts";
import { validation } from "./rules.ts";
import type { MetricQuery, Sdk } from "./sdk.ts";

const MOST_POINTS = 100_800;

type Sample = readonly [at: number, value: number];
type Result = NonNullable<Output<Sdk, "GetMetricData">["MetricDataResults"]>[number];

/** One line of the answer, with all its points in order of time. */
interface Line {
  readonly id: string;
  readonly label: string;
  readonly samples: readonly Sample[];
  readonly messages: Result["Messages"];
}

export const GetMetricData: Handler<Sdk, "GetMetricData"> = (context, input) => {
  const { MetricDataQueries: queries, MaxDatapoints = MOST_POINTS } = input;
  const start = Math.floor(input.StartTime.getTime() / 1000);
  const end = Math.ceil(input.EndTime.getTime() / 1000);
  if (start >= end) validation("The parameter StartTime must be less than the parameter EndTime.");
  if (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS) {
    validation(`The parameter MaxDatapoints must be between 1 and ${MOST_POINTS}.`);
  }
  checkQueries(queries, "MetricDataQueries");
  const run = runQueries(context, queries, { start, end });
  const timezone = input.LabelOptions?.Timezone;
  const lines = queries
    .filter((query) => query.ReturnData !== false)
    .flatMap((query) => linesOf(context, run, query, queries, timezone));
  return paged(lines, MaxDatapoints, input.ScanBy === "TimestampAscending", input.NextToken);
};

function linesOf(
  context: ServiceContext,
  run: Run,
  query: MetricQuery,
  queries: readonly MetricQuery[],
  timezone: string | undefined,
): Line[] {
  const messages = messagesOf(run.metricOf(query.Id)?.units ?? []);
  return labelsOf(context, run, query, queries, timezone).map(({ label, series }) => ({
    id: query.Id,
    label,
    samples: [...series.points],
    messages,
  }));
}

function messagesOf(units: readonly string[]): Line["messages"] {
  if (units.length < 2) return undefined;
  return [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` }];
}

function paged(
  lines: readonly Line[],
  most: number,
  ascending: boolean,
  given: string | undefined,
): Output<Sdk, "GetMetricData"> {
  const token = given === undefined ? { line: 0, given: 0 } : readToken(given, lines.length);
  let left = most;
  let next: string | undefined;
  const results = lines.map(({ id, label, samples, messages }, index): Result => {
    const all = index < token.line || next !== undefined ? [] : [...samples];
    if (!ascending) all.reverse();
    const from = index === token.line ? token.given : 0;
    const page = all.slice(from, from + left);
    left -= page.length;
    const isCut = from + page.length < all.length;
    if (isCut) next = writeToken({ line: index, given: from + page.length });
    // What stands behind a cut comes on the next pages.
    const isComplete = next === undefined;
    return {
      Id: id,
      Label: label,
      Timestamps: page.map(([at]) => new Date(at * 1000)),
      Values: page.map(([, value]) => value),
      StatusCode: isComplete ? "Complete" : "PartialData",
      ...(messages === undefined ? {} : { Messages: messages }),
    };
  });
  return { MetricDataResults: results, Messages: [], ...(next === undefined ? {} : { NextToken: next }) };
}

/** Where the next page goes on: the line, and how many of its points have been given. */
interface Place {
  readonly line: number;
  readonly given: number;
}

function writeToken({ line, given }: Place): string {
  return Buffer.from(`cloudwatch:${line}:${given}`).toString("base64url");
}

function readToken(token: string, lines: number): Place {
  const [, line, given] = /^cloudwatch:(\d+):(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (line === undefined || given === undefined || Number(line) >= lines) {
    throw new AwsError("InvalidNextToken", "The next token specified is invalid.");
  }
  return { line: Number(line), given: Number(given) };
}
