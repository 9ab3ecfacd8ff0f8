/** Template text is read as CloudFormation reads it: short forms, YAML 1.1 scalars, positions, bounds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseText } from "./parse.ts";
import { TemplateError } from "./template-error.ts";

const value = (text: string): unknown => parseText(text).value;
const message = (text: string): string => {
  try {
    parseText(text);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  return "parsed";
};

describe("YAML", () => {
  it("turns every short form into its long form, also nested in long ones", () => {
    const text = [
      "A: !Ref X",
      "B: !GetAtt Db.Endpoint.Port",
      "C: !GetAtt [Db, Arn]",
      "D: {'Fn::Join': ['', [!Sub '${X}', !If [Y, !Ref Z, !Ref 'AWS::NoValue']]]}",
      "E: !Not [!Condition IsProd]",
      "F: !FindInMap [M, !Ref 'AWS::Region', k]",
    ].join("\n");
    expect(value(text)).toEqual({
      A: { Ref: "X" },
      B: { "Fn::GetAtt": ["Db", "Endpoint.Port"] },
      C: { "Fn::GetAtt": ["Db", "Arn"] },
      D: { "Fn::Join": ["", [{ "Fn::Sub": "${X}" }, { "Fn::If": ["Y", { Ref: "Z" }, { Ref: "AWS::NoValue" }] }]] },
      E: { "Fn::Not": [{ Condition: "IsProd" }] },
      F: { "Fn::FindInMap": ["M", { Ref: "AWS::Region" }, "k"] },
    });
  });

  it("keeps dates, times, long ids and quoted scalars as text and reads YAML 1.1's booleans and numbers", () => {
    const text =
      "a: 2010-09-09\nb: 10:30\nc: 12345678901234567890\nd: '1'\ne: yes\nf: Off\ng: 0x10\nh: 010\ni: 1.50\nj: !!str 5\nk: ~\nl: y\nm: -7\nn: 0123456789012";
    expect(value(text)).toEqual({
      a: "2010-09-09",
      b: "10:30",
      c: "12345678901234567890",
      d: "1",
      e: true,
      f: false,
      g: 16,
      h: 8,
      i: 1.5,
      j: "5",
      k: null,
      l: "y",
      m: -7,
      n: "0123456789012",
    });
  });

  it("copies what an alias stands for, so that changing one copy could not change the other", () => {
    const parsed = value("a: &x {k: [1]}\nb: *x");
    expect(parsed).toEqual({ a: { k: [1] }, b: { k: [1] } });
  });

  it.each([
    ["an unfinished list", "a: [1", "(line 1, column 6)"],
    ["a duplicate key", "a: 1\nb: 2\na: 3", "(line 3, column 1)"],
    ["an unknown tag", "a: !Foo b", "(line 1, column 9)"],
    ["two short forms in a row", "a: !Base64 !Sub x", "(line 1, column 12)"],
    ["an alias inside its own anchor", "a: &x [*x]", "(line 1, column 8)"],
    ["an alias of nothing", "a: *x", "(line 1, column 4)"],
    ["a mapping as a key", "? {a: 1}\n: 2", "(line 1, column 3)"],
    ["a second document", "a: 1\n---\nb: 2", "(line 2, column 1)"],
    ["a character that is none of a text's", "a: 1\nb: x\u0000", "(line 2, column 5)"],
  ])("refuses %s and says where it is", (_what, text, where) => {
    expect(message(text)).toBe(`Template format error: YAML not well-formed. ${where}`);
  });

  it("refuses text that is no mapping", () => {
    for (const text of ["", "just words", "- a\n- b", "42"]) {
      expect(message(text)).toBe("Template format error: unsupported structure.");
    }
  });
});

describe("JSON", () => {
  it("reads all of JSON, whatever white space stands before it", () => {
    expect(value('\uFEFF\n {"a": ["\\u00e9\\n", -1.5e2, true, null, {}], "__proto__": 1}')).toEqual(
      JSON.parse('{"a": ["é\\n", -150, true, null, {}], "__proto__": 1}'),
    );
  });

  it.each([
    ["nothing after a brace", "{", "(line 1, column 2)"],
    ["a trailing comma", '{"a": 1,}', "(line 1, column 9)"],
    ["a duplicate key", '{"a": 1,\n "a": 2}', "(line 2, column 2)"],
    ["a bare word", '{"a": nope}', "(line 1, column 7)"],
    ["text after the end", '{"a": 1} b', "(line 1, column 10)"],
  ])("refuses %s and says where it is", (_what, text, where) => {
    expect(message(text)).toBe(`Template format error: JSON not well-formed. ${where}`);
  });
});

describe("positions", () => {
  it("are known for every member, in YAML and in JSON, and fall back to the deepest part that is there", () => {
    const yaml = parseText("Resources:\n  A:\n    Type: T\n    Properties:\n      Tags:\n      - Key: k\n");
    expect(yaml.positionOf(["Resources", "A", "Properties", "Tags", 0, "Key"])).toEqual({ line: 6, column: 9 });
    expect(yaml.positionOf(["Resources", "A", "Missing"])).toEqual({ line: 2, column: 3 });
    expect(yaml.positionOf(["Nothing"])).toBeUndefined();
    const json = parseText('{\n  "Resources": {"A": [1,\n 2]}\n}');
    expect(json.positionOf(["Resources", "A", 1])).toEqual({ line: 3, column: 2 });
  });
});

describe("hostile text", () => {
  // Text like this takes minutes, or the stack, where a bound is missing: the test's own time limit is the measure.
  it("is refused in bounded time and memory: nesting, alias bombs, oversize", () => {
    const bomb = Array.from("bcdefghij").reduce(
      (text, name, index) => `${text}\n${name}: &${name} [${Array(9).fill(`*${"abcdefghij"[index]}`).join(",")}]`,
      "a: &a [x,x,x,x,x,x,x,x,x]",
    );
    for (const text of [
      bomb,
      "[".repeat(900_000),
      `{"a":${"[".repeat(900_000)}`,
      "- ".repeat(400_000),
      "? ".repeat(400_000),
      `a: ${"{a: ".repeat(200_000)}`,
    ]) {
      expect(message(text)).toMatch(/well-formed|aliases are not allowed/);
    }
    expect(message(`a: ${"x".repeat(1_000_000)}`)).toBe("Template may not exceed 1000000 bytes in size.");
  });

  it("never fails with anything but a TemplateError", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("{}[]:,-?!&*'\"|>#% \n\tab0.~<=")), maxLength: 60 }),
        (text) => {
          expect(message(text)).toBeTypeOf("string");
        },
      ),
      { numRuns: 1500 },
    );
  });
});
