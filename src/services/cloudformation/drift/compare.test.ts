/** What is a difference and what is none. */
import { describe, expect, it } from "vitest";
import type { ResourceSchema } from "../../../template/schema/resource-schema.ts";
import type { JsonObject } from "../../../template/value.ts";
import { differencesOf, saidIn } from "./compare.ts";

const schema: ResourceSchema = {
  name: "A::B::C",
  attributes: {},
  properties: {
    Environment: { type: { type: "ref", name: "Environment" } },
    Settings: { type: { type: "array", element: { type: "map", element: { type: "string" } } } },
    Anything: { type: { type: "json" } },
  },
  definitions: { Environment: { Variables: { type: { type: "map", element: { type: "string" } } } } },
};

const told = (expected: JsonObject, actual: JsonObject) =>
  differencesOf(expected, actual, schema).map((one) => `${one.path} ${one.type} ${one.expected} → ${one.actual}`);

describe("values", () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ["a number is its text", { A: "5" }, { A: 5 }, []],
    ["a flag is its text", { A: "true" }, { A: true }, []],
    ["another number", { A: 5 }, { A: 6 }, ["/A NOT_EQUAL 5 → 6"]],
    ["what the template does not say", { A: 1 }, { A: 1, B: 2 }, []],
    ["what is gone", { A: "x" }, {}, ["/A REMOVE x → null"]],
    ["nothing, said or not", { A: "", B: false, C: [], D: {} }, {}, []],
    ["a structure in place of a text", { A: "x" }, { A: { B: 1 } }, ['/A NOT_EQUAL x → {"B":1}']],
    ["a list in place of a structure", { A: { B: 1 } }, { A: [1] }, ['/A NOT_EQUAL {"B":1} → [1]']],
    ["a name with a slash", { "a/b~c": 1 }, { "a/b~c": 2 }, ["/a~1b~0c NOT_EQUAL 1 → 2"]],
    ["a name that objects inherit", { A: { constructor: "x" } }, { A: {} }, ["/A/constructor REMOVE x → null"]],
    ["a default inside a structure", { A: { B: 1 } }, { A: { B: 1, C: 2 } }, []],
  ])("%s", (_, expected, actual, differences) => {
    expect(told(expected, actual)).toEqual(differences);
  });
});

describe("maps", () => {
  it("tell what was added, wherever the schema has them", () => {
    const expected = { Environment: { Variables: { A: "1" } }, Settings: [{ x: "1" }] };
    const actual = { Environment: { Variables: { A: "1", B: "2" }, More: 1 }, Settings: [{ x: "1", y: "2" }] };
    expect(told(expected, actual)).toEqual(["/Environment/Variables/B ADD null → 2", "/Settings/0/y ADD null → 2"]);
  });
});

describe("lists", () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ["another order", { A: ["x", "y"] }, { A: ["y", "x"] }, []],
    ["the same member twice", { A: ["x", "x"] }, { A: ["x"] }, ["/A/1 REMOVE x → null"]],
    ["a member changed", { A: ["x", "y"] }, { A: ["x", "z"] }, ["/A/1 REMOVE y → null", "/A/1 ADD null → z"]],
    [
      "a tag changed, in another order",
      {
        T: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      },
      {
        T: [
          { Key: "b", Value: "3" },
          { Key: "a", Value: "1" },
        ],
      },
      ["/T/1/Value NOT_EQUAL 2 → 3"],
    ],
    [
      "a tag with another key",
      { T: [{ Key: "a", Value: "1" }] },
      { T: [{ Key: "b", Value: "1" }] },
      ['/T/0 REMOVE {"Key":"a","Value":"1"} → null', '/T/0 ADD null → {"Key":"b","Value":"1"}'],
    ],
    ["items without names, in turn", { R: [{ P: 1 }] }, { R: [{ Id: "made", P: 2 }] }, ["/R/0/P NOT_EQUAL 1 → 2"]],
    [
      "layers in another order",
      { Layers: ["x", "y"] },
      { Layers: ["y", "x"] },
      ["/Layers/0 NOT_EQUAL x → y", "/Layers/1 NOT_EQUAL y → x"],
    ],
  ])("%s", (_, expected, actual, differences) => {
    expect(told(expected, actual)).toEqual(differences);
  });
});

describe("policy documents", () => {
  const document = (statement: JsonObject | readonly JsonObject[]) => ({
    PolicyDocument: { Version: "2012-10-17", Statement: statement },
  });
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ["one and a list of one", document({ Action: "a:b" }), document([{ Action: ["a:b"] }]), []],
    ["another order", document({ Action: ["a", "b"] }), document({ Action: ["b", "a"] }), []],
    [
      "text",
      { PolicyDocument: '{"Statement":[{"Action":"a"}]}' },
      { PolicyDocument: { Statement: { Action: "a" } } },
      [],
    ],
    ["an account and its root", document({ P: "111111111111" }), document({ P: "arn:aws:iam::111111111111:root" }), []],
    [
      "an element added",
      document({ A: "x" }),
      document({ A: "x", Condition: { Bool: { k: "true" } } }),
      ['/PolicyDocument/Statement/Condition ADD null → {"Bool":{"k":"true"}}'],
    ],
    [
      "an action added",
      document([{ A: ["x"] }]),
      document([{ A: ["x", "y"] }]),
      ["/PolicyDocument/Statement/0/A/1 ADD null → y"],
    ],
    [
      "a statement added",
      document([{ Sid: "1" }]),
      document([{ Sid: "1" }, { Sid: "2" }]),
      ['/PolicyDocument/Statement/1 ADD null → {"Sid":"2"}'],
    ],
    ["any other JSON", { Anything: { a: 1 } }, { Anything: '{"a":1,"b":2}' }, ["/Anything/b ADD null → 2"]],
    ["what is no JSON", { Anything: "{" }, { Anything: "}" }, ["/Anything NOT_EQUAL { → }"]],
  ])("%s", (_, expected, actual, differences) => {
    expect(told(expected, actual)).toEqual(differences);
  });
});

describe("what is shown of the live properties", () => {
  it("is what the template says, and all of a map", () => {
    const expected = { A: { B: 1 }, Environment: { Variables: { X: "1" } }, Gone: 1 };
    const actual = { A: { B: 2, C: 3 }, Environment: { Variables: { X: "1", Y: "2" }, More: 1 }, Other: 1 };
    expect(saidIn(expected, actual, schema)).toEqual({ A: { B: 2 }, Environment: { Variables: { X: "1", Y: "2" } } });
  });
});
