/** Whatever a template holds, it is refused with a TemplateError or taken, in bounded time: no other exception. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkTemplate } from "./check-template.ts";
import { evaluateConditions } from "./conditions.ts";
import { resolve } from "./evaluate.ts";
import { dependencyGraph } from "./graph.ts";
import { knownParameters } from "./language-extensions/known-parameters.ts";
import { expandLanguageExtensions } from "./language-extensions/transform.ts";
import { bindParameters, parameterValues } from "./parameters.ts";
import { parseText } from "./parse.ts";
import { checkRules } from "./rules.ts";
import { transform } from "./sam/transform.ts";
import { TemplateError } from "./template-error.ts";
import { summarize } from "./template-summary.ts";
import { templateOf } from "./template.ts";
import { isList, isObject, type Json, type JsonObject } from "./value.ts";

const SEEDS = [
  `
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}, Env: {Type: String, Default: prod, AllowedValues: [prod, dev]}}
Mappings: {M: {prod: {Size: '3', L: [x, y]}}}
Conditions:
  Fn::ForEach::C: [X, !Ref Names, {'Is\${X}': !Equals [!Ref Env, !Ref X]}]
  IsProd: !And [!Equals [!Ref Env, prod], !Not [!Condition Isa]]
Resources:
  Fn::ForEach::Outer:
    - X
    - !FindInMap [M, !Ref Env, L, DefaultValue: [z]]
    - Fn::ForEach::Inner: [Y, [1, 2], {'R\${X}\${Y}': {Type: 'A::B::C', DeletionPolicy: !If [IsProd, Retain, Delete], Properties: {N: !Sub '\${X}-\${Y}-\${AWS::Region}'}}}]
  A: {Type: 'A::B::C', DependsOn: [Rx1], Condition: IsProd, Properties: {J: {'Fn::ToJsonString': {a: !GetAtt [Rx1, Arn], n: {'Fn::Length': !Ref Names}}}, S: !Select [0, !Split [',', 'a,b']]}}
Outputs:
  Fn::ForEach::O: [X, [x], {'O\${X}': {Value: !GetAtt [!Sub 'R\${X}1', Arn], Export: {Name: !Join ['-', [!Ref 'AWS::StackName', !Ref X]]}}}]
`,
  `
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Runtime: nodejs20.x, Timeout: 3, Environment: {Variables: {A: b}}}}
Parameters: {Stage: {Type: String, Default: live}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Stage, Auth: {DefaultAuthorizer: Own, Authorizers: {Own: {UserPoolArn: !GetAtt Pool.Arn}}}}}
  Pool: {Type: AWS::Cognito::UserPool}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      InlineCode: x
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Alarm]}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}, AWSLambdaExecute]
      Events: {Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /x, Method: get}}, Q: {Type: SQS, Properties: {Queue: arn, BatchSize: 10}}}
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: id, Type: String}}}
  Alarm: {Type: AWS::CloudWatch::Alarm}
  Flow: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A}, Role: arn}}
  Link: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: Table}, Permissions: [Read]}}
`,
  `
AWSTemplateFormatVersion: 2010-09-09
Parameters: {V: {Type: Number, Default: 3, MinValue: 1, MaxValue: 5, NoEcho: true}, L: {Type: List<Number>, Default: '1, 2'}}
Rules: {R: {RuleCondition: !Equals [!Ref V, '3'], Assertions: [{Assert: !Contains [[a, '3'], !Ref V], AssertDescription: d}, {Assert: !EachMemberIn [!Ref L, [1, 2]]}]}}
Conditions: {C: !Or [!Equals [!Ref V, 1], !Condition D], D: !Not [!Equals [1, 2]]}
Mappings: {M: {a: {b: c, l: [1, 2]}}}
Resources:
  A: {Type: 'A::B::C', Properties: {P: !If [C, !Ref B, !Ref 'AWS::NoValue'], Q: !Base64 {'Fn::Sub': ['\${x}\${B.Arn}', {x: !FindInMap [M, a, b]}]}}, UpdateReplacePolicy: Retain}
  B: {Type: 'A::B::C', DependsOn: D, Properties: {Z: !Cidr [10.0.0.0/16, 2, 8], Y: !GetAZs '', I: !ImportValue x}}
  D: {Type: 'Custom::D', Metadata: {a: [1]}}
Outputs: {O: {Value: !Join [',', [!Ref A, b]], Condition: C, Description: d}}
`,
].map((text) => parseText(text).value);

const PSEUDO = {
  accountId: "123456789012",
  region: "us-east-1",
  partition: "aws",
  urlSuffix: "amazonaws.com",
  stackName: "s",
  stackId: "arn",
  notificationArns: [],
};

function extended(source: JsonObject): JsonObject {
  return expandLanguageExtensions(source, { parameters: knownParameters(source, {}), pseudo: PSEUDO });
}

function served(source: JsonObject): JsonObject {
  return transform(source, { region: "us-east-1", partition: "aws", parameters: {} });
}

function without(source: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => name !== key));
}

/** All that happens to a template before and while a stack is made from it. */
function carryOut(source: JsonObject): void {
  templateOf(source);
  const template = templateOf(without(served(extended(source)), "Transform"));
  checkTemplate(template, { isExtended: true });
  summarize(template);
  const parameters = parameterValues(bindParameters(template.parameters, new Map()));
  const known = { parameters, mappings: template.mappings, pseudo: PSEUDO };
  const conditions = evaluateConditions(template.conditions, known);
  checkRules(template.rules, { ...known, declarations: template.parameters });
  dependencyGraph(template.resources, conditions);
  const scope = {
    ...known,
    conditions,
    ref: (id: string) => (template.resources.has(id) ? `ref-${id}` : undefined),
    getAtt: (id: string, attribute: string) => (template.resources.has(id) ? `${id}.${attribute}` : undefined),
    importValue: (name: string) => name,
    availabilityZones: (region: string) => [`${region}a`],
  };
  for (const { properties } of template.resources.values()) resolve(properties, scope);
  for (const { value } of template.outputs.values()) resolve(value, scope);
}

