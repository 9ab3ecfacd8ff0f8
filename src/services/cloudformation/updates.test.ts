/** Stacks through the SDK: updated in place, by replacement, and back again, and what their events tell. */
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

const versioned = { VersioningConfiguration: { Status: "Enabled" } };

describe("updating a stack", () => {
  test("changes in place what may be changed in place", async () => {
    await given.create("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } });
    await given.update("demo", { Resources: { A: bucket("aaa", versioned), B: bucket("bbb") } });
    expect(await given.story("demo")).toEqual([
      "demo UPDATE_IN_PROGRESS User Initiated",
      "A UPDATE_IN_PROGRESS",
      "A UPDATE_COMPLETE",
      "demo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "demo UPDATE_COMPLETE",
    ]);
    expect((await given.s3.send(new GetBucketVersioningCommand({ Bucket: "aaa" }))).Status).toBe("Enabled");
  });

  test("replaces what cannot be changed, and takes the old one away only at the end", async () => {
    await given.create("demo", { Resources: { A: bucket("old") } });
    await given.update("demo", { Resources: { A: bucket("new") } });
    expect(await given.story("demo")).toEqual([
      "demo UPDATE_IN_PROGRESS User Initiated",
      "A UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.",
      "A UPDATE_IN_PROGRESS Resource creation Initiated",
      "A UPDATE_COMPLETE",
      "demo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "A DELETE_IN_PROGRESS",
      "A DELETE_COMPLETE",
      "demo UPDATE_COMPLETE",
    ]);
    expect(await given.bucketNames()).toEqual(["new"]);
  });

  test("takes away what the template has no more, and keeps what its policy retains", async () => {
    await given.create("demo", {
      Resources: { A: bucket("aaa"), B: bucket("bbb"), C: { ...bucket("ccc"), DeletionPolicy: "Retain" } },
    });
    await given.update("demo", { Resources: { A: bucket("aaa") } });
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining(["B DELETE_COMPLETE", "C DELETE_SKIPPED", "demo UPDATE_COMPLETE"]),
    );
    expect(await given.bucketNames()).toEqual(["aaa", "ccc"]);
    const { StackResources = [] } = await given.client.send(new DescribeStackResourcesCommand({ StackName: "demo" }));
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["A"]);
  });

  test("that fails goes back to how everything was", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
    const before = {
      Resources: { A: bucket("aaa"), B: bucket("bbb"), C: bucket("ccc") },
      Outputs: { A: { Value: { Ref: "B" } } },
    };
    await given.create("demo", before);
    await given.update("demo", {
      Resources: {
        A: bucket("aaa", versioned),
        B: { ...bucket("bbb-new"), DependsOn: "A" },
        D: { ...bucket("ddd"), DependsOn: "B" },
        E: { ...bucket("taken"), DependsOn: "D" },
      },
      Outputs: { A: { Value: { Ref: "E" } } },
    });
    const story = await given.story("demo");
    expect(story.map((line) => line.replace(/(?<=CREATE_FAILED ).*/, "…")).slice(10)).toEqual([
      "E CREATE_FAILED …",
      "demo UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [E].",
      "A UPDATE_IN_PROGRESS",
      "B UPDATE_COMPLETE",
      "A UPDATE_COMPLETE",
      "demo UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "E DELETE_COMPLETE",
      "D DELETE_IN_PROGRESS",
      "D DELETE_COMPLETE",
      "B DELETE_IN_PROGRESS",
      "B DELETE_COMPLETE",
      "demo UPDATE_ROLLBACK_COMPLETE",
    ]);
    expect(await given.bucketNames()).toEqual(["aaa", "bbb", "ccc", "taken"]);
    expect((await given.s3.send(new GetBucketVersioningCommand({ Bucket: "aaa" }))).Status).not.toBe("Enabled");
    expect((await given.describe("demo")).Outputs).toMatchObject([{ OutputKey: "A", OutputValue: "bbb" }]);
    // And from there on it can be updated as ever.
    await expect(given.update("demo", before)).rejects.toThrow("No updates are to be performed.");
    await given.update("demo", { Resources: { A: bucket("aaa", versioned) } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
    expect(await given.bucketNames()).toEqual(["aaa", "taken"]);
  });

  test("may not make a resource that is there one of another type, by itself or by a change set", async () => {
    await given.create("typed", { Resources: { A: { Type: "AWS::Logs::LogGroup" } } });
    const other = { Resources: { A: { Type: "AWS::S3::Bucket" } } };
    const words =
      "Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]";
    await expect(given.update("typed", other)).rejects.toThrow(words);
    const names = { StackName: "typed", ChangeSetName: "c" };
    await given.client.send(new CreateChangeSetCommand({ ...names, TemplateBody: JSON.stringify(other) }));
    await given.cloud.settled();
    expect(await given.client.send(new DescribeChangeSetCommand(names))).toMatchObject({
      Status: "FAILED",
      StatusReason: words,
    });
    expect(await given.bucketNames()).toEqual([]);
  });

  test("with DisableRollback stays where it failed, and a better update mends it", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "taken" }));
    await given.create("demo", { Resources: { A: bucket("aaa") } });
    await given.update(
      "demo",
      { Resources: { A: bucket("aaa2"), B: { ...bucket("taken"), DependsOn: "A" } } },
      { DisableRollback: true },
    );
    expect(await given.status("demo")).toBe("UPDATE_FAILED");
    expect(await given.bucketNames()).toEqual(["aaa", "aaa2", "taken"]);
    await given.update("demo", { Resources: { A: bucket("aaa2"), B: { ...bucket("bbb"), DependsOn: "A" } } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
    expect(await given.bucketNames()).toEqual(["aaa2", "bbb", "taken"]);
  });

  test("refuses to replace what keeps a name of its own", async () => {
    const group = (name: string, more: object) => ({
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: name,
        PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] },
        ...more,
      },
    });
    const more = { Capabilities: ["CAPABILITY_NAMED_IAM" as const] };
    await given.create("demo", { Resources: { P: group("mine", {}) } }, more);
    await given.update("demo", { Resources: { P: group("mine", { Description: "other" }) } }, more);
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining([
        "P UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename mine and update the stack again.",
        "demo UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [P].",
        "demo UPDATE_ROLLBACK_COMPLETE",
      ]),
    );
  });

  test("is refused when there is nothing to do", async () => {
    const template = { Resources: { A: bucket("aaa") } };
    await given.create("demo", template);
    await expect(given.update("demo", { ...template, Description: "new words" })).rejects.toThrow(
      "No updates are to be performed.",
    );
    await expect(given.update("nobody", template)).rejects.toThrow("Stack [nobody] does not exist");
  });

  test("does what a stack policy allows, and nothing that it denies", async () => {
    const policy = {
      Statement: [
        { Effect: "Allow", Action: "Update:*", Principal: "*", Resource: "*" },
        { Effect: "Deny", Action: "Update:Replace", Principal: "*", Resource: "LogicalResourceId/A" },
      ],
    };
    await given.create("demo", { Resources: { A: bucket("aaa") } }, { StackPolicyBody: JSON.stringify(policy) });
    await given.update("demo", { Resources: { A: bucket("other") } });
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining([
        "A UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/A];",
        "demo UPDATE_ROLLBACK_COMPLETE",
      ]),
    );
    await given.update("demo", { Resources: { A: bucket("aaa", versioned) } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  });
});
