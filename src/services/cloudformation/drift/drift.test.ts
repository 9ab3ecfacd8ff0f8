/** Drift detection as a user asks for it: statuses, words, pages, powers. */
import {
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DetectStackDriftCommand,
  DetectStackResourceDriftCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucket, startFixture, type Fixture } from "../stack-fixture.ts";

let fixture: Fixture;
let logs: CloudWatchLogs;
beforeEach(async () => {
  fixture = await startFixture();
  logs = new CloudWatchLogs(fixture.cloud.client());
});
afterEach(() => fixture.close());

const group = (LogGroupName: string, more: object = {}) => ({
  Type: "AWS::Logs::LogGroup",
  Properties: { LogGroupName, RetentionInDays: 7, ...more },
});
const handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };

/** Detects, and answers what DescribeStackDriftDetectionStatus says at the end. */
async function detect(StackName = "app", LogicalResourceIds?: string[]) {
  const input = { StackName, ...(LogicalResourceIds === undefined ? {} : { LogicalResourceIds }) };
  const { StackDriftDetectionId } = await fixture.client.send(new DetectStackDriftCommand(input));
  await fixture.cloud.settled();
  const { $metadata: _, ...status } = await fixture.client.send(
    new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
  );
  return status;
}

const drifts = async (
  input: { MaxResults?: number; NextToken?: string; filters?: ("MODIFIED" | "DELETED")[] } = {},
) => {
  const { filters, ...rest } = input;
  return fixture.client.send(
    new DescribeStackResourceDriftsCommand({
      StackName: "app",
      ...rest,
      ...(filters === undefined ? {} : { StackResourceDriftStatusFilters: filters }),
    }),
  );
};

const statuses = async () =>
  Object.fromEntries(
    ((await drifts()).StackResourceDrifts ?? []).map((one) => [one.LogicalResourceId, one.StackResourceDriftStatus]),
  );

const stackStatus = async () => (await fixture.describe("app")).DriftInformation?.StackDriftStatus;

