/** Properties against the published schemas, in the words of CloudFormation's validator. */
import { describe, expect, it } from "vitest";
import { loadSchemaCatalogue } from "../../schema-catalogue.ts";
import type { Json, JsonObject } from "../value.ts";
import { propertiesFailure, type Fault } from "./fault.ts";
import { faultsOf } from "./faults.ts";
import type { ValueForm } from "./presence.ts";

const catalogue = loadSchemaCatalogue();
const WRITTEN: ValueForm = { form: "written" };
const RESOLVED: ValueForm = { form: "resolved" };

const ROLE = "arn:aws:iam::000000000000:role/r";
const LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:l:1";

function faults(type: string, properties: JsonObject, options = WRITTEN): readonly Fault[] {
  const schema = catalogue.get(type);
  if (schema === undefined) throw new Error(`no schema of ${type}`);
  return faultsOf(schema, properties, options);
}

function messages(type: string, properties: JsonObject, options = WRITTEN): string[] {
  return faults(type, properties, options).map(({ message }) => message);
}

/** A function with all that it needs. */
function lambda(properties: JsonObject, options = WRITTEN): string[] {
  return messages("AWS::Lambda::Function", { Code: { ZipFile: "x" }, Role: ROLE, ...properties }, options);
}

describe("the properties of a resource", () => {
  it("pass when they are as the schema has them", () => {
    expect(lambda({ Timeout: 3, Layers: [LAYER], Environment: { Variables: { A: "b" } } })).toEqual([]);
  });

  it("fail for a key that is missing and for one that nobody knows, at any depth", () => {
    expect(messages("AWS::Lambda::Function", { Code: { Zip: "x" }, Foo: 1, SnapStart: {} })).toEqual([
      "#: required key [Role] not found",
      "#: extraneous key [Foo] is not permitted",
      "#/Code: extraneous key [Zip] is not permitted",
      "#/SnapStart: required key [ApplyOn] not found",
    ]);
  });

  it("fail for values of another type, a single value in a list's place among them", () => {
    expect(
      lambda({
        Timeout: "soon",
        MemorySize: 128.5,
        PublishToLatestPublished: "perhaps",
        Handler: ["a"],
        Layers: "one",
        VpcConfig: "vpc",
        Tags: { a: "b" },
        Description: { a: "b" },
      }),
    ).toEqual([
      "#/Timeout: expected type: Number, found: String",
      "#/MemorySize: expected type: Integer, found: BigDecimal",
      "#/PublishToLatestPublished: expected type: Boolean, found: String",
      "#/Handler: expected type: String, found: JSONArray",
      "#/Layers: expected type: JSONArray, found: String",
      "#/VpcConfig: expected type: JSONObject, found: String",
      "#/Tags: expected type: JSONArray, found: JSONObject",
      "#/Description: expected type: String, found: JSONObject",
    ]);
  });

  it("may be texts that say a number or a boolean, and numbers and booleans in a text's place", () => {
    expect(
      lambda({
        Timeout: "30",
        PublishToLatestPublished: "true",
        Description: 5,
        Environment: { Variables: { A: true } },
      }),
    ).toEqual([]);
  });

  it("fail for what is none of the values that a property can have, without telling the value", () => {
    expect(lambda({ PackageType: "Jar" })).toEqual([
      "#/PackageType: #: only 1 subschema matches out of 2\n#/PackageType: failed validation constraint for keyword [enum]",
    ]);
    expect(faults("AWS::Lambda::Function", { Code: {}, Role: ROLE, PackageType: "Jar" })[0]?.allowed).toEqual([
      "Image",
      "Zip",
    ]);
  });

  it("fail for texts, numbers and lists beyond their limits", () => {
    const long = "x".repeat(257);
    const properties = { Role: "r", Description: long, Timeout: 0, Handler: "a b", Architectures: ["arm64", "x86_64"] };
    expect(lambda(properties)).toEqual([
      "#/Role: failed validation constraint for keyword [pattern]",
      "#/Description: expected maxLength: 256, actual: 257",
      "#/Timeout: failed validation constraint for keyword [minimum]",
      "#/Handler: failed validation constraint for keyword [pattern]",
      "#/Architectures: expected maximum item count: 1, found: 2",
    ]);
    expect(lambda({ Architectures: [] })).toEqual(["#/Architectures: expected minimum item count: 1, found: 0"]);
    expect(lambda({ Architectures: { "Fn::Split": [",", "a,b"] } })).toEqual([]);
    const rule = { AllowedMethods: ["GET", "GET"], AllowedOrigins: ["*"] };
    expect(messages("AWS::S3::Bucket", { CorsConfiguration: { CorsRules: [rule] } })).toEqual([
      "#/CorsConfiguration/CorsRules/0/AllowedMethods: array items are not unique",
    ]);
  });

  it("may have tags without a value where the type lets them", () => {
    expect(lambda({ Tags: [{ Key: "a" }] })).toEqual([]);
    expect(messages("AWS::S3::Bucket", { Tags: [{ Key: "a" }] })).toEqual(["#/Tags/0: required key [Value] not found"]);
  });

  it("fail for what can only be read", () => {
    expect(faults("AWS::Lambda::Function", { Code: {}, Role: ROLE, Arn: "a" })).toMatchObject([
      { kind: "readOnly", path: ["Arn"], key: "Arn" },
    ]);
  });

  it("take documents as objects or as text", () => {
    for (const document of [{ Version: "2012-10-17" }, "{}"]) {
      expect(messages("AWS::IAM::Role", { AssumeRolePolicyDocument: document })).toEqual([]);
    }
    expect(messages("AWS::IAM::Role", { AssumeRolePolicyDocument: [1] })).toEqual([
      "#/AssumeRolePolicyDocument: #: no subschema matched out of the total 2 subschemas",
      "#/AssumeRolePolicyDocument: expected type: JSONObject, found: JSONArray",
    ]);
  });

  it("are told with the resource's name", () => {
    expect(propertiesFailure("Fn", faults("AWS::Lambda::Function", { Code: {}, Foo: 1 }))).toBe(
      "Properties validation failed for resource Fn with message:\n#: required key [Role] not found\n#: extraneous key [Foo] is not permitted",
    );
  });
});

