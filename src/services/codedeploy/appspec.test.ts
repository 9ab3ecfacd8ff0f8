/** AppSpec files: in both languages, from everywhere they may lie, and all that can be wrong with them. */
import { S3 } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { aliasOf, appspec, createGroup, deploy, infoOf, refusal, withCloud } from "./codedeploy-fixture.ts";

const given = withCloud();
const YAML = `version: 0.0
Resources:
  - fn:
      Type: AWS::Lambda::Function
      Properties:
        Name: fn
        Alias: live
        CurrentVersion: 1
        TargetVersion: 2
`;

describe("an AppSpec file", () => {
  it.each([
    ["in YAML", { revisionType: "AppSpecContent" as const, appSpecContent: { content: YAML } }],
    ["as a String", { revisionType: "String" as const, string: { content: appspec() } }],
  ])("%s is read", async (_, revision) => {
    await createGroup(given);
    const id = await deploy(given, "", { revision });
    const info = await infoOf(given, id);
    expect(info).toMatchObject({ status: "Succeeded", revision });
    expect(info.revision?.appSpecContent?.sha256 ?? info.revision?.string?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await aliasOf(given)).toBe("2");
  });

  it("in a bucket is read as the service role", async () => {
    await createGroup(given);
    const s3 = new S3(given.cloud.client());
    await s3.createBucket({ Bucket: "specs" });
    await s3.putObject({ Bucket: "specs", Key: "CodeDeploy/app.yml", Body: YAML });
    s3.destroy();
    const s3Location = { bucket: "specs", key: "CodeDeploy/app.yml", bundleType: "YAML" as const };
    const id = await deploy(given, "", { revision: { revisionType: "S3", s3Location } });
    expect(await infoOf(given, id)).toMatchObject({ status: "Succeeded", revision: { s3Location } });
    const missing = await deploy(given, "", {
      revision: { revisionType: "S3", s3Location: { ...s3Location, key: "gone" } },
    });
    expect((await infoOf(given, missing)).errorInformation).toEqual({
      code: "INVALID_REVISION",
      message:
        "The AppSpec file cannot be located in the specified S3 bucket. Verify your AppSpec file is present and that the name and key value pair specified for your S3 bucket are correct. The S3 bucket must be in your current region",
    });
  });

  const resource = (change: object) =>
    JSON.stringify({ version: "0.0", Resources: [{ fn: { Type: "AWS::Lambda::Function", ...change } }] });
  it.each([
    [
      "that is no YAML",
      "a: [",
      "INVALID_REVISION",
      /^The deployment failed because the AppSpec file is not valid JSON or YAML\. /,
    ],
    [
      "of another version",
      appspec().replace("0.0", "1.0"),
      "INVALID_REVISION",
      /^The deployment failed because an invalid version value \(1\.0\) was entered/,
    ],
    [
      "without resources",
      JSON.stringify({ version: "0.0" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /The Resources section is missing or empty\.$/,
    ],
    [
      "with two resources",
      JSON.stringify({ version: "0.0", Resources: [{ a: {} }, { b: {} }] }),
      "INVALID_LAMBDA_CONFIGURATION",
      /exactly one Lambda function\.$/,
    ],
    [
      "of another type",
      resource({ Type: "AWS::ECS::Service" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /must be AWS::Lambda::Function\.$/,
    ],
    ["without properties", resource({}), "INVALID_LAMBDA_CONFIGURATION", /has no Properties\.$/],
    [
      "without an alias",
      appspec({}, { Alias: undefined }),
      "INVALID_LAMBDA_CONFIGURATION",
      /The property Alias of the resource fn is missing\.$/,
    ],
    [
      "that stays where it is",
      appspec({}, { TargetVersion: "1" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /must not be the same\.$/,
    ],
    [
      "for $LATEST",
      appspec({}, { TargetVersion: "$LATEST" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /is not a published version\.$/,
    ],
    [
      "with an unknown hook",
      appspec({ AfterInstall: "fn" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /The lifecycle event AfterInstall is not valid\./,
    ],
    [
      "that takes the alias up elsewhere",
      appspec({}, { CurrentVersion: "2", TargetVersion: "1" }),
      "INVALID_LAMBDA_CONFIGURATION",
      /The Lambda function alias version does not match the current version in AppSpec file\.$/,
    ],
    ["of an alias that is not there", appspec({}, { Alias: "gone" }), "INVALID_LAMBDA_FUNCTION", /gone/],
    ["of a function that is not there", appspec({}, { Name: "gone" }), "INVALID_LAMBDA_FUNCTION", /gone/],
    ["to a version that is not there", appspec({}, { TargetVersion: "9" }), "INVALID_LAMBDA_FUNCTION", /fn:9/],
  ])("%s fails its deployment, and the alias stays", async (_, content, code, message) => {
    await createGroup(given);
    const id = await deploy(given, content);
    const { status, errorInformation } = await infoOf(given, id);
    expect([status, errorInformation?.code]).toEqual(["Failed", code]);
    expect(errorInformation?.message).toMatch(message);
    expect(await aliasOf(given)).toBe("1");
  });

  it("that says another hash than its own, or lies where none can, is refused at once", async () => {
    await createGroup(given);
    const appSpecContent = { content: appspec(), sha256: "0".repeat(64) };
    expect(
      await refusal(deploy(given, "", { revision: { revisionType: "AppSpecContent", appSpecContent } })),
    ).toContain("InvalidRevisionException");
    const s3Location = { bucket: "b", key: "k", bundleType: "zip" as const };
    expect(await refusal(deploy(given, "", { revision: { revisionType: "S3", s3Location } }))).toContain(
      "InvalidRevisionException",
    );
    expect(await refusal(deploy(given, "", { revision: { revisionType: "GitHub", gitHubLocation: {} } }))).toContain(
      "NotImplemented",
    );
    expect(await refusal(deploy(given, "", { revision: undefined }))).toContain("RevisionRequiredException");
  });
});

describe("the service role", () => {
  it("that may not touch the alias fails the deployment", async () => {
    await createGroup(given);
    const Statement = [{ Effect: "Deny", Action: "lambda:UpdateAlias", Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await given.iam.putRolePolicy({ RoleName: "deployer", PolicyName: "no", PolicyDocument });
    const id = await deploy(given);
    expect(await infoOf(given, id)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "IAM_ROLE_PERMISSIONS" },
    });
    expect(await aliasOf(given)).toBe("1");
  });

  it("that is gone fails the deployment", async () => {
    await createGroup(given);
    await given.iam.detachRolePolicy({
      RoleName: "deployer",
      PolicyArn: "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda",
    });
    await given.iam.deleteRole({ RoleName: "deployer" });
    const id = await deploy(given);
    expect(await infoOf(given, id)).toMatchObject({ status: "Failed", errorInformation: { code: "IAM_ROLE_MISSING" } });
  });
});
