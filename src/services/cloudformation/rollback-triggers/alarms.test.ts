/** Alarms that take a stack's operation back. */
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startFixture, type Fixture } from "../stack-fixture.ts";

const ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors";
const watching = (MonitoringTimeInMinutes: number, Arn = ARN) => ({
  RollbackConfiguration: { RollbackTriggers: [{ Arn, Type: "AWS::CloudWatch::Alarm" }], MonitoringTimeInMinutes },
});
const group = (days: number) => ({
  Resources: { Group: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: days } } },
});

let fixture: Fixture;
let cloudwatch: CloudWatch;
beforeEach(async () => {
  fixture = await startFixture();
  cloudwatch = new CloudWatch(fixture.cloud.client());
  await cloudwatch.putMetricAlarm({
    AlarmName: "errors",
    Namespace: "App",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: "notBreaching",
  });
});
afterEach(async () => {
  cloudwatch.destroy();
  await fixture.close();
});

const fail = () => cloudwatch.putMetricData({ Namespace: "App", MetricData: [{ MetricName: "Errors", Value: 1 }] });

describe("rollback triggers", () => {
  it("let a stack be done when the monitoring time has passed without an alarm, and are shown and kept", async () => {
    await fixture.create("app", group(1), watching(10));
    expect(await fixture.status("app")).toBe("CREATE_IN_PROGRESS");
    await fixture.cloud.advance("599s");
    expect(await fixture.status("app")).toBe("CREATE_IN_PROGRESS");
    await fixture.cloud.advance("1s");
    expect(await fixture.describe("app")).toMatchObject({ StackStatus: "CREATE_COMPLETE", ...watching(10) });
    await fixture.update("app", group(3));
    expect(await fixture.status("app")).toBe("UPDATE_IN_PROGRESS");
    await fixture.cloud.advance("10m");
    expect(await fixture.status("app")).toBe("UPDATE_COMPLETE");
    await fixture.update("app", group(5), {
      RollbackConfiguration: { RollbackTriggers: [], MonitoringTimeInMinutes: 0 },
    });
    expect(await fixture.status("app")).toBe("UPDATE_COMPLETE");
  });

  it("take an update back at the moment of the alarm", async () => {
    await fixture.create("app", group(1));
    await fixture.update("app", group(3), watching(10));
    await fixture.cloud.advance("5m");
    await fail();
    await fixture.cloud.advance("61s");
    expect(await fixture.status("app")).toBe("UPDATE_IN_PROGRESS");
    await fixture.cloud.advance("1s");
    expect(await fixture.status("app")).toBe("UPDATE_ROLLBACK_COMPLETE");
    const story = await fixture.story("app");
    expect(story.find((line) => line.includes("UPDATE_ROLLBACK_IN_PROGRESS"))).toContain(
      `Rollback trigger ${ARN} is in ALARM state.`,
    );
    // What waited for the end of the monitoring time has nothing to say of later operations.
    await fixture.cloud.advance("4m");
    await fixture.update("app", group(5), {
      RollbackConfiguration: { RollbackTriggers: [], MonitoringTimeInMinutes: 0 },
    });
    expect(await fixture.status("app")).toBe("UPDATE_COMPLETE");
  });

  it("take a creation back, also in the time in which it makes its resources", async () => {
    const waiting = {
      Resources: {
        Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
        Wait: {
          Type: "AWS::CloudFormation::WaitCondition",
          Properties: { Handle: { Ref: "Handle" }, Timeout: "3600" },
        },
      },
    };
    await fixture.create("app", waiting, watching(0));
    await fail();
    await fixture.cloud.advance("62s");
    expect(await fixture.status("app")).toBe("ROLLBACK_COMPLETE");
  });

  it("fail an operation at once where they are not there, or in ALARM already", async () => {
    await fixture.create("absent", group(1), watching(5, `${ARN}-absent`));
    expect(await fixture.status("absent")).toBe("ROLLBACK_COMPLETE");
    expect((await fixture.story("absent")).join("\n")).toContain(`Rollback trigger ${ARN}-absent does not exist.`);
    await cloudwatch.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "set" });
    await fixture.propose("set", group(1), { ChangeSetType: "CREATE", ...watching(5) });
    await fixture.execute("set");
    expect(await fixture.status("set")).toBe("ROLLBACK_COMPLETE");
  });

  it.each([
    [{ MonitoringTimeInMinutes: 181 }, "180"],
    [{ RollbackTriggers: [{ Arn: ARN, Type: "AWS::SNS::Topic" }] }, "Invalid rollback trigger type AWS::SNS::Topic"],
    [{ RollbackTriggers: [{ Arn: "errors", Type: "AWS::CloudWatch::Alarm" }] }, "errors"],
  ])("are refused as %j", async (RollbackConfiguration, message) => {
    await expect(fixture.create("app", group(1), { RollbackConfiguration })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});
