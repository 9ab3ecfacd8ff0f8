/** What resources have beside their properties: policies of creation, update and deletion. */
import { SignalResourceCommand } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

describe("a wait condition with a creation policy", () => {
  const waiting = (ResourceSignal: Template) => ({
    Resources: {
      Ready: { Type: "AWS::CloudFormation::WaitCondition", CreationPolicy: { ResourceSignal } },
      After: { ...bucket("after"), DependsOn: "Ready" },
    },
  });
  const signal = (UniqueId: string, Status: "SUCCESS" | "FAILURE" = "SUCCESS", LogicalResourceId = "Ready") =>
    given.client.send(new SignalResourceCommand({ StackName: "demo", LogicalResourceId, UniqueId, Status }));

  test("waits for as many different signals as it says, and tells each", async () => {
    await given.create("demo", waiting({ Count: 2, Timeout: "PT10M" }));
    await signal("a");
    await signal("a");
    await given.cloud.advance("9m");
    expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
    await signal("b");
    await given.cloud.settled();
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining([
        "Ready CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId a",
        "Ready CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId b",
        "Ready CREATE_COMPLETE",
        "demo CREATE_COMPLETE",
      ]),
    );
    await expect(signal("c")).rejects.toThrow("Resource Ready is in CREATE_COMPLETE state and cannot be signaled");
    await expect(signal("c", "SUCCESS", "None")).rejects.toThrow("Resource None does not exist for stack demo");
  });

  test("fails at once when one says so", async () => {
    await given.create("demo", waiting({ Count: 2 }));
    await signal("a", "FAILURE");
    await given.cloud.settled();
    expect(await given.story("demo")).toContain("Ready CREATE_FAILED Received FAILURE signal with UniqueId a");
    expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
  });

  test("fails when its time is over, five minutes unless told", async () => {
    await given.create("demo", waiting({}));
    await given.cloud.advance(299);
    expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
    await given.cloud.advance(2);
    expect(await given.story("demo")).toContain(
      "Ready CREATE_FAILED Failed to receive 1 resource signal(s) within the specified duration",
    );
  });
});

describe("an attribute", () => {
  test.each([
    [
      { DeletionPolicy: "Snapshot" },
      "Template error: resource type AWS::S3::Bucket does not support deletion policy Snapshot",
    ],
    [
      { CreationPolicy: { ResourceSignal: { Timeout: "5 minutes" } } },
      "Template format error: Invalid CreationPolicy of resource A: Timeout",
    ],
    [
      { CreationPolicy: { ResourceSignal: { Cuont: 1 } } },
      "Template format error: Invalid CreationPolicy of resource A: Cuont",
    ],
    [
      { UpdatePolicy: { UseOnlineResharding: true } },
      "Seatrial's CloudFormation does not support the UpdatePolicy UseOnlineResharding of A (AWS::S3::Bucket) yet.",
    ],
  ])("%j is refused, and nothing is made", async (attributes, message) => {
    const refused = given.create("demo", { Resources: { A: { ...bucket("aaa"), ...attributes } } });
    await expect(refused).rejects.toMatchObject({ name: "ValidationError", message });
    await expect(given.describe("demo")).rejects.toThrow("does not exist");
  });

  test("that lets an alias be moved by a deployment fails it when there is no such deployment group", async () => {
    const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
    const template = (answer: string) => ({
      Resources: {
        Role: {
          Type: "AWS::IAM::Role",
          Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement } },
        },
        Fn: {
          Type: "AWS::Lambda::Function",
          Properties: {
            FunctionName: "fn",
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            Role: { "Fn::GetAtt": ["Role", "Arn"] },
            Code: { ZipFile: `exports.handler = async () => "${answer}";` },
          },
        },
        V: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Fn" }, Description: answer } },
        Live: {
          Type: "AWS::Lambda::Alias",
          UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: "app", DeploymentGroupName: "group" } },
          Properties: {
            FunctionName: { Ref: "Fn" },
            FunctionVersion: { "Fn::GetAtt": ["V", "Version"] },
            Name: "live",
          },
        },
      },
    });
    const iam = { Capabilities: ["CAPABILITY_IAM" as const] };
    await given.create("demo", template("one"), iam);
    await given.cloud.advance("1m");
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    await given.update("demo", template("two"), iam);
    await given.cloud.advance("1m");
    expect((await given.story("demo")).find((line) => line.startsWith("Live UPDATE_FAILED"))).toMatch(
      /^Live UPDATE_FAILED Resource handler returned message: "No application found for name: app \(Service: CodeDeploy, Status Code: 400, Request ID: .*HandlerErrorCode: NotFound\)$/,
    );
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });
});
