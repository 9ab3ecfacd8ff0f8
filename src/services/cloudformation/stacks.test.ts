/** Stacks through the SDK: created, rolled back, deleted, and what their events tell. */
import {
  DeleteStackCommand,
  CreateStackCommand,
  ListStacksCommand,
  DescribeStackEventsCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, GetBucketTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

describe("creating a stack", () => {
  test("makes each resource after those that it needs, and tells it in AWS's order", async () => {
    await given.create("demo", {
      Resources: {
        Second: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: { "Fn::Sub": "/demo/${First}" } } },
        First: bucket("first"),
      },
    });
    expect(await given.story("demo")).toEqual([
      "demo CREATE_IN_PROGRESS User Initiated",
      "First CREATE_IN_PROGRESS",
      "First CREATE_IN_PROGRESS Resource creation Initiated",
      "First CREATE_COMPLETE",
      "Second CREATE_IN_PROGRESS",
      "Second CREATE_IN_PROGRESS Resource creation Initiated",
      "Second CREATE_COMPLETE",
      "demo CREATE_COMPLETE",
    ]);
  });

  test("gives parameters, outputs and tags back, and hides what NoEcho hides", async () => {
    await given.create(
      "demo",
      {
        Description: "One bucket",
        Parameters: { Name: { Type: "String" }, Secret: { Type: "String", NoEcho: true } },
        Resources: {
          Store: {
            Type: "AWS::S3::Bucket",
            Properties: { BucketName: { Ref: "Name" }, Tags: [{ Key: "s", Value: { Ref: "Secret" } }] },
          },
        },
        Outputs: { Arn: { Description: "its ARN", Value: { "Fn::GetAtt": ["Store", "Arn"] } } },
      },
      {
        Parameters: [
          { ParameterKey: "Name", ParameterValue: "kept" },
          { ParameterKey: "Secret", ParameterValue: "xyzzy" },
        ],
        Tags: [{ Key: "team", Value: "blue" }],
      },
    );
    const stack = await given.describe("demo");
    expect(stack).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      Description: "One bucket",
      Parameters: [
        { ParameterKey: "Name", ParameterValue: "kept" },
        { ParameterKey: "Secret", ParameterValue: "****" },
      ],
      Outputs: [{ OutputKey: "Arn", OutputValue: "arn:aws:s3:::kept", Description: "its ARN" }],
      Tags: [{ Key: "team", Value: "blue" }],
    });
    const { TagSet } = await given.s3.send(new GetBucketTaggingCommand({ Bucket: "kept" }));
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: "team", Value: "blue" },
        { Key: "s", Value: "xyzzy" },
        { Key: "aws:cloudformation:stack-name", Value: "demo" },
        { Key: "aws:cloudformation:logical-id", Value: "Store" },
      ]),
    );
    const { StackEvents = [] } = await given.client.send(new DescribeStackEventsCommand({ StackName: "demo" }));
    expect(JSON.stringify(StackEvents)).not.toContain("xyzzy");
  });

  test("rolls back to nothing when the third resource fails, and says why", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
    await given.create("demo", {
      Resources: {
        One: bucket("one"),
        Two: { ...bucket("two"), DependsOn: "One" },
        Three: { ...bucket("taken"), DependsOn: "Two" },
        Four: { ...bucket("four"), DependsOn: "Three" },
      },
    });
    const story = await given.story("demo");
    expect(story.map((line) => line.replace(/(?<=CREATE_FAILED ).*/, "…"))).toEqual([
      "demo CREATE_IN_PROGRESS User Initiated",
      "One CREATE_IN_PROGRESS",
      "One CREATE_IN_PROGRESS Resource creation Initiated",
      "One CREATE_COMPLETE",
      "Two CREATE_IN_PROGRESS",
      "Two CREATE_IN_PROGRESS Resource creation Initiated",
      "Two CREATE_COMPLETE",
      "Three CREATE_IN_PROGRESS",
      "Three CREATE_FAILED …",
      "demo ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Three]. Rollback requested by user.",
      "Three DELETE_COMPLETE",
      "Two DELETE_IN_PROGRESS",
      "Two DELETE_COMPLETE",
      "One DELETE_IN_PROGRESS",
      "One DELETE_COMPLETE",
      "demo ROLLBACK_COMPLETE",
    ]);
    expect(story[8]).toMatch(
      /^Three CREATE_FAILED Resource handler returned message: ".*" \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: AlreadyExists\)$/,
    );
    expect(await given.bucketNames()).toEqual(["taken"]);
  });

  test("leaves what was made where it is when the caller wants no rollback", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
    await given.create(
      "demo",
      { Resources: { One: bucket("one"), Two: { ...bucket("taken"), DependsOn: "One" } } },
      { DisableRollback: true },
    );
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "CREATE_FAILED",
      StackStatusReason: "The following resource(s) failed to create: [Two]. ",
    });
    expect(await given.bucketNames()).toContain("one");
  });

  test("with OnFailure DELETE leaves not even the stack", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
    const id = await given.create("demo", { Resources: { One: bucket("taken") } }, { OnFailure: "DELETE" });
    expect(await given.status(id)).toBe("DELETE_COMPLETE");
    await expect(given.describe("demo")).rejects.toThrow("Stack with id demo does not exist");
  });

  test("makes nothing at all when a property is not there, and names it", async () => {
    await given.create("demo", {
      Resources: { Good: bucket("good"), Bad: bucket("bad", { BucketNome: "x" }) },
    });
    const story = await given.story("demo");
    expect(story[2]).toContain(
      "Properties validation failed for resource Bad with message:\n#: extraneous key [BucketNome] is not permitted",
    );
    expect(story.some((line) => line.startsWith("Good"))).toBe(false);
    expect(await given.bucketNames()).toEqual([]);
  });

  test.each([
    [
      "a resource type that is not there",
      { Resources: { A: { Type: "AWS::Foo::Bar" } } },
      /^Template format error: Unrecognized resource types: \[AWS::Foo::Bar\]/,
    ],
    [
      "a circle",
      { Resources: { A: { ...bucket("aaa"), DependsOn: "B" }, B: { ...bucket("bbb"), DependsOn: "A" } } },
      "Circular dependency between resources: [A, B]",
    ],
    [
      "a circle through Fn::Sub, also where only one side says so and the other depends on it",
      {
        Resources: {
          A: bucket("aaa", { Tags: [{ Key: "k", Value: { "Fn::Sub": "of-${B.Arn}" } }] }),
          B: { ...bucket("bbb"), DependsOn: ["C"] },
          C: { ...bucket("ccc", { Tags: [{ Key: "k", Value: { "Fn::Sub": ["${x}", { x: { Ref: "A" } }] } }] }) },
          D: { ...bucket("ddd"), DependsOn: "A" },
        },
      },
      "Circular dependency between resources: [A, B, C]",
    ],
    [
      "a parameter without a value",
      { Parameters: { P: { Type: "String" } }, Resources: { A: bucket("aaa") } },
      "Parameters: [P] must have values",
    ],
    [
      "a reference to nothing",
      { Resources: { A: bucket("aaa", { Tags: { Ref: "Nobody" } }) } },
      "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
    ],
  ])("is refused for %s, and leaves nothing behind", async (_, template, message) => {
    await expect(given.create("demo", template, { Capabilities: ["CAPABILITY_AUTO_EXPAND"] })).rejects.toThrow(message);
    await expect(given.describe("demo")).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("is refused without the capability that IAM resources need", async () => {
    const role = {
      Type: "AWS::IAM::Role",
      Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } },
    };
    await expect(given.create("demo", { Resources: { R: role } })).rejects.toMatchObject({
      name: "InsufficientCapabilitiesException",
      message: "Requires capabilities : [CAPABILITY_IAM]",
    });
  });

  test("is refused under a name that is taken", async () => {
    await given.create("demo", { Resources: { A: bucket("aaa") } });
    await expect(given.create("demo", { Resources: { A: bucket("bbb") } })).rejects.toMatchObject({
      name: "AlreadyExistsException",
      message: "Stack [demo] already exists",
    });
  });

  test("takes the same request twice when it carries the same token", async () => {
    const input = {
      StackName: "demo",
      TemplateBody: JSON.stringify({
        Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" }, A: waiting() },
      }),
      ClientRequestToken: "once",
    };
    const first = await given.client.send(new CreateStackCommand(input));
    const second = await given.client.send(new CreateStackCommand(input));
    expect(second.StackId).toBe(first.StackId);
  });

  test("rolls back when it takes longer than TimeoutInMinutes", async () => {
    await given.create(
      "demo",
      { Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" }, Wait: waiting() } },
      { TimeoutInMinutes: 5 },
    );
    expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
    await given.cloud.advance("5m");
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining([
        "Wait CREATE_FAILED Resource creation cancelled",
        "demo ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout. Rollback requested by user.",
        "demo ROLLBACK_COMPLETE",
      ]),
    );
  });
});

