/** CloudWatch Logs filter patterns: which log events they match, and the fields that metric filters take from them. */
import { compileDelimitedFilter } from "./delimited-filter.ts";
import { compileJsonFilter } from "./json-filter.ts";
import { compileTextFilter } from "./text-filter.ts";

/** What a pattern makes of a message. */
export interface FilterMatch {
  readonly matches: boolean;
  /** What the pattern names, as text: `{ "$.latency": "50" }`, `{ "$status_code": "404", "$3": "frank" }`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A compiled pattern. It can be used any number of times. */
export interface LogFilter {
  readonly kind: "text" | "json" | "delimited";
  /** Whether `message` matches, and its fields when it does. */
  readonly match: (message: string) => FilterMatch;
  /**
   * One field of a matching message, as a metric's value or dimension names it: any selector (`$.a.b`) with a JSON
   * pattern, a named or numbered field (`$status`) with a space-delimited one. Undefined where the message has none.
   * Raises FilterSyntaxError for what is no selector.
   */
  readonly field: (message: string, name: string) => string | undefined;
  /** The selectors or named fields in the pattern, for "The specified filter pattern does not support dimensions". */
  readonly fieldNames: readonly string[];
}

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
