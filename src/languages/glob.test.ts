import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob, globMatches, literalGlob, matchesWildcard } from "./glob.ts";

/** The meaning, written as plainly as it can be, and exponential. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === "*") return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  return text.length > 0 && (first === "?" || first === text[0]) && naive(rest, text.slice(1));
}

describe("wildcards", () => {
  it.each([
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["a*", "a", true],
    ["s3:Get*", "s3:GetObject", true],
    ["s3:Get*", "s3:PutObject", false],
    ["arn:aws:s3:::b/*/c?", "arn:aws:s3:::b/x/y/c1", true],
    ["a?c", "abbc", false],
    ["*.txt", "x.txt.gz", false],
    ["a.c", "abc", false],
    ["?", "😀", true],
    ["??", "😀", false],
    ["*?", "😀", true],
  ])("%j against %j is %j", (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it("agree with the plain meaning on any pattern and text", () => {
    const symbols = fc.constantFrom("a", "b", "*", "?", "😀");
    const letters = fc.constantFrom("a", "b", "*", "😀");
    fc.assert(
      fc.property(fc.array(symbols, { maxLength: 8 }), fc.array(letters, { maxLength: 8 }), (pattern, text) => {
        expect(globMatches(compileGlob(pattern.join("")), text.join(""))).toBe(naive(pattern, text));
      }),
      { numRuns: 1000 },
    );
  });

  it("match any text against itself taken literally, and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "*", "?") }), fc.string(), (text, other) => {
        expect(globMatches(literalGlob(text), text)).toBe(true);
        expect(globMatches(literalGlob(text), other)).toBe(text === other);
      }),
    );
  });

  it("stay cheap where a backtracking matcher would never end", () => {
    const pattern = `${"a*".repeat(60)}b`;
    expect(matchesWildcard(pattern, "a".repeat(20_000))).toBe(false);
    expect(matchesWildcard(`${"*a".repeat(1000)}*`, "a".repeat(20_000))).toBe(true);
  });
});
