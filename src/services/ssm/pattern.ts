/** AllowedPattern: what a parameter's value has to look like (AWS page "PutParameter"). */
import { runInNewContext } from "node:vm";
import type { ParameterType } from "@aws-sdk/client-ssm";
import { refuse } from "./errors.ts";

/** A pattern that goes back and forth over a value for longer stops the cloud for everybody. */
const LONGEST_MS = 500;

/**
 * Checks a value, or each item of a StringList, against an AllowedPattern: the whole of it has to match. Raises InvalidAllowedPatternException
 * and ParameterPatternMismatchException.
 */
export function checkPattern(pattern: string | undefined, type: ParameterType, value: string): void {
  if (pattern === undefined || pattern === "") return;
  if (matches(compile(pattern), type === "StringList" ? value.split(",") : [value])) return;
  refuse(
    "ParameterPatternMismatchException",
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

/** AWS's are Java's; what is used of them JavaScript has too, but for the flags in front. */
function compile(pattern: string): RegExp {
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const rest = pattern.slice(flags?.[0].length ?? 0);
  try {
    return new RegExp(`^(?:${rest})$`, [...new Set(flags?.[1])].join(""));
  } catch {
    return refuse(
      "InvalidAllowedPatternException",
      `The request doesn't meet the regular expression requirement: ${pattern}`,
    );
  }
}

/** In a context of its own, since only there a time limit ends a match. */
function matches({ source, flags }: RegExp, items: readonly string[]): boolean {
  const code = "items.every((item) => new RegExp(source, flags).test(item))";
  try {
    return runInNewContext(code, { source, flags, items }, { timeout: LONGEST_MS }) === true;
  } catch {
    return refuse(
      "InvalidAllowedPatternException",
      `The request doesn't meet the regular expression requirement: matching takes more than ${LONGEST_MS} ms: ${source}`,
    );
  }
}
