/** What a filter pattern of any kind is compiled to. */

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