describe("properties as they are written", () => {
  it("are of unknown type where they are functions", () => {
    expect(lambda({ Timeout: { Ref: "T" }, Layers: { "Fn::Split": [",", "a,b"] }, VpcConfig: { Ref: "X" } })).toEqual(
      [],
    );
  });

  it("are looked at in every branch of a Fn::If that may be taken", () => {
    const properties = { Timeout: { "Fn::If": ["C", "soon", 3] }, Layers: [{ "Fn::If": ["C", LAYER, { a: 1 }] }] };
    const both = faults("AWS::Lambda::Function", { Code: {}, Role: ROLE, ...properties });
    expect(both.map(({ path, message }) => [path.join("/"), message])).toEqual([
      ["Timeout/Fn::If/1", "#/Timeout: expected type: Number, found: String"],
      ["Layers/0/Fn::If/2", "#/Layers/0: expected type: String, found: JSONObject"],
    ]);
    const conditions = new Map([["C", true]]);
    expect(lambda(properties, { form: "written", conditions })).toEqual([
      "#/Timeout: expected type: Number, found: String",
    ]);
  });

  it("are absent where they are AWS::NoValue", () => {
    const none = { Ref: "AWS::NoValue" };
    expect(lambda({ Role: none, Foo: none, Layers: [none, LAYER] })).toEqual(["#: required key [Role] not found"]);
    const maybe = { "Fn::If": ["C", none, ROLE] };
    expect(lambda({ Role: maybe })).toEqual([]);
    expect(lambda({ Role: maybe }, { form: "written", conditions: new Map([["C", true]]) })).toEqual([
      "#: required key [Role] not found",
    ]);
  });

  it("are known where they are parameters whose values are known", () => {
    const parameters = new Map<string, Json>([
      ["Seconds", "soon"],
      ["Ids", [LAYER]],
    ]);
    const properties = { Timeout: { Ref: "Seconds" }, MemorySize: { Ref: "Other" }, Layers: { Ref: "Ids" } };
    expect(lambda(properties, { form: "written", parameters })).toEqual([
      "#/Timeout: expected type: Number, found: String",
    ]);
  });

  it("may have any key where a fragment will be put in", () => {
    const transform = { Name: "AWS::Include", Parameters: { Location: "s3://b/k" } };
    expect(messages("AWS::Lambda::Function", { "Fn::Transform": transform, Timeout: [1] })).toEqual([
      "#/Timeout: expected type: Number, found: JSONArray",
    ]);
  });
});

describe("properties that are resolved", () => {
  it("are data, even where they look like functions", () => {
    expect(lambda({ Timeout: { Ref: "T" } }, RESOLVED)).toEqual([
      "#/Timeout: expected type: Number, found: JSONObject",
    ]);
  });
});
