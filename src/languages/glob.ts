/**
 * Wildcard patterns as AWS's languages write them: `*` is any run of characters, `?` is exactly one, all else is itself.
 *
 * Matching walks pattern and text once and, on a mismatch, returns only to the latest `*`. That is at most
 * pattern × text steps, so no pattern can stall a cloud as a backtracking regular expression can.
 */

/** Any run of characters, also none. Negative, so that it is no UTF-16 code unit. */
const anyRun = -1;
/** Exactly one character. */
const anyCharacter = -2;

/** A compiled pattern: UTF-16 code units, and the two wildcards as negative numbers. */
export type Glob = readonly number[];

/** Compiles `pattern`, where `*` and `?` are wildcards. */
export function compileGlob(pattern: string): Glob {
  return codeUnits(pattern).map((unit) => (unit === 0x2a ? anyRun : unit === 0x3f ? anyCharacter : unit));
}

/** A pattern that only `text` itself matches: its `*` and `?` are characters like others. */
export function literalGlob(text: string): Glob {
  return codeUnits(text);
}

/** True when the whole of `text` matches `glob`. Case counts. */
export function globMatches(glob: Glob, text: string): boolean {
  let at = 0;
  let next = 0;
  let runAt = -1;
  let runEnd = 0;
  while (at < text.length) {
    const wanted = glob[next];
    if (wanted === anyRun) {
      runAt = next;
      runEnd = at;
      next += 1;
    } else if (wanted === anyCharacter) {
      at += characterLength(text, at);
      next += 1;
    } else if (wanted !== undefined && wanted === text.charCodeAt(at)) {
      at += 1;
      next += 1;
    } else if (runAt >= 0) {
      // The latest run takes one character more. An earlier run never has to: whatever it would give up, this one takes.
      runEnd += 1;
      at = runEnd;
      next = runAt + 1;
    } else {
      return false;
    }
  }
  while (glob[next] === anyRun) next += 1;
  return next === glob.length;
}

/** True when the whole of `text` matches `pattern`, where `*` and `?` are wildcards. Case counts. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  let glob = compiled.get(pattern);
  if (glob === undefined) {
    if (!pattern.includes("*") && !pattern.includes("?")) return pattern === text;
    glob = compileGlob(pattern);
    // Policies ask the same few patterns at every call. Emptied when full: an eviction order would cost more than it saves.
    if (compiled.size >= maximumCompiled) compiled.clear();
    compiled.set(pattern, glob);
  }
  return globMatches(glob, text);
}

/** What was compiled lately; nobody can tell but by the time it takes. */
const compiled = new Map<string, Glob>();
const maximumCompiled = 2000;

function codeUnits(text: string): number[] {
  const units: number[] = [];
  for (let at = 0; at < text.length; at += 1) units.push(text.charCodeAt(at));
  return units;
}

/** 2 for a character outside the basic plane, which JavaScript keeps as two code units, else 1. */
function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
