/** Composite alarms, their suppressors, and actions that invoke functions. */
import { CloudWatch, type PutCompositeAlarmCommandInput, type StateValue } from "@aws-sdk/client-cloudwatch";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../../testing/cloud.ts";
import { functionOf, ROLE } from "../../lambda/function-fixture.ts";

const TOPIC = "arn:aws:sns:us-east-1:000000000000:t";
const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`;

let cloud: TestCloud;
let cloudwatch: CloudWatch;
beforeEach(async () => {
  cloud = await startCloud();
  cloudwatch = new CloudWatch(cloud.client());
  for (const AlarmName of ["a", "b", "maintenance"]) {
    await cloudwatch.putMetricAlarm({
      AlarmName,
      Namespace: "App",
      MetricName: AlarmName,
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "ignore",
    });
  }
});
afterEach(async () => {
  cloudwatch.destroy();
  await cloud.close();
});

const set = (AlarmName: string, StateValue: StateValue) =>
  cloudwatch.setAlarmState({ AlarmName, StateValue, StateReason: "set" });
const put = (change: Partial<PutCompositeAlarmCommandInput> = {}) =>
  cloudwatch.putCompositeAlarm({ AlarmName: "both", AlarmRule: "ALARM(a) AND ALARM(b)", ...change });
const shown = async (name = "both") =>
  (await cloudwatch.describeAlarms({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] })).CompositeAlarms?.[0];
async function actionsOf(AlarmName: string) {
  const { AlarmHistoryItems = [] } = await cloudwatch.describeAlarmHistory({ AlarmName, HistoryItemType: "Action" });
  return AlarmHistoryItems.map(({ HistorySummary = "" }) => HistorySummary.split(". ")[0]);
}

describe("a composite alarm", () => {
  it("is evaluated when it is made, and in the moment in which one of its alarms changes", async () => {
    await put();
    expect(await shown()).toMatchObject({
      StateValue: "OK",
      StateReason: `${arnOf("both")} was created and its alarm rule evaluates to OK`,
    });
    await set("a", "ALARM");
    expect(await shown()).toMatchObject({ StateValue: "OK" });
    await set("b", "ALARM");
    expect(await shown()).toMatchObject({
      StateValue: "ALARM",
      StateReason: `${arnOf("b")} transitioned to ALARM at Thursday 01 January, 2026 00:00:00 UTC`,
      StateReasonData: JSON.stringify({
        triggeringAlarms: [{ arn: arnOf("b"), state: { value: "ALARM", timestamp: "2026-01-01T00:00:00.000+0000" } }],
      }),
      StateTransitionedTimestamp: new Date(TEST_EPOCH),
    });
  });

  it.each([
    ["NOT ALARM(b)", "ALARM"],
    ['OK("b") OR INSUFFICIENT_DATA(b)', "ALARM"],
    ["ALARM(a) AND (OK(b) OR FALSE)", "OK"],
    [`ALARM(${arnOf("a")}) AND TRUE`, "ALARM"],
    ["AT_LEAST(2, ALARM, (a, b, maintenance))", "OK"],
    ["AT_LEAST(50%, NOT ALARM, (a, b, maintenance))", "ALARM"],
  ])("with a in ALARM and nothing known of the others is by the rule %s: %s", async (AlarmRule, state) => {
    await set("a", "ALARM");
    await put({ AlarmRule });
    expect((await shown())?.StateValue).toBe(state);
  });

  it("of composite alarms follows through all of them, and ends where they form a cycle", async () => {
    await put({ AlarmName: "low", AlarmRule: "ALARM(a)" });
    await put({ AlarmName: "high", AlarmRule: "ALARM(low)" });
    await put({ AlarmName: "low", AlarmRule: "ALARM(a) OR ALARM(high)" });
    await set("a", "ALARM");
    expect([(await shown("low"))?.StateValue, (await shown("high"))?.StateValue]).toEqual(["ALARM", "ALARM"]);
    const { CompositeAlarms = [] } = await cloudwatch.describeAlarms({ ParentsOfAlarmName: "a" });
    expect(CompositeAlarms.map(({ AlarmName }) => AlarmName)).toEqual(["low"]);
    const family = await cloudwatch.describeAlarms({ ChildrenOfAlarmName: "low" });
    expect(family.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["a"]);
    await expect(cloudwatch.deleteAlarms({ AlarmNames: ["high"] })).rejects.toMatchObject({
      message: "Cannot delete high as there are composite alarm(s) depending on it.",
    });
  });

  it.each([
    ["ALARM(nobody)", "Could not save the composite alarm as alarms [nobody] in the alarm rule do not exist"],
    ["ALARM(a", "AlarmRule is not valid: ) is expected, at character 8"],
    ["BROKEN(a)", "AlarmRule is not valid: BROKEN is no function, at character 1"],
    ["AT_LEAST(3, ALARM, (a, b))", "AlarmRule is not valid: 3 of 2 alarms cannot be, at character 10"],
  ])("is refused with the rule %s", async (AlarmRule, message) => {
    await expect(put({ AlarmRule })).rejects.toMatchObject({ message });
  });
});

describe("a suppressor", () => {
  const suppressed = {
    AlarmRule: "ALARM(a)",
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ActionsSuppressor: "maintenance",
    ActionsSuppressorWaitPeriod: 60,
    ActionsSuppressorExtensionPeriod: 120,
  };
  const done = `Failed to execute action ${TOPIC}`;

  it("that does not come up in the wait lets the actions happen after it", async () => {
    await put(suppressed);
    await cloud.settled();
    const before = (await actionsOf("both")).length;
    await cloud.advance("2m");
    await set("a", "ALARM");
    expect(await shown()).toMatchObject({
      StateValue: "ALARM",
      ActionsSuppressedBy: "WaitPeriod",
      ActionsSuppressedReason: "Actions suppressed by WaitPeriod",
    });
    await cloud.advance("59s");
    expect((await actionsOf("both")).filter((action) => action === done)).toHaveLength(before);
    await cloud.advance("1s");
    expect(await shown()).not.toHaveProperty("ActionsSuppressedBy");
    expect((await actionsOf("both"))[0]).toBe(done);
  });

  it("in ALARM holds the actions back until its extension is over, and they are not done for what has passed", async () => {
    await put(suppressed);
    await cloud.advance("2m");
    const before = (await actionsOf("both")).filter((action) => action === done).length;
    await set("a", "ALARM");
    await set("maintenance", "ALARM");
    await cloud.advance("10m");
    expect(await shown()).toMatchObject({ ActionsSuppressedBy: "Alarm" });
    await set("a", "OK");
    await set("maintenance", "OK");
    expect(await shown()).toMatchObject({ StateValue: "OK", ActionsSuppressedBy: "ExtensionPeriod" });
    await cloud.advance("2m");
    expect(await shown()).not.toHaveProperty("ActionsSuppressedBy");
    expect((await actionsOf("both")).filter((action) => action === done)).toHaveLength(before);
  });
});

describe("a function as an action", () => {
  it("is invoked with AWS's event where its policy allows it, and else the history says why not", async () => {
    const lambda = new Lambda(cloud.client());
    const logs = new CloudWatchLogs(cloud.client());
    const FunctionName = "alarmed";
    const iam = new IAM(cloud.client());
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    await iam.createRole(ROLE);
    await iam.attachRolePolicy({ RoleName: ROLE.RoleName, PolicyArn });
    const { FunctionArn = "" } = await lambda.createFunction(
      functionOf("console.log(JSON.stringify(event))", FunctionName),
    );
    await put({ AlarmRule: "ALARM(a)", AlarmActions: [FunctionArn] });
    await set("a", "ALARM");
    await cloud.settled();
    const { AlarmHistoryItems = [] } = await cloudwatch.describeAlarmHistory({
      AlarmName: "both",
      HistoryItemType: "Action",
    });
    const { HistorySummary, HistoryData = "" } = AlarmHistoryItems[0] ?? {};
    expect(HistorySummary).toContain(
      'Received error: "CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction',
    );
    expect(JSON.parse(HistoryData)).toMatchObject({
      actionState: "Failed",
      notificationResource: FunctionArn,
      error: expect.stringContaining("no resource-based policy allows the lambda:InvokeFunction action"),
    });

    await lambda.addPermission({
      FunctionName,
      StatementId: "AlarmAction",
      Action: "lambda:InvokeFunction",
      Principal: "lambda.alarms.cloudwatch.amazonaws.com",
      SourceArn: arnOf("both"),
    });
    await set("a", "OK");
    await set("a", "ALARM");
    await cloud.settled();
    expect((await actionsOf("both"))[0]).toBe(`Successfully executed action ${FunctionArn}`);
    const { events = [] } = await logs.filterLogEvents({
      logGroupName: `/aws/lambda/${FunctionName}`,
      filterPattern: "alarmData",
    });
    expect(events[0]?.message).toContain(
      `{"source":"aws.cloudwatch","alarmArn":"${arnOf("both")}","accountId":"000000000000","time":"2026-01-01T00:00:00.000+0000","region":"us-east-1","alarmData":{"alarmName":"both","state":{"value":"ALARM"`,
    );
    iam.destroy();
    lambda.destroy();
    logs.destroy();
  });
});
