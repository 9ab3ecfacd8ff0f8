/** `kill -9` in the middle of an update's rollback: the next start goes on with it, and all is as it was. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormation, type StackEvent } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloudProcess, type CloudProcess } from "../../src/testing/process.ts";

const COUNT = 25;
const StackName = "demo";

/** Each changes in place (a retention) or gets another name; a chain, so that the way back takes its steps one by one. */
function template(round: number, fails: boolean): string {
  const chained = (index: number) => (index === 0 ? {} : { DependsOn: `R${index - 1}` });
  const resources = Array.from({ length: COUNT }, (_, index) => {
    const name = `r${index}`;
    const inPlace = { LogGroupName: name, ...(round === 0 ? {} : { RetentionInDays: 7 }) };
    const Properties = index % 3 === 0 ? { LogGroupName: round === 0 ? name : `${name}-${round}` } : inPlace;
    return [`R${index}`, { Type: "AWS::Logs::LogGroup", ...chained(index), Properties }] as const;
  });
  const Bucket = { Type: "AWS::S3::Bucket", Properties: { BucketName: round === 0 ? "data" : `data-${round}` } };
  const Later = {
    Type: "AWS::Logs::LogStream",
    DependsOn: ["Bucket", `R${COUNT - 1}`],
    Properties: { LogGroupName: "that-is-not-there" },
  };
  return JSON.stringify({ Resources: { ...Object.fromEntries(resources), Bucket, ...(fails ? { Later } : {}) } });
}

describe("after kill -9 in an update's rollback", () => {
  let directory: string;
  let cloud: CloudProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-kill-"));
  });
  afterEach(async () => {
    await cloud?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async () => {
    cloud = await startCloudProcess(["--data-dir", directory]);
    const settings = {
      endpoint: cloud.endpointUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "000000000000", secretAccessKey: "s" },
      maxAttempts: 1,
    };
    return {
      stacks: new CloudFormation(settings),
      logs: new CloudWatchLogs(settings),
      s3: new S3({ ...settings, forcePathStyle: true }),
    };
  };

  it("it goes on, and every resource is as it was", { timeout: 60_000 }, async () => {
    let clients = await start();
    const statusOf = async () => (await clients.stacks.describeStacks({ StackName })).Stacks?.[0]?.StackStatus;
    const eventsOf = async (): Promise<StackEvent[]> =>
      (await clients.stacks.describeStackEvents({ StackName })).StackEvents ?? [];
    const groupsOf = async () =>
      ((await clients.logs.describeLogGroups({})).logGroups ?? []).map((group) => [
        group.logGroupName,
        group.retentionInDays,
        group.creationTime,
      ]);
    await clients.stacks.createStack({ StackName, TemplateBody: template(0, false) });
    await expect.poll(statusOf, { timeout: 20_000 }).toBe("CREATE_COMPLETE");
    await clients.s3.putObject({ Bucket: "data", Key: "k", Body: "kept" });
    const before = await groupsOf();

    for (let round = 1; round <= 3; round++) {
      await clients.stacks.updateStack({ StackName, TemplateBody: template(round, true) });
      // The moment is in the middle of putting back, further on in each round.
      const isUnderWay = async (): Promise<boolean> => {
        const events = await eventsOf();
        const begun = events.findIndex(({ ResourceStatus }) => ResourceStatus === "UPDATE_ROLLBACK_IN_PROGRESS");
        return begun >= 2 + round * 5;
      };
      await expect.poll(isUnderWay, { interval: 1, timeout: 20_000 }).toBe(true);
      const last = (await eventsOf())[0]?.EventId;
      await cloud?.kill();
      clients = await start();
      await expect.poll(statusOf, { timeout: 20_000 }).toBe("UPDATE_ROLLBACK_COMPLETE");
      // It had not come to its end when it was killed.
      expect((await eventsOf())[0]?.EventId).not.toBe(last);
      expect(await groupsOf()).toEqual(before);
      expect((await clients.s3.listBuckets({})).Buckets?.map(({ Name }) => Name)).toEqual(["data"]);
      const { Body } = await clients.s3.getObject({ Bucket: "data", Key: "k" });
      expect(await Body?.transformToString()).toBe("kept");
      const { StackResources = [] } = await clients.stacks.describeStackResources({ StackName });
      expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).not.toContain("Later");
      expect(
        StackResources.filter(({ ResourceStatus = "" }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus)),
      ).toEqual([]);
    }
  });
});
