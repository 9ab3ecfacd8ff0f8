/** AWS::LanguageExtensions makes of a template what AWS's pages show, and says what it cannot do. */
import { describe, expect, it } from "vitest";
import { parseText } from "../parse.ts";
import { isObject, own, type Json, type JsonObject } from "../value.ts";
import { expandLanguageExtensions, type KnownParameter } from "./transform.ts";

const PSEUDO = { region: "us-west-2", accountId: "123456789012", partition: "aws" };

function expand(yaml: string, parameters: Readonly<Record<string, Json>> = {}): JsonObject {
  const known = Object.entries(parameters).map(([name, value]): [string, KnownParameter] => [
    name,
    { value, noEcho: name.startsWith("Secret") },
  ]);
  return expandLanguageExtensions(parseText(yaml).value, { parameters: new Map(known), pseudo: PSEUDO });
}

/** The one property `V` of a resource whose `V` is written as in the YAML. */
function valueOf(yaml: string, parameters: Readonly<Record<string, Json>> = {}, more = ""): Json | undefined {
  const { Resources = {} } = expand(
    `Resources:\n  A:\n    Type: T\n    Properties:\n      V: ${yaml}\n${more}`,
    parameters,
  );
  const resource = isObject(Resources) ? own(Resources, "A") : undefined;
  const properties = isObject(resource) ? own(resource, "Properties") : undefined;
  return isObject(properties) ? own(properties, "V") : undefined;
}

