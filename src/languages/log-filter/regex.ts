/**
 * CloudWatch Logs' regular expressions, `%…%` (AWS page "Filter pattern syntax", "Supported regular expressions"):
 * characters, classes, `. ^ $ ? * + {m,n} |` and `\d \s \w \xhh`, without groups.
 *
 * They run as sets of states, not by backtracking: time is text × pattern at worst, whatever the pattern.
 */
import { FilterSyntaxError, invalidPattern, invalidTerm } from "./syntax.ts";

/** True when the expression matches anywhere in the text. */
export type RegexMatcher = (text: string) => boolean;

/** Counts beyond this are refused: each is a copy of its term. */
const maximumRepeat = 1000;

type CharacterTest = (unit: number) => boolean;

/** One step: a character, or an anchor, or a fork to other steps. `to` and `or` are indexes of steps. */
type Step =
  | { readonly type: "character"; readonly test: CharacterTest; readonly to: number }
  | { readonly type: "start" | "end"; readonly to: number }
  | { readonly type: "fork"; readonly to: number; readonly or: number }
  | { readonly type: "match" };

/** Compiles the text between the per cent signs. Raises FilterSyntaxError for what is not supported. */
export function compileRegex(source: string): RegexMatcher {
  const steps: Step[] = [{ type: "match" }];
  const starts = parse(source).map((terms) => link(terms, steps));
  return (text) => search(steps, starts, text);
}

/** A term and how often it may stand: `most` is Infinity for `*` and `+`. */
interface Term {
  readonly element: CharacterTest | "start" | "end";
  readonly least: number;
  readonly most: number;
}

/** Adds the steps of one alternative and answers the first. Built from the end, so that each step knows the next. */
function link(terms: readonly Term[], steps: Step[]): number {
  const add = (step: Step): number => steps.push(step) - 1;
  let next = 0;
  for (const { element, least, most } of terms.toReversed()) {
    if (typeof element === "string") {
      next = add({ type: element, to: next });
      continue;
    }
    if (most === Number.POSITIVE_INFINITY) {
      const fork = add({ type: "match" });
      const character = add({ type: "character", test: element, to: fork });
      steps[fork] = { type: "fork", to: character, or: next };
      next = fork;
    } else {
      const after = next;
      for (let count = least; count < most; count += 1) {
        next = add({ type: "fork", to: add({ type: "character", test: element, to: next }), or: after });
      }
    }
    for (let count = 0; count < least; count += 1) next = add({ type: "character", test: element, to: next });
  }
  return next;
}

/** Runs all alternatives from every position at once. */
function search(steps: readonly Step[], starts: readonly number[], text: string): boolean {
  // `seenAt[step]` is the position at which a step was last entered, so that none is entered twice at one.
  const seenAt = new Int32Array(steps.length).fill(-1);
  const pending: number[] = [];
  let now: number[] = [];
  const enter = (from: number, at: number, into: number[]): boolean => {
    pending.push(from);
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (seenAt[index] === at) continue;
      seenAt[index] = at;
      const step = steps[index];
      if (step === undefined || step.type === "match") {
        pending.length = 0;
        return true;
      }
      if (step.type === "character") into.push(index);
      else if (step.type === "fork") pending.push(step.or, step.to);
      else if (step.type === "start" ? at === 0 : at === text.length) pending.push(step.to);
    }
    return false;
  };
  for (let at = 0; ; at += 1) {
    for (const start of starts) if (enter(start, at, now)) return true;
    if (at === text.length) return false;
    const unit = text.charCodeAt(at);
    const next: number[] = [];
    for (const index of now) {
      const step = steps[index];
      if (step?.type === "character" && step.test(unit) && enter(step.to, at + 1, next)) return true;
    }
    now = next;
  }
}

/** Alternatives, each a list of terms. */
function parse(source: string): readonly (readonly Term[])[] {
  const alternatives: Term[][] = [[]];
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === "|") {
      alternatives.push([]);
      at += 1;
      continue;
    }
    const [element, afterElement] = parseElement(source, at);
    const [least, most, afterCount] = parseCount(source, afterElement);
    if (typeof element === "string" && afterCount > afterElement) invalidPattern();
    alternatives.at(-1)?.push({ element, least, most });
    at = afterCount;
  }
  if (source === "") invalidPattern();
  return alternatives;
}

type Parsed<T> = readonly [value: T, end: number];

function parseElement(source: string, at: number): Parsed<Term["element"]> {
  const character = source.charAt(at);
  switch (character) {
    case "^":
      return ["start", at + 1];
    case "$":
      return ["end", at + 1];
    case ".":
      return [(unit) => unit !== 0x0a, at + 1];
    case "[":
      return parseClass(source, at + 1);
    case "\\":
      return parseEscape(source, at);
    default:
      checkLiteral(character, source);
      return [exactly(character.charCodeAt(0)), at + 1];
  }
}

