/** Nested stacks, custom resources and wait conditions: what a stack waits for. */
import {
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, GetBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

describe("a nested stack", () => {
  const child = (more: Template = {}) => ({
    Parameters: { Name: { Type: "String" }, Status: { Type: "String", Default: "Suspended" } },
    Resources: {
      Inner: {
        Type: "AWS::S3::Bucket",
        Properties: { BucketName: { Ref: "Name" }, VersioningConfiguration: { Status: { Ref: "Status" } } },
      },
      ...more,
    },
    Outputs: { Arn: { Value: { "Fn::GetAtt": ["Inner", "Arn"] } } },
  });
  const parent = (key: string, parameters: Template, more: Template = {}) => ({
    Resources: {
      Child: {
        Type: "AWS::CloudFormation::Stack",
        Properties: { TemplateURL: `https://s3.amazonaws.com/templates/${key}`, Parameters: parameters },
      },
      ...more,
    },
    Outputs: { Inner: { Value: { "Fn::GetAtt": ["Child", "Outputs.Arn"] } } },
  });
  const put = (key: string, template: Template) =>
    given.s3.send(new PutObjectCommand({ Bucket: "templates", Key: key, Body: JSON.stringify(template) }));
  const childOf = async (name: string) => {
    const { Stacks = [] } = await given.client.send(new DescribeStacksCommand({}));
    const { StackId } = await given.describe(name);
    return Stacks.find(({ ParentId }) => ParentId === StackId);
  };
  beforeEach(async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
  });

  test("comes and goes with its parent, which has its outputs", async () => {
    await put("c", child());
    const id = await given.create("outer", parent("c", { Name: "inner" }));
    expect(await given.describe("outer")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      Outputs: [{ OutputKey: "Inner", OutputValue: "arn:aws:s3:::inner" }],
    });
    const nested = await childOf("outer");
    expect(nested).toMatchObject({ StackStatus: "CREATE_COMPLETE", ParentId: id, RootId: id });
    expect(nested?.StackName).toMatch(/^outer-Child-[A-Z0-9]{12}$/);
    await given.client.send(new DeleteStackCommand({ StackName: "outer" }));
    await given.cloud.settled();
    expect(await given.status(id)).toBe("DELETE_COMPLETE");
    expect(await given.bucketNames()).toEqual(["templates"]);
  });

  test("that fails fails its parent, with its own reason", async () => {
    await put("c", child());
    await given.create("outer", parent("c", { Name: "templates" }));
    const story = await given.story("outer");
    expect(story.find((line) => line.includes("CREATE_FAILED"))).toMatch(
      /^Child CREATE_FAILED Embedded stack arn:aws:cloudformation:.* was not successfully created: The following resource\(s\) failed to create: \[Inner\]\.$/,
    );
    expect(story.at(-1)).toBe("outer ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["templates"]);
  });

  test("goes back with its parent when that one's update fails, with nothing of it lost", async () => {
    await put("c", child({ Extra: bucket("extra") }));
    await put("c2", child());
    await given.create("outer", parent("c", { Name: "inner" }));
    await given.update(
      "outer",
      parent("c2", { Name: "inner", Status: "Enabled" }, { Last: { ...bucket("templates"), DependsOn: "Child" } }),
    );
    expect(await given.status("outer")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await childOf("outer"))?.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["extra", "inner", "templates"]);
    expect((await given.s3.send(new GetBucketVersioningCommand({ Bucket: "inner" }))).Status).toBe("Suspended");
  });

  test("is updated with its parent, and cleans up with it", async () => {
    await put("c", child({ Extra: bucket("extra") }));
    await put("c2", child());
    await given.create("outer", parent("c", { Name: "inner" }));
    await given.update("outer", parent("c2", { Name: "inner2" }));
    expect(await given.describe("outer")).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Outputs: [{ OutputValue: "arn:aws:s3:::inner2" }],
    });
    expect((await childOf("outer"))?.StackStatus).toBe("UPDATE_COMPLETE");
    expect(await given.bucketNames()).toEqual(["inner2", "templates"]);
  });
});

describe("a wait condition", () => {
  const template = {
    Resources: {
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Wait: {
        Type: "AWS::CloudFormation::WaitCondition",
        Properties: { Handle: { Ref: "Handle" }, Timeout: "600", Count: 2 },
      },
      After: { ...bucket("after"), DependsOn: "Wait" },
    },
    Outputs: { Url: { Value: { Ref: "Handle" } }, Data: { Value: { "Fn::GetAtt": ["Wait", "Data"] } } },
  };
  const signal = async (id: string, more: Template = {}) => {
    const { StackResources = [] } = await given.client.send(new DescribeStackResourcesCommand({ StackName: "demo" }));
    const url =
      StackResources.find(({ LogicalResourceId }) => LogicalResourceId === "Handle")?.PhysicalResourceId ?? "";
    const body = JSON.stringify({ Status: "SUCCESS", UniqueId: id, Data: `from ${id}`, Reason: "done", ...more });
    const { status } = await fetch(new URL(new URL(url).pathname, given.cloud.endpointUrl), { method: "PUT", body });
    await given.cloud.settled();
    return status;
  };

  test("lets the stack go on when it has its signals", async () => {
    await given.create("demo", template);
    expect(await signal("one")).toBe(200);
    await signal("one");
    expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
    await signal("two");
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    const { Outputs = [] } = await given.describe("demo");
    expect(Outputs[1]?.OutputValue).toBe('{"one":"from one","two":"from two"}');
  });

  test("fails the stack by a signal that says so, and by its timeout", async () => {
    await given.create("demo", template);
    await signal("one", { Status: "FAILURE", Reason: "no" });
    expect(await given.story("demo")).toContain(
      "Wait CREATE_FAILED WaitCondition received failed message: 'no' for uniqueId: one",
    );
    await given.create("late", template);
    await given.cloud.advance("10m");
    expect(await given.story("late")).toContain(
      "Wait CREATE_FAILED WaitCondition timed out. Received 0 conditions when expecting 2",
    );
    expect(await given.status("late")).toBe("ROLLBACK_COMPLETE");
  });

  test("goes on waiting after the cloud was stopped and started again", async () => {
    await given.close();
    const dataDirectory = mkdtempSync(join(tmpdir(), "cloudformation-"));
    try {
      given = await startFixture({ dataDirectory });
      await given.create("demo", template);
      await given.close();
      given = await startFixture({ dataDirectory });
      await signal("one");
      await signal("two");
      expect(await given.status("demo")).toBe("CREATE_COMPLETE");
      expect(await given.bucketNames()).toEqual(["after"]);
    } finally {
      await given.close();
      rmSync(dataDirectory, { recursive: true });
      given = await startFixture();
    }
  });
});