describe("Fn::ForEach", () => {
  it("replicates a resource, as on AWS's page", () => {
    const template = `
Parameters: {pRepoARNs: {Type: CommaDelimitedList}}
Resources:
  'Fn::ForEach::Topics':
    - TopicName
    - !Ref pRepoARNs
    - 'SnsTopic\${TopicName}':
        Type: AWS::SNS::Topic
        Properties:
          TopicName: !Join ['.', [!Ref TopicName, fifo]]
          FifoTopic: true`;
    expect(expand(template, { pRepoARNs: ["Success", "Failure"] })["Resources"]).toEqual({
      SnsTopicSuccess: { Type: "AWS::SNS::Topic", Properties: { TopicName: "Success.fifo", FifoTopic: true } },
      SnsTopicFailure: { Type: "AWS::SNS::Topic", Properties: { TopicName: "Failure.fifo", FifoTopic: true } },
    });
  });

  it("makes properties, with a default for each that a mapping has not", () => {
    const template = `
Mappings:
  InstanceA: {Properties: {ImageId: ami-1, InstanceType: m5.xlarge}}
Resources:
  A:
    Type: AWS::EC2::Instance
    Properties:
      DisableApiTermination: true
      Fn::ForEach::Properties:
        - PropertyName
        - [ImageId, InstanceType, AvailabilityZone]
        - '\${PropertyName}': !FindInMap [InstanceA, Properties, !Ref PropertyName, DefaultValue: !Ref 'AWS::NoValue']`;
    expect(expand(template)["Resources"]).toEqual({
      A: {
        Type: "AWS::EC2::Instance",
        Properties: {
          DisableApiTermination: true,
          ImageId: "ami-1",
          InstanceType: "m5.xlarge",
          AvailabilityZone: { Ref: "AWS::NoValue" },
        },
      },
    });
  });

  it("nests, and outputs name what other loops have made", () => {
    const template = `
Resources:
  Fn::ForEach::Buckets: [Id, [A, B], {'S3Bucket\${Id}': {Type: AWS::S3::Bucket, DependsOn: !Sub 'X\${Id}'}}]
Outputs:
  Fn::ForEach::BucketOutputs:
    - Id
    - [A, B]
    - Fn::ForEach::GetAttLoop:
        - Property
        - [Arn, DomainName]
        - 'S3Bucket\${Id}\${Property}':
            Value: !GetAtt [!Sub 'S3Bucket\${Id}', !Ref Property]
      'S3Bucket\${Id}Name': {Value: {Ref: {'Fn::Sub': 'S3Bucket\${Id}'}}}`;
    const { Resources, Outputs } = expand(template);
    expect(Resources).toEqual({
      S3BucketA: { Type: "AWS::S3::Bucket", DependsOn: "XA" },
      S3BucketB: { Type: "AWS::S3::Bucket", DependsOn: "XB" },
    });
    expect(Outputs).toEqual({
      S3BucketAArn: { Value: { "Fn::GetAtt": ["S3BucketA", "Arn"] } },
      S3BucketADomainName: { Value: { "Fn::GetAtt": ["S3BucketA", "DomainName"] } },
      S3BucketAName: { Value: { Ref: "S3BucketA" } },
      S3BucketBArn: { Value: { "Fn::GetAtt": ["S3BucketB", "Arn"] } },
      S3BucketBDomainName: { Value: { "Fn::GetAtt": ["S3BucketB", "DomainName"] } },
      S3BucketBName: { Value: { Ref: "S3BucketB" } },
    });
  });

  it("makes conditions, which its other turns name", () => {
    const template = `
Conditions:
  Fn::ForEach::C: [Env, [dev, prod], {'Is\${Env}': !Equals [!Ref Stage, !Ref Env]}]
Resources:
  Fn::ForEach::R:
    - Env
    - [dev, prod]
    - 'R\${Env}': {Type: T, Condition: !Sub 'Is\${Env}', Properties: {V: !If [!Sub 'Is\${Env}', here, there]}}`;
    const { Conditions, Resources } = expand(template, { Stage: "prod" });
    expect(Conditions).toEqual({
      Isdev: { "Fn::Equals": ["prod", "dev"] },
      Isprod: { "Fn::Equals": ["prod", "prod"] },
    });
    expect(Resources).toEqual({
      Rdev: { Type: "T", Condition: "Isdev", Properties: { V: "there" } },
      Rprod: { Type: "T", Condition: "Isprod", Properties: { V: "here" } },
    });
  });

  it("drops what no logical id may have with &{}, and leaves &{} elsewhere and names in plain texts as they are", () => {
    const template = `
Resources:
  Fn::ForEach::R:
    - Ip
    - [10.0.0.1, 10.0.0.2]
    - 'Eip&{Ip}': {Type: T, Properties: {A: !Ref Ip, B: !Sub '&{Ip}-\${Ip}', C: '\${Ip}', '\${Ip}': 1}}`;
    const { Resources } = expand(template);
    expect(Resources).toEqual({
      Eip10001: { Type: "T", Properties: { A: "10.0.0.1", B: "&{Ip}-10.0.0.1", C: "${Ip}", "${Ip}": 1 } },
      Eip10002: { Type: "T", Properties: { A: "10.0.0.2", B: "&{Ip}-10.0.0.2", C: "${Ip}", "${Ip}": 1 } },
    });
  });

  it.each([
    ["a mapping", "!FindInMap [M, !Ref 'AWS::Region', L]"],
    ["a text", "!Split [',', !Ref T]"],
    ["a choice", "!If [IsAb, [a, b], [c]]"],
    ["a list of lists", "[a, b]"],
  ])("takes its collection from %s", (_what, collection) => {
    const template = `
Mappings: {M: {us-west-2: {L: [a, b]}}}
Conditions: {IsAb: !Equals [!Ref T, 'a,b']}
Resources: {'Fn::ForEach::R': [X, ${collection}, {'R\${X}': {Type: T}}]}`;
    expect(Object.keys(Object(expand(template, { T: "a,b" })["Resources"]))).toEqual(["Ra", "Rb"]);
  });

  it("takes several identifiers apart", () => {
    const { Resources } = expand(
      "Resources: {'Fn::ForEach::R': [[X, Y], [[a, 1], [b, 2]], {'R${X}': {Type: T, Properties: {P: !Ref Y}}}]}",
    );
    expect(Resources).toEqual({ Ra: { Type: "T", Properties: { P: "1" } }, Rb: { Type: "T", Properties: { P: "2" } } });
  });

  it.each([
    ["two parts", "[X, [a]]", "Fn::ForEach layout is incorrect"],
    ["a text for a collection", "[X, abc, {'R${X}': {Type: T}}]", "Fn::ForEach layout is incorrect"],
    [
      "a collection of what is made later",
      "[X, !GetAtt [B, List], {'R${X}': {Type: T}}]",
      "Could not find a collection or could not be resolved for Fn::ForEach",
    ],
    [
      "equal items",
      "[X, [a, a], {'R${X}': {Type: T}}]",
      "Duplicate key 'Ra' when merging keys to parent object in Fn::ForEach",
    ],
    [
      "a taken name",
      "[X, [B], {'${X}': {Type: T}}]",
      "Duplicate key 'B' when merging keys to parent object in Fn::ForEach",
    ],
    ["an id with a dash", "[X, [a-b], {'R${X}': {Type: T}}]", "LogicalId 'Ra-b' should be alphanumeric"],
    [
      "a parameter's name",
      "[P, [a], {'R${P}': {Type: T}}]",
      "Fn::ForEach::L: identifier 'P' conflicts with parameter name",
    ],
    ["a key without identifier", "[X, [a], {R: {Type: T}}]", "the key 'R' must contain the identifier"],
    [
      "a loop of its own name",
      "[X, [a], {'Fn::ForEach::L': [Y, [b], {'R${Y}': {Type: T}}]}]",
      "Fn::ForEach::L: loop name 'L' is used more than once",
    ],
    [
      "its own identifier again",
      "[X, [a], {'Fn::ForEach::M': [X, [b], {'R${X}': {Type: T}}]}]",
      "Fn::ForEach::M: identifier 'X' conflicts with another loop identifier",
    ],
    [
      "a condition that is not there",
      "[X, [a], {'R${X}': {Type: T, Condition: 'Is${X}'}}]",
      "Key Is${X} is missing in the map.",
    ],
  ])("is refused with %s", (_what, loop, message) => {
    const template = `Resources: {'Fn::ForEach::L': ${loop}, B: {Type: T}}`;
    expect(() => expand(template.replace("B: {Type: T}}", "B: {Type: T}}"), { P: "x" })).toThrow(message);
    expect(() => expand(template, { P: "x" })).toThrow("Transform AWS::LanguageExtensions failed with: ");
  });

  it("is refused where it has no place", () => {
    expect(() =>
      expand("Parameters: {'Fn::ForEach::L': [X, [a], {'${X}': {Type: String}}]}\nResources: {A: {Type: T}}"),
    ).toThrow("Fn::ForEach::L is not supported in the Parameters section");
  });
});

