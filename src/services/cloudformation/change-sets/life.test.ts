/** What a change set's statuses are, and what may be done with one in each. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeChangeSetHooksCommand,
  ListChangeSetsCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "../stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

const one = { Resources: { A: bucket("aaa") } };
const two = { Resources: { ...one.Resources, B: bucket("bbb") } };
const named = { StackName: "demo", ChangeSetName: "proposal" };
const describeSet = (ChangeSetName: string | undefined) =>
  given.client.send(new DescribeChangeSetCommand({ ChangeSetName }));
const listed = async () => {
  const { Summaries = [] } = await given.client.send(new ListChangeSetsCommand({ StackName: "demo" }));
  return Summaries.map(({ ChangeSetName, Status, ExecutionStatus }) =>
    [ChangeSetName, Status, ExecutionStatus].join(" "),
  );
};

describe("a change set", () => {
  test("of a new stack leaves it under review, and makes it when it is executed", async () => {
    const { ChangeSetId } = await given.propose("demo", one, { ChangeSetType: "CREATE", Description: "first" });
    expect(await given.status("demo")).toBe("REVIEW_IN_PROGRESS");
    expect(await given.bucketNames()).toEqual([]);
    expect(await listed()).toEqual(["proposal CREATE_COMPLETE AVAILABLE"]);
    await given.execute("demo");
    expect(await given.describe("demo")).toMatchObject({ StackStatus: "CREATE_COMPLETE", ChangeSetId });
    expect(await given.bucketNames()).toEqual(["aaa"]);
    expect(await listed()).toEqual([]);
    await expect(given.execute("demo")).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
      message: `ChangeSet [${ChangeSetId}] cannot be executed in its current execution status of [EXECUTE_COMPLETE]`,
    });
    // It can still be looked at, even when the stack is gone.
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    expect(await describeSet(ChangeSetId)).toMatchObject({ ExecutionStatus: "EXECUTE_COMPLETE", Description: "first" });
  });

  test("says that its execution failed when the stack was rolled back", async () => {
    await given.create("other", { Resources: { X: bucket("taken") } });
    const { ChangeSetId } = await given.propose(
      "demo",
      { Resources: { A: bucket("UPPER_is_refused") } },
      { ChangeSetType: "CREATE" },
    );
    await given.execute("demo");
    expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
    expect(await describeSet(ChangeSetId)).toMatchObject({ ExecutionStatus: "EXECUTE_FAILED" });
  });

  test("without changes fails in the words that clients look for", async () => {
    await given.create("demo", one);
    expect(await given.propose("demo", one)).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    await expect(given.execute("demo")).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
      message: expect.stringMatching(/^ChangeSet \[arn:.*\] cannot be executed in its current status of \[FAILED\]$/),
    });
    await given.client.send(new DeleteChangeSetCommand(named));
    expect(await listed()).toEqual([]);
  });

  test("without changes of a template with a transform fails in other words", async () => {
    const template = { Transform: "AWS::Serverless-2016-10-31", ...one };
    await given.propose("demo", template, { ChangeSetType: "CREATE" });
    await given.execute("demo");
    expect(await given.propose("demo", template)).toMatchObject({
      Status: "FAILED",
      StatusReason: "No updates are to be performed.",
    });
  });

  test("fails for what only the transform can find, and is refused for what can be seen in the request", async () => {
    const transformed = (resource: object) => ({ Transform: "AWS::Serverless-2016-10-31", Resources: { F: resource } });
    const broken = transformed({ Type: "AWS::Serverless::Function", Properties: { Runtime: "nodejs22.x" } });
    expect(await given.propose("demo", broken, { ChangeSetType: "CREATE" })).toMatchObject({
      Status: "FAILED",
      StatusReason: expect.stringMatching(/^Transform AWS::Serverless-2016-10-31 failed with: /),
    });
    expect(await given.status("demo")).toBe("REVIEW_IN_PROGRESS");
    const needs = transformed({
      Type: "AWS::Serverless::Function",
      Properties: { Runtime: "nodejs22.x", Handler: "i.h", InlineCode: "x" },
    });
    expect(await given.propose("demo", needs, { ChangeSetType: "CREATE", ChangeSetName: "second" })).toMatchObject({
      Status: "FAILED",
      StatusReason: "Requires capabilities : [CAPABILITY_IAM]",
    });
    await expect(given.propose("new", { Resources: { A: { Ref: "x" } } }, { ChangeSetType: "CREATE" })).rejects.toThrow(
      "Template format error",
    );
    await expect(given.describe("new")).rejects.toThrow("does not exist");
  });

  test("is obsolete when the stack was changed otherwise, and gone when another one was executed", async () => {
    await given.create("demo", one);
    const { ChangeSetId: obsolete } = await given.propose("demo", two, { ChangeSetName: "first" });
    await given.update("demo", two);
    expect(await describeSet(obsolete)).toMatchObject({ ExecutionStatus: "OBSOLETE" });
    await expect(given.execute("demo", { ChangeSetName: "first" })).rejects.toThrow(
      "cannot be executed in its current execution status of [OBSOLETE]",
    );
    const { ChangeSetId: other } = await given.propose("demo", one, { ChangeSetName: "second" });
    await given.propose("demo", one);
    await given.execute("demo");
    for (const id of [obsolete, other])
      await expect(describeSet(id)).rejects.toMatchObject({ name: "ChangeSetNotFoundException" });
  });

  test("under review is obsolete when CreateStack makes the stack, which keeps its id", async () => {
    const { ChangeSetId, StackId } = await given.propose("demo", one, { ChangeSetType: "CREATE" });
    expect(await given.create("demo", two)).toBe(StackId);
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    expect(await describeSet(ChangeSetId)).toMatchObject({ ExecutionStatus: "OBSOLETE" });
  });

  test("has a name that no other of its stack may have, unless the request is the same", async () => {
    await given.create("demo", one);
    const { ChangeSetId } = await given.propose("demo", two, { ClientToken: "t" });
    const again = (ClientToken?: string) =>
      given.client.send(new CreateChangeSetCommand({ ...named, ClientToken, TemplateBody: JSON.stringify(two) }));
    expect((await again("t")).Id).toBe(ChangeSetId);
    await expect(again()).rejects.toMatchObject({ name: "AlreadyExistsException" });
  });

  test("is executed once for one ClientRequestToken", async () => {
    await given.create("demo", one);
    await given.propose("demo", two);
    await given.execute("demo", { ClientRequestToken: "token-1" });
    await given.execute("demo", { ClientRequestToken: "token-1" });
    await expect(given.execute("demo", { ClientRequestToken: "token-2" })).rejects.toThrow("EXECUTE_COMPLETE");
  });

  test("says what becomes of a new stack that fails", async () => {
    const stream = { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: "that-is-not-there" } };
    const failing = { Resources: { A: bucket("aaa"), B: { ...stream, DependsOn: "A" } } };
    await given.propose("demo", failing, { ChangeSetType: "CREATE", OnStackFailure: "DELETE" });
    await expect(given.execute("demo", { DisableRollback: true })).rejects.toThrow("OnStackFailure");
    await given.execute("demo");
    await expect(given.describe("demo")).rejects.toThrow("does not exist");
    await given.propose("kept", failing, { ChangeSetType: "CREATE", OnStackFailure: "DO_NOTHING" });
    await given.execute("kept");
    expect(await given.status("kept")).toBe("CREATE_FAILED");
    expect(await given.bucketNames()).toEqual(["aaa"]);
  });

  test("is refused for a stack that is, or is not, there", async () => {
    await given.create("demo", one);
    await expect(given.propose("demo", two, { ChangeSetType: "CREATE" })).rejects.toThrow(
      "Stack [demo] already exists and cannot be created again with the changeSet [proposal].",
    );
    await expect(given.propose("nobody", two)).rejects.toThrow("Stack [nobody] does not exist");
    await expect(given.execute("demo")).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
      message: "ChangeSet [proposal] does not exist",
    });
    await expect(
      given.client.send(new DeleteChangeSetCommand({ ChangeSetName: "x", StackName: "nobody" })),
    ).rejects.toThrow("Stack [nobody] does not exist");
    await expect(describeSet("x")).rejects.toThrow(
      "StackName must be specified if ChangeSetName is not specified as an ARN.",
    );
    await expect(given.propose("demo", two, { DeploymentMode: "REVERT_DRIFT" })).rejects.toThrow(
      "DeploymentMode REVERT_DRIFT",
    );
    await expect(given.propose("demo", two, { OnStackFailure: "DELETE" })).rejects.toThrow("OnStackFailure DELETE");
  });

  test("has no hooks", async () => {
    const { ChangeSetId } = await given.propose("demo", one, { ChangeSetType: "CREATE" });
    expect(await given.client.send(new DescribeChangeSetHooksCommand({ ChangeSetName: ChangeSetId }))).toMatchObject({
      ChangeSetId,
      Hooks: [],
      Status: "PLANNED",
    });
  });

  test("goes with a stack that is deleted under review", async () => {
    const { ChangeSetId } = await given.propose("demo", one, { ChangeSetType: "CREATE" });
    await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
    await given.cloud.settled();
    await expect(describeSet(ChangeSetId)).rejects.toMatchObject({ name: "ChangeSetNotFoundException" });
    await given.client.send(new CreateStackCommand({ StackName: "demo", TemplateBody: JSON.stringify(one) }));
  });
});
