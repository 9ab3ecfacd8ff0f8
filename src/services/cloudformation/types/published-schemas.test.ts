/** What the cloud's resource types say of themselves, held against what AWS publishes of them. */
import { describe, expect, it } from "vitest";
import { createServices } from "../../../cloud.ts";
import { createKernel } from "../../../kernel/kernel.ts";
import { loadSchemaCatalogue } from "../../../schema-catalogue.ts";
import { member, type ResourceSchema } from "../../../template/schema/resource-schema.ts";
import { keysAt } from "../../../template/schema/vocabulary.ts";
import { ownTypes } from "./own-types.ts";

/** Where a type differs, with why. */
const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "AWS::CloudFormation::Macro": {
    "identifier Id": "it stands for the physical id, which is the macro's name",
    "identifier Name": "it is the physical id",
  },
  "AWS::CloudFormation::Stack": { "required TemplateURL": "a nested stack has no other way to a template here" },
  "AWS::CloudFormation::StackSet": { "replaceOn CallAs": "no update finds the set of another caller" },
  "AWS::IAM::OIDCProvider": { "required Url": "the schema lets it be left out; CreateOpenIDConnectProvider does not" },
  "AWS::IAM::SAMLProvider": {
    "required SamlMetadataDocument": "the schema lets it be left out; CreateSAMLProvider does not",
  },
  "AWS::S3::Bucket": {
    "replaceOn ObjectLockEnabled":
      "the reference says Replacement still; AWS's own registry does not list it among createOnlyProperties since S3 can turn it on later",
  },
};

const kernel = createKernel();
const services = createServices(kernel);
const types = [...ownTypes, ...services.flatMap(({ resources = {} }) => Object.entries(resources))];
for (const service of services) await service.close?.();
await kernel.close();

const catalogue = loadSchemaCatalogue();

/** `replaceOn Name`, … for each on which the two lists differ. */
function differences(what: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const [own, published] = [new Set(ours), new Set(theirs)];
  return [...new Set([...ours, ...theirs])]
    .filter((one) => own.has(one) !== published.has(one))
    .map((one) => `${what} ${one}`);
}

/** Properties that replace the resource by themselves or by anything that is always inside. */
function replacing({ properties, definitions }: ResourceSchema): string[] {
  return Object.entries(properties).flatMap(([name, { replacement, type }]) => {
    const inside = type.type === "ref" ? Object.values(member(definitions, type.name) ?? {}) : [];
    const isNew = replacement === "always" || inside.some((property) => property.replacement === "always");
    return isNew ? [name] : [];
  });
}

describe.each(types)("%s", (name, type) => {
  const schema = catalogue.get(name);
  if (schema === undefined) throw new Error(`AWS publishes no ${name}`);
  const names = Object.keys(schema.properties);

  it("has only properties that AWS has", () => {
    expect(type.properties.filter((property) => !names.includes(property))).toEqual([]);
  });

  it("requires, replaces and is told from others by what AWS says", () => {
    if ("open" in type) return;
    const isRequired = names.filter((property) => schema.properties[property]?.required === true);
    const supported = replacing(schema).filter((property) => type.properties.includes(property));
    const found = [
      ...differences("required", type.required ?? [], isRequired),
      ...differences("replaceOn", type.replaceOn, supported),
      ...(type.identifiers === undefined
        ? []
        : differences("identifier", type.identifiers, schema.primaryIdentifier ?? [])),
    ];
    expect(found.toSorted()).toEqual(Object.keys(EXCEPTIONS[name] ?? {}).toSorted());
  });

  it("refuses nothing by name that AWS does not have", () => {
    for (const path of type.unsupported ?? []) {
      const steps = path.split(".");
      expect([path, keysAt(schema, steps.slice(0, -1))]).toEqual([path, expect.arrayContaining(steps.slice(-1))]);
    }
  });
});
