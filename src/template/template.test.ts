/** A template's structure and references are checked as ValidateTemplate does it, and summed up as GetTemplateSummary does. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkTemplate } from "./check-template.ts";
import { changedProperties, differences } from "./diff.ts";
import { summarize } from "./template-summary.ts";
import { readTemplate } from "./template.ts";
import { TemplateError } from "./template-error.ts";

const check = (text: string): void => {
  checkTemplate(readTemplate(text));
};

describe("a template", () => {
  it.each([
    ["no resources", "Description: x", "Template format error: At least one Resources member must be defined."],
    ["an unknown section", "Foo: 1\nResources: {A: {Type: T}}", "Invalid template property or properties [Foo]"],
    [
      "an unknown attribute",
      "Resources: {A: {Type: T, properties: {}}}",
      "Invalid template resource property 'properties'",
    ],
    [
      "properties that are a list",
      "Resources: {A: {Type: T, Properties: [1]}}",
      "Template format error: Any Properties member must be an object.",
    ],
    [
      "a resource without type",
      "Resources: {A: {Properties: {}}}",
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    ],
    [
      "a name with a dash",
      "Resources: {A-B: {Type: T}}",
      "Template format error: Resource name A-B is non alphanumeric.",
    ],
    [
      "a null",
      "Resources: {A: {Type: T, Properties: {x: [1, ~]}}}",
      "[/Resources/A/Properties/x/1] 'null' values are not allowed in templates",
    ],
    [
      "a reference to nothing",
      "Resources: {A: {Type: T, Properties: {x: !Ref X}}}",
      "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
    ],
    [
      "an output of nothing",
      "Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Sub '${X}'}}",
      "Template format error: Unresolved resource dependencies [X] in the Outputs block of the template",
    ],
    [
      "an attribute of nothing",
      "Resources: {A: {Type: T, Properties: {x: !GetAtt X.Arn}}}",
      "Template error: instance of Fn::GetAtt references undefined resource X",
    ],
    [
      "a dependency on nothing",
      "Resources: {A: {Type: T, DependsOn: X}}",
      "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
    ],
    [
      "a condition that is not there",
      "Resources: {A: {Type: T, Condition: X}}",
      "Template format error: Unresolved condition dependency X in the Resources block of the template",
    ],
    [
      "a circle",
      "Resources: {A: {Type: T, DependsOn: B}, B: {Type: T, DependsOn: A}}",
      "Circular dependency between resources: [A, B]",
    ],
    [
      "a wrong version",
      "AWSTemplateFormatVersion: 2011-01-01\nResources: {A: {Type: T}}",
      "Template format error: unsupported value for AWSTemplateFormatVersion.",
    ],
    [
      "a wrong deletion policy",
      "Resources: {A: {Type: T, DeletionPolicy: Keep}}",
      "Template error: Unrecognized DeletionPolicy Keep for resource A",
    ],
  ])("is refused with %s", (_what, text, message) => {
    expect(() => {
      check(text);
    }).toThrow(message);
  });

  const many = (count: number, member: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => member(index)).join(", ");
  const long = "n".repeat(256);

  it.each([
    [
      "501 resources",
      `Resources: {${many(501, (index) => `A${index}: {Type: T}`)}}`,
      "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    ],
    [
      "201 parameters",
      `Parameters: {${many(201, (index) => `P${index}: {Type: String}`)}}\nResources: {A: {Type: T}}`,
      "Template format error: Number of parameters, 201, is greater than maximum allowed, 200",
    ],
    [
      "201 outputs",
      `Outputs: {${many(201, (index) => `O${index}: {Value: x}`)}}\nResources: {A: {Type: T}}`,
      "Template format error: Number of outputs, 201, is greater than maximum allowed, 200",
    ],
    [
      "201 mappings",
      `Mappings: {${many(201, (index) => `M${index}: {a: {b: c}}`)}}\nResources: {A: {Type: T}}`,
      "Template format error: Number of mappings, 201, is greater than maximum allowed, 200",
    ],
    [
      "201 attributes of a mapping",
      `Mappings: {M: {a: {${many(201, (index) => `b${index}: c`)}}}}\nResources: {A: {Type: T}}`,
      "Template format error: Number of attributes for mapping M, 201, is greater than maximum allowed, 200",
    ],
    [
      "an attribute that is no name",
      "Mappings: {M: {us-east-1: {a_b: c}}}\nResources: {A: {Type: T}}",
      "Template format error: Mappings attribute name 'a_b' must contain only alphanumeric characters.",
    ],
    [
      "an attribute that is a map",
      "Mappings: {M: {a: {b: {c: d}}}}\nResources: {A: {Type: T}}",
      "Template format error: Every Mappings attribute must be a String or a List.",
    ],
    ["a long resource name", `Resources: {${long}: {Type: T}}`, `Resource name ${long} is non alphanumeric.`],
    ["a long output name", `Outputs: {${long}: {Value: x}}\nResources: {A: {Type: T}}`, `Output name ${long}`],
    [
      "a long parameter name",
      `Parameters: {${long}: {Type: String}}\nResources: {A: {Type: T}}`,
      `Parameter name ${long}`,
    ],
    [
      "a condition name with a dash",
      "Conditions: {A-B: !Equals [1, 1]}\nResources: {A: {Type: T}}",
      "Condition name A-B",
    ],
    [
      "a rule name with a dash",
      "Rules: {A-B: {Assertions: [{Assert: 1}]}}\nResources: {A: {Type: T}}",
      "Rule name A-B",
    ],
    [
      "a long description",
      `Description: '${"é".repeat(513)}'\nResources: {A: {Type: T}}`,
      "Template format error: 'Description' length is greater than 1024.",
    ],
    [
      "an output without a value",
      "Outputs: {O: {Value: ~}}\nResources: {A: {Type: T}}",
      "[/Outputs/O/Value] 'null' values are not allowed in templates",
    ],
    [
      "an alias",
      "Resources: {A: &a {Type: T}, B: *a}",
      "Template error: YAML aliases are not allowed in CloudFormation templates",
    ],
    ["equal keys", "Resources: {A: {Type: T}, A: {Type: T}}", "YAML not well-formed. (line 1, column 27)"],
    [
      "a function that is none",
      "Resources: {A: {Type: T, Properties: {x: {'Fn::Foo': 1}}}}",
      "Template error: Encountered unsupported function: Fn::Foo Supported functions are: [Fn::Base64,",
    ],
    [
      "a function in a reference",
      "Resources: {A: {Type: T, Properties: {x: {Ref: !Sub 'A'}}}}",
      "Template format error: every Ref object must have a single String value.",
    ],
    ...["[M, !Sub a, b]", "[M, a, b, DefaultValue: c]"].map((argument): [string, string, string] => [
      `a lookup that only AWS::LanguageExtensions knows: ${argument}`,
      `Resources: {A: {Type: T, Properties: {x: !FindInMap ${argument}}}}`,
      "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    ]),
    [
      "a macro that is named by a reference",
      "Transform: {Name: !Ref P}\nResources: {A: {Type: T}}",
      "Key Name of transform definition must be a string.",
    ],
    ["a resource that is a list", "Resources: {A: []}", "[/Resources/A] resource definition is malformed"],
  ])("is refused with %s", (_what, text, message) => {
    expect(() => {
      check(text);
    }).toThrow(message);
  });

  it("is taken at its limits", () => {
    check(`Resources: {${many(500, (index) => `A${index}: {Type: T}`)}}
Mappings: {M: {us-east-1: {${many(200, (index) => `b${index}: c`)}}}}
Description: '${"x".repeat(1024)}'`);
  });

  it("of a macro of one's own may have any form that the macro gives sense", () => {
    check("Transform: Count\nResources: {A: {Type: T, Count: 3}, B: {Kind: x}, 'C-${}': []}");
    expect(() => {
      check("Resources: {A: {Type: T, Count: 3}}");
    }).toThrow("Invalid template resource property 'Count'");
  });

  it("with a transform may refer to what the transform will make", () => {
    check(
      "Transform: AWS::Serverless-2016-10-31\nGlobals: {}\nResources: {F: {Type: AWS::Serverless::Function}}\nOutputs: {R: {Value: !GetAtt FRole.Arn}}",
    );
  });

  it("never fails with anything but a TemplateError, however it is mutated", () => {
    const whole = {
      Parameters: { P: { Type: "String", Default: "x", AllowedValues: ["x"] } },
      Mappings: { M: { a: { b: "c" } } },
      Conditions: { C: { "Fn::Equals": [{ Ref: "P" }, "x"] } },
      Resources: {
        A: { Type: "T", DependsOn: ["B"], Condition: "C", Properties: { x: { "Fn::Sub": ["${B}", {}] } } },
        B: { Type: "T" },
      },
      Outputs: { O: { Value: { "Fn::GetAtt": ["A", "Arn"] }, Export: { Name: "n" } } },
    };
    fc.assert(
      fc.property(fc.nat(60), fc.jsonValue({ maxDepth: 3 }), (where, replacement) => {
        let count = 0;
        const mutated = JSON.stringify(whole, (_key, value: unknown) => (count++ === where + 1 ? replacement : value));
        try {
          const template = readTemplate(mutated);
          checkTemplate(template);
          summarize(template);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a summary", () => {
  it("names the capabilities that IAM resources and transforms need", () => {
    const iam = summarize(readTemplate("Resources: {R: {Type: AWS::IAM::Role}, S: {Type: AWS::S3::Bucket}}"));
    expect(iam).toMatchObject({
      capabilities: ["CAPABILITY_IAM"],
      capabilitiesReason: "The following resource(s) require capabilities: [AWS::IAM::Role]",
      resourceTypes: new Map([
        ["R", "AWS::IAM::Role"],
        ["S", "AWS::S3::Bucket"],
      ]),
    });
    const called = summarize(
      readTemplate("Resources: {A: {Type: T, Count: 3, Properties: {'Fn::Transform': [{Name: Foo}, Bar]}}}"),
    );
    expect(called).toMatchObject({
      capabilities: ["CAPABILITY_AUTO_EXPAND"],
      declaredTransforms: ["Foo", "Bar"],
      resourceTypes: new Map([["A", "T"]]),
    });
    const named = summarize(
      readTemplate("Transform: [Foo]\nResources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}"),
    );
    expect(named.capabilities).toEqual(["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]);
    expect(summarize(readTemplate("Resources: {S: {Type: T}}")).capabilitiesReason).toBeUndefined();
  });
});

describe("differences", () => {
  it("are told by path, as deep as mappings go, lists as a whole", () => {
    const changes = differences(
      { Properties: { a: 1, b: { c: [1, 2], d: 1 }, gone: true } },
      { Properties: { a: 1, b: { c: [2, 1], d: 1, e: 5 } } },
    );
    expect(changes).toEqual([
      { path: ["Properties", "b", "c"], before: [1, 2], after: [2, 1], kind: "Modify" },
      { path: ["Properties", "b", "e"], before: undefined, after: 5, kind: "Add" },
      { path: ["Properties", "gone"], before: true, after: undefined, kind: "Remove" },
    ]);
    expect(changedProperties(differences({ a: { x: 1 }, b: 1 }, { a: { x: 2, y: 1 }, b: 1 }))).toEqual(["a"]);
  });
});
