/** Macros of the account: real functions that are given templates and fragments, and everything that they may do wrong. */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bucket, type Fixture, type Template } from "../stack-fixture.ts";
import { expanding, probe, processedTemplate, startMacros } from "./macro-fixture.ts";

let given: Fixture;
beforeAll(async () => {
  given = await startMacros();
});
afterAll(() => given.close());

const processed = (name: string) => processedTemplate(given, name);

test("a macro is a resource whose Ref is its name, and needs CAPABILITY_AUTO_EXPAND where it is used", async () => {
  expect((await given.describe("macros")).Outputs).toMatchObject([{ OutputKey: "Name", OutputValue: "Probe" }]);
  const template = { Transform: probe("echo"), Resources: { A: bucket("never-made") } };
  await expect(given.create("shy", template)).rejects.toMatchObject({
    name: "InsufficientCapabilitiesException",
    message: "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
  });
});

test("a macro of the whole template is given it without its Transform section, with parameters evaluated", async () => {
  const template = {
    Transform: [{ Name: "Probe", Parameters: { Do: "echo", Input: { Ref: "Word" } } }],
    Parameters: { Word: { Type: "String", Default: "hello" }, Words: { Type: "CommaDelimitedList", Default: "a, b" } },
    Resources: { A: bucket("macro-whole", { Tags: [{ Key: "k", Value: { Ref: "Word" } }] }) },
  };
  await given.create("whole", template, expanding);
  expect(await given.status("whole")).toBe("CREATE_COMPLETE");
  const { Transform: _, ...fragment } = template;
  expect(await processed("whole")).toEqual({
    ...fragment,
    Metadata: {
      Event: {
        accountId: "000000000000",
        region: "us-east-1",
        transformId: "000000000000::Probe",
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        fragment,
        params: { Do: "echo", Input: "hello" },
        templateParameterValues: { Word: "hello", Words: ["a", "b"] },
      },
    },
  });
  const original = await given.client.send(new GetTemplateCommand({ StackName: "whole", TemplateStage: "Original" }));
  expect(JSON.parse(original.TemplateBody ?? "")).toEqual(template);
});

test("calls in a template run before its Transform section, the innermost first, and those of a list in its order", async () => {
  const template = {
    Transform: [probe("append", "third"), probe("append", "fourth")],
    Resources: {
      A: {
        Type: "AWS::Logs::LogGroup",
        "Fn::Transform": probe("append", "second"),
        Properties: {
          LogGroupName: { "Fn::Transform": probe("text", "group") },
          Tags: [{ Key: "order", Value: "x" }],
          "Fn::Transform": [
            probe("merge", '{"RetentionInDays": 7, "LogGroupName": "ordered <>"}'),
            probe("append", "first"),
          ],
        },
      },
    },
  };
  await given.create("ordered", template, expanding);
  expect((await processed("ordered"))["Resources"]).toEqual({
    A: {
      Type: "AWS::Logs::LogGroup",
      Properties: {
        LogGroupName: "ordered first second third fourth <>",
        Tags: [{ Key: "order", Value: "x" }],
        RetentionInDays: 7,
      },
    },
  });
});

test("a call that stands for a value is replaced by what the macro answers", async () => {
  const template = { Resources: { A: bucket("x", { BucketName: { "Fn::Transform": "Probe" } }) } };
  const name = { "Fn::Join": ["-", ["macro", "made"]] };
  const named = { "Fn::Transform": probe("merge", JSON.stringify(name)) };
  await given.create(
    "valued",
    { Resources: { A: { ...template.Resources.A, Properties: { BucketName: named } } } },
    expanding,
  );
  expect(await given.bucketNames()).toContain("macro-made");
});

test.each([
  ["fails with a message", probe("fail", "not today"), "Transform 000000000000::Probe failed with: not today"],
  ["fails without one", probe("silent"), "Transform 000000000000::Probe failed without an error message."],
  ["answers another request", probe("other"), "Received malformed response from transform 000000000000::Probe"],
  ["answers rubbish", probe("rubbish"), "Received malformed response from transform 000000000000::Probe"],
  ["answers no fragment", probe("none"), "Received malformed response from transform 000000000000::Probe"],
  ["throws", probe("throw"), "Received malformed response from transform 000000000000::Probe"],
  ["never answers", probe("sleep"), "Received malformed response from transform 000000000000::Probe"],
  ["answers a list", probe("list"), "Template format error: unsupported structure."],
  ["answers more than a template may hold", probe("large"), "Template may not exceed 1000000 bytes in size."],
  [
    "answers another macro call",
    probe("macro"),
    "Template format error: a macro's result has a Transform section, and macros are not processed recursively",
  ],
  [
    "answers no valid template",
    probe("merge", '{"Resources": {"A": {"Properties": {}}}}'),
    "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
  ],
  [
    "has no function",
    "Lost",
    "Transform 000000000000::Lost failed with: Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody",
  ],
  ["is not there", "Nobody", "No transform named 000000000000::Nobody found."],
  [
    "is given an object",
    { Name: "Probe", Parameters: { Do: { "Fn::GetAtt": ["A", "Arn"] } } },
    "The value of parameter Do under transform 000000000000::Probe must resolve to a string, number, boolean or a list of any of these.",
  ],
])("a stack whose macro %s is rolled back at once, and nothing is made", async (what, Transform, message) => {
  const name = `failed-${what.replaceAll(" ", "-")}`;
  await given.create(name, { Transform, Resources: { A: bucket(name) } }, expanding);
  expect(await given.story(name)).toEqual([
    `${name} CREATE_IN_PROGRESS User Initiated`,
    `${name} ROLLBACK_IN_PROGRESS ${message}. Rollback requested by user.`,
    `${name} ROLLBACK_COMPLETE`,
  ]);
  expect(await given.bucketNames()).not.toContain(name);
});

