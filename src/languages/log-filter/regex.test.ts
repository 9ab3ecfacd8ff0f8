import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRegex } from "./regex.ts";
import { FilterSyntaxError } from "./syntax.ts";

describe("a regular expression", () => {
  it.each<[string, string, boolean]>([
    ["^[hc]at", "hat trick", true],
    ["^[hc]at", "the cat", false],
    ["[hc]at$", "the cat", true],
    ["colou?r", "color", true],
    ["[abcx-z]", "y", true],
    ["[^c]$", "abc", false],
    ["a{3,5}", "aa", false],
    ["a{3,5}", "aaaa", true],
    ["^a{2}$", "aaa", false],
    ["^a{,2}$", "aa", true],
    ["^a{2,}$", "aaaaa", true],
    ["^starting|^shutting down", "skipping starting", false],
    ["^starting|^shutting down", "shutting down now", true],
    [String.raw`\[.\]`, "[@]", true],
    [String.raw`10\.10\.0\.1`, "10010,051", false],
    ["10.10.0.1", "10010,051", true],
    ["ab*c", "abbbc", true],
    ["ab+c", "ac", false],
    [".at", " at", true],
    [".at", "at", false],
    [String.raw`\d\D\s\S\w\W`, "1a b_-", true],
    [String.raw`^[\d-]+$`, "12-34", true],
    [String.raw`\x28\x3A\x29`, "(:)", true],
    [String.raw`[\x28-\x29]`, ")", true],
    [String.raw`[\]]`, "]", true],
    ["[]a]", "]", true],
    [String.raw`a\tb`, "a\tb", true],
    ["^$", "", true],
    ["x|", "", true],
  ])("%s in %j is %j", (source, text, expected) => {
    expect(compileRegex(source)(text)).toBe(expected);
  });

  it.each([
    "",
    "a{3,1}",
    "*a",
    "a{",
    "a{x}",
    "[a",
    String.raw`\q`,
    String.raw`\x2`,
    "a{9999}",
    "^*",
    "a**",
    "[z-a]",
    String.raw`a\ `.trim(),
  ])("%j is refused", (source) => {
    expect(() => compileRegex(source)).toThrow(new FilterSyntaxError("Invalid filter pattern"));
  });

  it.each(["something!", "(a)", "a&b", "é"])("%j has characters that are not supported", (source) => {
    expect(() => compileRegex(source)).toThrow(`Invalid character(s) in term '${source}'`);
  });

  it("means what the same expression means in JavaScript", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", String.raw`\d`, "1");
    const count = fc.constantFrom("", "?", "*", "+", "{1,2}", "{2}", "{2,}");
    const term = fc.tuple(atom, count).map(([atom, count]) => atom + count);
    const source = fc
      .array(fc.oneof({ weight: 5, arbitrary: term }, { weight: 1, arbitrary: fc.constantFrom("|", "^", "$") }), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join(""));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "1", " "), maxLength: 8 });
    fc.assert(
      fc.property(source, text, (source, text) => {
        expect(compileRegex(source)(text)).toBe(new RegExp(source).test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("stays cheap where a backtracking engine would never end", () => {
    const text = "a".repeat(50_000);
    expect(compileRegex("a*a*a*a*a*a*a*a*b")(text)).toBe(false);
    expect(compileRegex(".*.*.*.*.*=.*")(text)).toBe(false);
  });
});
