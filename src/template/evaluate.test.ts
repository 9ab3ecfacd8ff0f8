/** Intrinsic functions and conditions come out as on AWS, and fail in AWS's words. */
import { describe, expect, it } from "vitest";
import { evaluateConditions } from "./conditions.ts";
import { dynamicReferencesOf, replaceReferences } from "./dynamic-references.ts";
import { resolve } from "./evaluate.ts";
import type { Scope } from "./evaluate.ts";
import { parseText } from "./parse.ts";
import type { Json } from "./value.ts";

const pseudo = {
  accountId: "123456789012",
  region: "eu-central-1",
  partition: "aws",
  urlSuffix: "amazonaws.com",
  stackName: "shop",
  stackId: "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1",
  notificationArns: ["arn:aws:sns:eu-central-1:123456789012:t"],
};

const scope: Scope = {
  pseudo,
  parameters: new Map<string, Json>([
    ["Env", "prod"],
    ["Subnets", ["a", "b"]],
    ["constructorless", "x"],
  ]),
  mappings: { Sizes: { prod: { memory: 512, names: ["x", "y"] } } },
  conditions: new Map([
    ["IsProd", true],
    ["IsTest", false],
  ]),
  ref: (id) => (id === "Bucket" ? "shop-bucket" : undefined),
  getAtt: (id, attribute) => (id === "Bucket" ? `att:${attribute}` : undefined),
  importValue: (name) => (name === "prod-role" ? "arn:role" : undefined),
  availabilityZones: (region) => [`${region}a`, `${region}b`],
};

/** Evaluates the value of `V` in a YAML text. */
function evaluate(yaml: string, within: Scope = scope): Json | undefined {
  return resolve(parseText(`V: ${yaml}`).value["V"] ?? null, within);
}

describe("functions", () => {
  it.each<[string, Json | undefined]>([
    ["!Ref Env", "prod"],
    ["!Ref Bucket", "shop-bucket"],
    ["!Ref AWS::AccountId", "123456789012"],
    ["!Ref AWS::NotificationARNs", pseudo.notificationArns],
    ["!Ref AWS::NoValue", undefined],
    ["!GetAtt Bucket.Arn", "att:Arn"],
    ["!GetAtt Bucket.Outputs.Nested.Name", "att:Outputs.Nested.Name"],
    [
      "!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/${Bucket.Arn}/${!Literal}/${Env}'",
      "arn:aws:s3:::shop-bucket/att:Arn/${Literal}/prod",
    ],
    ["!Sub ['${A}-${Env}-${Subnets}', {A: !Join ['', [x, 1, true]]}]", "x1true-prod-a,b"],
    ["!Join ['-', [a, !Ref Env, !If [IsTest, b, !Ref 'AWS::NoValue']]]", "a-prod"],
    ["!Join [',', !Ref Subnets]", "a,b"],
    ["!Select [1, !Split ['|', 'a|b|c']]", "b"],
    ["!Select ['0', !GetAZs '']", "eu-central-1a"],
    ["!FindInMap [Sizes, !Ref Env, memory]", 512],
    ["!If [IsProd, {a: !If [IsTest, 1, !Ref 'AWS::NoValue'], b: 2}, no]", { b: 2 }],
    ["!Base64 {'Fn::Sub': 'hé ${Env}'}", "aMOpIHByb2Q="],
    ["!ImportValue {'Fn::Sub': '${Env}-role'}", "arn:role"],
    ["!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]],
    ["!Cidr ['2001:db8::/56', 2]", ["2001:db8::/64", "2001:db8:0:1::/64"]],
    [
      "{Statement: [{Effect: Allow, Condition: {StringEquals: {a: b}}}]}",
      { Statement: [{ Effect: "Allow", Condition: { StringEquals: { a: "b" } } }] },
    ],
  ])("evaluates %s", (yaml, expected) => {
    expect(evaluate(yaml)).toEqual(expected);
  });

  it.each([
    [
      "!Ref Nobody",
      "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
    ],
    [
      "!Ref toString",
      "Template format error: Unresolved resource dependencies [toString] in the Resources block of the template",
    ],
    ["!Ref AWS::Nobody", "Template format error: Unrecognized pseudo parameter: AWS::Nobody"],
    ["!GetAtt Nobody.Arn", "Template error: instance of Fn::GetAtt references undefined resource Nobody"],
    [
      "!GetAtt Bucket",
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    ],
    ["!FindInMap [Sizes, test, memory]", "Template error: Unable to get mapping for Sizes::test::memory"],
    [
      "!FindInMap [Shapes, test, memory]",
      "Template error: Mapping named 'Shapes' is not present in the 'Mappings' section of template.",
    ],
    ["!Select [5, [a]]", "Template error: Fn::Select cannot select nonexistent value at index 5"],
    ["!ImportValue nothing", "No export named nothing found"],
    [
      "{'Fn::Foo': 1}",
      "Template error: Encountered unsupported function: Fn::Foo Supported functions are: [Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, Ref, Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, Fn::Cidr]",
    ],
    ["!If [Unknown, 1, 2]", "Template error: unresolved condition dependency Unknown in Fn::If"],
    [
      "!Join [1, 2]",
      "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
    ],
  ])("refuses %s in AWS's words", (yaml, message) => {
    expect(() => evaluate(yaml)).toThrow(message);
  });
});

describe("conditions", () => {
  const conditions = (yaml: string): Record<string, boolean> =>
    Object.fromEntries(evaluateConditions(parseText(yaml).value, scope));

  it("are evaluated once each, in any order, through And, Or, Not and each other", () => {
    expect(
      conditions(
        "C: !And [!Condition A, !Not [!Condition B]]\nA: !Equals [!Ref Env, prod]\nB: !Or [!Equals [1, '2'], !Equals [true, 'false']]\nD: !Equals [!FindInMap [Sizes, prod, memory], '512']",
      ),
    ).toEqual({ C: true, A: true, B: false, D: true });
  });

  it("stay fast when each names the one before twice", () => {
    const lines = Array.from(
      { length: 60 },
      (_, index) => `C${index + 1}: !And [!Condition C${index}, !Condition C${index}]`,
    );
    expect(conditions(`C0: !Equals [a, a]\n${lines.join("\n")}`)["C60"]).toBe(true);
  });

  it("cannot name resources, what is not there, or themselves", () => {
    const words = "Cannot reference resources in the Conditions block of the template";
    expect(() => conditions("A: !Equals [!Ref Bucket, b]")).toThrow(words);
    expect(() => conditions("A: !Condition B")).toThrow("Unresolved dependencies [B]");
    expect(() => conditions("A: !Not [!Condition B]\nB: !Not [!Condition A]")).toThrow("circular condition dependency");
  });
});

describe("dynamic references", () => {
  it("are found once each, and those that are known are replaced wherever they stand", () => {
    const value = {
      a: "{{resolve:ssm:/app/key:3}}",
      b: ["x-{{resolve:ssm:/app/key:3}}-{{resolve:secretsmanager:S:SecretString:p}}"],
    };
    const found = dynamicReferencesOf(value).map(({ service, key }) => `${service} ${key}`);
    expect(found).toEqual(["ssm /app/key:3", "secretsmanager S:SecretString:p"]);
    const known = new Map([["{{resolve:ssm:/app/key:3}}", "three"]]);
    expect(replaceReferences(value, (text) => known.get(text))).toEqual({
      a: "three",
      b: ["x-three-{{resolve:secretsmanager:S:SecretString:p}}"],
    });
    expect(() => dynamicReferencesOf("{{resolve:other:x}}")).toThrow(
      "Incorrect format is used in the following dynamic reference",
    );
  });
});
