/** Parameters are bound and refused as CreateStack does it. */
import { describe, expect, it } from "vitest";
import { bindParameters, parameterValues } from "./parameters.ts";
import { readTemplate } from "./template.ts";
import type { BoundParameter } from "./parameters.ts";

function bind(declarations: string, given: Record<string, string> = {}): ReadonlyMap<string, BoundParameter> {
  const template = readTemplate(`Parameters: {${declarations}}\nResources: {A: {Type: T}}`);
  return bindParameters(template.parameters, new Map(Object.entries(given)));
}

describe("parameters", () => {
  it("take what is given before their default, and lists as lists without spaces", () => {
    const bound = bind(
      "A: {Type: String, Default: 1}, B: {Type: CommaDelimitedList, Default: 'x, y'}, C: {Type: Number}, D: {Type: 'List<Number>', Default: ''}",
      { C: "5" },
    );
    expect(Object.fromEntries(parameterValues(bound))).toEqual({ A: "1", B: ["x", "y"], C: "5", D: [] });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ["a missing value", "Env: {Type: String}, B: {Type: String}", {}, "Parameters: [Env, B] must have values"],
    ["an unknown one", "A: {Type: String, Default: x}", { Foo: "1" }, "Parameters: [Foo] do not exist in the template"],
    [
      "a value not allowed",
      "A: {Type: String, AllowedValues: [x, y]}",
      { A: "z" },
      "Parameter 'A' must be one of AllowedValues",
    ],
    [
      "a member of a list not allowed",
      "A: {Type: CommaDelimitedList, AllowedValues: [x, y]}",
      { A: "x,z" },
      "Parameter 'A' must be one of AllowedValues",
    ],
    [
      "a pattern that only matches in part",
      "A: {Type: String, AllowedPattern: '[a-z]+'}",
      { A: "ab1" },
      "Parameter 'A' must match pattern [a-z]+",
    ],
    [
      "a constraint with its own words",
      "A: {Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: only letters}",
      { A: "1" },
      "Parameter A failed to satisfy constraint: only letters",
    ],
    [
      "a short text",
      "A: {Type: String, MinLength: 3}",
      { A: "ab" },
      "Parameter 'A' must contain at least 3 characters",
    ],
    [
      "a long text",
      "A: {Type: String, MaxLength: '3'}",
      { A: "abcd" },
      "Parameter 'A' must contain at most 3 characters",
    ],
    [
      "a number too small",
      "A: {Type: Number, MinValue: 3}",
      { A: "2" },
      "Parameter 'A' must be a number not less than 3",
    ],
    ["a number that is none", "A: {Type: Number}", { A: "two" }, "Parameter 'A' must be a number"],
    [
      "a type that is none",
      "A: {Type: Strin}",
      { A: "x" },
      "Template format error: Unrecognized parameter type: Strin",
    ],
  ])("refuse %s", (_what, declarations, given, message) => {
    expect(() => bind(declarations, given)).toThrow(message);
  });

  it("of the SSM types are names in the parameter store, to be looked up", () => {
    const bound = bind(
      "A: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /app/list}, B: {Type: String, Default: b, NoEcho: true}",
    );
    expect(bound.get("A")).toMatchObject({ text: "/app/list", ssm: { name: "/app/list", list: true } });
    expect(bound.get("B")?.noEcho).toBe(true);
    expect(Object.fromEntries(parameterValues(bound))).toEqual({ A: "/app/list", B: "b" });
  });
});
