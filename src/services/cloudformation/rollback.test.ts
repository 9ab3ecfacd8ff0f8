/** Rollbacks that reach into nested stacks, that cannot go on, and that somebody has to lead on by hand. */
import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  RollbackStackCommand,
  UpdateTerminationProtectionCommand,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
  await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
});
afterEach(() => given.close());

const versioned = { VersioningConfiguration: { Status: "Enabled" } };
const handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };
const wait = (DependsOn: string) => ({
  Type: "AWS::CloudFormation::WaitCondition",
  DependsOn,
  Properties: { Handle: { Ref: "Handle" }, Timeout: "600" },
});
const broken = (DependsOn: string) => ({
  Type: "AWS::Logs::LogStream",
  DependsOn,
  Properties: { LogGroupName: "not-there" },
});

async function put(key: string, Resources: Template): Promise<void> {
  await given.s3.send(new PutObjectCommand({ Bucket: "templates", Key: key, Body: JSON.stringify({ Resources }) }));
}
const parent = (key: string, more: Template = {}) => ({
  Resources: {
    Child: {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: `https://s3.amazonaws.com/templates/${key}` },
    },
    Handle: handle,
    ...more,
  },
});

async function childOf(name: string): Promise<Stack> {
  const { StackId } = await given.describe(name);
  const { Stacks = [] } = await given.client.send(new DescribeStacksCommand({}));
  const child = Stacks.find(({ ParentId }) => ParentId === StackId);
  if (child === undefined) throw new Error(`${name} has no nested stack`);
  return child;
}
const versioning = async (Bucket: string) => (await given.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
const proceed = (ResourcesToSkip?: string[], StackName = "demo") =>
  given.client.send(
    new ContinueUpdateRollbackCommand({ StackName, ...(ResourcesToSkip === undefined ? {} : { ResourcesToSkip }) }),
  );

describe("a nested stack whose update fails", () => {
  test("fails its parent as soon as it goes back, and both are as they were", async () => {
    await put("one", { A: bucket("aaa") });
    await put("two", { A: bucket("aaa2"), B: broken("A") });
    await given.create("demo", parent("one", { Own: bucket("own") }));
    await given.update("demo", parent("two", { Own: bucket("own2") }));
    const { StackId, StackStatus } = await childOf("demo");
    expect(StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    const story = await given.story("demo");
    expect(story).toContain(
      `Child UPDATE_FAILED Embedded stack ${StackId} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource(s) failed to create: [B].`,
    );
    expect(story.at(-1)).toBe("demo UPDATE_ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["aaa", "own", "templates"]);
  });

  test("stays failed with a parent that does not roll back, and goes back with it when that is asked for", async () => {
    await put("one", { A: bucket("aaa") });
    await put("two", { A: bucket("aaa2"), B: broken("A") });
    await given.create("demo", parent("one"));
    await given.update("demo", parent("two"), { DisableRollback: true });
    expect(await given.status("demo")).toBe("UPDATE_FAILED");
    expect((await childOf("demo")).StackStatus).toBe("UPDATE_FAILED");
    expect(await given.bucketNames()).toContain("aaa2");
    const { StackName = "" } = await childOf("demo");
    await expect(given.client.send(new RollbackStackCommand({ StackName }))).rejects.toThrow(
      "RollbackStack cannot be invoked on child stacks",
    );
    await given.client.send(new RollbackStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await childOf("demo")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["aaa", "templates"]);
  });

  test("is cancelled with its parent", async () => {
    await put("one", { A: bucket("aaa"), Handle: handle });
    await put("two", { A: bucket("aaa", versioned), Handle: handle, Wait: wait("A") });
    await given.create("demo", parent("one"));
    await given.update("demo", parent("two"));
    const { StackName = "", StackStatus } = await childOf("demo");
    expect(StackStatus).toBe("UPDATE_IN_PROGRESS");
    await expect(given.client.send(new CancelUpdateStackCommand({ StackName }))).rejects.toThrow(
      "CancelUpdateStack cannot be invoked on child stacks",
    );
    await given.client.send(new CancelUpdateStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await childOf("demo")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await versioning("aaa")).not.toBe("Enabled");
  });
});

describe("a rollback that cannot go on in a nested stack", () => {
  beforeEach(async () => {
    await put("one", { A: bucket("aaa"), B: bucket("bbb") });
    await put("two", { A: bucket("aaa", versioned), B: bucket("bbb", versioned) });
    await given.create("demo", parent("one"));
    await given.update("demo", parent("two", { Wait: wait("Child") }));
    // Somebody takes the nested stack's bucket away.
    await given.s3.send(new DeleteBucketCommand({ Bucket: "aaa" }));
    await given.cloud.advance("11m");
  });

  test("fails there and in the parent, and is continued when the bucket is there again", async () => {
    const child = await childOf("demo");
    expect(child).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_FAILED",
      StackStatusReason: "The following resource(s) failed to update: [A]. ",
    });
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_FAILED",
      StackStatusReason: "The following resource(s) failed to update: [Child]. ",
    });
    expect(await given.story("demo")).toContain(
      `Child UPDATE_FAILED Embedded stack ${child.StackId} was not successfully updated. Currently in UPDATE_ROLLBACK_FAILED with reason: The following resource(s) failed to update: [A].`,
    );
    await proceed();
    await given.cloud.settled();
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_FAILED");
    await given.s3.send(new CreateBucketCommand({ Bucket: "aaa" }));
    await proceed();
    await given.cloud.settled();
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await childOf("demo")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await versioning("bbb")).toBe("Suspended");
    await expect(proceed()).rejects.toThrow("RollbackUpdatedStack cannot be called from current stack status");
  });

  test("goes on without what holds it up, named with its stack", async () => {
    const { StackName = "" } = await childOf("demo");
    const refusals = [
      [["Child"], "Nested stacks could not be skipped"],
      [["A"], "Resource [A] does not belong to stack demo"],
      [["Child.A"], "Stack [Child] does not exist"],
      [[`${StackName}.B`], "Only the resources failed during UpdateRollback are allowed to be skipped"],
    ] as const;
    for (const [skipped, message] of refusals)
      await expect(proceed([...skipped])).rejects.toMatchObject({ name: "ValidationError", message });
    await expect(proceed(undefined, StackName)).rejects.toThrow(
      "RollbackUpdatedStack cannot be invoked on child stacks",
    );
    await proceed([`${StackName}.A`]);
    await given.cloud.settled();
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await childOf("demo")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await given.story(StackName)).toContain("A UPDATE_COMPLETE");
  });
});

test("termination protection of a root keeps its nested stacks from anybody but itself", async () => {
  await put("one", { A: bucket("aaa") });
  await given.create("demo", parent("one"), { EnableTerminationProtection: true });
  const { StackName = "" } = await childOf("demo");
  await expect(given.client.send(new DeleteStackCommand({ StackName }))).rejects.toThrow(
    "Stack [demo] cannot be deleted while TerminationProtection is enabled",
  );
  await given.update("demo", { Resources: { Handle: handle } });
  expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  expect(await given.bucketNames()).toEqual(["templates"]);
  const off = { StackName: "demo", EnableTerminationProtection: false };
  await given.client.send(new UpdateTerminationProtectionCommand(off));
  await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  await expect(given.describe("demo")).rejects.toThrow("does not exist");
});
