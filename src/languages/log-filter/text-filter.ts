/** Filter patterns for unstructured log events: `ERROR "time out" -healthcheck`, `?ERROR ?WARN`, `%4[0-9]{2}%`. */
import type { LogFilter } from "./compiled.ts";
import { compileRegex } from "./regex.ts";
import { Cursor, invalidPattern, invalidTerm } from "./syntax.ts";

/** "There is a limit of 2 regex for each filter pattern." */
const maximumRegexes = 2;

interface Term {
  readonly role: "required" | "optional" | "excluded";
  readonly regex: boolean;
  readonly found: (message: string) => boolean;
}

/**
 * Compiles a pattern of terms. All required terms have to be in the message, none of the excluded ones, and one of the
 * optional ones: "If you combine ? with other filter patterns, all question mark terms will be ignored." No terms at
 * all match everything. Raises FilterSyntaxError.
 */
export function compileTextFilter(pattern: string): LogFilter {
  const terms = parseTerms(new Cursor(pattern));
  if (terms.filter(({ regex }) => regex).length > maximumRegexes) invalidPattern();
  const required = terms.filter(({ role }) => role === "required");
  const excluded = terms.filter(({ role }) => role === "excluded");
  const optional = terms.filter(({ role }) => role === "optional");
  const onlyOptional = optional.length > 0 && optional.length === terms.length;
  const matches = (message: string): boolean =>
    onlyOptional
      ? optional.some(({ found }) => found(message))
      : required.every(({ found }) => found(message)) && !excluded.some(({ found }) => found(message));
  return {
    kind: "text",
    match: (message) => ({ matches: matches(message), fields: {} }),
    field: () => undefined,
    fieldNames: [],
  };
}

function parseTerms(cursor: Cursor): readonly Term[] {
  const terms: Term[] = [];
  for (cursor.skipSpace(); !cursor.done; cursor.skipSpace()) {
    const role = cursor.take("?") ? "optional" : cursor.take("-") ? "excluded" : "required";
    cursor.skipSpace();
    terms.push({ role, ...takeTerm(cursor) });
  }
  return terms;
}

function takeTerm(cursor: Cursor): Omit<Term, "role"> {
  if (cursor.peek() === "%") return { regex: true, found: compileRegex(cursor.takeRegex()) };
  if (cursor.peek() === '"') {
    // `" "` is AWS's way to match everything, also a message without a blank.
    const phrase = cursor.takeQuoted();
    return { regex: false, found: phrase.trim() === "" ? () => true : (message) => message.includes(phrase) };
  }
  const word = cursor.takeMatch(/[^\s"]+/y) ?? invalidPattern();
  // "Enclose exact phrases and terms that include non-alphanumeric characters in double quotation marks."
  if (!/^[\p{L}\p{N}_]+$/u.test(word)) invalidTerm(word);
  return { regex: false, found: (message) => message.includes(word) };
}
