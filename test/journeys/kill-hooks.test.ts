/** `kill -9` while hooks are waited for, in the middle of a shift's steps and of a rollback: the deployment ends as it would have, with the same times. */
import { CodeDeploy, type LifecycleEvent } from "@aws-sdk/client-codedeploy";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SSM } from "@aws-sdk/client-ssm";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startKilledCloud, type KilledCloud } from "./killed-cloud.ts";

const MINUTE = 60_000;
const named = { applicationName: "app", deploymentGroupName: "group" };
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

/** A hook that notes what it was asked, for the test to answer. */
const HOOK = `exports.handler = async (event) => {
  const { SSM } = require("@aws-sdk/client-ssm");
  await new SSM({}).putParameter({ Name: event.DeploymentId, Value: JSON.stringify(event), Type: "String", Overwrite: true });
};`;

let cloud: KilledCloud;
beforeEach(async () => {
  cloud = await startKilledCloud();
  await prepare();
});
afterEach(() => cloud.close());

const clients = () => ({
  codedeploy: new CodeDeploy(cloud.settings()),
  lambda: new Lambda(cloud.settings()),
  iam: new IAM(cloud.settings()),
  ssm: new SSM(cloud.settings()),
});

/** The function `fn` with the versions 1 and 2 behind its alias `live`, the hook, the roles, the application and its group. */
async function prepare(): Promise<void> {
  const { codedeploy, lambda, iam } = clients();
  for (const [RoleName, Service] of [
    ["deployer", "codedeploy.amazonaws.com"],
    ["runner", "lambda.amazonaws.com"],
  ]) {
    const Statement = [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  }
  const managed = "arn:aws:iam::aws:policy/";
  await iam.attachRolePolicy({
    RoleName: "deployer",
    PolicyArn: `${managed}service-role/AWSCodeDeployRoleForLambda`,
  });
  await iam.attachRolePolicy({ RoleName: "runner", PolicyArn: `${managed}AmazonSSMFullAccess` });
  const create = (FunctionName: string, code: string) =>
    lambda.createFunction({
      FunctionName,
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Timeout: 10,
      Role: role("runner"),
      Code: { ZipFile: zipSync({ "index.js": Buffer.from(code) }) },
    });
  await create("CodeDeployHook_asks", HOOK);
  await create("fn", "exports.handler = async () => 1;");
  await lambda.publishVersion({ FunctionName: "fn" });
  await lambda.updateFunctionConfiguration({ FunctionName: "fn", Description: "the second" });
  await lambda.publishVersion({ FunctionName: "fn" });
  await lambda.createAlias({ FunctionName: "fn", Name: "live", FunctionVersion: "1" });
  await codedeploy.createApplication({ applicationName: "app", computePlatform: "Lambda" });
  await codedeploy.createDeploymentGroup({
    ...named,
    serviceRoleArn: role("deployer"),
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"] },
  });
}

interface Shift {
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
  readonly hooks?: readonly string[];
}

async function create({ config = "AllAtOnce", from = "1", to = "2", hooks = [] }: Shift): Promise<string> {
  const Properties = { Name: "fn", Alias: "live", CurrentVersion: from, TargetVersion: to };
  const content = JSON.stringify({
    version: "0.0",
    Resources: [{ fn: { Type: "AWS::Lambda::Function", Properties } }],
    Hooks: hooks.map((name) => ({ [name]: "CodeDeployHook_asks" })),
  });
  const { deploymentId = "" } = await clients().codedeploy.createDeployment({
    ...named,
    deploymentConfigName: `CodeDeployDefault.Lambda${config}`,
    revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
  });
  return deploymentId;
}

/** What the hook was asked last, answered. */
async function answer(deploymentId: string, status: "Succeeded" | "Failed"): Promise<void> {
  const { codedeploy, ssm } = clients();
  const { Parameter } = await ssm.getParameter({ Name: deploymentId });
  const { LifecycleEventHookExecutionId }: { LifecycleEventHookExecutionId: string } = JSON.parse(
    Parameter?.Value ?? "{}",
  );
  await codedeploy.putLifecycleEventHookExecutionStatus({
    deploymentId,
    lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
    status,
  });
  await cloud.settled();
}

async function share(): Promise<string> {
  const { FunctionVersion, RoutingConfig } = await clients().lambda.getAlias({ FunctionName: "fn", Name: "live" });
  return `${FunctionVersion} ${JSON.stringify(RoutingConfig?.AdditionalVersionWeights ?? {})}`;
}

/** How a deployment went, in minutes since `since`. */
async function course(deploymentId: string, since: number): Promise<string[]> {
  const { codedeploy } = clients();
  const { deploymentInfo = {} } = await codedeploy.getDeployment({ deploymentId });
  const { deploymentTarget } = await codedeploy.getDeploymentTarget({ deploymentId, targetId: "fn:live" });
  const minutes = (time: Date | undefined) => (time === undefined ? "-" : (time.getTime() - since) / MINUTE);
  const { status, createTime, startTime, completeTime } = deploymentInfo;
  const event = (one: LifecycleEvent) =>
    `${one.lifecycleEventName} ${one.status} ${minutes(one.startTime)} ${minutes(one.endTime)}`;
  return [
    `${status} ${minutes(createTime)} ${minutes(startTime)} ${minutes(completeTime)}`,
    ...(deploymentTarget?.lambdaTarget?.lifecycleEvents ?? []).map(event),
  ];
}

describe("after kill -9", () => {
  it("at each minute of the hooks' waiting and of the shift, all comes at its time", { timeout: 120_000 }, async () => {
    const since = await cloud.now();
    const id = await create({
      config: "Linear10PercentEvery1Minute",
      hooks: ["BeforeAllowTraffic", "AfterAllowTraffic"],
    });
    await cloud.settled();
    const seen: string[] = [];
    for (let minute = 1; minute <= 14; minute++) {
      await cloud.windTo(since + minute * MINUTE, (minute * 3) % 17);
      if (minute === 3 || minute === 14) await answer(id, "Succeeded");
      seen.push(await share());
    }
    const weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((weight) => `1 {"2":${weight}}`);
    expect(seen).toEqual(["1 {}", "1 {}", ...weights, "2 {}", "2 {}", "2 {}"]);
    expect(await course(id, since)).toEqual([
      "Succeeded 0 0 14",
      "BeforeAllowTraffic Succeeded 0 3",
      "AllowTraffic Succeeded 3 12",
      "AfterAllowTraffic Succeeded 12 14",
    ]);
  });

  it(
    "while a deployment does all that it does at once, it goes on in the same moment",
    { timeout: 60_000 },
    async () => {
      const moments = [0, 3, 6, 10, 15, 25, 40, 80];
      for (const [index, moment] of moments.entries()) {
        const [from, to] = index % 2 === 0 ? ["1", "2"] : ["2", "1"];
        const since = await cloud.now();
        const id = await create({ from, to, hooks: ["BeforeAllowTraffic"] });
        await new Promise((resolve) => setTimeout(resolve, moment));
        await cloud.killed();
        await cloud.settled();
        await answer(id, "Succeeded");
        expect(await share()).toBe(`${to} {}`);
        expect(await course(id, since)).toEqual([
          "Succeeded 0 0 0",
          "BeforeAllowTraffic Succeeded 0 0",
          "AllowTraffic Succeeded 0 0",
          "AfterAllowTraffic Succeeded 0 0",
        ]);
        await cloud.windTo(since + MINUTE);
      }
    },
  );

  it("when the hook's hour is over, the alias goes back in the same moment", { timeout: 60_000 }, async () => {
    for (const moment of [0, 2, 4, 6, 8, 11, 15, 25]) {
      const since = await cloud.now();
      const id = await create({ hooks: ["AfterAllowTraffic"] });
      await cloud.settled();
      expect(await share()).toBe("2 {}");
      await cloud.windTo(since + 60 * MINUTE, moment);
      expect(await share()).toBe("1 {}");
      expect(await course(id, since)).toEqual([
        "Failed 0 0 60",
        "BeforeAllowTraffic Succeeded 0 0",
        "AllowTraffic Succeeded 0 0",
        "AfterAllowTraffic Failed 0 60",
      ]);
      const { deployments: [rollback = "", ...earlier] = [] } = await clients().codedeploy.listDeployments(named);
      expect(earlier[0]).toBe(id);
      expect(await course(rollback, since)).toEqual([
        "Succeeded 60 60 60",
        "BeforeAllowTraffic Succeeded 60 60",
        "AllowTraffic Succeeded 60 60",
        "AfterAllowTraffic Succeeded 60 60",
      ]);
    }
  });

  it(
    "while a deployment is stopped, it is stopped and taken back once, or not at all",
    { timeout: 60_000 },
    async () => {
      let deployed = 0;
      for (const moment of [0, 1, 2, 3, 5, 8]) {
        const id = await create({ config: "Canary10Percent5Minutes" });
        await cloud.settled();
        const stop = () => clients().codedeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true });
        const stopping = stop().then(
          () => true,
          () => false,
        );
        await new Promise((resolve) => setTimeout(resolve, moment));
        await cloud.killed();
        await cloud.settled();
        const { codedeploy } = clients();
        const { deploymentInfo = {} } = await codedeploy.getDeployment({ deploymentId: id });
        // What was answered has happened; what was not has happened or has not.
        if (await stopping) expect(deploymentInfo.status).toBe("Stopped");
        if (deploymentInfo.status !== "Stopped") {
          expect([deploymentInfo.status, await share()]).toEqual(["InProgress", `1 {"2":0.1}`]);
          await stop();
          await cloud.settled();
        }
        expect(await share()).toBe("1 {}");
        const { deployments = [] } = await codedeploy.listDeployments(named);
        deployed += 2;
        expect(deployments).toHaveLength(deployed);
      }
    },
  );
});
