/** What else may be done to a stack under way or gone wrong: service roles, cancelling, rolling back by hand. */
import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  GetStackPolicyCommand,
  RollbackStackCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

const versioned = { VersioningConfiguration: { Status: "Enabled" } };
const handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };
const wait = { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "600" } };

async function role(name: string, service: string): Promise<string> {
  const iam = new IAMClient(given.cloud.client());
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  iam.destroy();
  return Role?.Arn ?? "";
}

test("a service role must let CloudFormation assume it, and stays with the stack", async () => {
  const template = { Resources: { A: bucket("aaa") } };
  const wrong = await role("wrong", "lambda.amazonaws.com");
  await expect(given.create("demo", template, { RoleARN: wrong })).rejects.toThrow(
    `Role ${wrong} is invalid or cannot be assumed`,
  );
  const RoleARN = await role("right", "cloudformation.amazonaws.com");
  await given.create("demo", template, { RoleARN });
  expect(await given.describe("demo")).toMatchObject({ StackStatus: "CREATE_COMPLETE", RoleARN });
});

test("an update that is cancelled goes back", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa"), Handle: handle } });
  await given.update("demo", { Resources: { A: bucket("aaa", versioned), Handle: handle, Wait: wait } });
  expect(await given.status("demo")).toBe("UPDATE_IN_PROGRESS");
  await expect(given.update("demo", { Resources: { A: bucket("bbb") } })).rejects.toThrow(
    /^Stack:arn:.* is in UPDATE_IN_PROGRESS state and can not be updated\.$/,
  );
  await expect(given.client.send(new DeleteStackCommand({ StackName: "demo" }))).rejects.toThrow(
    /cannot be deleted while in status UPDATE_IN_PROGRESS/,
  );
  await given.client.send(new CancelUpdateStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.story("demo")).toEqual(
    expect.arrayContaining(["demo UPDATE_ROLLBACK_IN_PROGRESS User Initiated", "demo UPDATE_ROLLBACK_COMPLETE"]),
  );
  await expect(given.client.send(new CancelUpdateStackCommand({ StackName: "demo" }))).rejects.toThrow(
    "CancelUpdateStack cannot be called from current stack status",
  );
});

test("a rollback that cannot go on is continued without the resource that holds it up", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa"), Handle: handle } });
  await given.update("demo", {
    Resources: { A: bucket("aaa", versioned), Handle: handle, Wait: { ...wait, DependsOn: "A" } },
  });
  // Somebody takes the bucket away behind CloudFormation's back.
  await given.s3.send(new DeleteBucketCommand({ Bucket: "aaa" }));
  await given.cloud.advance("10m");
  expect(await given.describe("demo")).toMatchObject({
    StackStatus: "UPDATE_ROLLBACK_FAILED",
    StackStatusReason: "The following resource(s) failed to update: [A]. ",
  });
  await given.client.send(new ContinueUpdateRollbackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_FAILED");
  await given.client.send(new ContinueUpdateRollbackCommand({ StackName: "demo", ResourcesToSkip: ["A"] }));
  await given.cloud.settled();
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
});

test("a failed update that was kept is rolled back by hand, and so is a failed creation", async () => {
  await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
  await given.create("demo", { Resources: { A: bucket("aaa") } });
  const failing = { Resources: { A: bucket("aaa2"), B: { ...bucket("taken"), DependsOn: "A" } } };
  await given.update("demo", failing, { DisableRollback: true });
  // The second try fails too; what it goes back to is how things were before the first.
  await given.update(
    "demo",
    { Resources: { A: bucket("aaa3"), B: { ...bucket("taken"), DependsOn: "A" } } },
    { DisableRollback: true },
  );
  await given.client.send(new RollbackStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa", "taken"]);

  await given.create("new", failing, { OnFailure: "DO_NOTHING" });
  await given.client.send(new RollbackStackCommand({ StackName: "new" }));
  await given.cloud.settled();
  expect(await given.status("new")).toBe("ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa", "taken"]);
});

