/** Whatever a file holds, the check ends, soon, and says something or nothing; it does not fail. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";
import { parseText } from "../template/parse.ts";
import { isList, isObject } from "../template/value.ts";
import type { Json } from "../template/value.ts";

const fixture = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), "utf8");

const SOURCES = ["valid.yml", "inventory-pipeline.yml", "inventory-buildspec.yml"].map(
  (name) => [name.includes("buildspec") ? "buildspec.yml" : name, parseText(fixture(name)).value] as const,
);

/** The value with the member that `pick` leads to replaced: each step chooses a member, by its number. */
function replaced(value: Json, pick: readonly number[], by: Json): Json {
  const [step, ...rest] = pick;
  if (step === undefined) return by;
  if (isList(value) && value.length > 0) {
    return value.map((item, index) => (index === step % value.length ? replaced(item, rest, by) : item));
  }
  if (!isObject(value) || Object.keys(value).length === 0) return by;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, member], index) => [key, index === step % entries.length ? replaced(member, rest, by) : member]),
  );
}

describe("a file that is mutated", () => {
  it("never makes the check fail", () => {
    const strange = fc.constantFrom<Json>(
      null,
      0,
      -1,
      "",
      "x",
      "${A}",
      "*",
      true,
      [],
      {},
      [[]],
      [null],
      { Ref: 1 },
      { Ref: "Bucket" },
      { "Fn::If": ["IsPrd"] },
      { "Fn::If": ["IsPrd", [], {}] },
      { "Fn::Sub": ["${a}", 1] },
      { "Fn::GetAtt": [] },
      { "Fn::Join": "x" },
      { constructor: { toString: 1 } },
      JSON.parse('{"__proto__": []}'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...SOURCES),
        fc.array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 9 }), strange), {
          minLength: 1,
          maxLength: 4,
        }),
        ([path, source], changes) => {
          const mutated = changes.reduce((value: Json, [pick, by]) => replaced(value, pick, by), source);
          check([{ path, text: JSON.stringify(mutated) }]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is bounded: bombs, depth, and a flood of faults", () => {
    const layers = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    const bomb = `AWSTemplateFormatVersion: "2010-09-09"\nl0: &l0 [x]\n${layers.join("\n")}\n`;
    const [refused] = check([{ path: "template.yml", text: bomb }]).findings;
    expect(refused).toMatchObject({ rule: "syntax", severity: "error" });
    const deep = check([{ path: "template.json", text: '{"Resources":'.repeat(5000) }]).findings;
    expect(deep).toMatchObject([{ rule: "syntax", position: { line: 1 } }]);
    const flood = check([
      {
        path: "buildspec.yml",
        text: `version: 0.2\nphases:\n  build:\n    commands:\n${'      - echo "a: b"\n'.repeat(5000)}`,
      },
    ]).findings;
    expect(flood).toHaveLength(101);
    expect(flood.at(-1)?.message).toBe("4900 more of this kind from here on.");
  });
});

describe("a template that leans on everything", () => {
  it("is not spoken of when it is right", () => {
    expect(check([{ path: "valid.yml", text: fixture("valid.yml") }]).findings).toEqual([]);
  });
});