/** Waits for an hour for nobody. */
function waiting() {
  return { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "3600" } };
}

describe("deleting a stack", () => {
  test("takes the resources away in the other order, and the stack is known by its id alone", async () => {
    const id = await given.create("demo", { Resources: { A: bucket("aaa"), B: { ...bucket("bbb"), DependsOn: "A" } } });
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await given.story(id)).toEqual([
      "demo DELETE_IN_PROGRESS User Initiated",
      "B DELETE_IN_PROGRESS",
      "B DELETE_COMPLETE",
      "A DELETE_IN_PROGRESS",
      "A DELETE_COMPLETE",
      "demo DELETE_COMPLETE",
    ]);
    await expect(given.describe("demo")).rejects.toThrow("Stack with id demo does not exist");
    const { StackSummaries } = await given.client.send(
      new ListStacksCommand({ StackStatusFilter: ["DELETE_COMPLETE"] }),
    );
    expect(StackSummaries).toMatchObject([{ StackName: "demo" }]);
    await given.create("demo", { Resources: { A: bucket("aaa") } });
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
  });

  test("fails where a resource cannot go, and leaves that one behind when told to", async () => {
    const id = await given.create("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } });
    await given.s3.send(new PutObjectCommand({ Bucket: "aaa", Key: "k", Body: "x" }));
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: "The following resource(s) failed to delete: [A]. ",
    });
    await given.client.send(new DeleteStackCommand({ StackName: "demo", RetainResources: ["A"] }));
    await given.cloud.settled();
    expect(await given.status(id)).toBe("DELETE_COMPLETE");
    expect(await given.bucketNames()).toEqual(["aaa"]);
  });

  test("in the middle of its creation stops that first", async () => {
    const id = await given.create("demo", {
      Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" }, A: bucket("aaa"), Wait: waiting() },
    });
    expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await given.status(id)).toBe("DELETE_COMPLETE");
    expect(await given.bucketNames()).toEqual([]);
  });

  test("is refused while it is protected; a stack that is not there is deleted", async () => {
    await given.create("demo", { Resources: { A: bucket("aaa") } }, { EnableTerminationProtection: true });
    await expect(given.client.send(new DeleteStackCommand({ StackName: "demo" }))).rejects.toThrow(
      "Stack [demo] cannot be deleted while TerminationProtection is enabled",
    );
    await given.client.send(
      new UpdateTerminationProtectionCommand({ StackName: "demo", EnableTerminationProtection: false }),
    );
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.client.send(new DeleteStackCommand({ StackName: "nobody" }));
  });
});
