/** Policy variables, `${aws:username}` and their kind (AWS page "IAM policy elements: Variables and tags"). */
import { compileGlob, literalGlob } from "../glob.ts";
import type { Glob } from "../glob.ts";

const variable = /\$\{([^{}]*)\}/g;
/** `${*}`, `${?}` and `${$}` are the characters themselves. */
const characters = ["*", "?", "$"];

/** Answers a single-valued key of the request, or undefined where the request does not have it or has several values. */
export type VariableLookup = (key: string) => string | undefined;

/**
 * `pattern` with its variables filled in, as a wildcard pattern in which what a variable brought is literal: a user who
 * is called `*` is no wildcard. Undefined where a variable is neither in the request nor has a default: it is null
 * then, and null matches nothing.
 */
export function expandPattern(pattern: string, lookup: VariableLookup): Glob | undefined {
  const parts = expand(pattern, lookup);
  return parts?.flatMap(({ text, literal }) => (literal ? literalGlob(text) : compileGlob(text)));
}

/** `text` with its variables filled in; undefined as above. */
export function expandText(text: string, lookup: VariableLookup): string | undefined {
  return expand(text, lookup)
    ?.map((part) => part.text)
    .join("");
}

/** `pattern` with a wildcard in place of each variable. */
export function maskVariables(pattern: string): string {
  return pattern.replace(variable, "*");
}

/** True where `text` has a variable to fill in. */
export function hasVariable(text: string): boolean {
  return text.includes("${");
}

interface Part {
  readonly text: string;
  readonly literal: boolean;
}

function expand(pattern: string, lookup: VariableLookup): readonly Part[] | undefined {
  const parts: Part[] = [];
  let at = 0;
  for (const found of pattern.matchAll(variable)) {
    const value = valueOf(found[1] ?? "", lookup);
    if (value === undefined) return undefined;
    parts.push({ text: pattern.slice(at, found.index), literal: false }, { text: value, literal: true });
    at = found.index + found[0].length;
  }
  parts.push({ text: pattern.slice(at), literal: false });
  return parts;
}

/** `key` or `key, 'default'`. */
function valueOf(expression: string, lookup: VariableLookup): string | undefined {
  if (characters.includes(expression)) return expression;
  const comma = expression.indexOf(",");
  if (comma < 0) return lookup(expression.trim());
  const fallback = /^\s*'(.*)'\s*$/.exec(expression.slice(comma + 1))?.[1];
  return lookup(expression.slice(0, comma).trim()) ?? fallback;
}
