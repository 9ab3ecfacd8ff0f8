/** Filter patterns for JSON log events: `{ $.a.b[0] = "x*" && $.c > 3 || $.d NOT EXISTS }`. */
import { takeComparison } from "./comparison.ts";
import { takeExpression } from "./expression.ts";
import type { Predicate } from "./expression.ts";
import type { LogFilter } from "./compiled.ts";
import { select, takeSelector } from "./json-selector.ts";
import type { JsonSelector } from "./json-selector.ts";
import { Cursor, invalidPattern } from "./syntax.ts";

/** "There is a limit of 2 regex for each filter pattern", "up to three wildcard selectors". */
const maximumRegexes = 2;
const maximumWildcards = 3;

/** Compiles a pattern that begins with `{`. Raises FilterSyntaxError. */
export function compileJsonFilter(pattern: string): LogFilter {
  const cursor = new Cursor(pattern);
  const selectors: JsonSelector[] = [];
  let regexes = 0;
  const takeCondition = (): Predicate<unknown> => {
    const selector = takeSelector(cursor);
    selectors.push(selector);
    const comparison = takeComparison(cursor);
    if (comparison === undefined) return takeState(cursor, selector);
    if (comparison.regex) regexes += 1;
    return (message) => select(selector, message).some((value) => isValue(value) && comparison.test(String(value)));
  };
  if (!cursor.take("{")) invalidPattern();
  const holds = takeExpression(cursor, takeCondition);
  if (!cursor.take("}")) invalidPattern();
  cursor.skipSpace();
  if (!cursor.done || regexes > maximumRegexes) invalidPattern();
  if (selectors.filter(({ wildcard }) => wildcard).length > maximumWildcards) invalidPattern();
  return {
    kind: "json",
    match: (message) => {
      const parsed = parseMessage(message);
      if (parsed === undefined || !holds(parsed)) return { matches: false, fields: {} };
      return { matches: true, fields: extract(selectors, parsed) };
    },
    field: (message, name) => fieldOf(message, name),
    fieldNames: [...new Set(selectors.map(({ text }) => text))],
  };
}

/** `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. "The variables IS NOT and EXISTS currently aren't supported." */
function takeState(cursor: Cursor, selector: JsonSelector): Predicate<unknown> {
  const words = cursor.takeMatch(/(IS\s+(NULL|TRUE|FALSE)|NOT\s+EXISTS)\b/iy) ?? invalidPattern();
  const state = (/\w+$/.exec(words)?.[0] ?? "").toUpperCase();
  if (state === "EXISTS") return (message) => select(selector, message).length === 0;
  const wanted = { NULL: null, TRUE: true, FALSE: false }[state];
  return (message) => select(selector, message).some((value) => value === wanted);
}

/** "Value nodes can be strings or numbers. If a property selector points to an array or object, the filter pattern won't match." */
function isValue(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The message as JSON, when it is an object or an array. */
function parseMessage(message: string): object | undefined {
  // Most log lines are no JSON at all, and a failed parse is dear.
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function extract(selectors: readonly JsonSelector[], message: unknown): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const selector of selectors) {
    const value = select(selector, message).find((value) => isValue(value) || typeof value === "boolean");
    if (value !== undefined) fields[selector.text] = String(value);
  }
  return fields;
}

function fieldOf(message: string, name: string): string | undefined {
  const cursor = new Cursor(name);
  const selector = takeSelector(cursor);
  if (!cursor.done) invalidPattern();
  const parsed = parseMessage(message);
  return parsed === undefined ? undefined : extract([selector], parsed)[selector.text];
}
