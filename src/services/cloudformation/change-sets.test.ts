/** Change sets, exports between stacks, templates as they are kept. */
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListChangeSetsCommand,
  ListExportsCommand,
  ListImportsCommand,
  ValidateTemplateCommand,
  type CreateChangeSetCommandInput,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

async function propose(template: Template, more: Partial<CreateChangeSetCommandInput> = {}) {
  const input = { StackName: "demo", ChangeSetName: "proposal", TemplateBody: JSON.stringify(template), ...more };
  await given.client.send(new CreateChangeSetCommand(input));
  return given.client.send(
    new DescribeChangeSetCommand({
      StackName: "demo",
      ChangeSetName: input.ChangeSetName,
      IncludePropertyValues: true,
    }),
  );
}

async function execute(): Promise<void> {
  await given.client.send(new ExecuteChangeSetCommand({ StackName: "demo", ChangeSetName: "proposal" }));
  await given.cloud.settled();
}

describe("a change set", () => {
  test("of a new stack shows what it would add, and makes it when it is executed", async () => {
    const proposed = await propose({ Resources: { A: bucket("aaa") } }, { ChangeSetType: "CREATE" });
    expect(proposed).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      Changes: [
        {
          Type: "Resource",
          ResourceChange: { Action: "Add", LogicalResourceId: "A", ResourceType: "AWS::S3::Bucket" },
        },
      ],
    });
    expect(await given.status("demo")).toBe("REVIEW_IN_PROGRESS");
    expect(await given.bucketNames()).toEqual([]);
    await execute();
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      ChangeSetId: proposed.ChangeSetId,
    });
    expect(await given.bucketNames()).toEqual(["aaa"]);
    await expect(execute()).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
  });

  test("of an update shows each property that changes, and whether the resource is replaced", async () => {
    const template = (name: string, status: string) => ({
      Parameters: { Name: { Type: "String", Default: name } },
      Resources: {
        A: { Type: "AWS::S3::Bucket", Properties: { BucketName: { Ref: "Name" } } },
        B: bucket("bbb", { VersioningConfiguration: { Status: status } }),
        C: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: { "Fn::Sub": "/x/${A}" } } },
      },
    });
    await given.create("demo", {
      ...template("aaa", "Enabled"),
      Resources: { ...template("aaa", "Enabled").Resources, D: bucket("ddd") },
    });
    const { Changes = [] } = await propose(template("aaa2", "Suspended"));
    expect(Changes.map(({ ResourceChange }) => ResourceChange)).toMatchObject([
      {
        Action: "Modify",
        LogicalResourceId: "A",
        PhysicalResourceId: "aaa",
        Replacement: "True",
        Scope: ["Properties"],
        PolicyAction: "ReplaceAndDelete",
        Details: [
          {
            Target: {
              Attribute: "Properties",
              Name: "BucketName",
              RequiresRecreation: "Always",
              BeforeValue: "aaa",
              AfterValue: "aaa2",
            },
            Evaluation: "Static",
            ChangeSource: "ParameterReference",
            CausingEntity: "Name",
          },
        ],
      },
      {
        Action: "Modify",
        LogicalResourceId: "B",
        Replacement: "False",
        Details: [
          {
            Target: { Path: "/Properties/VersioningConfiguration/Status", RequiresRecreation: "Never" },
            ChangeSource: "DirectModification",
          },
        ],
      },
      {
        Action: "Modify",
        LogicalResourceId: "C",
        Replacement: "Conditional",
        Details: [{ Evaluation: "Dynamic", ChangeSource: "ResourceReference", CausingEntity: "A" }],
      },
      { Action: "Remove", LogicalResourceId: "D", PolicyAction: "Delete" },
    ]);
    await execute();
    expect(await given.bucketNames()).toEqual(["aaa2", "bbb"]);
  });

  test("without changes fails in the words that clients look for", async () => {
    const template = { Resources: { A: bucket("aaa") } };
    await given.create("demo", template);
    expect(await propose(template)).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    await expect(execute()).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
    await given.client.send(new DeleteChangeSetCommand({ StackName: "demo", ChangeSetName: "proposal" }));
    const { Summaries } = await given.client.send(new ListChangeSetsCommand({ StackName: "demo" }));
    expect(Summaries ?? []).toEqual([]);
  });

  test("that is not there is not found", async () => {
    await given.create("demo", { Resources: { A: bucket("aaa") } });
    await expect(execute()).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
      message: "ChangeSet [proposal] does not exist",
    });
    await expect(propose({ Resources: { A: bucket("aaa") } }, { StackName: "nobody" })).rejects.toThrow(
      "Stack [nobody] does not exist",
    );
  });
});