describe("a stack", () => {
  it("is not checked until someone asks, and in sync when nothing was changed", async () => {
    await fixture.create("app", { Resources: { Group: group("/a"), Handle: handle } });
    expect((await fixture.describe("app")).DriftInformation).toEqual({ StackDriftStatus: "NOT_CHECKED" });
    await fixture.cloud.advance("1m");
    const status = await detect();
    expect(status).toEqual({
      StackId: expect.stringContaining(":stack/app/"),
      StackDriftDetectionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      StackDriftStatus: "IN_SYNC",
      DetectionStatus: "DETECTION_COMPLETE",
      DriftedStackResourceCount: 0,
      Timestamp: new Date("2026-01-01T00:01:00Z"),
    });
    const { StackSummaries } = await fixture.client.send(new ListStacksCommand({}));
    expect(StackSummaries?.[0]?.DriftInformation).toEqual({
      StackDriftStatus: "IN_SYNC",
      LastCheckTimestamp: new Date("2026-01-01T00:01:00Z"),
    });
  });

  it("tells what was changed and what was deleted, and is in sync again when it was put back", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Two: group("/two"), Handle: handle } });
    await logs.putRetentionPolicy({ logGroupName: "/one", retentionInDays: 30 });
    await logs.deleteLogGroup({ logGroupName: "/two" });
    expect(await detect()).toMatchObject({ StackDriftStatus: "DRIFTED", DriftedStackResourceCount: 2 });
    const { StackResourceDrifts: found = [] } = await drifts();
    expect(found).toEqual([
      {
        StackId: expect.stringContaining(":stack/app/"),
        LogicalResourceId: "One",
        PhysicalResourceId: "/one",
        ResourceType: "AWS::Logs::LogGroup",
        ExpectedProperties: '{"LogGroupName":"/one","RetentionInDays":7}',
        ActualProperties: '{"LogGroupName":"/one","RetentionInDays":30}',
        PropertyDifferences: [
          { PropertyPath: "/RetentionInDays", ExpectedValue: "7", ActualValue: "30", DifferenceType: "NOT_EQUAL" },
        ],
        StackResourceDriftStatus: "MODIFIED",
        Timestamp: new Date("2026-01-01T00:00:00Z"),
      },
      {
        StackId: expect.stringContaining(":stack/app/"),
        LogicalResourceId: "Two",
        PhysicalResourceId: "/two",
        ResourceType: "AWS::Logs::LogGroup",
        PropertyDifferences: [],
        StackResourceDriftStatus: "DELETED",
        Timestamp: new Date("2026-01-01T00:00:00Z"),
      },
    ]);
    expect((await drifts({ filters: ["DELETED"] })).StackResourceDrifts).toHaveLength(1);
    await logs.putRetentionPolicy({ logGroupName: "/one", retentionInDays: 7 });
    await logs.createLogGroup({ logGroupName: "/two" });
    await logs.putRetentionPolicy({ logGroupName: "/two", retentionInDays: 7 });
    expect(await detect()).toMatchObject({ StackDriftStatus: "IN_SYNC", DriftedStackResourceCount: 0 });
  });

  it("shows each resource's status wherever resources are shown; a type that cannot be read stays unchecked", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Handle: handle } });
    await logs.deleteLogGroup({ logGroupName: "/one" });
    await detect();
    const checked = { StackResourceDriftStatus: "DELETED", LastCheckTimestamp: new Date("2026-01-01T00:00:00Z") };
    const unchecked = { StackResourceDriftStatus: "NOT_CHECKED" };
    const { StackResources = [] } = await fixture.client.send(new DescribeStackResourcesCommand({ StackName: "app" }));
    expect(StackResources.map(({ DriftInformation }) => DriftInformation)).toEqual([unchecked, checked]);
    const listed = await fixture.client.send(new ListStackResourcesCommand({ StackName: "app" }));
    expect(listed.StackResourceSummaries?.map(({ DriftInformation }) => DriftInformation)).toEqual([
      unchecked,
      checked,
    ]);
    const one = { StackName: "app", LogicalResourceId: "One" };
    const { StackResourceDetail } = await fixture.client.send(new DescribeStackResourceCommand(one));
    expect(StackResourceDetail?.DriftInformation).toEqual(checked);
    expect(await statuses()).toEqual({ One: "DELETED" });
  });

  it("only compares what the template says, and the stack's tags are no drift", async () => {
    const more = { Tags: [{ Key: "team", Value: "shop" }] };
    await fixture.create(
      "app",
      { Resources: { One: { Type: "AWS::Logs::LogGroup" }, Two: group("/two", more) } },
      { Tags: [{ Key: "stack", Value: "app" }] },
    );
    const { StackResourceDetail } = await fixture.client.send(
      new DescribeStackResourceCommand({ StackName: "app", LogicalResourceId: "One" }),
    );
    await logs.putRetentionPolicy({
      logGroupName: StackResourceDetail?.PhysicalResourceId ?? "",
      retentionInDays: 30,
    });
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    const resourceArn = "arn:aws:logs:us-east-1:000000000000:log-group:/two";
    await logs.tagResource({ resourceArn, tags: { team: "other", more: "1" } });
    await detect();
    const { StackResourceDrifts: found = [] } = await drifts({ filters: ["MODIFIED"] });
    expect(found.map(({ PropertyDifferences }) => PropertyDifferences)).toEqual([
      [
        { PropertyPath: "/Tags/0/Value", ExpectedValue: "shop", ActualValue: "other", DifferenceType: "NOT_EQUAL" },
        {
          PropertyPath: "/Tags/1",
          ExpectedValue: "null",
          ActualValue: '{"Key":"more","Value":"1"}',
          DifferenceType: "ADD",
        },
      ],
    ]);
  });

  it("forgets what was found of a resource that an update has changed since", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Two: group("/two") } });
    await logs.putRetentionPolicy({ logGroupName: "/one", retentionInDays: 30 });
    await detect();
    expect(await stackStatus()).toBe("DRIFTED");
    await fixture.cloud.advance("1m");
    await fixture.update("app", { Resources: { One: group("/one", { RetentionInDays: 14 }), Two: group("/two") } });
    expect(await statuses()).toEqual({ Two: "IN_SYNC" });
    expect(await stackStatus()).toBe("IN_SYNC");
  });

  it("hides what NoEcho hides", async () => {
    const template = {
      Parameters: { Secret: { Type: "String", NoEcho: true } },
      Resources: {
        One: group("/one", { Tags: [{ Key: "k", Value: { "Fn::Sub": "x-${Secret}" } }] }),
      },
    };
    await fixture.create("app", template, { Parameters: [{ ParameterKey: "Secret", ParameterValue: "hunter2" }] });
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    const { StackResourceDrifts: [found] = [] } = await drifts();
    expect(found?.ExpectedProperties).toContain('"Value":"x-****"');
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it("does not tell what a secure reference stands for", async () => {
    const ssm = new SSM(fixture.cloud.client());
    await ssm.putParameter({ Name: "secret", Value: "Correct-horse-7", Type: "SecureString" });
    const Password = "{{resolve:ssm-secure:secret:1}}";
    const User = { Type: "AWS::IAM::User", Properties: { UserName: "u", LoginProfile: { Password } } };
    await fixture.create("app", { Resources: { User } }, { Capabilities: ["CAPABILITY_NAMED_IAM"] });
    expect(await fixture.status("app")).toBe("CREATE_COMPLETE");
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    expect(JSON.stringify(await drifts())).not.toContain("Correct-horse-7");
  });

  it("leaves nothing of its drift behind when it is deleted", async () => {
    await fixture.create("app", { Resources: { One: group("/one") } });
    const { StackDriftDetectionId } = await detect();
    await fixture.client.send(new DeleteStackCommand({ StackName: "app" }));
    await fixture.cloud.settled();
    const command = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId });
    await expect(fixture.client.send(command)).rejects.toMatchObject({ name: "ValidationError" });
  });
});

