/** Macros are at work when CreateStack and UpdateStack have answered: what is told meanwhile, and what ends it. */
import {
  CancelUpdateStackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bucket, type Fixture } from "../stack-fixture.ts";
import { expanding, probe, processedTemplate, startMacros } from "./macro-fixture.ts";

let given: Fixture;
beforeAll(async () => {
  given = await startMacros();
});
afterAll(() => given.close());

const processed = (name: string) => processedTemplate(given, name);

test("the answer does not wait for a macro, and what is told says when it has done its work", async () => {
  const template = { Transform: probe("wait"), Resources: { A: bucket("made-later") } };
  const TemplateBody = JSON.stringify(template);
  const { StackId } = await given.client.send(
    new CreateStackCommand({ StackName: "later", TemplateBody, ...expanding, Tags: [{ Key: "k", Value: "v" }] }),
  );
  expect(await given.describe("later")).toMatchObject({
    StackId,
    StackStatus: "CREATE_IN_PROGRESS",
    Tags: [{ Key: "k" }],
  });
  expect(await given.story("later")).toEqual(["later CREATE_IN_PROGRESS User Initiated"]);
  await given.cloud.settled();
  expect((await given.story("later")).slice(0, 3)).toEqual([
    "later CREATE_IN_PROGRESS User Initiated",
    "later CREATE_IN_PROGRESS Transformation succeeded",
    "A CREATE_IN_PROGRESS",
  ]);
  expect(await given.status("later")).toBe("CREATE_COMPLETE");

  const next = JSON.stringify({
    Transform: probe("wait"),
    Resources: { A: bucket("made-later"), B: bucket("made-last") },
  });
  await given.client.send(new UpdateStackCommand({ StackName: "later", TemplateBody: next, ...expanding }));
  expect(await given.status("later")).toBe("UPDATE_IN_PROGRESS");
  expect(Object.keys(Object((await processed("later"))["Resources"]))).toEqual(["A"]);
  await given.cloud.settled();
  expect((await given.story("later")).slice(0, 2)).toEqual([
    "later UPDATE_IN_PROGRESS User Initiated",
    "later UPDATE_IN_PROGRESS Transformation succeeded",
  ]);
  expect(Object.keys(Object((await processed("later"))["Resources"]))).toEqual(["A", "B"]);
  // Nobody can tell before the macro has run that nothing would change.
  await given.client.send(new UpdateStackCommand({ StackName: "later", TemplateBody: next, ...expanding }));
  await given.cloud.settled();
  expect(await given.story("later")).toEqual([
    "later UPDATE_IN_PROGRESS User Initiated",
    "later UPDATE_IN_PROGRESS Transformation succeeded",
    "later UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "later UPDATE_COMPLETE",
  ]);
});

test("a deletion and a cancel do not wait for a macro that is at work, and what it answers counts no more", async () => {
  const TemplateBody = JSON.stringify({ Transform: probe("wait"), Resources: { A: bucket("too-late-bucket") } });
  const { StackId = "" } = await given.client.send(
    new CreateStackCommand({ StackName: "dropped", TemplateBody, ...expanding }),
  );
  await given.client.send(new DeleteStackCommand({ StackName: "dropped" }));
  expect(await given.status(StackId)).toBe("DELETE_COMPLETE");

  await given.create("recalled", { Resources: { A: bucket("recalled-stays") } });
  await given.client.send(new UpdateStackCommand({ StackName: "recalled", TemplateBody, ...expanding }));
  await given.client.send(new CancelUpdateStackCommand({ StackName: "recalled" }));
  expect(await given.status("recalled")).toBe("UPDATE_ROLLBACK_COMPLETE");
  await given.cloud.settled();
  expect(await given.status(StackId)).toBe("DELETE_COMPLETE");
  expect(await given.status("recalled")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).not.toContain("too-late-bucket");
  expect(await given.bucketNames()).toContain("recalled-stays");
});

test("what the request itself can tell of a template with macros is told at once", async () => {
  const Resources = { A: bucket("never-asked-for") };
  const Parameters = { Word: { Type: "String" } };
  await expect(given.create("asked", { Transform: probe("echo"), Parameters, Resources }, expanding)).rejects.toThrow(
    "Parameters: [Word] must have values",
  );
  await expect(given.describe("asked")).rejects.toThrow("does not exist");
});

test("what a macro makes must be allowed by the capabilities, and may not change a resource's type", async () => {
  const role = { R: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: {} } } };
  await given.create(
    "unfit",
    { Transform: probe("merge", JSON.stringify({ Resources: role })), Resources: { A: bucket("unfit") } },
    expanding,
  );
  expect(await given.story("unfit")).toEqual([
    "unfit CREATE_IN_PROGRESS User Initiated",
    "unfit ROLLBACK_IN_PROGRESS Requires capabilities : [CAPABILITY_IAM]. Rollback requested by user.",
    "unfit ROLLBACK_COMPLETE",
  ]);
  await given.create("typed", { Resources: { A: bucket("typed-bucket") } });
  const other = { A: { Type: "AWS::Logs::LogGroup" } };
  await given.update(
    "typed",
    { Transform: probe("merge", JSON.stringify({ Resources: other })), Resources: { A: bucket("typed-bucket") } },
    expanding,
  );
  expect(await given.story("typed")).toContain(
    "typed UPDATE_ROLLBACK_IN_PROGRESS Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]. Rollback requested by user.",
  );
});

test("a stack with macros is watched by its rollback triggers", async () => {
  const Arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:nobody";
  const RollbackConfiguration = { RollbackTriggers: [{ Arn, Type: "AWS::CloudWatch::Alarm" }] };
  const template = { Transform: probe("echo"), Resources: { A: bucket("unwatched") } };
  await given.create("watched", template, { ...expanding, RollbackConfiguration });
  expect(await given.story("watched")).toContain(
    `watched ROLLBACK_IN_PROGRESS Rollback trigger ${Arn} does not exist. Rollback requested by user.`,
  );
});
