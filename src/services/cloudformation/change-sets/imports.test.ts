/** Imports: what exists comes under a stack as it is, and what may not is refused in AWS's words ("Import AWS resources …"). */
import { DescribeStackResourcesCommand, type ResourceToImport } from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, DeleteBucketCommand, GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "../stack-fixture.ts";

let given: Fixture;
let logs: CloudWatchLogsClient;
beforeEach(async () => {
  given = await startFixture();
  logs = new CloudWatchLogsClient(given.cloud.client());
  await given.s3.send(new CreateBucketCommand({ Bucket: "there" }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/there" }));
});
afterEach(async () => {
  logs.destroy();
  await given.close();
});

const kept = (resource: Template, DeletionPolicy = "Retain") => ({ ...resource, DeletionPolicy });
const group = (LogGroupName: unknown) =>
  kept({ Type: "AWS::Logs::LogGroup", Properties: { LogGroupName, RetentionInDays: 7 } });
const theBucket: ResourceToImport = {
  ResourceType: "AWS::S3::Bucket",
  LogicalResourceId: "A",
  ResourceIdentifier: { BucketName: "there" },
};
const theGroup: ResourceToImport = {
  ResourceType: "AWS::Logs::LogGroup",
  LogicalResourceId: "G",
  ResourceIdentifier: { LogGroupName: "/there" },
};
const importing = (Resources: Template, ResourcesToImport: ResourceToImport[] = [theBucket], more: Template = {}) =>
  given.propose("demo", { Resources, ...more }, { ChangeSetType: "IMPORT", ResourcesToImport });
const both = { A: kept(bucket("there")), G: group({ "Fn::Sub": "/${A}" }) };

describe("an import", () => {
  test("into a new stack takes what is there over as it is, and tags it", async () => {
    const shown = await importing(both, [theGroup, theBucket]);
    expect(shown).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      StatusReason: expect.stringMatching(/^Verify that resources and their properties defined in the template match/),
      Changes: [
        {
          ResourceChange: {
            Action: "Import",
            LogicalResourceId: "A",
            PhysicalResourceId: "there",
            Details: [],
            Scope: [],
          },
        },
        { ResourceChange: { Action: "Import", LogicalResourceId: "G", PhysicalResourceId: "/there" } },
      ],
    });
    expect(await given.status("demo")).toBe("REVIEW_IN_PROGRESS");
    await given.execute("demo");
    expect(await given.story("demo")).toEqual([
      "demo IMPORT_IN_PROGRESS User Initiated",
      "A IMPORT_IN_PROGRESS Resource import started.",
      "G IMPORT_IN_PROGRESS Resource import started.",
      "A IMPORT_COMPLETE Resource import completed.",
      "G IMPORT_COMPLETE Resource import completed.",
      "A UPDATE_IN_PROGRESS Apply stack-level tags to imported resource if applicable.",
      "A UPDATE_COMPLETE",
      "G UPDATE_IN_PROGRESS Apply stack-level tags to imported resource if applicable.",
      "G UPDATE_COMPLETE",
      "demo IMPORT_COMPLETE",
    ]);
    const { TagSet = [] } = await given.s3.send(new GetBucketTaggingCommand({ Bucket: "there" }));
    expect(TagSet).toContainEqual({ Key: "aws:cloudformation:logical-id", Value: "A" });
    const { tags } = await logs.send(
      new ListTagsForResourceCommand({ resourceArn: "arn:aws:logs:us-east-1:000000000000:log-group:/there" }),
    );
    expect(tags).toMatchObject({ "aws:cloudformation:stack-name": "demo" });
    // What the template says and the resource is not stays so: that is drift.
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]).not.toHaveProperty("retentionInDays");
  });

  test("makes a stack that is updated and deleted as any other", async () => {
    await importing(both, [theGroup, theBucket]);
    await given.execute("demo");
    await given.update("demo", { Resources: { A: bucket("there"), B: bucket("more") } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
    // The log group's policy is Retain; the bucket's no more.
    await given.update("demo", { Resources: { B: bucket("more") } });
    expect(await given.bucketNames()).toEqual(["more"]);
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toHaveLength(1);
  });

  test("into a stack that is there leaves all else alone", async () => {
    await given.create("demo", { Resources: { X: bucket("xxx") }, Outputs: { Of: { Value: { Ref: "X" } } } });
    await importing({ X: bucket("xxx"), A: kept(bucket("there")) }, [theBucket], {
      Outputs: { Of: { Value: { Ref: "X" } } },
    });
    await given.execute("demo");
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "IMPORT_COMPLETE",
      Outputs: [{ OutputKey: "Of", OutputValue: "xxx" }],
    });
    expect((await given.story("demo")).filter((line) => line.startsWith("X "))).toEqual([]);
  });

  test("that cannot be done when it is executed is rolled back, and the resources stay where they are", async () => {
    await given.create("demo", { Resources: { X: bucket("xxx") } });
    await importing({ X: bucket("xxx"), ...both }, [theGroup, theBucket]);
    await given.s3.send(new DeleteBucketCommand({ Bucket: "there" }));
    await given.execute("demo");
    expect(await given.story("demo")).toEqual([
      "demo IMPORT_IN_PROGRESS User Initiated",
      "A IMPORT_IN_PROGRESS Resource import started.",
      "G IMPORT_IN_PROGRESS Resource import started.",
      "A IMPORT_FAILED Resource of type 'AWS::S3::Bucket' with identifier 'there' was not found.",
      "demo IMPORT_ROLLBACK_IN_PROGRESS The following resource(s) failed to import: [A].",
      "A IMPORT_ROLLBACK_IN_PROGRESS",
      "A IMPORT_ROLLBACK_COMPLETE",
      "G IMPORT_ROLLBACK_IN_PROGRESS",
      "G IMPORT_ROLLBACK_COMPLETE",
      "demo IMPORT_ROLLBACK_COMPLETE",
    ]);
    const { StackResources } = await given.client.send(new DescribeStackResourcesCommand({ StackName: "demo" }));
    expect(StackResources?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["X"]);
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toHaveLength(1);
    await given.update("demo", { Resources: { X: bucket("yyy") } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  });

  test("of what is not there, or is a stack's already, fails the change set", async () => {
    const missing = { ...theBucket, ResourceIdentifier: { BucketName: "nowhere" } };
    expect(await importing({ A: kept(bucket("nowhere")) }, [missing])).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason: "Resource of type 'AWS::S3::Bucket' with identifier 'nowhere' was not found.",
    });
    expect(await given.status("demo")).toBe("REVIEW_IN_PROGRESS");
    const owner = await given.create("owner", { Resources: { B: bucket("owned") } });
    const owned = { ...theBucket, ResourceIdentifier: { BucketName: "owned" } };
    const second = { ChangeSetType: "IMPORT", ChangeSetName: "second", ResourcesToImport: [owned] } as const;
    expect(
      await given.propose(
        "demo",
        { Resources: { A: kept(bucket("owned")) } },
        { ...second, ResourcesToImport: [owned] },
      ),
    ).toMatchObject({ Status: "FAILED", StatusReason: `owned already exists in stack ${owner}` });
  });

  test("is refused for what can be seen in the request", async () => {
    await given.create("demo", { Resources: { X: bucket("xxx") } });
    const X = bucket("xxx");
    const A = kept(bucket("there"));
    await expect(importing({ X, A }, [])).rejects.toThrow("Must Provide at least one resource to import");
    await expect(importing({ X, A }, [theBucket, theBucket])).rejects.toThrow(
      "Every resource to import must have unique LogicalResourceId",
    );
    await expect(importing({ X }, [theBucket])).rejects.toThrow(
      "The logical resource ids [A] provided in ResourceToImport do not exist in the template.",
    );
    await expect(
      importing({ X, A: kept(bucket("there")), W: { Type: "AWS::CloudFormation::WaitConditionHandle" } }, [
        {
          ResourceType: "AWS::CloudFormation::WaitConditionHandle",
          LogicalResourceId: "W",
          ResourceIdentifier: { Id: "x" },
        },
      ]),
    ).rejects.toThrow("ResourceTypes [AWS::CloudFormation::WaitConditionHandle] are not supported for Import");
    await expect(importing({ X, A }, [{ ...theBucket, ResourceIdentifier: { Arn: "x" } }])).rejects.toThrow(
      "Invalid resource identifier for resource type AWS::S3::Bucket. Expected [BucketName]",
    );
    await expect(importing({ X, A }, [{ ...theGroup, LogicalResourceId: "A" }])).rejects.toThrow(
      "Resource type of [A] passed in ResourceToImport does not match with resource type defined in the template. Resource type in ResourceToImport: AWS::Logs::LogGroup; Resource type in Template: AWS::S3::Bucket.",
    );
    await expect(importing({ X, A, B: bucket("bbb") })).rejects.toThrow(
      "Resources [B] is missing from ResourceToImport list",
    );
    await expect(importing({ X: bucket("yyy"), A })).rejects.toThrow(
      "You have modified resources [X] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.",
    );
    await expect(importing({ A })).rejects.toThrow("You have modified resources [X]");
    await expect(importing({ X }, [{ ...theBucket, LogicalResourceId: "X" }])).rejects.toThrow(
      "The template should contain at least one new resource to import.",
    );
    await expect(importing({ X, A }, [{ ...theBucket, LogicalResourceId: "X" }])).rejects.toThrow(
      "Resources [X] passed in ResourceToImport are already in a stack and cannot be imported.",
    );
    await expect(importing({ X, A: bucket("there") })).rejects.toThrow(
      "The following resources to import [A] must have DeletionPolicy attribute specified in the template.",
    );
    await expect(importing({ X, A }, [theBucket], { Outputs: { O: { Value: "v" } } })).rejects.toThrow(
      "As part of the import operation, you cannot modify or add [Outputs]",
    );
    await expect(
      given.propose(
        "demo",
        { Resources: { X, A } },
        {
          ChangeSetType: "IMPORT",
          ResourcesToImport: [theBucket],
          Tags: [{ Key: "a", Value: "b" }],
        },
      ),
    ).rejects.toThrow("As part of the import operation, you cannot modify or add [Tags]");
    await expect(given.propose("demo", { Resources: { X, A } }, { ResourcesToImport: [theBucket] })).rejects.toThrow(
      "ResourcesToImport can only be specified when ChangeSetType is IMPORT.",
    );
  });

  test("under another name than the template's fails", async () => {
    await importing({ A: kept(bucket("other")) });
    await given.execute("demo");
    expect(await given.story("demo")).toContain(
      "A IMPORT_FAILED The property BucketName of resource A is other in the template, and there in ResourceIdentifier.",
    );
    expect(await given.status("demo")).toBe("IMPORT_ROLLBACK_COMPLETE");
  });
});

