/** AWS's own transforms in stacks: AWS::Include, AWS::LanguageExtensions, and the latter before AWS::Serverless. */
import { GetTemplateCommand, ValidateTemplateCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "../stack-fixture.ts";

let given: Fixture;
beforeAll(async () => {
  given = await startFixture();
  await given.s3.send(new CreateBucketCommand({ Bucket: "snippets" }));
  const snippets = {
    "rest.yml": "RetentionInDays: 7\nTags: [{Key: from, Value: {Ref: 'AWS::Region'}}]",
    "more.json": '{"Outputs": {"Name": {"Value": {"Ref": "Group"}}}}',
    "short.yml": "LogGroupName: !Ref AWS::StackName",
    "nested.yml": "Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://snippets/rest.yml'}}",
  };
  for (const [Key, Body] of Object.entries(snippets)) {
    await given.s3.send(new PutObjectCommand({ Bucket: "snippets", Key, Body }));
  }
});
afterAll(() => given.close());

const expanding = { Capabilities: ["CAPABILITY_AUTO_EXPAND" as const, "CAPABILITY_IAM" as const] };
const including = (Location: unknown): Template => ({ Name: "AWS::Include", Parameters: { Location } });

async function processed(StackName: string): Promise<Template> {
  const { TemplateBody = "" } = await given.client.send(new GetTemplateCommand({ StackName }));
  const template: Template = JSON.parse(TemplateBody);
  return template;
}

test("snippets are put beside their calls and into the whole template, from an address that a parameter has", async () => {
  const template = {
    Transform: including("s3://snippets/more.json"),
    Parameters: { Where: { Type: "String", Default: "s3://snippets/rest.yml" } },
    Resources: {
      Group: {
        Type: "AWS::Logs::LogGroup",
        Properties: { LogGroupName: "included", "Fn::Transform": including({ Ref: "Where" }) },
      },
    },
  };
  await given.create("include", template, expanding);
  expect(await given.status("include")).toBe("CREATE_COMPLETE");
  expect(await processed("include")).toEqual({
    Parameters: template.Parameters,
    Resources: {
      Group: {
        Type: "AWS::Logs::LogGroup",
        Properties: {
          LogGroupName: "included",
          RetentionInDays: 7,
          Tags: [{ Key: "from", Value: { Ref: "AWS::Region" } }],
        },
      },
    },
    Outputs: { Name: { Value: { Ref: "Group" } } },
  });
});

test.each([
  ["short forms", "s3://snippets/short.yml", "The specified S3 object's content should be valid Yaml/JSON"],
  [
    "an Include in an Include",
    "s3://snippets/nested.yml",
    "The specified S3 object's content should be valid Yaml/JSON",
  ],
  ["another address", "https://example.com/a.yml", "The location parameter is not a valid S3 uri."],
  ["a local path", "../swagger.yml", "The location parameter is not a valid S3 uri."],
  ["no such object", "s3://snippets/none.yml", "S3 error: The specified key does not exist."],
])("an Include with %s fails in AWS's words", async (what, location, message) => {
  const name = `no-${what.replaceAll(" ", "-")}`;
  const properties = { BucketName: "never", "Fn::Transform": including(location) };
  await given.create(name, { Resources: { A: { Type: "AWS::S3::Bucket", Properties: properties } } }, expanding);
  const [, rolledBack] = await given.story(name);
  expect(rolledBack).toContain(`Transform AWS::Include failed with: ${message}`);
  expect(await given.status(name)).toBe("ROLLBACK_COMPLETE");
});

const LOOPS: Template = {
  Transform: "AWS::LanguageExtensions",
  Parameters: {
    Names: { Type: "CommaDelimitedList", Default: "one,two" },
    Policy: { Type: "String", Default: "Delete" },
  },
  Resources: {
    "Fn::ForEach::Groups": [
      "Name",
      { Ref: "Names" },
      {
        "Group${Name}": {
          Type: "AWS::Logs::LogGroup",
          DeletionPolicy: { Ref: "Policy" },
          Properties: { LogGroupName: { "Fn::Sub": "looped-${Name}" }, RetentionInDays: 7 },
        },
      },
    ],
  },
  Outputs: {
    Count: { Value: { "Fn::Length": { Ref: "Names" } } },
    All: {
      Value: { "Fn::ToJsonString": { arn: { "Fn::GetAtt": ["Groupone", "Arn"] }, 'q"': [1, { Ref: "Names" }] } },
    },
    "Fn::ForEach::Arns": [
      "Name",
      { Ref: "Names" },
      { "Arn${Name}": { Value: { "Fn::GetAtt": [{ "Fn::Sub": "Group${Name}" }, "Arn"] } } },
    ],
  },
};

test("loops, lengths and JSON texts are the stack's, what is made by a loop being there first", async () => {
  await given.create("loops", LOOPS, expanding);
  expect(await given.status("loops")).toBe("CREATE_COMPLETE");
  const { Outputs = [] } = await given.describe("loops");
  const arn = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:looped-${name}:*`;
  expect(Object.fromEntries(Outputs.map(({ OutputKey = "", OutputValue }) => [OutputKey, OutputValue]))).toEqual({
    Count: "2",
    All: JSON.stringify({ arn: arn("one"), 'q"': [1, ["one", "two"]] }),
    Arnone: arn("one"),
    Arntwo: arn("two"),
  });
});

test("an update with another list makes and takes away what its loops say", async () => {
  await given.create(
    "grown",
    { ...LOOPS, Resources: { "Fn::ForEach::Buckets": loopOf("grown") }, Outputs: {} },
    expanding,
  );
  await given.update(
    "grown",
    { ...LOOPS, Resources: { "Fn::ForEach::Buckets": loopOf("grown") }, Outputs: {} },
    {
      ...expanding,
      Parameters: [{ ParameterKey: "Names", ParameterValue: "two,three" }],
    },
  );
  expect((await given.bucketNames()).filter((name) => name.startsWith("grown"))).toEqual(["grown-three", "grown-two"]);
});

function loopOf(prefix: string): readonly unknown[] {
  const named = { Type: "AWS::S3::Bucket", Properties: { BucketName: { "Fn::Sub": `${prefix}-\${Name}` } } };
  return ["Name", { Ref: "Names" }, { "Bucket${Name}": named }];
}

test("LanguageExtensions before Serverless makes functions in a loop", async () => {
  const template = {
    Transform: ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
    Globals: { Function: { Runtime: "nodejs20.x", Handler: "index.handler" } },
    Resources: {
      "Fn::ForEach::Functions": [
        "Name",
        ["Alpha", "Beta"],
        {
          "${Name}Function": {
            Type: "AWS::Serverless::Function",
            Properties: { FunctionName: { Ref: "Name" }, InlineCode: "exports.handler = async () => 1;" },
          },
        },
      ],
    },
  };
  await given.create("served", template, expanding);
  expect(await given.status("served")).toBe("CREATE_COMPLETE");
  const ids = Object.keys(Object((await processed("served"))["Resources"]));
  expect(ids).toEqual(["AlphaFunction", "AlphaFunctionRole", "BetaFunction", "BetaFunctionRole"]);
});

test("a template that LanguageExtensions cannot expand fails when it is made, not when it is validated", async () => {
  const template = {
    ...LOOPS,
    Resources: { "Fn::ForEach::B": ["X", { "Fn::GetAtt": ["A", "B"] }, { "A${X}": bucket("a") }] },
  };
  await given.client.send(new ValidateTemplateCommand({ TemplateBody: JSON.stringify(template) }));
  await given.create("unknown", template, expanding);
  expect(await given.story("unknown")).toContain(
    "unknown ROLLBACK_IN_PROGRESS Transform AWS::LanguageExtensions failed with: Could not find a collection or could not be resolved for Fn::ForEach. Rollback requested by user.",
  );
});

test.each([
  [
    { "Fn::ForEach::L": ["X", ["a"], { "${X}": bucket("a") }] },
    "Template format error: [/Resources/Fn::ForEach::L] resource definition is malformed",
  ],
  [
    { A: bucket("a", { Tags: { "Fn::ToJsonString": {} } }) },
    "Template error: Encountered unsupported function: Fn::ToJsonString Supported functions are: [Fn::Base64,",
  ],
])("without the transform its functions are refused", async (Resources, message) => {
  await expect(given.create("plain", { Resources })).rejects.toThrow(message);
  const TemplateBody = JSON.stringify({ Resources });
  await expect(given.client.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toThrow(message);
});