describe("the other functions", () => {
  it.each<[string, Json]>([
    ["{'Fn::Length': [1, 2, !Ref B]}", 3],
    ["{'Fn::Length': !Ref List}", 3],
    ["{'Fn::Length': !Split ['|', 'a|b']}", 2],
    ["{'Fn::Length': !FindInMap [M, a, L]}", 2],
    ["{'Fn::ToJsonString': {a: [1, true, 'x\"y'], b: !Ref List}}", '{"a":[1,true,"x\\"y"],"b":["a","b","c"]}'],
    ["{'Fn::ToJsonString': [!Ref 'AWS::NoValue', a]}", '["a"]'],
    [
      "{'Fn::ToJsonString': {a: !GetAtt [B, Arn], l: !Ref List, n: {'Fn::Length': !Ref List}}}",
      { "Fn::ToJsonString": { a: { "Fn::GetAtt": ["B", "Arn"] }, l: ["a", "b", "c"], n: 3 } },
    ],
    ["!FindInMap [M, b, L, DefaultValue: !Ref Name]", "prod"],
    ["!FindInMap [!Sub '${Short}', !Select [0, [a, b]], K]", "k"],
    ["!FindInMap [M, b, L]", { "Fn::FindInMap": ["M", "b", "L"] }],
    ["!Sub '/${Name}/${AWS::Region}/${B}'", { "Fn::Sub": "/prod/${AWS::Region}/${B}" }],
    ["!Sub ['${X}${!Y}${Name}', {X: !Ref List}]", "a,b,c${Y}prod"],
    ["!Sub ['${X}-${B}', {X: !Ref B}]", { "Fn::Sub": ["${X}-${B}", { X: { Ref: "B" } }] }],
    ["!Sub '${Odd}${B}'", { "Fn::Sub": ["${Odd}${B}", { Odd: "${not}" }] }],
    ["!Ref Secret", { Ref: "Secret" }],
    ["{'Fn::ToJsonString': {s: !Ref Secret}}", { "Fn::ToJsonString": { s: { Ref: "Secret" } } }],
    ["{Ref: !Sub '${Name}'}", { Ref: "prod" }],
    ["{'Fn::GetAtt': [!Sub '${Name}', !Ref Short]}", { "Fn::GetAtt": ["prod", "M"] }],
    ["!If [IsProd, !Ref Name, other]", "prod"],
    ["!If [Later, !Ref Name, other]", { "Fn::If": ["Later", "prod", "other"] }],
    ["!ImportValue {'Fn::Sub': 'x-${Name}'}", { "Fn::ImportValue": "x-prod" }],
  ])("make of %s what is known", (yaml, expected) => {
    const more =
      "  B: {Type: T}\nMappings: {M: {a: {L: [x, y], K: k}}}\nConditions: {IsProd: !Equals [!Ref Name, prod], Later: !Equals [!Ref Stored, a]}";
    const parameters = { List: ["a", "b", "c"], Name: "prod", Short: "M", Secret: "s3cret", Odd: "${not}" };
    expect(valueOf(yaml, parameters, more)).toEqual(expected);
  });

  it.each([
    ["{'Fn::Length': !GetAtt [A, L]}", "The Fn::Length value could not be resolved for properties"],
    ["{'Fn::Length': abc}", "Fn::Length layout is incorrect"],
    ["{'Fn::ToJsonString': abc}", "Fn::ToJsonString layout is incorrect"],
    [
      "{'Fn::ToJsonString': {Condition: X}}",
      "Fn::ToJsonString does not support Condition intrinsic function for resource A",
    ],
    [
      "{'Fn::ToJsonString': [!Ref 'AWS::NotificationARNs']}",
      "Fn::ToJsonString does not support AWS::NotificationARNs pseudo parameter",
    ],
    ["!Select [3, [a]]", "Fn::Select cannot select nonexistent value at index 3"],
    ["!Join [a]", "Fn::Join layout is incorrect"],
    ["!FindInMap [a, b]", "Fn::FindInMap layout is incorrect"],
    ["{Ref: [a]}", "Ref layout is incorrect"],
  ])("refuse %s", (yaml, message) => {
    expect(() => valueOf(yaml)).toThrow(`Transform AWS::LanguageExtensions failed with: ${message}`);
  });

  it("make policies from parameters, mappings and conditions, and refuse what is known only later", () => {
    const template = (policy: string): string =>
      `Mappings: {M: {prod: {P: Snapshot}}}\nResources: {A: {Type: T, DeletionPolicy: ${policy}, UpdateReplacePolicy: !Ref P}}`;
    const policies = { P: "Retain", Stage: "prod" };
    expect(expand(template("!FindInMap [M, !Ref Stage, P]"), policies)["Resources"]).toEqual({
      A: { Type: "T", DeletionPolicy: "Snapshot", UpdateReplacePolicy: "Retain" },
    });
    expect(() => expand(template("!GetAtt [A, P]"), policies)).toThrow(
      "Unsupported expression for DeletionPolicy in resource A",
    );
  });
});

