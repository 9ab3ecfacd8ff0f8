/** Custom resources: real functions that are told what to do and answer at the ResponseURL. */
import { DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
  await given.s3.send(new CreateBucketCommand({ Bucket: "notes" }));
});
afterEach(() => given.close());

/** Notes each event in the bucket, then answers as the resource's own properties tell it to. */
const CODE = `
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async (event) => {
  const p = event.ResourceProperties;
  const key = event.LogicalResourceId + "/" + event.RequestType;
  await s3.send(new PutObjectCommand({ Bucket: "notes", Key: key, Body: JSON.stringify(event) }));
  if (p.Silent === "true" && event.RequestType === "Create") return;
  const failed = p.FailOn === event.RequestType;
  const body = JSON.stringify({
    Status: failed ? "FAILED" : "SUCCESS",
    Reason: "as told",
    PhysicalResourceId: p.Id || event.PhysicalResourceId || "made",
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    NoEcho: p.Hide === "true",
    Data: { Answer: "of " + p.Question, Padding: "x".repeat(event.RequestType === "Create" ? Number(p.Padding || 0) : 0) },
  });
  await fetch(event.ResponseURL, { method: "PUT", body });
};`;

function template(properties: Template, more: Template = {}): Template {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  return {
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: "all", PolicyDocument: policy }] },
      },
      Provider: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Code: { ZipFile: CODE },
          Timeout: 20,
        },
      },
      Custom: {
        Type: "Custom::Question",
        Properties: { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] }, ...properties },
      },
      ...more,
    },
    Outputs: { Answer: { Value: { "Fn::GetAtt": ["Custom", "Answer"] } } },
  };
}
const iam = { Capabilities: ["CAPABILITY_IAM" as const] };

async function note(key: string): Promise<Template> {
  const { Body } = await given.s3.send(new GetObjectCommand({ Bucket: "notes", Key: key }));
  const event: Template = JSON.parse((await Body?.transformToString()) ?? "{}");
  return event;
}

test("a custom resource is created, updated and deleted by its function, and has its data", async () => {
  const id = await given.create("demo", template({ Question: "life", Number: 42, Flags: [true, { deep: 1.5 }] }), iam);
  expect(await given.describe("demo")).toMatchObject({
    StackStatus: "CREATE_COMPLETE",
    Outputs: [{ OutputValue: "of life" }],
  });
  expect(await note("Custom/Create")).toMatchObject({
    RequestType: "Create",
    StackId: id,
    LogicalResourceId: "Custom",
    ResourceType: "Custom::Question",
    ResourceProperties: { Question: "life", Number: "42", Flags: ["true", { deep: "1.5" }] },
  });
  await given.update("demo", template({ Question: "rest" }), iam);
  expect((await given.describe("demo")).Outputs).toMatchObject([{ OutputValue: "of rest" }]);
  expect(await note("Custom/Update")).toMatchObject({
    PhysicalResourceId: "made",
    ResourceProperties: { Question: "rest" },
    OldResourceProperties: { Question: "life", Number: "42" },
  });
  // Another physical id means that the old one is to be deleted when all is done.
  await given.update("demo", template({ Question: "rest", Id: "other" }), iam);
  expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  expect(await note("Custom/Delete")).toMatchObject({ PhysicalResourceId: "made" });
  await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.status(id)).toBe("DELETE_COMPLETE");
  expect(await note("Custom/Delete")).toMatchObject({ PhysicalResourceId: "other" });
}, 60_000);

test("a function that says FAILED fails the resource, which is told to delete what it may have made", async () => {
  await given.create("demo", template({ FailOn: "Create", Question: "x" }), iam);
  expect(await given.story("demo")).toContain(
    "Custom CREATE_FAILED Received response status [FAILED] from custom resource. Message returned: as told",
  );
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
  expect(await note("Custom/Delete")).toMatchObject({ PhysicalResourceId: "made" });
}, 60_000);

test("a function that never answers fails the resource after its ServiceTimeout", async () => {
  await given.create("demo", template({ Silent: true, ServiceTimeout: 120, Question: "x" }), iam);
  expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
  const { RequestId } = await note("Custom/Create");
  await given.cloud.advance("2m");
  expect((await given.story("demo")).find((line) => line.includes("Custom CREATE_FAILED"))).toContain(
    `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${String(RequestId)}].`,
  );
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
}, 60_000);

test("an update that fails later puts a custom resource back by an update with its old properties", async () => {
  await given.create("demo", template({ Question: "life" }), iam);
  await given.update(
    "demo",
    template({ Question: "rest" }, { Last: { ...bucket("notes"), DependsOn: "Custom" } }),
    iam,
  );
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await note("Custom/Update")).toMatchObject({
    ResourceProperties: { Question: "life" },
    OldResourceProperties: { Question: "rest" },
  });
  expect((await given.describe("demo")).Outputs).toMatchObject([{ OutputValue: "of life" }]);
}, 60_000);

test("what an answer hides reaches other resources, and no event", async () => {
  const Reader = {
    Type: "AWS::Logs::LogGroup",
    Properties: { Tags: [{ Key: "answer", Value: { "Fn::GetAtt": ["Custom", "Answer"] } }] },
  };
  await given.create("demo", template({ Question: "secrets", Hide: true }, { Reader }), iam);
  expect(await given.status("demo")).toBe("CREATE_COMPLETE");
  const shown = (await given.events("demo"))
    .filter(({ LogicalResourceId }) => LogicalResourceId === "Reader")
    .map(({ ResourceProperties }) => ResourceProperties);
  expect(shown).toContain(JSON.stringify({ Tags: [{ Key: "answer", Value: "*****" }] }));
  expect(JSON.stringify(shown)).not.toContain("of secrets");
}, 60_000);

test("an answer of more than 4 KB, and a ServiceTimeout of more than an hour, fail the resource", async () => {
  await given.create("demo", template({ Question: "x", Padding: 5000 }), iam);
  expect(await given.story("demo")).toContain("Custom CREATE_FAILED Response object is too long.");
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
  await given.create("other", template({ Question: "x", ServiceTimeout: 3601 }), iam);
  expect((await given.story("other")).find((line) => line.startsWith("Custom CREATE_FAILED"))).toContain(
    "ServiceTimeout",
  );
}, 60_000);

test("a topic that would answer is not there, and said not to be", async () => {
  const ServiceToken = "arn:aws:sns:us-east-1:000000000000:topic";
  await given.create("demo", { Resources: { Custom: { Type: "Custom::Question", Properties: { ServiceToken } } } });
  expect(await given.story("demo")).toContain(
    `Custom CREATE_FAILED Seatrial's custom resources are Lambda functions; the ServiceToken is of sns: ${ServiceToken}`,
  );
});
