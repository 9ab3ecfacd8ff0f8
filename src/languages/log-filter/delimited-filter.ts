/** Filter patterns for space-delimited log events: `[ip, user, ..., status = 4* && status != 403, bytes > 1000]`. */
import { takeComparison } from "./comparison.ts";
import { takeExpression } from "./expression.ts";
import type { Predicate } from "./expression.ts";
import type { LogFilter } from "./compiled.ts";
import { Cursor, invalidPattern } from "./syntax.ts";

/** "There is a limit of 2 regex for each filter pattern." */
const maximumRegexes = 2;

/** A field of the pattern; `...` is `rest`. */
interface Field {
  readonly name?: string;
  readonly rest: boolean;
  readonly test?: Predicate<string>;
}

/** A word of a message: without its quotes or brackets, and where it begins. */
interface Word {
  readonly text: string;
  readonly start: number;
}

/** Compiles a pattern that begins with `[`. Raises FilterSyntaxError. */
export function compileDelimitedFilter(pattern: string): LogFilter {
  const fields = parseFields(new Cursor(pattern));
  const match: LogFilter["match"] = (message) => {
    const words = assign(fields, message);
    if (words === undefined || !words.every(({ field, text }) => field?.test?.(text) ?? true)) {
      return { matches: false, fields: {} };
    }
    return { matches: true, fields: Object.fromEntries(words.map(({ field, text }, at) => [nameOf(field, at), text])) };
  };
  return {
    kind: "delimited",
    match,
    field: (message, name) => {
      const { fields } = match(message);
      return Object.hasOwn(fields, name) ? fields[name] : undefined;
    },
    fieldNames: fields.flatMap(({ name }) => (name === undefined ? [] : [`$${name}`])),
  };
}

/** `$status_code`, or the word's number where the pattern does not name it: `$7`. */
function nameOf(field: Field | undefined, at: number): string {
  return `$${field?.name ?? at + 1}`;
}

function parseFields(cursor: Cursor): readonly Field[] {
  if (!cursor.take("[")) invalidPattern();
  const fields: Field[] = [];
  let regexes = 0;
  do {
    if (cursor.take("...")) {
      fields.push({ rest: true });
      continue;
    }
    const taken = takeField(cursor);
    regexes += taken.regexes;
    fields.push(taken.field);
  } while (cursor.take(","));
  if (!cursor.take("]")) invalidPattern();
  cursor.skipSpace();
  const names = fields.flatMap(({ name }) => name ?? []);
  const rests = fields.filter(({ rest }) => rest).length;
  if (!cursor.done || rests > 1 || regexes > maximumRegexes || new Set(names).size < names.length) invalidPattern();
  return fields;
}

/** `name`, `name = value && name != value`, or nothing. */
function takeField(cursor: Cursor): { readonly field: Field; readonly regexes: number } {
  let regexes = 0;
  let name: string | undefined;
  cursor.skipSpace();
  if ([",", "]"].includes(cursor.peek())) return { field: { rest: false }, regexes };
  let compared = false;
  const takeCondition = (): Predicate<string> => {
    const own = cursor.takeMatch(/[A-Za-z0-9_]+/y) ?? invalidPattern();
    // A field's conditions are about itself.
    if (name !== undefined && name !== own) invalidPattern();
    name = own;
    const comparison = takeComparison(cursor);
    if (comparison === undefined) return () => true;
    compared = true;
    if (comparison.regex) regexes += 1;
    return comparison.test;
  };
  const test = takeExpression(cursor, takeCondition);
  return {
    field: { rest: false, ...(name === undefined ? {} : { name }), ...(compared ? { test } : {}) },
    regexes,
  };
}

/**
 * The message's words with the fields that they belong to, or undefined where there are too few. Words under `...`
 * belong to none. Without `...`, the last field takes all that is left: "you must include a blank indicator after you
 * specify the order of your terms".
 */
function assign(
  fields: readonly Field[],
  message: string,
): readonly { readonly field?: Field; readonly text: string }[] | undefined {
  const words = splitWords(message);
  const restAt = fields.findIndex(({ rest }) => rest);
  if (restAt >= 0) {
    const after = fields.length - restAt - 1;
    if (words.length < fields.length - 1) return undefined;
    return words.map(({ text }, at) => {
      const fromEnd = words.length - at;
      const field = at < restAt ? fields[at] : fromEnd <= after ? fields[fields.length - fromEnd] : undefined;
      return { text, ...(field === undefined ? {} : { field }) };
    });
  }
  if (words.length < fields.length) return undefined;
  const last = fields.length - 1;
  return fields.map((field, at) => {
    const word = words[at] ?? { text: "", start: message.length };
    const takesRest = at === last && words.length > fields.length;
    return { field, text: takesRest ? message.slice(word.start).trimEnd() : word.text };
  });
}

/** "Characters between brackets ([]) and double quotation marks are considered single fields." */
function splitWords(message: string): readonly Word[] {
  const words: Word[] = [];
  const cursor = new Cursor(message);
  for (cursor.skipSpace(); !cursor.done; cursor.skipSpace()) {
    const start = cursor.at;
    const end = groupEnd(message, start);
    if (end === undefined) {
      words.push({ text: cursor.takeMatch(/\S+/y) ?? "", start });
    } else {
      words.push({ text: message.slice(start + 1, end), start });
      cursor.at = end + 1;
    }
  }
  return words;
}

/** Where the group that begins at `start` ends; undefined where none begins, or where it does not end before white space or the end. */
function groupEnd(message: string, start: number): number | undefined {
  const close = { '"': '"', "[": "]" }[message.charAt(start)];
  if (close === undefined) return undefined;
  const end = message.indexOf(close, start + 1);
  return end < 0 || !/^(\s|$)/.test(message.slice(end + 1, end + 2)) ? undefined : end;
}