/** Also reads `{2}`, `{,3}` and `{2,}`: "Either m or n can be omitted". */
function parseCount(source: string, at: number): readonly [least: number, most: number, end: number] {
  const character = source.charAt(at);
  if (character === "?") return [0, 1, at + 1];
  if (character === "*") return [0, Number.POSITIVE_INFINITY, at + 1];
  if (character === "+") return [1, Number.POSITIVE_INFINITY, at + 1];
  if (character !== "{") return [1, 1, at];
  const found = /^\{(\d*)(,?) ?(\d*)\}/.exec(source.slice(at));
  const [whole = "", leastText = "", comma = "", mostText = ""] = found ?? [];
  if (found === null || (leastText === "" && mostText === "")) invalidPattern();
  const least = leastText === "" ? 0 : Number(leastText);
  const open = mostText === "" ? Number.POSITIVE_INFINITY : Number(mostText);
  const most = comma === "" ? least : open;
  if (least > most || least > maximumRepeat || (most !== Number.POSITIVE_INFINITY && most > maximumRepeat)) {
    invalidPattern();
  }
  return [least, most, at + whole.length];
}

function parseClass(source: string, from: number): Parsed<CharacterTest> {
  const negated = source.charAt(from) === "^";
  let at = negated ? from + 1 : from;
  const tests: CharacterTest[] = [];
  // A bracket right at the beginning is a member, as everywhere.
  for (let first = true; first || source.charAt(at) !== "]"; first = false) {
    if (at >= source.length) invalidPattern();
    const [member, end] = parseMember(source, at);
    at = end;
    if (typeof member !== "number") {
      tests.push(member);
    } else if (source.charAt(at) === "-" && !["]", ""].includes(source.charAt(at + 1))) {
      const [last, rangeEnd] = parseMember(source, at + 1);
      if (typeof last !== "number" || last < member) invalidPattern();
      tests.push((unit) => unit >= member && unit <= last);
      at = rangeEnd;
    } else {
      tests.push(exactly(member));
    }
  }
  return [(unit) => tests.some((test) => test(unit)) !== negated, at + 1];
}

/** A member of a class: one character, or `\d` and its kind. */
function parseMember(source: string, at: number): Parsed<number | CharacterTest> {
  const character = source.charAt(at);
  if (character !== "\\") {
    checkLiteral(character, source, true);
    return [character.charCodeAt(0), at + 1];
  }
  const [test, end] = parseEscape(source, at);
  const escaped = source.charAt(at + 1);
  if (escaped === "x") return [Number.parseInt(source.slice(at + 2, end), 16), end];
  return /[a-z]/i.test(escaped) && !/[tnr]/.test(escaped) ? [test, end] : [unescaped(escaped), end];
}

function parseEscape(source: string, at: number): Parsed<CharacterTest> {
  const character = source.charAt(at + 1);
  const end = at + 2;
  const kind = characterKinds[character.toLowerCase()];
  if (kind !== undefined) return [character === character.toLowerCase() ? kind : (unit) => !kind(unit), end];
  if (character === "x") {
    const digits = /^[0-9a-f]{2}/i.exec(source.slice(end))?.[0] ?? invalidPattern();
    return [exactly(Number.parseInt(digits, 16)), end + 2];
  }
  if (character === "" || (/[a-z0-9]/i.test(character) && !/[tnr]/.test(character))) invalidPattern();
  return [exactly(unescaped(character)), end];
}

const characterKinds: Readonly<Record<string, CharacterTest>> = {
  d: (unit) => unit >= 0x30 && unit <= 0x39,
  s: (unit) => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d),
  w: (unit) =>
    (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f,
};

function unescaped(character: string): number {
  const control = { t: 0x09, n: 0x0a, r: 0x0d }[character];
  return control ?? character.charCodeAt(0);
}

function exactly(wanted: number): CharacterTest {
  return (unit) => unit === wanted;
}

/** "Alphanumeric characters, : _ # = @ / ; , -", white space, and within a class also what is an operator outside. */
function checkLiteral(character: string, source: string, inClass = false): void {
  if (/[a-z0-9:_#=@/;,\s-]/i.test(character) || (inClass && /[.^$?*+{}|[\]]/.test(character))) return;
  if (/[?*+{}\]]/.test(character)) invalidPattern();
  if (character === "") throw new FilterSyntaxError("Invalid filter pattern");
  invalidTerm(source);
}