test("a deletion that fails is forced only when it has failed, and leaves what cannot go", async () => {
  const id = await given.create("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } });
  const force = new DeleteStackCommand({ StackName: "demo", DeletionMode: "FORCE_DELETE_STACK" });
  await expect(given.client.send(force)).rejects.toMatchObject({
    name: "ValidationError",
    message: `Invalid operation on stack [${id}]. You can activate DeletionMode FORCE_DELETE_STACK in a delete stack operation only when the stack is in the DELETE_FAILED state.`,
  });
  await given.s3.send(new PutObjectCommand({ Bucket: "aaa", Key: "k", Body: "x" }));
  await given.client.send(new DeleteStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.status("demo")).toBe("DELETE_FAILED");
  await given.client.send(force);
  await given.cloud.settled();
  expect(await given.status(id)).toBe("DELETE_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa"]);
});

test("an empty name is no stack's, and least of all one that is deleted already", async () => {
  const empty = "2 validation errors detected: Value '' at 'stackName' failed to satisfy constraint: Member must have";
  const asked = [
    given.client.send(new DeleteStackCommand({ StackName: "" })),
    given.describe(""),
    given.create("", { Resources: { A: bucket("aaa") } }),
    given.update("", { Resources: { A: bucket("aaa") } }),
  ];
  for (const request of asked) {
    await expect(request).rejects.toMatchObject({ name: "ValidationError", message: expect.stringContaining(empty) });
  }
});

test("a log group that somebody has deleted fails its update with the service's words", async () => {
  const template = (days: number) => ({
    Resources: { G: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "lost", RetentionInDays: days } } },
  });
  const logs = new CloudWatchLogs(given.cloud.client());
  await given.create("demo", template(1));
  await logs.deleteLogGroup({ logGroupName: "lost" });
  await given.update("demo", template(3), { DisableRollback: true });
  logs.destroy();
  expect(await given.story("demo")).toContainEqual(
    expect.stringMatching(/^G UPDATE_FAILED .*The specified log group does not exist.*HandlerErrorCode: NotFound/),
  );
});

test("deletion policies say what stays when a creation is rolled back", async () => {
  await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
  await given.create("demo", {
    Resources: {
      A: { ...bucket("aaa"), DeletionPolicy: "Retain" },
      B: { ...bucket("bbb"), DeletionPolicy: "RetainExceptOnCreate" },
      C: { ...bucket("taken"), DependsOn: ["A", "B"] },
    },
  });
  expect(await given.story("demo")).toEqual(
    expect.arrayContaining(["A DELETE_SKIPPED", "B DELETE_COMPLETE", "demo ROLLBACK_COMPLETE"]),
  );
  expect(await given.bucketNames()).toEqual(["aaa", "taken"]);
});

test("a stack policy is set, shown, and set aside for one update", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } });
  const StackPolicyBody = JSON.stringify({
    Statement: [{ Effect: "Deny", Action: "Update:*", Principal: "*", Resource: "*" }],
  });
  await given.client.send(new SetStackPolicyCommand({ StackName: "demo", StackPolicyBody }));
  expect((await given.client.send(new GetStackPolicyCommand({ StackName: "demo" }))).StackPolicyBody).toBe(
    StackPolicyBody,
  );
  const smaller = { Resources: { A: bucket("aaa") } };
  await given.update("demo", smaller);
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa", "bbb"]);
  await given.update("demo", smaller, { StackPolicyDuringUpdateBody: StackPolicyBody.replace("Deny", "Allow") });
  expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  await expect(
    given.client.send(new SetStackPolicyCommand({ StackName: "demo", StackPolicyBody: "{}" })),
  ).rejects.toThrow("Error validating stack policy: Missing statement block");
});

test("a template that is not well formed changes nothing", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } });
  const bad = given.client.send(new UpdateStackCommand({ StackName: "demo", TemplateBody: '{"Resources": {' }));
  await expect(bad).rejects.toMatchObject({ name: "ValidationError" });
  expect(await given.status("demo")).toBe("CREATE_COMPLETE");
});
