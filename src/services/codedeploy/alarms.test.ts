/** Alarms stop deployments: before they begin, between their steps, and while they wait. */
import { beforeEach, describe, expect, it } from "vitest";
import {
  aliasOf,
  APPLICATION,
  appspec,
  createFunction,
  createGroup,
  deploy,
  eventsOf,
  GROUP,
  infoOf,
  refusal,
  withCloud,
} from "./codedeploy-fixture.ts";

const given = withCloud();
const CANARY = { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" };
const watching = (...names: string[]) => ({ enabled: true, alarms: names.map((name) => ({ name })) });

beforeEach(async () => {
  for (const AlarmName of ["errors", "slow"]) {
    await given.cloudwatch.putMetricAlarm({
      AlarmName,
      Namespace: "app",
      MetricName: AlarmName,
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
  }
});

async function set(AlarmName: string, StateValue: "ALARM" | "OK"): Promise<void> {
  await given.cloudwatch.setAlarmState({ AlarmName, StateValue, StateReason: "tried" });
  await given.cloud.settled();
}

describe("an alarm", () => {
  it("that goes off during a shift stops it, and the alias goes back", async () => {
    await createGroup(given, { ...CANARY, alarmConfiguration: watching("slow", "errors") });
    const id = await deploy(given);
    await given.cloud.advance("2m");
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    await set("errors", "ALARM");
    expect(await aliasOf(given)).toBe("1");
    const { rollbackInfo, ...info } = await infoOf(given, id);
    const rollbackId = rollbackInfo?.rollbackDeploymentId ?? "";
    expect([info.status, info.deploymentOverview, info.errorInformation, rollbackInfo]).toEqual([
      "Stopped",
      { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 1, Skipped: 0, Ready: 0 },
      { code: "ALARM_ACTIVE", message: "the deployment is cancelled due to an abort request" },
      {
        rollbackDeploymentId: rollbackId,
        rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
      },
    ]);
    expect(await eventsOf(given, id)).toBe("Succeeded Failed Skipped");
    expect(await infoOf(given, rollbackId)).toMatchObject({ status: "Succeeded" });
    await given.cloud.advance("1h");
    expect(await aliasOf(given)).toBe("1");
  });

  it("that is on already stops it before any traffic moves", async () => {
    await createGroup(given, { ...CANARY, alarmConfiguration: watching("errors") });
    await set("errors", "ALARM");
    const id = await deploy(given);
    expect(await infoOf(given, id)).toMatchObject({ status: "Stopped", errorInformation: { code: "ALARM_ACTIVE" } });
    expect(await eventsOf(given, id)).toBe("Skipped Skipped Skipped");
    expect(await aliasOf(given)).toBe("1");
  });

  it("that goes off while a hook is waited for stops it", async () => {
    await createFunction(given, "CodeDeployHook_before", `return "well";`);
    await createGroup(given, { ...CANARY, alarmConfiguration: watching("errors") });
    const id = await deploy(given, appspec({ BeforeAllowTraffic: "CodeDeployHook_before" }));
    await set("errors", "ALARM");
    expect((await infoOf(given, id)).status).toBe("Stopped");
    expect(await eventsOf(given, id)).toBe("Failed Skipped Skipped");
  });

  it("stops nothing that does not watch it, that has it switched off, or overrides it", async () => {
    await createGroup(given, { ...CANARY, alarmConfiguration: { ...watching("errors"), enabled: false } });
    const off = await deploy(given);
    await set("errors", "ALARM");
    await set("slow", "ALARM");
    await given.cloud.advance("5m");
    expect((await infoOf(given, off)).status).toBe("Succeeded");
    await given.codedeploy.updateDeploymentGroup({
      applicationName: APPLICATION,
      currentDeploymentGroupName: GROUP,
      alarmConfiguration: watching("errors"),
    });
    const back = appspec({}, { CurrentVersion: "2", TargetVersion: "1" });
    const overridden = await deploy(given, back, { overrideAlarmConfiguration: { enabled: false } });
    await given.cloud.advance("5m");
    expect(await infoOf(given, overridden)).toMatchObject({
      status: "Succeeded",
      overrideAlarmConfiguration: { enabled: false, alarms: [] },
    });
  });

  it("leaves the traffic where it is when the group does not roll back on alarms", async () => {
    const autoRollbackConfiguration = { enabled: true, events: ["DEPLOYMENT_FAILURE" as const] };
    await createGroup(given, { ...CANARY, autoRollbackConfiguration, alarmConfiguration: watching("errors") });
    const id = await deploy(given);
    await set("errors", "ALARM");
    expect(await infoOf(given, id)).toMatchObject({ status: "Stopped", rollbackInfo: {} });
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
  });
});

describe("when nobody can tell how an alarm stands", () => {
  it("because the role may not ask, the deployment fails", async () => {
    await createGroup(given, { ...CANARY, alarmConfiguration: watching("errors") });
    const deny = [{ Effect: "Deny", Action: "cloudwatch:DescribeAlarms", Resource: "*" }];
    await given.iam.putRolePolicy({
      RoleName: "deployer",
      PolicyName: "blind",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: deny }),
    });
    const id = await deploy(given);
    const { status, errorInformation } = await infoOf(given, id);
    expect([status, errorInformation?.code]).toEqual(["Failed", "IAM_ROLE_PERMISSIONS"]);
    expect(errorInformation?.message).toContain("AmazonCloudWatch");
    expect(await aliasOf(given)).toBe("1");
  });

  it("because it is not there, the deployment fails unless that is to be ignored", async () => {
    await createGroup(given, { ...CANARY, alarmConfiguration: watching("nowhere") });
    const id = await deploy(given);
    expect(await infoOf(given, id)).toMatchObject({ status: "Failed" });
    expect(await aliasOf(given)).toBe("1");
    const ignoring = { ...watching("nowhere"), ignorePollAlarmFailure: true };
    const next = await deploy(given, appspec(), { overrideAlarmConfiguration: ignoring });
    await given.cloud.advance("5m");
    expect((await infoOf(given, next)).status).toBe("Succeeded");
  });
});

describe("an alarm configuration", () => {
  it.each([
    ["is enabled without alarms", { enabled: true, alarms: [] }, "InvalidAlarmConfigException"],
    ["names an alarm twice", watching("errors", "errors"), "InvalidAlarmConfigException"],
    ["has an alarm without a name", { enabled: true, alarms: [{}] }, "InvalidAlarmConfigException"],
    ["has eleven", watching(...Array.from({ length: 11 }, (_, index) => `a${index}`)), "AlarmsLimitExceededException"],
  ])("that %s is refused", async (_, alarmConfiguration, code) => {
    expect(await refusal(createGroup(given, { alarmConfiguration }))).toContain(`${code}: `);
  });
});
