/** `kill -9` at any minute of a shift, and in the middle of its steps: the deployment and its stack end as they would have. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CodeDeploy, type DeploymentInfo } from "@aws-sdk/client-codedeploy";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startKilledCloud, type KilledCloud } from "./killed-cloud.ts";

const StackName = "app";
const MINUTES = 9;

const trusting = (Service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
});
const ref = (Ref: string) => ({ Ref });

function template(answer: string): string {
  const Resources = {
    Deployer: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com"),
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"],
      },
    },
    Runner: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") } },
    App: { Type: "AWS::CodeDeploy::Application", Properties: { ComputePlatform: "Lambda" } },
    Group: {
      Type: "AWS::CodeDeploy::DeploymentGroup",
      Properties: {
        ApplicationName: ref("App"),
        ServiceRoleArn: { "Fn::GetAtt": ["Deployer", "Arn"] },
        DeploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
        AutoRollbackConfiguration: { Enabled: true, Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"] },
      },
    },
    Fn: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "fn",
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Role: { "Fn::GetAtt": ["Runner", "Arn"] },
        Code: { ZipFile: `exports.handler = async () => "${answer}";` },
      },
    },
    [`V${answer}`]: {
      Type: "AWS::Lambda::Version",
      DeletionPolicy: "Retain",
      Properties: { FunctionName: ref("Fn") },
    },
    Live: {
      Type: "AWS::Lambda::Alias",
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: { ApplicationName: ref("App"), DeploymentGroupName: ref("Group") },
      },
      Properties: {
        FunctionName: ref("Fn"),
        Name: "live",
        FunctionVersion: { "Fn::GetAtt": [`V${answer}`, "Version"] },
      },
    },
  };
  return JSON.stringify({ Resources });
}

let cloud: KilledCloud;
beforeEach(async () => {
  cloud = await startKilledCloud();
});
afterEach(() => cloud.close());

const clients = () => ({
  stacks: new CloudFormation(cloud.settings()),
  lambda: new Lambda(cloud.settings()),
  codedeploy: new CodeDeploy(cloud.settings()),
});

const status = async () => (await clients().stacks.describeStacks({ StackName })).Stacks?.[0]?.StackStatus;

async function share(): Promise<string> {
  const { FunctionVersion, RoutingConfig } = await clients().lambda.getAlias({ FunctionName: "fn", Name: "live" });
  return `${FunctionVersion} ${JSON.stringify(RoutingConfig?.AdditionalVersionWeights ?? {})}`;
}

/** The stack is there, and an update of it has begun to shift. Answers when it did. */
async function shifting(): Promise<number> {
  const { stacks } = clients();
  const Capabilities = ["CAPABILITY_IAM" as const];
  await stacks.createStack({ StackName, TemplateBody: template("1"), Capabilities });
  await cloud.settled();
  expect(await status()).toBe("CREATE_COMPLETE");
  await stacks.updateStack({ StackName, TemplateBody: template("2"), Capabilities });
  await cloud.settled();
  expect(await share()).toBe(`1 {"2":0.1}`);
  return cloud.now();
}

async function deploymentsNewestFirst(): Promise<DeploymentInfo[]> {
  const { codedeploy } = clients();
  const { deployments = [] } = await codedeploy.listDeployments({});
  const found = deployments.map((deploymentId) => codedeploy.getDeployment({ deploymentId }));
  return (await Promise.all(found)).map(({ deploymentInfo = {} }) => deploymentInfo);
}

describe("after kill -9 during a stack's shift", () => {
  it("at each minute, each step is made at its time and the stack ends", { timeout: 120_000 }, async () => {
    const since = await shifting();
    const seen: string[] = [];
    for (let minute = 1; minute <= MINUTES; minute++) {
      await cloud.windTo(since + minute * 60_000, minute % 5);
      seen.push(await share());
    }
    const weights = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((weight) => `1 {"2":${weight}}`);
    expect(seen).toEqual([...weights, "2 {}"]);
    expect(await status()).toBe("UPDATE_COMPLETE");
    const [deployment, ...others] = await deploymentsNewestFirst();
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({
      status: "Succeeded",
      deploymentOverview: { Succeeded: 1 },
      createTime: new Date(since),
      startTime: new Date(since),
      completeTime: new Date(since + MINUTES * 60_000),
    });
    const { StackEvents = [] } = await clients().stacks.describeStackEvents({ StackName });
    const told = StackEvents.filter(({ ResourceStatusReason = "" }) => ResourceStatusReason.startsWith("CodeDeploy"));
    expect(told).toHaveLength(1);
  });

  it("when it is stopped at the same moment, the alias and the stack go back", { timeout: 60_000 }, async () => {
    await shifting();
    const [{ deploymentId } = {}] = await deploymentsNewestFirst();
    await clients().codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true });
    await cloud.killed();
    await cloud.settled();
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await share()).toBe("1 {}");
    expect((await deploymentsNewestFirst()).map((deployment) => deployment.status)).toEqual(["Succeeded", "Stopped"]);
  });

  it(
    "when its update is cancelled at the same moment, the alias and the stack go back",
    { timeout: 60_000 },
    async () => {
      await shifting();
      await clients().stacks.cancelUpdateStack({ StackName });
      await cloud.killed();
      await cloud.settled();
      expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
      expect(await share()).toBe("1 {}");
      expect((await deploymentsNewestFirst()).map((deployment) => deployment.status)).toEqual(["Succeeded", "Stopped"]);
    },
  );
});