describe("a bomb", () => {
  const bounded = (work: () => unknown): void => {
    const begun = performance.now();
    expect(work).toThrow("Template may not exceed 1000000 bytes in size.");
    expect(performance.now() - begun).toBeLessThan(5000);
  };
  const items = (count: number): string => `[${Array.from({ length: count }, (_, index) => `i${index}`).join(", ")}]`;

  it("of loops in loops is refused in bounded time", () => {
    let fragment = "'R${V0}${V1}${V2}${V3}${V4}': {Type: T}";
    for (let level = 4; level >= 0; level -= 1)
      fragment = `'Fn::ForEach::L${level}': [V${level}, ${items(300)}, {${fragment}}]`;
    bounded(() => expand(`Resources: {${fragment}}`));
  });

  it("of loops around nothing is refused in bounded time", () => {
    let fragment = "'Fn::ForEach::N': [E, [], {'${E}': {Type: T}}]";
    for (let level = 3; level >= 0; level -= 1)
      fragment = `'Fn::ForEach::L${level}': [V${level}, ${items(300)}, {${fragment}}]`;
    bounded(() => expand(`Resources: {${fragment}}`));
  });

  it("of JSON in JSON, or of names in names, is refused in bounded time", () => {
    let json = "['\"']";
    for (let level = 0; level < 40; level += 1) json = `[{'Fn::ToJsonString': ${json}}]`;
    bounded(() => valueOf(json));
    let text = "aaaaaaaaaa";
    for (let level = 0; level < 40; level += 1) text = `!Sub ['\${x}\${x}', {x: ${text}}]`;
    bounded(() => valueOf(text));
  });

  it("of loops that are nested too deep is refused", () => {
    let fragment = "'R${V}': {Type: T}";
    for (let level = 6; level >= 0; level -= 1) fragment = `'Fn::ForEach::L${level}': [V${level}, [a], {${fragment}}]`;
    expect(() => expand(`Resources: {${fragment}}`)).toThrow("Fn::ForEach cannot be nested more than 5 levels deep");
  });
});
