/** What is found in templates and parameter files, and where. */
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";
import type { Finding } from "../check.ts";

/** `line:column rule message`, for each finding of one template. */
function told(text: string, path = "template.yml"): string[] {
  return check([{ path, text }]).findings.map(shown);
}

function shown({ position, rule, message }: Finding): string {
  return `${position.line}:${position.column} ${rule} ${message}`;
}

describe("a template", () => {
  it("that is right is not spoken of", () => {
    expect(told("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n")).toEqual([]);
  });

  it("that cannot be read is told with its place", () => {
    expect(told("Resources:\n  A: [")).toEqual([
      "2:7 syntax Template format error: YAML not well-formed. (line 2, column 7)",
    ]);
  });

  it("is known by a transform of AWS's where loops make all of its resources", () => {
    const loop = (transform: string): string[] =>
      told(`Transform: ${transform}
Resources:
  Fn::ForEach::Topics:
    - Name
    - [A, B]
    - Topic\${Name}: {Type: AWS::SNS::Topic, Properties: {TopicNam: x}}
`).map((line) => line.split(" ")[1] ?? "");
    const faults = ["property-unknown", "property-unknown"];
    expect([loop("AWS::LanguageExtensions"), loop("[AWS::LanguageExtensions]")]).toEqual([faults, faults]);
  });

  it("is told of a function that is none once", () => {
    expect(told("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: {Fn::Nope: a}}}}\n")).toEqual([
      expect.stringContaining("Encountered unsupported function: Fn::Nope"),
    ]);
  });

  it("is looked at beyond its first error", () => {
    const text = `Parameters:
  Stage:
    Type: Sting
Resources:
  One:
    Type: AWS::SNS::Topic
    Depends: Two
  Two:
    Type: AWS::SNS::Topic
    DependsOn: Three
    Properties:
      TopicName: !Ref Nme
      DisplayName: !GetAtt One.TopicNam
`;
    expect(told(text)).toEqual([
      "2:3 unused-parameter Parameter Stage is not used.",
      "3:5 template-reference Template format error: Unrecognized parameter type: Sting",
      "7:5 template-format Invalid template resource property 'Depends'",
      "10:5 template-reference Template format error: Unresolved resource dependencies [Three] in the Resources block of the template",
      "12:7 template-reference Template format error: Unresolved resource dependencies [Nme] in the Resources block of the template",
      "13:7 template-reference Template error: resource One does not support attribute type TopicNam in Fn::GetAtt",
    ]);
  });

  it("is held against what AWS publishes of its resource types", () => {
    const text = `Resources:
  Queue:
    Type: AWS::SQS::Queu
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: x}
      Role: arn:aws:iam::000000000000:role/r
      Timout: 3
      MemorySize: big
`;
    const { findings } = check([{ path: "template.yml", text }]);
    expect(findings.map(shown)).toEqual([
      "3:5 resource-type Template format error: Unrecognized resource types: [AWS::SQS::Queu]",
      "9:7 property-unknown AWS::Lambda::Function Function: #: extraneous key [Timout] is not permitted",
      "10:7 property-type AWS::Lambda::Function Function: #/MemorySize: expected type: Number, found: String",
    ]);
    expect(findings.map(({ advice }) => advice)).toEqual([
      "Write AWS::SQS::Queue instead.",
      "Write Timeout instead of Timout.",
      undefined,
    ]);
  });

  it("of SAM is told SAM's faults, and what is wrong with what SAM makes of it, in its own places", () => {
    const text = `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      CodeUri: src
      MemorySize: big
      Environment: {Variables: {Table: !Ref Tabel}}
`;
    expect(told(text)).toEqual([
      "9:7 property-type AWS::Lambda::Function Hello: #/MemorySize: expected type: Number, found: String",
      "10:33 template-reference Template format error: Unresolved resource dependencies [Tabel] in the Resources block of the template",
    ]);
    expect(told(text.replace("Handler", "Handlers"))).toEqual([
      "7:7 sam-transform Resource with id [Hello] is invalid. property Handlers not defined for resource of type AWS::Serverless::Function",
    ]);
    expect(told(text.slice(text.indexOf("\n") + 1))[0]).toContain(
      "Unrecognized resource types: [AWS::Serverless::Function]",
    );
  });

  it("may not leave ${Name} outside of Fn::Sub, but for what is another language's", () => {
    const text = `Parameters: {Name: {Type: String}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: \${Name}-topic
      DisplayName: \${Other}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: "exports.name = \${Name}"}
      Role: !Sub "arn:\${AWS::Partition}:iam::1:role/\${Name}"
`;
    const { findings } = check([{ path: "template.yml", text }]);
    expect(findings.map(({ position, rule }) => [position.line, rule])).toEqual([[6, "missing-sub"]]);
    expect(findings[0]?.advice).toBe('Write !Sub "${Name}-topic" instead.');
  });

  it("has functions with the arguments that they take", () => {
    const text = `Mappings: {Sizes: {small: {memory: 128}}}
Conditions: {Odd: !Equals [a]}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Odd
    Properties:
      TopicName: !Join [a]
      DisplayName: !FindInMap [Sizes, large, memory]
      KmsMasterKeyId: !Select [3, [a, b]]
`;
    expect(told(text).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "2:14 template-function",
      "8:24 template-function",
      "9:31 template-function",
      "10:31 template-function",
    ]);
  });
});

describe("files of others", () => {
  it("are left alone, whatever they are called", () => {
    const files = [
      { path: "template.yaml", text: "{{- if .Values.on }}\nkind: [\n" },
      { path: "compose.yml", text: 'version: "3"\nservices: {a: {image: b}}\nhooks: {}\n' },
      { path: "serverless.yml", text: "resources: {Resources: {T: {Type: AWS::SNS::Topic, Properties: {Foo: 1}}}}\n" },
    ];
    expect(check(files)).toEqual({ findings: [], files: new Map() });
  });
});

describe("a parameter file", () => {
  it("is for the template that declares all of its names, before one that is nearer", () => {
    const far = {
      path: "infra/net.yml",
      text: "Parameters: {A: {Type: String}, B: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${A}${B}'}}}\n",
    };
    const near = {
      path: "params/other.yml",
      text: "Parameters: {A: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref A}}}\n",
    };
    expect(check([far, near, { path: "params/net.json", text: '["A=a", "B=b"]' }]).findings).toEqual([]);
  });

  const template = {
    path: "stacks/app.yml",
    text: `Parameters:
  Stage: {Type: String, AllowedValues: [dev, prd]}
  Size: {Type: Number}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "\${Stage}\${Size}"}}
`,
  };

  it.each([
    [
      "the AWS CLI's",
      '[{"ParameterKey": "Stag", "ParameterValue": "x"},\n {"ParameterKey": "Stage", "ParameterValue": "tst"}]',
    ],
    ["CodePipeline's", '{"Parameters": {"Stag": "x",\n "Stage": "tst"}}'],
    ["a list's", '["Stag=x",\n "Stage=tst"]'],
  ])("in %s form is held against the template near it", (_, text) => {
    const { findings, files } = check([template, { path: "stacks/app-params.json", text }]);
    expect(files.get("stacks/app-params.json")).toBe("parameters");
    expect(findings.map(({ position, message }) => `${position.line} ${message}`).sort()).toEqual([
      "1 Parameters: [Size] must have values",
      "1 Parameters: [Stag] do not exist in the template",
      "2 Parameter 'Stage' must be one of AllowedValues",
    ]);
  });
});
