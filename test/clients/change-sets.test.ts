/** The AWS CLI creates, waits for, shows and executes change sets, which read as "Example change sets for CloudFormation stacks" shows them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment, type Aws } from "./tools.ts";

/** A log group that is changed in place, a bucket that is replaced, and one more log group. */
function template(third: string): string {
  return JSON.stringify({
    Parameters: { Days: { Type: "Number", Default: 1 } },
    Resources: {
      Changed: {
        Type: "AWS::Logs::LogGroup",
        Properties: { LogGroupName: "/changed", RetentionInDays: { Ref: "Days" } },
      },
      Replaced: { Type: "AWS::S3::Bucket", Properties: { BucketName: third === "Old" ? "before" : "after" } },
      [third]: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: `/${third}` } },
    },
  });
}

describe.skipIf(awsCli === undefined)("the AWS CLI with change sets", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let folder: string;
  let aws: Aws;
  beforeAll(async () => {
    cloud = await startCloud({ clock: "real", startAt: Date.now() });
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    aws = awsIn(clientEnvironment(cloud), folder);
    writeFileSync(join(folder, "before.json"), template("Old"));
    writeFileSync(join(folder, "after.json"), template("New"));
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows an add, a modification with and without a replacement, and a removal as AWS does", async () => {
    const which = ["--stack-name", "sample", "--change-set-name", "changes"] as const;
    await aws("cloudformation", "deploy", "--stack-name", "sample", "--template-file", "before.json");
    await aws(
      ["cloudformation", "create-change-set", ...which, "--template-body", "file://after.json"],
      ["--parameters", "ParameterKey=Days,ParameterValue=7"],
    );
    await aws("cloudformation", "wait", "change-set-create-complete", ...which);
    const shown: unknown = JSON.parse(
      await aws("cloudformation", "describe-change-set", ...which, "--query", "Changes"),
    );
    const days = { Attribute: "Properties", Name: "RetentionInDays", RequiresRecreation: "Never" };
    expect(shown).toEqual([
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Modify",
          LogicalResourceId: "Changed",
          PhysicalResourceId: "/changed",
          ResourceType: "AWS::Logs::LogGroup",
          Replacement: "False",
          Scope: ["Properties"],
          Details: [
            { Target: days, Evaluation: "Dynamic", ChangeSource: "DirectModification" },
            { Target: days, Evaluation: "Static", ChangeSource: "ParameterReference", CausingEntity: "Days" },
          ],
        },
      },
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Add",
          LogicalResourceId: "New",
          ResourceType: "AWS::Logs::LogGroup",
          Scope: [],
          Details: [],
        },
      },
      {
        Type: "Resource",
        ResourceChange: {
          PolicyAction: "Delete",
          Action: "Remove",
          LogicalResourceId: "Old",
          PhysicalResourceId: "/Old",
          ResourceType: "AWS::Logs::LogGroup",
          Scope: [],
          Details: [],
        },
      },
      {
        Type: "Resource",
        ResourceChange: {
          PolicyAction: "ReplaceAndDelete",
          Action: "Modify",
          LogicalResourceId: "Replaced",
          PhysicalResourceId: "before",
          ResourceType: "AWS::S3::Bucket",
          Replacement: "True",
          Scope: ["Properties"],
          Details: [
            {
              Target: { Attribute: "Properties", Name: "BucketName", RequiresRecreation: "Always" },
              Evaluation: "Static",
              ChangeSource: "DirectModification",
            },
          ],
        },
      },
    ]);
    await aws("cloudformation", "execute-change-set", ...which);
    await aws("cloudformation", "wait", "stack-update-complete", "--stack-name", "sample");
    expect(await aws("s3api", "list-buckets", "--query", "Buckets[].Name", "--output", "text")).toBe("after");
  });

  it("is told that there is nothing to deploy", async () => {
    const deploy = ["cloudformation", "deploy", "--stack-name", "sample", "--template-file", "after.json"] as const;
    expect(await aws(...deploy, "--no-fail-on-empty-changeset")).toContain(
      "No changes to deploy. Stack sample is up to date",
    );
  });
});
