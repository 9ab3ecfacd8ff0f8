/** What could have been written at a place, and what a wrong word is nearest to. */
import { describe, expect, it } from "vitest";
import { loadSchemaCatalogue } from "../../schema-catalogue.ts";
import { supportsAttribute } from "./attributes.ts";
import type { ResourceSchema } from "./resource-schema.ts";
import { closest, keysAt, typeAt } from "./vocabulary.ts";

const catalogue = loadSchemaCatalogue();

function schemaOf(type: string): ResourceSchema {
  const schema = catalogue.get(type);
  if (schema === undefined) throw new Error(`no schema of ${type}`);
  return schema;
}

describe("the catalogue", () => {
  it("names every type once, and reads those that it names and no others", () => {
    const names = [...catalogue.names()];
    expect(names.length).toBeGreaterThan(1700);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(catalogue.get(name)?.name).toBe(name);
    for (const name of ["AWS::S3", "AWS::S3::Nothing", "../x::y::z", "AWS::S3::constructor", "a", ""]) {
      expect(catalogue.get(name)).toBeUndefined();
    }
  });

  it("has a definition for each object that a type refers to", () => {
    const missing = [...catalogue.names()].flatMap((name) => {
      const { definitions } = schemaOf(name);
      const referred = JSON.stringify(schemaOf(name)).matchAll(/"type":"ref","name":"([^"]+)"/g);
      return [...referred].filter(([, to = ""]) => definitions[to] === undefined).map(([, to]) => `${name} ${to}`);
    });
    expect(missing).toEqual([]);
  });
});

describe("the keys at a place", () => {
  const bucket = schemaOf("AWS::S3::Bucket");

  it("are those of the object there, through lists and conditions", () => {
    expect(keysAt(bucket, [])).toContain("BucketName");
    const keys = ["AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposedHeaders", "Id", "MaxAge"];
    expect(keysAt(bucket, ["CorsConfiguration", "CorsRules", 0])).toEqual(keys);
    expect(keysAt(bucket, ["CorsConfiguration", "Fn::If", 1, "CorsRules", 3])).toEqual(keys);
    expect(keysAt(bucket, ["CorsConfiguration", "CorsRules"])).toEqual(keys);
    expect(keysAt(bucket, ["Tags", 0])).toEqual(["Key", "Value"]);
  });

  it("are not known where any may stand, or nothing", () => {
    expect(keysAt(bucket, ["BucketName"])).toBeUndefined();
    expect(keysAt(bucket, ["Nothing", "Here"])).toBeUndefined();
    expect(keysAt(schemaOf("AWS::Lambda::Function"), ["Environment", "Variables"])).toBeUndefined();
    expect(typeAt(schemaOf("AWS::Lambda::Function"), ["Environment", "Variables", "A"])).toEqual({ type: "string" });
  });
});

describe("the closest word", () => {
  it("is one with other capitals or few other letters", () => {
    const keys = keysAt(schemaOf("AWS::Lambda::Function"), []) ?? [];
    expect(closest("memorySize", keys)).toBe("MemorySize");
    expect(closest("Timout", keys)).toBe("Timeout");
    expect(closest("Enviroment", keys)).toBe("Environment");
    expect(closest("SomethingElse", keys)).toBeUndefined();
  });
});

describe("an attribute", () => {
  it("is one that the schema has, or a member of one that is an object", () => {
    expect(supportsAttribute(schemaOf("AWS::S3::Bucket"), "Arn")).toBe(true);
    expect(supportsAttribute(schemaOf("AWS::S3::Bucket"), "Name")).toBe(false);
    expect(supportsAttribute(schemaOf("AWS::S3::Bucket"), "Arn.x")).toBe(false);
    expect(supportsAttribute(schemaOf("AWS::Lambda::Function"), "SnapStartResponse.ApplyOn")).toBe(true);
    expect(supportsAttribute(schemaOf("AWS::Lambda::Function"), "toString")).toBe(false);
  });
});