/** What `work` raises must be a TemplateError. Longest time in milliseconds. */
function refusesOrTakes(work: () => void, longest = 3000): void {
  const begun = performance.now();
  try {
    work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    expect(error.message).not.toBe("");
  }
  expect(performance.now() - begun).toBeLessThan(longest);
}

const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  "",
  "a",
  "${",
  "${}",
  "${a.b.c}",
  "${!x}",
  "constructor",
  "A.Arn",
  "AWS::NoValue",
  "AWS::Nobody",
  [],
  [[]],
  [null],
  {},
  { "": "" },
  { Ref: "A" },
  { Ref: ["A"] },
  { Ref: { Ref: "Names" } },
  { "Fn::GetAtt": "A" },
  { "Fn::GetAtt": ["A", { Ref: "Env" }] },
  { "Fn::Sub": "${A}${B.C}${D" },
  { "Fn::Sub": ["${x}", { x: { "Fn::Sub": "${x}" } }] },
  { "Fn::If": ["C", 1, { Ref: "AWS::NoValue" }] },
  { "Fn::If": [] },
  { "Fn::FindInMap": ["M", "prod", "L"] },
  { "Fn::FindInMap": [{ Ref: "Env" }, 1, 2, { DefaultValue: {} }] },
  { "Fn::ForEach": [] },
  { "Fn::ForEach::Z": ["Z", ["a"], { "${Z}": { Ref: "Z" } }] },
  { "Fn::ForEach::Z": ["Z", { Ref: "Z" }, {}] },
  { "Fn::Length": [1] },
  { "Fn::ToJsonString": { Condition: "C" } },
  { "Fn::Transform": { Name: "X" } },
  { "Fn::Select": ["-1", []] },
  { "Fn::Cidr": ["10.0.0.0/8", 1e9, 1] },
  { "Fn::Split": ["", ""] },
  { Condition: "C" },
  { "Fn::And": [{ Condition: "C" }] },
];
const NAMES = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "Ref",
  "Condition",
  "Fn::If",
  "Fn::ForEach::X",
  "Type",
  "Properties",
  "a-b",
  "${X}",
  "1",
];

/** One change: at the place that `at` leads to, from member to member. */
interface Mutation {
  readonly at: readonly number[];
  readonly kind: "replace" | "remove" | "rename" | "graft";
  readonly pick: number;
}

