/** Alarms that roll stacks back, while they are made and in the monitoring time after it. */
import {
  CancelUpdateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  type RollbackConfiguration,
} from "@aws-sdk/client-cloudformation";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "../stack-fixture.ts";

let given: Fixture;
let alarms: CloudWatch;
beforeEach(async () => {
  given = await startFixture();
  alarms = new CloudWatch(given.cloud.client());
  await putAlarm("errors");
});
afterEach(async () => {
  alarms.destroy();
  await given.close();
});

async function putAlarm(AlarmName: string): Promise<void> {
  await alarms.putMetricAlarm({
    AlarmName,
    Namespace: "app",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
  });
}

async function enter(AlarmName: string, StateValue: "ALARM" | "OK" | "INSUFFICIENT_DATA"): Promise<void> {
  await alarms.setAlarmState({ AlarmName, StateValue, StateReason: "told" });
  await given.cloud.settled();
}

const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`;
const errors = { Arn: arnOf("errors"), Type: "AWS::CloudWatch::Alarm" };
const watched = (minutes: number, triggers: NonNullable<RollbackConfiguration["RollbackTriggers"]> = [errors]) => ({
  RollbackConfiguration: { RollbackTriggers: triggers, MonitoringTimeInMinutes: minutes },
});
const waiting = {
  Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
  Wait: { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "600" } },
};
const BREACHED = `Rollback trigger ${errors.Arn} is in ALARM state. Rollback requested by user.`;

test("a creation is over when its monitoring time has gone by without an alarm", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } }, watched(10));
  expect(await given.describe("demo")).toMatchObject({
    StackStatus: "CREATE_IN_PROGRESS",
    RollbackConfiguration: { RollbackTriggers: [errors], MonitoringTimeInMinutes: 10 },
  });
  expect(await given.bucketNames()).toEqual(["aaa"]);
  await enter("errors", "OK");
  await given.cloud.advance("9m59s");
  expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
  await given.cloud.advance("1s");
  expect(await given.status("demo")).toBe("CREATE_COMPLETE");
  await enter("errors", "ALARM");
  expect(await given.status("demo")).toBe("CREATE_COMPLETE");
});

test("an alarm in the monitoring time of a creation takes everything away again", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } }, watched(10));
  await given.cloud.advance("5m");
  await enter("errors", "ALARM");
  expect(await given.story("demo")).toEqual([
    "demo CREATE_IN_PROGRESS User Initiated",
    "A CREATE_IN_PROGRESS",
    "A CREATE_IN_PROGRESS Resource creation Initiated",
    "A CREATE_COMPLETE",
    `demo ROLLBACK_IN_PROGRESS ${BREACHED}`,
    "A DELETE_IN_PROGRESS",
    "A DELETE_COMPLETE",
    "demo ROLLBACK_COMPLETE",
  ]);
  expect(await given.bucketNames()).toEqual([]);
  await given.cloud.advance("1h");
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
});

test("an update keeps what it replaces and removes until the monitoring is over, and puts it back on a breach", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } });
  const next = { Resources: { A: bucket("aaa-2") } };
  await given.update("demo", next, watched(30));
  expect(await given.status("demo")).toBe("UPDATE_IN_PROGRESS");
  expect(await given.bucketNames()).toEqual(["aaa", "aaa-2", "bbb"]);
  await given.cloud.advance("29m");
  await enter("errors", "ALARM");
  expect(await given.story("demo")).toEqual(
    expect.arrayContaining([`demo UPDATE_ROLLBACK_IN_PROGRESS ${BREACHED}`, "demo UPDATE_ROLLBACK_COMPLETE"]),
  );
  expect(await given.bucketNames()).toEqual(["aaa", "bbb"]);
  // The stack is as it was, and so is what it is watched by.
  expect((await given.describe("demo")).RollbackConfiguration).toEqual({});

  await enter("errors", "OK");
  await given.update("demo", next, watched(30));
  await given.cloud.advance("30m");
  expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa-2"]);
});

test("with a monitoring time of 0 alarms count as long as the operation is at work", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa"), ...waiting } }, watched(0));
  expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
  await enter("errors", "ALARM");
  expect(await given.story("demo")).toEqual(
    expect.arrayContaining([
      "Wait CREATE_FAILED Resource creation cancelled",
      `demo ROLLBACK_IN_PROGRESS ${BREACHED}`,
      "demo ROLLBACK_COMPLETE",
    ]),
  );
  await enter("errors", "OK");
  await given.create("quick", { Resources: { A: bucket("aaa") } }, watched(0));
  expect(await given.status("quick")).toBe("CREATE_COMPLETE");
  expect((await given.describe("quick")).RollbackConfiguration).toEqual({ RollbackTriggers: [errors] });
});

test("an alarm that comes into ALARM by its metric rolls an update back", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } });
  await given.update("demo", { Resources: { A: bucket("aaa"), B: bucket("bbb") } }, watched(20));
  await alarms.putMetricData({ Namespace: "app", MetricData: [{ MetricName: "Errors", Value: 3 }] });
  await given.cloud.advance("3m");
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa"]);
});

test("a composite alarm is a trigger too, and one that is not watched does nothing", async () => {
  await putAlarm("others");
  await alarms.putCompositeAlarm({ AlarmName: "any", AlarmRule: 'ALARM("errors")' });
  const any = { Arn: arnOf("any"), Type: "AWS::CloudWatch::CompositeAlarm" };
  await given.create("demo", { Resources: { A: bucket("aaa") } }, watched(10, [any]));
  await enter("others", "ALARM");
  expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
  await enter("errors", "ALARM");
  expect(await given.story("demo")).toContain(
    `demo ROLLBACK_IN_PROGRESS Rollback trigger ${any.Arn} is in ALARM state. Rollback requested by user.`,
  );
});

test.each([
  ["is missing", [{ ...errors, Arn: arnOf("nobody") }], `Rollback trigger ${arnOf("nobody")} does not exist`],
  [
    "is of another type",
    [{ ...errors, Type: "AWS::CloudWatch::CompositeAlarm" }],
    `Rollback trigger ${errors.Arn} does not exist`,
  ],
  [
    "is in another account",
    [{ ...errors, Arn: errors.Arn.replace("000000000000", "111111111111") }],
    `Rollback trigger ${errors.Arn.replace("000000000000", "111111111111")} does not exist`,
  ],
])("an operation fails before it makes anything when its trigger %s", async (_, triggers, reason) => {
  await given.create("demo", { Resources: { A: bucket("aaa") } }, watched(10, triggers));
  expect(await given.story("demo")).toEqual([
    "demo CREATE_IN_PROGRESS User Initiated",
    `demo ROLLBACK_IN_PROGRESS ${reason}. Rollback requested by user.`,
    "demo ROLLBACK_COMPLETE",
  ]);
});

test("an alarm that is in ALARM already, and one that is deleted while it is needed, roll back", async () => {
  await enter("errors", "ALARM");
  await given.create("early", { Resources: { A: bucket("aaa") } }, watched(10));
  expect(await given.story("early")).toEqual([
    "early CREATE_IN_PROGRESS User Initiated",
    `early ROLLBACK_IN_PROGRESS ${BREACHED}`,
    "early ROLLBACK_COMPLETE",
  ]);
  await enter("errors", "OK");
  await given.create("late", { Resources: { A: bucket("aaa") } }, watched(10));
  await alarms.deleteAlarms({ AlarmNames: ["errors"] });
  await given.cloud.settled();
  expect(await given.story("late")).toContain(
    `late ROLLBACK_IN_PROGRESS Rollback trigger ${errors.Arn} does not exist. Rollback requested by user.`,
  );
});

test("an update keeps the triggers when it says nothing of them, and an empty list takes them away", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } }, watched(10));
  await given.cloud.advance("10m");
  const first = { RollbackTriggers: [errors], MonitoringTimeInMinutes: 10 };
  await given.update("demo", { Resources: { A: bucket("aaa-2") } });
  expect(await given.describe("demo")).toMatchObject({
    StackStatus: "UPDATE_IN_PROGRESS",
    RollbackConfiguration: first,
  });
  await given.cloud.advance("10m");
  // Only the configuration changes: that is an update as well, and again it is none.
  const none = { RollbackConfiguration: { RollbackTriggers: [], MonitoringTimeInMinutes: 0 } };
  await given.update("demo", { Resources: { A: bucket("aaa-2") } }, none);
  expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  expect((await given.describe("demo")).RollbackConfiguration).toEqual({});
  await expect(given.update("demo", { Resources: { A: bucket("aaa-2") } }, none)).rejects.toThrow(
    "No updates are to be performed.",
  );
});

test("a monitoring time without triggers is time to look by hand: a cancel goes back, a deletion goes through", async () => {
  const still = { RollbackConfiguration: { MonitoringTimeInMinutes: 60 } };
  await given.create("demo", { Resources: { A: bucket("aaa") } });
  await given.update("demo", { Resources: { B: bucket("bbb") } }, still);
  await given.cloud.advance("59m");
  expect(await given.bucketNames()).toEqual(["aaa", "bbb"]);
  await given.client.send(new CancelUpdateStackCommand({ StackName: "demo" }));
  await given.cloud.settled();
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["aaa"]);
  await given.cloud.advance("2h");
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");

  const id = await given.create("other", { Resources: { C: bucket("ccc") } }, still);
  await given.client.send(new DeleteStackCommand({ StackName: "other" }));
  await given.cloud.settled();
  expect(await given.status(id)).toBe("DELETE_COMPLETE");
  await given.cloud.advance("2h");
  expect(await given.status(id)).toBe("DELETE_COMPLETE");
});

test("a failure of a resource does not wait for the monitoring", async () => {
  await given.create("demo", { Resources: { A: bucket("NOT A NAME") } }, watched(60));
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
});

test("with DisableRollback a breach leaves the stack as it stands", async () => {
  await given.create("demo", { Resources: { A: bucket("aaa") } }, { ...watched(10), DisableRollback: true });
  await enter("errors", "ALARM");
  expect(await given.status("demo")).toBe("CREATE_FAILED");
  expect(await given.bucketNames()).toEqual(["aaa"]);
});

test("a change set shows the triggers, and its execution is watched by them", async () => {
  const set = await given.propose(
    "demo",
    { Resources: { A: bucket("aaa") } },
    { ...watched(10), ChangeSetType: "CREATE" },
  );
  expect(set.RollbackConfiguration).toEqual(watched(10).RollbackConfiguration);
  await given.execute("demo");
  expect(await given.status("demo")).toBe("CREATE_IN_PROGRESS");
  await enter("errors", "ALARM");
  expect(await given.status("demo")).toBe("ROLLBACK_COMPLETE");
  expect(
    (await given.propose("sam", samTemplate, { ...watched(5), ChangeSetType: "CREATE" })).RollbackConfiguration,
  ).toEqual(watched(5).RollbackConfiguration);
});

const samTemplate = { Transform: "AWS::LanguageExtensions", Resources: { A: bucket("aaa") } };

test("a breach in a parent's monitoring takes its nested stacks back with it", async () => {
  await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
  const put = async (name: string) => {
    const Body = JSON.stringify({ Resources: { A: bucket(name) } });
    await given.s3.send(new PutObjectCommand({ Bucket: "templates", Key: `${name}.json`, Body }));
    const TemplateURL = `https://templates.s3.amazonaws.com/${name}.json`;
    return { Resources: { Child: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL } } } };
  };
  await given.create("demo", await put("one"));
  const { StackResources = [] } = await given.client.send(new DescribeStackResourcesCommand({ StackName: "demo" }));
  const child = StackResources[0]?.PhysicalResourceId ?? "";
  await given.update("demo", await put("two"), watched(10));
  expect(await given.bucketNames()).toEqual(["one", "templates", "two"]);
  await enter("errors", "ALARM");
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.status(child)).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["one", "templates"]);
});

test.each<[string, RollbackConfiguration, RegExp]>([
  [
    "six triggers",
    { RollbackTriggers: Array.from({ length: 6 }, () => errors) },
    /rollbackTriggers' failed to satisfy constraint: Member must have length less than or equal to 5/,
  ],
  [
    "more than three hours",
    { MonitoringTimeInMinutes: 181 },
    /Value '?181'? at 'rollbackConfiguration.monitoringTimeInMinutes' failed to satisfy constraint: Member must have value less than or equal to 180/,
  ],
  [
    "another resource type",
    { RollbackTriggers: [{ ...errors, Type: "AWS::SNS::Topic" }] },
    /Invalid rollback trigger type AWS::SNS::Topic/,
  ],
  ["what is no alarm", { RollbackTriggers: [{ ...errors, Arn: "errors" }] }, /Invalid rollback trigger ARN errors/],
])("%s is refused", async (_, RollbackConfiguration, message) => {
  const template = { Resources: { A: bucket("aaa") } };
  await expect(given.create("demo", template, { RollbackConfiguration })).rejects.toThrow(message);
  await expect(
    given.propose("demo", { ...samTemplate }, { RollbackConfiguration, ChangeSetType: "CREATE" }),
  ).rejects.toThrow(message);
});
