/** `kill -9` while a stack waits for a macro, and while its alarms are monitored: the next start goes on with what was being waited for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloudProcess, type CloudProcess } from "../../src/testing/process.ts";

/** Takes its time, and says when it has begun. */
const MACRO = `
exports.handler = async ({ requestId, fragment }) => {
  console.log("called");
  await new Promise((resolve) => { setTimeout(resolve, 2000); });
  return { requestId, status: "success", fragment };
};`;

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

describe("after kill -9 of a stack that waits", () => {
  let directory: string;
  let cloud: CloudProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-kill-"));
  });
  afterEach(async () => {
    await cloud?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (clock: "real" | "manual") => {
    cloud = await startCloudProcess(["--data-dir", join(directory, "data"), "--clock", clock]);
    const { endpointUrl } = cloud;
    const settings = {
      endpoint: endpointUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "000000000000", secretAccessKey: "s" },
      maxAttempts: 1,
    };
    const stacks = new CloudFormation(settings);
    return {
      stacks,
      alarms: new CloudWatch(settings),
      logs: new CloudWatchLogs(settings),
      s3: new S3({ ...settings, forcePathStyle: true }),
      statusOf: async (StackName: string) => (await stacks.describeStacks({ StackName })).Stacks?.[0]?.StackStatus,
      advance: (by: string) =>
        fetch(`${endpointUrl}/_seatrial/clock`, { method: "POST", body: JSON.stringify({ advance: by }) }),
    };
  };

  it("the macro is called again, and the stack is made", { timeout: 60_000 }, async () => {
    let { stacks, logs, statusOf } = await start("real");
    const Resources = {
      Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust } },
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          FunctionName: "macro",
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Timeout: 60,
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Code: { ZipFile: MACRO },
        },
      },
      Macro: { Type: "AWS::CloudFormation::Macro", Properties: { Name: "Slow", FunctionName: { Ref: "Function" } } },
    };
    await stacks.createStack({
      StackName: "macros",
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ["CAPABILITY_IAM"],
    });
    await expect.poll(() => statusOf("macros"), { timeout: 20_000 }).toBe("CREATE_COMPLETE");
    const template = {
      Transform: "Slow",
      Resources: { A: { Type: "AWS::S3::Bucket", Properties: { BucketName: "made" } } },
    };
    await stacks.createStack({
      StackName: "demo",
      TemplateBody: JSON.stringify(template),
      Capabilities: ["CAPABILITY_AUTO_EXPAND"],
    });
    const callsOf = async () => {
      const { events = [] } = await logs.filterLogEvents({
        logGroupName: "/aws/lambda/macro",
        filterPattern: "called",
      });
      return events.length;
    };
    await expect.poll(() => callsOf().catch(() => 0), { timeout: 20_000 }).toBe(1);
    expect(await statusOf("demo")).toBe("CREATE_IN_PROGRESS");
    await cloud?.kill();
    ({ stacks, logs, statusOf } = await start("real"));
    await expect.poll(() => statusOf("demo"), { timeout: 20_000 }).toBe("CREATE_COMPLETE");
    expect(await callsOf()).toBe(2);
    const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "demo" });
    expect(StackEvents.toReversed().map(({ ResourceStatusReason }) => ResourceStatusReason)).toEqual([
      "User Initiated",
      "Transformation succeeded",
      undefined,
      "Resource creation Initiated",
      undefined,
      undefined,
    ]);
  });

  it("the monitoring goes on: an alarm rolls back, and without one it ends in time", { timeout: 60_000 }, async () => {
    let clients = await start("manual");
    const AlarmName = "errors";
    await clients.alarms.putMetricAlarm({
      AlarmName,
      Namespace: "app",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    const Arn = `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${AlarmName}`;
    const RollbackTriggers = [{ Arn, Type: "AWS::CloudWatch::Alarm" }];
    const bucket = (BucketName: string) =>
      JSON.stringify({ Resources: { A: { Type: "AWS::S3::Bucket", Properties: { BucketName } } } });
    const namesOf = async () => ((await clients.s3.listBuckets({})).Buckets ?? []).map(({ Name }) => Name);
    for (const StackName of ["breached", "quiet"])
      await clients.stacks.createStack({ StackName, TemplateBody: bucket(`${StackName}-1`) });
    await clients.advance("1s");
    const quiet = { StackName: "quiet", RollbackConfiguration: { MonitoringTimeInMinutes: 10 } };
    await clients.stacks.updateStack({ ...quiet, TemplateBody: bucket("quiet-2") });
    const breached = {
      StackName: "breached",
      RollbackConfiguration: { RollbackTriggers, MonitoringTimeInMinutes: 10 },
    };
    await clients.stacks.updateStack({ ...breached, TemplateBody: bucket("breached-2") });
    await clients.advance("5m");
    expect(await clients.statusOf("breached")).toBe("UPDATE_IN_PROGRESS");
    await cloud?.kill();
    clients = await start("manual");
    expect(await namesOf()).toEqual(["breached-1", "breached-2", "quiet-1", "quiet-2"]);
    await clients.alarms.setAlarmState({ AlarmName, StateValue: "ALARM", StateReason: "told" });
    await clients.advance("4m");
    expect(await clients.statusOf("breached")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await clients.statusOf("quiet")).toBe("UPDATE_IN_PROGRESS");
    await clients.advance("1m");
    expect(await clients.statusOf("quiet")).toBe("UPDATE_COMPLETE");
    expect(await namesOf()).toEqual(["breached-1", "quiet-2"]);
  });
});