describe("a nested stack", () => {
  it("is compared as a resource, and its own resources are not", async () => {
    await fixture.create("code", { Resources: { Code: bucket("code") } });
    const child = { Parameters: { Days: { Type: "Number" } }, Resources: { Group: group("/child") } };
    const input = { Bucket: "code", Key: "child.json", Body: JSON.stringify(child) };
    await fixture.s3.send(new PutObjectCommand(input));
    const TemplateURL = "https://s3.amazonaws.com/code/child.json";
    const Child = { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL, Parameters: { Days: 3 } } };
    await fixture.create("app", { Resources: { Child } });
    await fixture.cloud.settled();
    await logs.deleteLogGroup({ logGroupName: "/child" });
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    const { StackResourceDrifts: [found] = [] } = await drifts();
    expect(found?.ActualProperties).toBe('{"Parameters":{"Days":"3"}}');
    expect((await detect(found?.PhysicalResourceId)).StackDriftStatus).toBe("DRIFTED");
  });
});

describe("a single resource", () => {
  it("is looked at on its own, which tells of the stack too", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Two: group("/two") } });
    const one = new DetectStackResourceDriftCommand({ StackName: "app", LogicalResourceId: "One" });
    await logs.putRetentionPolicy({ logGroupName: "/one", retentionInDays: 30 });
    const { StackResourceDrift } = await fixture.client.send(one);
    expect(StackResourceDrift).toMatchObject({ LogicalResourceId: "One", StackResourceDriftStatus: "MODIFIED" });
    expect(await stackStatus()).toBe("DRIFTED");
    expect(await statuses()).toEqual({ One: "MODIFIED" });
    await logs.putRetentionPolicy({ logGroupName: "/one", retentionInDays: 7 });
    await fixture.client.send(one);
    expect(await stackStatus()).toBe("IN_SYNC");
  });

  it("is told by more than its physical id where that does not say which it is", async () => {
    const stream = { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: { Ref: "One" }, LogStreamName: "s" } };
    await fixture.create("app", { Resources: { One: group("/one"), Stream: stream } });
    const input = { StackName: "app", LogicalResourceId: "Stream" };
    const { StackResourceDrift } = await fixture.client.send(new DetectStackResourceDriftCommand(input));
    expect(StackResourceDrift?.PhysicalResourceIdContext).toEqual([{ Key: "LogGroupName", Value: "/one" }]);
  });

  it.each([
    ["Handle", "Drift detection is not supported for the specified ResourceType"],
    ["Nobody", "Resource Nobody does not exist for stack app"],
  ])("%s is refused in words", async (LogicalResourceId, words) => {
    await fixture.create("app", { Resources: { One: group("/one"), Handle: handle } });
    const input = { StackName: "app", LogicalResourceId };
    await expect(fixture.client.send(new DetectStackResourceDriftCommand(input))).rejects.toMatchObject({
      name: "ValidationError",
      message: words,
    });
  });
});

