/** The AWS CLI deploys what fails: exit codes, the state that is left, and the events in AWS's order and words. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment, type Aws, type Words } from "./tools.ts";

/** Two log groups and a bucket, worked one after the other; S3 refuses a name with a bad character. */
function template(bucketName: string, retentionInDays: number): string {
  return JSON.stringify({
    Resources: {
      First: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "first", RetentionInDays: retentionInDays } },
      Second: { Type: "AWS::Logs::LogGroup", DependsOn: "First", Properties: { LogGroupName: "second" } },
      Third: { Type: "AWS::S3::Bucket", DependsOn: "Second", Properties: { BucketName: bucketName } },
    },
  });
}

describe.skipIf(awsCli === undefined)("the AWS CLI with a stack that fails", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let folder: string;
  let aws: Aws;
  beforeAll(async () => {
    cloud = await startCloud({ clock: "real", startAt: Date.now() });
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    aws = awsIn(clientEnvironment(cloud), folder);
    // Somebody else has the name that the third resource wants.
    await awsIn(clientEnvironment(cloud, "999999999999"))("s3", "mb", "s3://taken-by-somebody-else");
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  const deploying = (stack: string, file: string): Words => [
    ["cloudformation", "deploy", "--stack-name", stack, "--template-file", file],
  ];
  const eventsOf = async (stack: string): Promise<string[]> => {
    const query = "reverse(StackEvents)[].[LogicalResourceId,ResourceStatus]";
    const printed = await aws([
      "cloudformation",
      "describe-stack-events",
      "--stack-name",
      stack,
      "--query",
      query,
      "--output",
      "text",
    ]);
    return printed.split("\n").map((line) => line.replace("\t", " "));
  };

  it("ends with exit code 255 when the third resource fails, and leaves nothing of it but its events", async () => {
    const { status, stderr } = await aws.to(
      deploying("broken", write("broken.json", template("taken-by-somebody-else", 1))),
    );
    expect(status).toBe(255);
    expect(stderr).toContain("Failed to create/update the stack.");
    expect(stderr).toContain("aws cloudformation describe-stack-events --stack-name broken");
    const [events, groups] = await Promise.all([
      eventsOf("broken"),
      aws("logs", "describe-log-groups", "--query", "logGroups"),
    ]);
    expect(groups).toBe("[]");
    expect(events).toEqual([
      "broken REVIEW_IN_PROGRESS",
      "broken CREATE_IN_PROGRESS",
      ...["First", "Second"].flatMap((id) => [
        `${id} CREATE_IN_PROGRESS`,
        `${id} CREATE_IN_PROGRESS`,
        `${id} CREATE_COMPLETE`,
      ]),
      "Third CREATE_IN_PROGRESS",
      "Third CREATE_FAILED",
      "broken ROLLBACK_IN_PROGRESS",
      "Third DELETE_COMPLETE",
      ...["Second", "First"].flatMap((id) => [`${id} DELETE_IN_PROGRESS`, `${id} DELETE_COMPLETE`]),
      "broken ROLLBACK_COMPLETE",
    ]);
    const reasons = await aws(
      ["cloudformation", "describe-stack-events", "--stack-name", "broken", "--output", "text"],
      [
        "--query",
        "reverse(StackEvents)[?ResourceStatus=='CREATE_FAILED'||ResourceStatus=='ROLLBACK_IN_PROGRESS'].ResourceStatusReason",
      ],
    );
    expect(reasons).toContain("taken-by-somebody-else already exists");
    expect(reasons).toContain("The following resource(s) failed to create: [Third]. Rollback requested by user.");
  });

  it("rolls a failed update back to the old state", async () => {
    await aws(deploying("changed", write("good.json", template("free-for-all", 1))));
    const bad = write("bad.json", template("taken-by-somebody-else", 7));
    expect((await aws.to(deploying("changed", bad))).status).toBe(255);
    await aws("cloudformation", "wait", "stack-rollback-complete", "--stack-name", "changed");
    const [stack, group] = await Promise.all([
      aws("cloudformation", "describe-stacks", "--stack-name", "changed", "--query", "Stacks[0].StackStatus"),
      aws("logs", "describe-log-groups", "--log-group-name-prefix", "first", "--query", "logGroups[0].retentionInDays"),
    ]);
    expect(stack).toBe('"UPDATE_ROLLBACK_COMPLETE"');
    expect(group).toBe("1");
    const [buckets, events] = await Promise.all([
      aws("s3api", "list-buckets", "--query", "Buckets[].Name", "--output", "text"),
      eventsOf("changed"),
    ]);
    expect(buckets).toBe("free-for-all");
    expect(
      events.slice(events.indexOf("changed UPDATE_IN_PROGRESS")).filter((line) => line.startsWith("changed")),
    ).toEqual([
      "changed UPDATE_IN_PROGRESS",
      "changed UPDATE_ROLLBACK_IN_PROGRESS",
      "changed UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "changed UPDATE_ROLLBACK_COMPLETE",
    ]);
  });
});