test("errors are told in the macro's log group, as its role", async () => {
  const logs = new CloudWatchLogs(given.cloud.client());
  const { events = [] } = await logs.filterLogEvents({ logGroupName: "macro-errors" });
  logs.destroy();
  expect(events.map(({ message }) => message)).toContain("Transform 000000000000::Probe failed with: not today");
});

test("a change set whose macro fails says why, needs no capability and cannot be executed", async () => {
  const TemplateBody = JSON.stringify({ Transform: probe("fail", "no"), Resources: { A: bucket("in-a-set") } });
  const ChangeSetName = "first";
  await given.client.send(
    new CreateChangeSetCommand({ StackName: "set", ChangeSetName, TemplateBody, ChangeSetType: "CREATE" }),
  );
  await given.cloud.settled();
  const set = await given.client.send(new DescribeChangeSetCommand({ StackName: "set", ChangeSetName }));
  expect(set).toMatchObject({
    Status: "FAILED",
    ExecutionStatus: "UNAVAILABLE",
    StatusReason: "Transform 000000000000::Probe failed with: no",
  });
});

test("an update whose macro fails leaves everything as it was", async () => {
  await given.create("kept", { Transform: probe("echo"), Resources: { A: bucket("kept-as-it-was") } }, expanding);
  const TemplateBody = JSON.stringify({ Transform: probe("fail", "no"), Resources: { B: bucket("never-comes") } });
  await given.client.send(new UpdateStackCommand({ StackName: "kept", TemplateBody, ...expanding }));
  await given.cloud.settled();
  expect(await given.story("kept")).toEqual([
    "kept UPDATE_IN_PROGRESS User Initiated",
    "kept UPDATE_ROLLBACK_IN_PROGRESS Transform 000000000000::Probe failed with: no. Rollback requested by user.",
    "kept UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "kept UPDATE_ROLLBACK_COMPLETE",
  ]);
  expect(Object.keys(Object((await processed("kept"))["Resources"]))).toEqual(["A"]);
  expect(await given.bucketNames()).toContain("kept-as-it-was");
});

test("a macro whose update is rolled back calls the function that it called before, and one that is deleted is no more", async () => {
  const own = (FunctionName: string, more: Template = {}): Template => ({
    Resources: { M: { Type: "AWS::CloudFormation::Macro", Properties: { Name: "Own", FunctionName } }, ...more },
  });
  await given.create("own", own("probe"));
  const later = { Type: "AWS::S3::Bucket", DependsOn: "M", Properties: { BucketName: "NOT A NAME" } };
  await given.update("own", own("nobody", { Later: later }));
  expect(await given.status("own")).toBe("UPDATE_ROLLBACK_COMPLETE");
  const using = { Transform: { Name: "Own", Parameters: { Do: "echo" } }, Resources: { A: bucket("own-macro") } };
  await given.create("using", using, expanding);
  expect(await given.status("using")).toBe("CREATE_COMPLETE");
  await given.client.send(new DeleteStackCommand({ StackName: "own" }));
  await given.cloud.settled();
  await given.create("too-late", using, expanding);
  expect(await given.story("too-late")).toContain(
    "too-late ROLLBACK_IN_PROGRESS No transform named 000000000000::Own found.. Rollback requested by user.",
  );
});

test("a macro is called with the powers of whoever asks for the stack", async () => {
  const iam = new IAM(given.cloud.client());
  await iam.createUser({ UserName: "limited" });
  const Statement = [{ Effect: "Allow", Action: ["cloudformation:*", "s3:*"], Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName: "limited", PolicyName: "p", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName: "limited" });
  iam.destroy();
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  const limited = new CloudFormationClient({ ...given.cloud.client(), credentials });
  const TemplateBody = JSON.stringify({ Transform: probe("echo"), Resources: { A: bucket("not-allowed") } });
  await limited.send(new CreateStackCommand({ StackName: "limited", TemplateBody, ...expanding }));
  await given.cloud.settled();
  limited.destroy();
  const [, rolledBack] = await given.story("limited");
  expect(rolledBack).toMatch(
    /^limited ROLLBACK_IN_PROGRESS Transform 000000000000::Probe failed with: User: arn:aws:iam::000000000000:user\/limited is not authorized to perform: lambda:InvokeFunction/,
  );
});

test("a nested stack whose macro fails fails its parent, and shows its parameters but for the secret ones", async () => {
  await given.s3.send(new CreateBucketCommand({ Bucket: "nested-macros" }));
  const Body = JSON.stringify({
    Transform: probe("fail", "inside"),
    Parameters: { Open: { Type: "String" }, Shut: { Type: "String", NoEcho: true } },
    Resources: { A: bucket("nested-never") },
  });
  await given.s3.send(new PutObjectCommand({ Bucket: "nested-macros", Key: "child.json", Body }));
  const TemplateURL = "https://nested-macros.s3.amazonaws.com/child.json";
  const Child = {
    Type: "AWS::CloudFormation::Stack",
    Properties: { TemplateURL, Parameters: { Open: "a", Shut: "b" } },
  };
  const id = await given.create("parent", { Resources: { Child } }, { ...expanding, DisableRollback: true });
  expect(await given.status(id)).toBe("CREATE_FAILED");
  const story = await given.story("parent");
  expect(story.join("\n")).toContain("Transform 000000000000::Probe failed with: inside");
  const [, child = ""] = /Embedded stack (\S+) was not successfully created/.exec(story.join("\n")) ?? [];
  expect((await given.describe(child)).Parameters).toEqual([
    { ParameterKey: "Open", ParameterValue: "a" },
    { ParameterKey: "Shut", ParameterValue: "****" },
  ]);
});
