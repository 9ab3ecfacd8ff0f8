/** What queries may be (AWS page "MetricDataQuery"). */
import { functionsIn, namesIn, parseExpression, type Expression } from "../../../languages/metric-math/parse.ts";
import { MetricMathError } from "../../../languages/metric-math/value.ts";
import { validation } from "../rules.ts";
import type { MetricQuery } from "../sdk.ts";
import { isPeriod } from "../series.ts";
import { readStatistic } from "../statistics.ts";

const MOST_QUERIES = 500;

/** Raises ValidationError. `list` is the parameter's name. */
export function checkQueries(queries: readonly MetricQuery[], list: string): void {
  if (queries.length === 0) validation(`The parameter ${list} is required.`);
  if (queries.length > MOST_QUERIES) {
    validation(`The collection ${list} must not have a size greater than ${MOST_QUERIES}.`);
  }
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length) validation(`The values for parameter id in ${list} are not unique.`);
  for (const [index, query] of queries.entries()) checkQuery(query, `${list}.member.${index + 1}`);
  for (const query of queries) checkNames(query, queries);
}

function checkQuery(query: MetricQuery, path: string): void {
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(query.Id)) {
    validation(
      `The value ${query.Id} for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (query.Expression !== undefined && query.MetricStat !== undefined) {
    validation(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    );
  }
  if (query.AccountId !== undefined) {
    validation(`Seatrial's cloudwatch does not support AccountId (${path}): accounts are not linked here.`);
  }
  if (query.Expression !== undefined) return checkPeriod(query.Period, `${path}.Period`);
  if (query.MetricStat === undefined) validation(`Either ${path}.Expression or ${path}.MetricStat must be specified.`);
  if (query.Period !== undefined) validation(`The parameter ${path}.Period goes with an Expression only.`);
  checkPeriod(query.MetricStat.Period, `${path}.MetricStat.Period`);
  if (readStatistic(query.MetricStat.Stat) === undefined) {
    validation(`The value ${query.MetricStat.Stat} for parameter ${path}.MetricStat.Stat is not supported.`);
  }
}

function checkPeriod(period: number | undefined, name: string): void {
  if (period !== undefined && !isPeriod(period)) {
    validation(`The parameter ${name} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
}

function checkNames({ Id, Expression: text }: MetricQuery, queries: readonly MetricQuery[]): void {
  if (text === undefined) return;
  const unknown = namesIn(parsedQuery(Id, text)).find(
    (name) => /^[a-z]/.test(name) && !queries.some((query) => query.Id === name),
  );
  if (unknown !== undefined) validation(`Error in expression '${Id}': Unknown id '${unknown}'`);
}

/** Raises ValidationError for what is no metric math. */
export function parsedQuery(id: string, text: string): Expression {
  if (/^\s*SELECT\s/i.test(text)) {
    validation(`Seatrial's cloudwatch does not have Metrics Insights: Expression '${text}' of ${id}.`);
  }
  return inExpression(id, () => parseExpression(text));
}

/** The names of the functions that the queries' expressions call. */
export function functionsOf(queries: readonly MetricQuery[]): Set<string> {
  return new Set(
    queries.flatMap(({ Id, Expression: text }) => (text === undefined ? [] : functionsIn(parsedQuery(Id, text)))),
  );
}

/** Runs `work`; what it raises of metric math becomes a ValidationError that names the expression. */
export function inExpression<T>(id: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MetricMathError) return validation(`Error in expression '${id}': ${error.message}`);
    throw error;
  }
}