const MUTATIONS: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    at: fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }),
    kind: fc.constantFrom("replace", "remove", "rename", "graft"),
    pick: fc.nat(1000),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutated(value: Json, { at, kind, pick }: Mutation, root: Json): Json {
  const [step, ...rest] = at;
  const size = isList(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
  if (step === undefined || size === 0) return ODD[pick % ODD.length] ?? null;
  const index = step % size;
  const isThere = rest.length === 0;
  const change = (member: Json): Json | undefined => {
    if (!isThere) return mutated(member, { at: rest, kind, pick }, root);
    if (kind === "remove") return undefined;
    if (kind === "graft") return subtree(root, pick);
    return kind === "replace" ? (ODD[pick % ODD.length] ?? null) : member;
  };
  if (isList(value))
    return value.flatMap((item, at) => (at === index ? [change(item)].filter((made) => made !== undefined) : [item]));
  const entries = Object.entries(isObject(value) ? value : {}).flatMap(([key, member], at): [string, Json][] => {
    if (at !== index) return [[key, member]];
    const made = change(member);
    if (made === undefined) return [];
    return [[isThere && kind === "rename" ? (NAMES[pick % NAMES.length] ?? "") : key, made]];
  });
  return Object.fromEntries(entries);
}

function subtree(root: Json, pick: number): Json {
  let value = root;
  for (let left = pick; isObject(value) || isList(value); left = Math.floor(left / 3)) {
    const members: readonly Json[] = Object.values(value);
    const next = members[left % Math.max(members.length, 1)];
    if (next === undefined || left % 7 === 0) return value;
    value = next;
  }
  return value;
}

describe("a mutated template", () => {
  it.each(SEEDS.map((seed, index) => [index, seed] as const))(
    "(%i) is refused with a TemplateError or taken",
    (_index, seed) => {
      carryOut(seed);
      fc.assert(
        fc.property(MUTATIONS, (mutations) => {
          const source = mutations.reduce<Json>((value, mutation) => mutated(value, mutation, seed), seed);
          if (!isObject(source)) return;
          refusesOrTakes(() => carryOut(source));
          // What an earlier stage refuses the later ones are given too.
          refusesOrTakes(() => extended(source));
          refusesOrTakes(() => served(source));
          refusesOrTakes(() => checkTemplate(templateOf(without(source, "Transform"))));
        }),
        { numRuns: 700, seed: 7 },
      );
    },
  );

  it("as text is refused with a TemplateError or taken", () => {
    const texts = SEEDS.map((seed) => JSON.stringify(seed, undefined, 1));
    const bits = [
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "\\",
      "\n",
      "\t",
      "- ",
      "? ",
      "&a ",
      "*a",
      "!Ref ",
      "!Foo ",
      "|",
      ">",
      "#",
      "%",
      "---\n",
      "<<: ",
      "\u0000",
      "\uFEFF",
      "💥",
      "1e999",
      "~",
    ];
    const edit = fc.record({ at: fc.nat(4000), length: fc.nat(12), bit: fc.constantFrom(...bits) });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (text, edits, asYaml) => {
          let broken = asYaml ? `# yaml\n${text}` : text;
          for (const { at, length, bit } of edits) {
            const place = at % broken.length;
            broken = broken.slice(0, place) + bit + broken.slice(place + length);
          }
          refusesOrTakes(() => carryOut(parseText(broken).value));
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe("a bomb", () => {
  const refused = (work: () => void, message: string, longest = 5000): void => {
    const begun = performance.now();
    expect(work).toThrow(message);
    expect(performance.now() - begun).toBeLessThan(longest);
  };
  const read = (text: string) => () => {
    carryOut(parseText(text).value);
  };

  it("of aliases is refused", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `  a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    refused(
      read(`Metadata:\n  a0: &a0 [x, x]\n${lines.join("\n")}\nResources: {A: {Type: T}}`),
      "YAML aliases are not allowed",
    );
  });

  it.each([
    ["JSON lists", `{"Resources": ${"[".repeat(400_000)}`, "JSON not well-formed"],
    ["JSON maps", `{"Resources": ${'{"a":'.repeat(150_000)}`, "JSON not well-formed"],
    ["YAML lists", `Resources: ${"[".repeat(400_000)}`, "YAML not well-formed"],
    ["YAML dashes", `Resources:\n  ${"- ".repeat(400_000)}x`, "YAML not well-formed"],
  ])("of deep %s is refused", (_what, text, message) => {
    refused(read(text), message);
  });

  it("of names in names, when a stack is made, is refused", () => {
    let text: Json = "aaaaaaaaaa";
    for (let level = 0; level < 40; level += 1) text = { "Fn::Sub": ["${x}${x}", { x: text }] };
    const scope = {
      pseudo: PSEUDO,
      parameters: new Map<string, Json>(),
      mappings: {},
      conditions: new Map<string, boolean>(),
      ref: () => undefined,
      getAtt: () => undefined,
      importValue: () => undefined,
      availabilityZones: () => [],
    };
    const value = text;
    refused(() => resolve(value, scope), "a function's result is longer than 4000000 characters");
  });

  it.each([
    [
      "Fn::Sub",
      "Resources: {A: {Type: T, Properties: {x: !Sub '${B}'}}, B: {Type: T, Properties: {x: !Sub '${A.Arn}'}}}",
    ],
    ["DependsOn", "Resources: {A: {Type: T, DependsOn: B}, B: {Type: T, Properties: {x: !Sub ['${y}', {y: !Ref A}]}}}"],
    [
      "a loop",
      "Transform: AWS::LanguageExtensions\nResources: {'Fn::ForEach::L': [X, [A, B], {'${X}': {Type: T, DependsOn: [A, B]}}]}",
    ],
  ])("that is a circle through %s is refused", (_what, text) => {
    refused(read(text), "Circular dependency between resources: [A, B]");
  });

  it("of a megabyte that is well-formed is taken or refused in bounded time", () => {
    const member = (index: number): string => `"k${index}": {"Fn::Join": ["-", [{"Ref": "AWS::Region"}, "x"]]}`;
    const large = `{"Resources": {"A": {"Type": "T", "Properties": {${Array.from({ length: 14_000 }, (_, index) => member(index)).join(",")}}}}}`;
    expect(large.length).toBeLessThan(1_000_000);
    refusesOrTakes(read(large), 10_000);
    const objects = `{"Resources": {"A": {"Type": "T", "Properties": {"J": {"Fn::ToJsonString": [${"[1,2,3],".repeat(110_000)}0]}}}}}`;
    expect(objects.length).toBeLessThan(1_000_000);
    refusesOrTakes(read(objects), 10_000);
  });
});
