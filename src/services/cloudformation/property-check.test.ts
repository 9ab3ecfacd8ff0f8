/** Properties that do not fit AWS's schemas, through the SDK: AWS's words, and nothing made. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

const role = "arn:aws:iam::000000000000:role/r";

/** Makes a stack of the resource and of a bucket that comes first; answers why the resource failed. */
async function failureOf(Type: string, Properties: Template, more: Template = {}): Promise<string | undefined> {
  const Bad = { Type, DependsOn: "Good", Properties };
  const template = { Resources: { Good: bucket("good"), Bad }, ...more };
  await given.create("demo", template, { Capabilities: ["CAPABILITY_IAM"] });
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual([]);
  const story = await given.story("demo");
  expect(story.filter((line) => line.startsWith("Good"))).toEqual([]);
  return story.find((line) => line.startsWith("Bad CREATE_FAILED "))?.replace("Bad CREATE_FAILED ", "");
}

const failed = (lines: string) => `Properties validation failed for resource Bad with message:\n${lines}`;

describe("a resource whose properties do not fit its type's schema", () => {
  test.each<[string, string, Template, string]>([
    [
      "an unknown property",
      "AWS::Logs::LogGroup",
      { RetentionDays: 5 },
      "#: extraneous key [RetentionDays] is not permitted",
    ],
    [
      "an unknown property inside another",
      "AWS::S3::Bucket",
      { VersioningConfiguration: { Status: "Enabled", State: "On" } },
      "#/VersioningConfiguration: extraneous key [State] is not permitted",
    ],
    ["a missing one", "AWS::S3::BucketPolicy", { Bucket: "b" }, "#: required key [PolicyDocument] not found"],
    [
      "a missing one inside another",
      "AWS::Lambda::Function",
      { Code: { ZipFile: "x" }, Role: role, SnapStart: {} },
      "#/SnapStart: required key [ApplyOn] not found",
    ],
    [
      "a value of another type",
      "AWS::Lambda::Function",
      { Code: { ZipFile: "x" }, Role: role, Timeout: "soon" },
      "#/Timeout: expected type: Number, found: String",
    ],
    [
      "a single value in a list's place",
      "AWS::IAM::Role",
      { AssumeRolePolicyDocument: {}, ManagedPolicyArns: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      "#/ManagedPolicyArns: expected type: JSONArray, found: String",
    ],
    [
      "a value that is none of those that there are",
      "AWS::S3::Bucket",
      { VersioningConfiguration: { Status: "On" } },
      "#/VersioningConfiguration/Status: #: only 1 subschema matches out of 2\n#/VersioningConfiguration/Status: failed validation constraint for keyword [enum]",
    ],
    [
      "one that can only be read",
      "AWS::IAM::Role",
      { AssumeRolePolicyDocument: {}, Arn: role },
      "#: extraneous key [Arn] is not permitted",
    ],
  ])("fails for %s, and nothing is made", async (_, type, properties, lines) => {
    expect(await failureOf(type, properties)).toBe(failed(lines));
  });

  test("fails for a parameter's value that does not fit, before anything is made", async () => {
    const Parameters = { Days: { Type: "String", Default: "many" } };
    const reason = await failureOf("AWS::Logs::LogGroup", { RetentionInDays: { Ref: "Days" } }, { Parameters });
    expect(reason).toBe(failed("#/RetentionInDays: expected type: Number, found: String"));
  });

  test("fails for what another resource's attribute turns out to be", async () => {
    const Bad = { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: { "Fn::GetAtt": ["Good", "Arn"] } } };
    await given.create("demo", { Resources: { Good: bucket("good"), Bad } });
    expect((await given.story("demo")).find((line) => line.startsWith("Bad CREATE_FAILED"))).toBe(
      `Bad CREATE_FAILED ${failed("#/RetentionInDays: expected type: Number, found: String")}`,
    );
  });

  test("says so when it is Seatrial that does not have the property", async () => {
    expect(await failureOf("AWS::S3::Bucket", { AbacStatus: "Enabled" })).toBe(
      "Seatrial's AWS::S3::Bucket does not support these properties of AWS's yet: [AbacStatus]",
    );
  });

  test("says so for what it lacks inside a property", async () => {
    const ServerSideEncryptionConfiguration = [{ BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } }];
    expect(await failureOf("AWS::S3::Bucket", { BucketEncryption: { ServerSideEncryptionConfiguration } })).toBe(
      "Seatrial's AWS::S3::Bucket does not support these properties of AWS's yet: [BucketEncryption.ServerSideEncryptionConfiguration.BlockedEncryptionTypes]",
    );
  });

  test("fails in an update before anything is changed", async () => {
    await given.create("demo", { Resources: { Good: bucket("good") } });
    const Tags = [{ Key: "a" }];
    await given.update("demo", { Resources: { Good: bucket("good", { Tags }), More: bucket("more") } });
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await given.bucketNames()).toEqual(["good"]);
    expect((await given.story("demo")).find((line) => line.startsWith("Good UPDATE_FAILED"))).toBe(
      "Good UPDATE_FAILED Properties validation failed for resource Good with message:\n#/Tags/0: required key [Value] not found",
    );
  });
});

describe("a template", () => {
  test.each<[string, Template, RegExp]>([
    [
      "of a type that nobody knows",
      { A: bucket("a"), B: { Type: "AWS::S3::Buckett" } },
      /^Template format error: Unrecognized resource types: \[AWS::S3::Buckett\]$/,
    ],
    [
      "of a type that AWS has and Seatrial has not",
      { A: { Type: "AWS::QuickSight::Theme" } },
      /^Seatrial's CloudFormation does not support these resource types of AWS's: \[AWS::QuickSight::Theme\] yet\.$/,
    ],
    [
      "with a Fn::GetAtt of an attribute that the type does not have",
      { A: bucket("a"), B: bucket("b", { BucketName: { "Fn::GetAtt": "A.Name" } }) },
      /^Template error: resource A does not support attribute type Name in Fn::GetAtt$/,
    ],
    [
      "with the same in a Fn::Sub",
      { A: bucket("a"), B: bucket("b", { BucketName: { "Fn::Sub": "x-${A.Name}" } }) },
      /^Template error: resource A does not support attribute type Name in Fn::GetAtt$/,
    ],
  ])("%s is refused", async (_, Resources, message) => {
    await expect(given.create("demo", { Resources })).rejects.toThrow(message);
    await expect(given.describe("demo")).rejects.toThrow("does not exist");
  });
});