describe("exports", () => {
  const exporting = (name: string) => ({
    Resources: { A: bucket(name) },
    Outputs: { Name: { Value: { Ref: "A" }, Export: { Name: "shared" } } },
  });
  const importing = {
    Resources: { G: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: { "Fn::ImportValue": "shared" } } } },
  };

  test("give their value to other stacks, and cannot go or change while one uses them", async () => {
    const id = await given.create("giver", exporting("aaa"));
    await given.create("taker", importing);
    expect(await given.status("taker")).toBe("CREATE_COMPLETE");
    expect((await given.client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: id, Name: "shared", Value: "aaa" },
    ]);
    expect((await given.client.send(new ListImportsCommand({ ExportName: "shared" }))).Imports).toEqual(["taker"]);

    await given.client.send(new DeleteStackCommand({ StackName: "giver" }));
    await given.cloud.settled();
    expect(await given.describe("giver")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      StackStatusReason: "Export shared cannot be deleted as it is in use by taker",
    });
    await given.update("giver", exporting("bbb"));
    expect(await given.story("giver")).toContain(
      "giver UPDATE_ROLLBACK_IN_PROGRESS Export shared cannot be updated as it is in use by taker.",
    );
    expect(await given.bucketNames()).toEqual(["aaa"]);

    await given.client.send(new DeleteStackCommand({ StackName: "taker" }));
    await given.cloud.settled();
    await given.client.send(new DeleteStackCommand({ StackName: "giver" }));
    await given.cloud.settled();
    expect(await given.bucketNames()).toEqual([]);
    expect((await given.client.send(new ListExportsCommand({}))).Exports ?? []).toEqual([]);
  });

  test("of one name belong to one stack", async () => {
    await given.create("giver", exporting("aaa"));
    await given.create("other", exporting("bbb"));
    expect(await given.story("other")).toContain(
      "other ROLLBACK_IN_PROGRESS Export with name shared is already exported by stack giver. Rollback requested by user.",
    );
    expect(await given.bucketNames()).toEqual(["aaa"]);
  });

  test("that are missing fail the resource that asks for them", async () => {
    await given.create("taker", importing);
    expect(await given.story("taker")).toContain("G CREATE_FAILED No export named shared found");
  });
});

describe("templates", () => {
  test("are read from S3 and given back as they were written", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
    const text =
      "Resources:\n  A: # mine\n    Type: AWS::S3::Bucket\n    Properties: { BucketName: !Sub 'a-${AWS::Region}' }\n";
    await given.s3.send(new PutObjectCommand({ Bucket: "templates", Key: "a/b.yml", Body: text }));
    for (const [name, url] of [
      ["one", `${given.cloud.endpointUrl}/templates/a/b.yml`],
      ["two", "https://templates.s3.eu-west-1.amazonaws.com/a/b.yml"],
    ] as const) {
      await given.create(name, {}, { TemplateBody: undefined, TemplateURL: url });
      const { TemplateBody } = await given.client.send(new GetTemplateCommand({ StackName: name }));
      expect(TemplateBody).toBe(text);
    }
    await expect(
      given.create("three", {}, { TemplateBody: undefined, TemplateURL: "https://s3.amazonaws.com/templates/nothing" }),
    ).rejects.toThrow(/^S3 error: The specified key does not exist\./);
    await expect(given.create("three", {}, { TemplateBody: undefined, TemplateURL: "ftp://x/y" })).rejects.toThrow(
      "TemplateURL must be a supported URL.",
    );
  });

  test("are validated and summarised without a stack", async () => {
    const TemplateBody = JSON.stringify({
      Description: "d",
      Parameters: { P: { Type: "Number", Default: 3, Description: "a number" } },
      Resources: { R: { Type: "AWS::IAM::Role", Properties: { RoleName: "r" } } },
    });
    expect(await given.client.send(new ValidateTemplateCommand({ TemplateBody }))).toMatchObject({
      Description: "d",
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: [{ ParameterKey: "P", DefaultValue: "3", NoEcho: false, Description: "a number" }],
    });
    expect(await given.client.send(new GetTemplateSummaryCommand({ TemplateBody }))).toMatchObject({
      ResourceTypes: ["AWS::IAM::Role"],
      Parameters: [{ ParameterKey: "P", ParameterType: "Number" }],
    });
    await expect(
      given.client.send(new ValidateTemplateCommand({ TemplateBody: "Resources: [" })),
    ).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("too large for a request are refused", async () => {
    const template = { Resources: { A: bucket("aaa") }, Metadata: { Filling: "x".repeat(52_000) } };
    await expect(given.create("demo", template)).rejects.toThrow("Member must have length less than or equal to 51200");
  });
});