describe("ImportExistingResources", () => {
  const automatically = (Resources: Template, more = {}) =>
    given.propose("demo", { Resources }, { ChangeSetType: "CREATE", ImportExistingResources: true, ...more });

  test("takes over what the template names and is there, and makes the rest", async () => {
    const shown = await automatically({ A: kept(bucket("there")), B: bucket("new") });
    expect(shown).toMatchObject({
      ImportExistingResources: true,
      Changes: [
        { ResourceChange: { Action: "Import", LogicalResourceId: "A", PhysicalResourceId: "there" } },
        { ResourceChange: { Action: "Add", LogicalResourceId: "B" } },
      ],
    });
    await given.execute("demo");
    expect((await given.story("demo")).filter((line) => !line.startsWith("B "))).toEqual([
      "demo CREATE_IN_PROGRESS User Initiated",
      "A IMPORT_IN_PROGRESS Resource import started.",
      "A IMPORT_COMPLETE Resource import completed.",
      "demo CREATE_COMPLETE",
    ]);
    const { TagSet = [] } = await given.s3.send(new GetBucketTaggingCommand({ Bucket: "there" }));
    expect(TagSet).toContainEqual({ Key: "aws:cloudformation:stack-name", Value: "demo" });
    await given.update("demo", { Resources: { A: bucket("there") } });
    await given.update("demo", { Resources: { B: bucket("other") } });
    expect(await given.bucketNames()).toEqual(["other"]);
  });

  test("leaves what it took over where it is when the stack is rolled back", async () => {
    const failing = { ...bucket("NOT_A_NAME"), DependsOn: "A" };
    await automatically({ A: kept(bucket("there"), "RetainExceptOnCreate"), B: failing });
    await given.execute("demo");
    expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["there"]);
  });

  test("asks for a DeletionPolicy that keeps them", async () => {
    expect(await automatically({ A: bucket("there") })).toMatchObject({
      Status: "FAILED",
      StatusReason:
        "CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are A ({BucketName=there})",
    });
  });
});
