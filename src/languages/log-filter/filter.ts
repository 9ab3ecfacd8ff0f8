/** CloudWatch Logs filter patterns: which log events they match, and the fields that metric filters take from them. */
import type { LogFilter } from "./compiled.ts";
import { compileDelimitedFilter } from "./delimited-filter.ts";
import { compileJsonFilter } from "./json-filter.ts";
import { compileTextFilter } from "./text-filter.ts";

/** Compiles `pattern` (AWS page "Filter pattern syntax"). Raises FilterSyntaxError with CloudWatch Logs' words. */
export function parseFilter(pattern: string): LogFilter {
  const trimmed = pattern.trim();
  if (trimmed.startsWith("{")) return compileJsonFilter(trimmed);
  if (trimmed.startsWith("[")) return compileDelimitedFilter(trimmed);
  return compileTextFilter(trimmed);
}

/** Compiles `pattern` to the question whether a message matches. Raises FilterSyntaxError. */
export function compileFilter(pattern: string): (message: string) => boolean {
  const { match } = parseFilter(pattern);
  return (message) => match(message).matches;
}