describe("a detection", () => {
  it("of some resources checks those alone", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Two: group("/two") } });
    await detect("app", ["Two"]);
    expect(await statuses()).toEqual({ Two: "IN_SYNC" });
    await expect(detect("app", ["Nobody"])).rejects.toThrow("Resource Nobody does not exist for stack app");
  });

  it("is the only one of its stack at a time", async () => {
    const Resources = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`G${index}`, group(`/${index}`)]));
    await fixture.create("app", { Resources });
    const ask = () => fixture.client.send(new DetectStackDriftCommand({ StackName: "app" }));
    const outcomes = await Promise.allSettled([ask(), ask()]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    const id = (await fixture.describe("app")).StackId;
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(String(refused?.reason)).toContain(`Drift detection is already in progress for stack [${id}]`);
    await fixture.cloud.settled();
    expect(Object.values(await statuses())).toHaveLength(60);
  });

  it("gives its results in pages", async () => {
    const names = ["A", "B", "C"];
    const Resources = Object.fromEntries(names.map((name) => [name, group(`/${name}`)]));
    await fixture.create("app", { Resources });
    await detect();
    const first = await drifts({ MaxResults: 2 });
    expect(first.StackResourceDrifts?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["A", "B"]);
    const second = await drifts({ MaxResults: 2, NextToken: first.NextToken ?? "" });
    expect(second.StackResourceDrifts?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["C"]);
    expect(second.NextToken).toBeUndefined();
    await expect(drifts({ NextToken: "rubbish" })).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("is refused for a stack that is not whole, for none, and for an id that nobody was given", async () => {
    await fixture.create("app", { Resources: { One: group("/one", { RetentionInDays: 8 }) } });
    const id = (await fixture.describe("app")).StackId ?? "";
    await expect(detect()).rejects.toThrow(
      `Drift detection cannot be performed on stack [${id}] while it is in [ROLLBACK_COMPLETE] state`,
    );
    await expect(detect("nobody")).rejects.toMatchObject({
      name: "ValidationError",
      message: "Stack [nobody] does not exist",
    });
    const command = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: "1" });
    await expect(fixture.client.send(command)).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("tells what it could not read, and has failed then", async () => {
    await fixture.create("app", { Resources: { One: group("/one"), Two: bucket("two") } });
    // Bucket names are everybody's: another account has it now.
    await fixture.s3.send(new DeleteBucketCommand({ Bucket: "two" }));
    const other = new S3Client(fixture.cloud.client({ account: "111111111111" }));
    await other.send(new CreateBucketCommand({ Bucket: "two" }));
    expect(await detect()).toMatchObject({
      DetectionStatus: "DETECTION_FAILED",
      DetectionStatusReason: "Failed to detect drift on resource [Two]",
      StackDriftStatus: "UNKNOWN",
      DriftedStackResourceCount: 0,
    });
    expect(await statuses()).toEqual({ One: "IN_SYNC", Two: "UNKNOWN" });
    const { StackResourceDrifts: [, found] = [] } = await drifts();
    expect(found?.DriftStatusReason).toMatch(/Access ?Denied|Forbidden/i);
  });

  it("acts as the stack's role, which has to be there", async () => {
    const iam = new IAM(fixture.cloud.client());
    const statement = {
      Effect: "Allow",
      Principal: { Service: "cloudformation.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    const { Role } = await iam.createRole({
      RoleName: "deployer",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam.attachRolePolicy({ RoleName: "deployer", PolicyArn });
    await fixture.create("app", { Resources: { One: group("/one") } }, { RoleARN: Role?.Arn });
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    await iam.detachRolePolicy({ RoleName: "deployer", PolicyArn });
    await iam.deleteRole({ RoleName: "deployer" });
    await expect(detect()).rejects.toThrow(`Role ${Role?.Arn} is invalid or cannot be assumed`);
  });
});
