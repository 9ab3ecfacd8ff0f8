/** Change sets that look into nested stacks, and those that do not ("Change sets for nested stacks"). */
import {
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "../stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
  await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
});
afterEach(() => given.close());

const put = (Key: string, template: Template) =>
  given.s3.send(new PutObjectCommand({ Bucket: "templates", Key, Body: JSON.stringify(template) }));
const stack = (key: string, Parameters: Template = {}) => ({
  Type: "AWS::CloudFormation::Stack",
  Properties: { TemplateURL: `https://s3.amazonaws.com/templates/${key}`, Parameters },
});
const child = (more: Template = {}) => ({
  Parameters: { Name: { Type: "String" } },
  Resources: { Inner: bucket("", { BucketName: { Ref: "Name" }, ...more }) },
  Outputs: { Arn: { Value: { "Fn::GetAtt": ["Inner", "Arn"] } } },
});
const outer = (name: string) => ({
  Resources: {
    Child: stack("c", { Name: name }),
    Reads: {
      Type: "AWS::Logs::LogGroup",
      Properties: { LogGroupName: "reads", Tags: [{ Key: "of", Value: { "Fn::GetAtt": "Child.Outputs.Arn" } }] },
    },
  },
});
const describeSet = (ChangeSetName: string | undefined) =>
  given.client.send(new DescribeChangeSetCommand({ ChangeSetName }));
const stackNames = async () => {
  const { Stacks = [] } = await given.client.send(new DescribeStacksCommand({}));
  return Stacks.map(
    ({ StackName, StackStatus }) => `${StackName?.replace(/-[A-Z0-9]{12}$/, "")} ${StackStatus}`,
  ).sort();
};

describe("a change set of a stack with nested ones", () => {
  test("shows that they may change, as long as nobody looks into them", async () => {
    await put("c", child());
    await given.create("demo", outer("inner"));
    const { Changes = [] } = await given.propose("demo", outer("inner"));
    expect(Changes.map(({ ResourceChange }) => ResourceChange)).toMatchObject([
      {
        Action: "Modify",
        LogicalResourceId: "Child",
        Replacement: "False",
        Scope: ["Properties"],
        Details: [
          {
            Target: { Attribute: "Properties", RequiresRecreation: "Never" },
            Evaluation: "Dynamic",
            ChangeSource: "Automatic",
          },
        ],
      },
      { LogicalResourceId: "Reads", Details: [{ Evaluation: "Dynamic", CausingEntity: "Child.Outputs.Arn" }] },
    ]);
  });

  test("updates a nested stack whose template alone has changed", async () => {
    await put("c", child());
    await given.create("demo", outer("inner"));
    await put("c", { ...child(), Resources: { ...child().Resources, Second: bucket("second") } });
    await given.propose("demo", outer("inner"));
    await given.execute("demo");
    expect(await given.bucketNames()).toEqual(["inner", "second", "templates"]);
  });

  test("looks into new ones, and makes them when the root is executed", async () => {
    await put("c", child());
    const shown = await given.propose("demo", outer("inner"), { ChangeSetType: "CREATE", IncludeNestedStacks: true });
    expect(shown).toMatchObject({ Status: "CREATE_COMPLETE", IncludeNestedStacks: true });
    const [nested] = shown.Changes ?? [];
    expect(nested?.ResourceChange).toMatchObject({ Action: "Add", LogicalResourceId: "Child" });
    const inner = await describeSet(nested?.ResourceChange?.ChangeSetId);
    expect(inner).toMatchObject({
      ParentChangeSetId: shown.ChangeSetId,
      RootChangeSetId: shown.ChangeSetId,
      IncludeNestedStacks: true,
      Parameters: [{ ParameterKey: "Name", ParameterValue: "inner" }],
      Changes: [{ ResourceChange: { Action: "Add", LogicalResourceId: "Inner" } }],
    });
    expect(await stackNames()).toEqual(["demo REVIEW_IN_PROGRESS", "demo-Child REVIEW_IN_PROGRESS"]);
    for (const Command of [ExecuteChangeSetCommand, DeleteChangeSetCommand]) {
      await expect(
        given.client.send(new Command({ ChangeSetName: inner.ChangeSetId, StackName: undefined })),
      ).rejects.toThrow(`execute or delete its root change set [${shown.ChangeSetId}]`);
    }
    await given.execute("demo");
    expect(await stackNames()).toEqual(["demo CREATE_COMPLETE", "demo-Child CREATE_COMPLETE"]);
    expect(await given.describe(inner.StackId ?? "")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      ParentId: shown.StackId,
    });
    expect(await describeSet(inner.ChangeSetId)).toMatchObject({ ExecutionStatus: "EXECUTE_COMPLETE" });
    expect(await given.bucketNames()).toEqual(["inner", "templates"]);
  });

  test("looks into those that are there, and lists none that does not change", async () => {
    await put("c", child());
    await given.create("demo", outer("inner"));
    expect(await given.propose("demo", outer("inner"), { IncludeNestedStacks: true })).toMatchObject({
      Status: "FAILED",
      StatusReason: expect.stringContaining("didn't contain changes"),
    });
    await put("c", child({ VersioningConfiguration: { Status: "Enabled" } }));
    const shown = await given.propose("demo", outer("inner"), { IncludeNestedStacks: true, ChangeSetName: "second" });
    const [nested] = shown.Changes ?? [];
    expect(nested?.ResourceChange).toMatchObject({ Action: "Modify", LogicalResourceId: "Child" });
    const inner = await describeSet(nested?.ResourceChange?.ChangeSetId);
    expect(inner.Changes?.[0]?.ResourceChange).toMatchObject({ Action: "Modify", LogicalResourceId: "Inner" });
    await given.execute("demo", { ChangeSetName: "second" });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
    expect(await describeSet(inner.ChangeSetId)).toMatchObject({ ExecutionStatus: "EXECUTE_COMPLETE" });
  });

  test("fails with the one that fails, and goes with all that was made to be reviewed", async () => {
    await put("c", {
      Transform: "AWS::Serverless-2016-10-31",
      Resources: { F: { Type: "AWS::Serverless::Function", Properties: {} } },
    });
    const failed = await given.propose(
      "demo",
      { Resources: { Child: stack("c") } },
      { ChangeSetType: "CREATE", IncludeNestedStacks: true },
    );
    expect(failed).toMatchObject({
      Status: "FAILED",
      StatusReason: expect.stringMatching(
        /^Nested change set arn:.* was not successfully created: Currently in FAILED\.$/,
      ),
    });
    const id = /arn:\S+/.exec(failed.StatusReason ?? "")?.[0];
    expect((await describeSet(id)).StatusReason).toMatch(/^Transform AWS::Serverless/);
    await given.client.send(new DeleteChangeSetCommand({ ChangeSetName: failed.ChangeSetId }));
    await expect(describeSet(id)).rejects.toMatchObject({ name: "ChangeSetNotFoundException" });
    expect(await stackNames()).toEqual(["demo REVIEW_IN_PROGRESS"]);
  });
});
