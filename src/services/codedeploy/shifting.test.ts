/** Traffic moves on its schedule, is stopped, and moves back. */
import { describe, expect, it } from "vitest";
import { TEST_EPOCH } from "../../testing/cloud.ts";
import {
  aliasOf,
  APPLICATION,
  appspec,
  createGroup,
  deploy,
  eventsOf,
  GROUP,
  infoOf,
  refusal,
  ROLLS_BACK,
  targetOf,
  withCloud,
} from "./codedeploy-fixture.ts";

const given = withCloud();

describe("a deployment", () => {
  it("moves everything at once when its group names no configuration", async () => {
    await createGroup(given);
    const id = await deploy(given);
    expect(await aliasOf(given)).toBe("2");
    const info = await infoOf(given, id);
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(info).toMatchObject({
      status: "Succeeded",
      creator: "user",
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      rollbackInfo: {},
      computePlatform: "Lambda",
    });
    expect(info.errorInformation).toBeUndefined();
  });

  it("sends a canary's share, waits, and sends the rest", async () => {
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" });
    const id = await deploy(given);
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    expect(await infoOf(given, id)).toMatchObject({ status: "InProgress", deploymentOverview: { InProgress: 1 } });
    expect((await targetOf(given, id)).lambdaFunctionInfo).toEqual({
      functionName: "fn",
      functionAlias: "live",
      currentVersion: "1",
      targetVersion: "2",
      targetVersionWeight: 0.1,
    });
    expect(await eventsOf(given, id)).toBe("Succeeded InProgress Pending");
    await given.cloud.advance("4m59s");
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    await given.cloud.advance("1s");
    expect(await aliasOf(given)).toBe("2");
    expect(await eventsOf(given, id)).toBe("Succeeded Succeeded Succeeded");
    const { createTime, startTime, completeTime } = await infoOf(given, id);
    expect([createTime, startTime, completeTime].map((time) => (time?.getTime() ?? 0) - TEST_EPOCH)).toEqual([
      0, 0, 300_000,
    ]);
  });

  it("moves in equal steps when it is linear", async () => {
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute" });
    const id = await deploy(given);
    const seen = [await aliasOf(given)];
    for (let minute = 1; minute < 10; minute++) {
      await given.cloud.advance("1m");
      seen.push(await aliasOf(given));
    }
    const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    expect(seen).toEqual([...shares.map((share) => `1 + 2 at ${share}`), "2"]);
    expect((await infoOf(given, id)).status).toBe("Succeeded");
  });

  it("takes a last step that is smaller when the steps do not come to a hundred", async () => {
    await given.codedeploy.createDeploymentConfig({
      deploymentConfigName: "by-40",
      computePlatform: "Lambda",
      trafficRoutingConfig: {
        type: "TimeBasedLinear",
        timeBasedLinear: { linearPercentage: 40, linearInterval: 2 },
      },
    });
    await createGroup(given);
    await deploy(given, appspec(), { deploymentConfigName: "by-40" });
    const seen = [await aliasOf(given)];
    for (let step = 1; step < 3; step++) {
      await given.cloud.advance("2m");
      seen.push(await aliasOf(given));
    }
    expect(seen).toEqual(["1 + 2 at 0.4", "1 + 2 at 0.8", "2"]);
  });

  it("is the only one of its group", async () => {
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" });
    const id = await deploy(given);
    expect(await refusal(deploy(given))).toBe(
      `DeploymentLimitExceededException: The Deployment Group 'group' already has an active Deployment '${id}'`,
    );
    await given.cloud.advance("5m");
    const next = await deploy(given, appspec({}, { CurrentVersion: "2", TargetVersion: "1" }));
    expect(await infoOf(given, next)).toMatchObject({
      status: "InProgress",
      previousRevision: { revisionType: "AppSpecContent" },
    });
  });

  it("is its group's last attempt while it is at work", async () => {
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" });
    const id = await deploy(given);
    const { deploymentGroupInfo } = await given.codedeploy.getDeploymentGroup({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
    });
    expect(deploymentGroupInfo?.lastAttemptedDeployment).toMatchObject({ deploymentId: id, status: "InProgress" });
    expect(deploymentGroupInfo?.lastSuccessfulDeployment).toBeUndefined();
  });

  it("leaves what it did with its group", async () => {
    await createGroup(given);
    const id = await deploy(given);
    const { deploymentGroupInfo } = await given.codedeploy.getDeploymentGroup({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
    });
    expect(deploymentGroupInfo).toMatchObject({
      targetRevision: { revisionType: "AppSpecContent" },
      lastSuccessfulDeployment: { deploymentId: id, status: "Succeeded" },
      lastAttemptedDeployment: { deploymentId: id, status: "Succeeded" },
    });
  });
});

describe("StopDeployment", () => {
  const canary = { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" };

  it("moves the alias back by another deployment when it is asked to", async () => {
    await createGroup(given, canary);
    const id = await deploy(given);
    const answer = await given.codedeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true });
    expect(answer.status).toBe("Succeeded");
    await given.cloud.settled();
    expect(await aliasOf(given)).toBe("1");
    const stopped = await infoOf(given, id);
    const rollbackId = stopped.rollbackInfo?.rollbackDeploymentId ?? "";
    expect(stopped).toMatchObject({
      status: "Stopped",
      errorInformation: { code: "MANUAL_STOP" },
      rollbackInfo: {
        rollbackDeploymentId: rollbackId,
        rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
      },
    });
    expect(await eventsOf(given, id)).toBe("Succeeded Failed Skipped");
    expect(await infoOf(given, rollbackId)).toMatchObject({
      status: "Succeeded",
      creator: "codeDeployRollback",
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      rollbackInfo: {
        rollbackTriggeringDeploymentId: id,
        rollbackMessage: `Deployment ${rollbackId} is triggered to roll back deployment ${id}.`,
      },
    });
    expect(await eventsOf(given, rollbackId)).toBe("Succeeded Succeeded Succeeded");
    const { deployments } = await given.codedeploy.listDeployments({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
    });
    expect(deployments).toEqual([rollbackId, id]);
  });

  it("leaves the alias where it is when it is not to be rolled back", async () => {
    await createGroup(given, canary);
    const id = await deploy(given);
    await given.codedeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: false });
    await given.cloud.advance("10m");
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    expect(await infoOf(given, id)).toMatchObject({ status: "Stopped", rollbackInfo: {} });
  });

  it("does what the group says when it is not told", async () => {
    await createGroup(given, {
      ...canary,
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
    const first = await deploy(given);
    await given.codedeploy.stopDeployment({ deploymentId: first });
    await given.cloud.settled();
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    const second = await deploy(given, appspec(), { autoRollbackConfiguration: ROLLS_BACK });
    await given.codedeploy.stopDeployment({ deploymentId: second });
    await given.cloud.settled();
    expect(await aliasOf(given)).toBe("1");
  });

  it("is refused for what is over and for what is not there", async () => {
    await createGroup(given);
    const id = await deploy(given);
    expect(await refusal(given.codedeploy.stopDeployment({ deploymentId: id }))).toBe(
      `DeploymentAlreadyCompletedException: Deployment ${id} has already completed`,
    );
    expect(await refusal(given.codedeploy.stopDeployment({ deploymentId: "d-AAAAAAAAA" }))).toBe(
      "DeploymentDoesNotExistException: The deployment d-AAAAAAAAA could not be found",
    );
    expect(await refusal(given.codedeploy.stopDeployment({ deploymentId: "x" }))).toMatch(
      /^InvalidDeploymentIdException/,
    );
  });
});
