/** Filter patterns as operations meet them: compiled once, their mistakes told as CloudWatch Logs tells them. */
import type { LogFilter } from "../../languages/log-filter/compiled.ts";
import { parseFilter } from "../../languages/log-filter/filter.ts";
import { FilterSyntaxError } from "../../languages/log-filter/syntax.ts";
import { AwsError } from "../../kernel/errors.ts";

/** How many compiled patterns are kept; the same few come again with each call. */
const KEPT = 200;
const compiled = new Map<string, LogFilter>();

/** The compiled pattern. Raises InvalidParameterException. */
export function patternOf(text: string): LogFilter {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const filter = parse(text);
  const [oldest] = compiled.keys();
  if (compiled.size >= KEPT && oldest !== undefined) compiled.delete(oldest);
  compiled.set(text, filter);
  return filter;
}

/** Runs `work` on a pattern; what is wrong with it is the caller's InvalidParameterException. */
export function withPattern<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw new AwsError("InvalidParameterException", error.message);
    throw error;
  }
}

function parse(text: string): LogFilter {
  return withPattern(() => parseFilter(text));
}
