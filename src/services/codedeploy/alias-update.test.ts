/** Stacks whose aliases are moved by deployments: UpdatePolicy CodeDeployLambdaAliasUpdate. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aliasOf, infoOf, REPORTS, withCloud } from "./codedeploy-fixture.ts";

const given = withCloud();
let stacks: CloudFormation;
beforeEach(() => {
  stacks = new CloudFormation(given.cloud.client());
});
afterEach(() => stacks.destroy());

interface Story {
  readonly config?: string;
  readonly hooks?: Readonly<Record<string, string>>;
  readonly alarms?: readonly string[];
  readonly besides?: object;
  readonly description?: string;
}

const trusting = (Service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
});
const ref = (Ref: string) => ({ Ref });

/** A function that answers `answer`, a version of that name, and an alias on it. */
function templateOf(
  answer: string,
  { config = "LambdaCanary10Percent5Minutes", hooks = {}, alarms, besides = {}, description }: Story,
): string {
  const AutoRollbackConfiguration = {
    Enabled: true,
    Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  };
  const Resources = {
    Deployer: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com"),
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"],
      },
    },
    App: { Type: "AWS::CodeDeploy::Application", Properties: { ComputePlatform: "Lambda" } },
    Group: {
      Type: "AWS::CodeDeploy::DeploymentGroup",
      Properties: {
        ApplicationName: ref("App"),
        ServiceRoleArn: { "Fn::GetAtt": ["Deployer", "Arn"] },
        DeploymentConfigName: `CodeDeployDefault.${config}`,
        DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
        AutoRollbackConfiguration,
        ...(alarms === undefined
          ? {}
          : { AlarmConfiguration: { Enabled: true, Alarms: alarms.map((Name) => ({ Name })) } }),
      },
    },
    Fn: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "served",
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/runner",
        Code: { ZipFile: `exports.handler = async () => "${answer}";` },
      },
    },
    [`Version${answer}`]: {
      Type: "AWS::Lambda::Version",
      DeletionPolicy: "Retain",
      Properties: { FunctionName: ref("Fn") },
    },
    Live: {
      Type: "AWS::Lambda::Alias",
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: { ApplicationName: ref("App"), DeploymentGroupName: ref("Group"), ...hooks },
      },
      Properties: {
        FunctionName: ref("Fn"),
        Name: "live",
        FunctionVersion: { "Fn::GetAtt": [`Version${answer}`, "Version"] },
        ...(description === undefined ? {} : { Description: description }),
      },
    },
    ...besides,
  };
  return JSON.stringify({ Resources });
}

async function update(answer: string, story: Story = {}): Promise<void> {
  const input = {
    StackName: "app",
    TemplateBody: templateOf(answer, story),
    Capabilities: ["CAPABILITY_IAM" as const],
  };
  await (answer === "1" ? stacks.createStack(input) : stacks.updateStack(input));
  await given.cloud.settled();
}

async function status(): Promise<string | undefined> {
  return (await stacks.describeStacks({ StackName: "app" })).Stacks?.[0]?.StackStatus;
}

/** What the last operation told of the alias and of the stack, in order; ids and tokens made the same. */
async function told(): Promise<string[]> {
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
  const begin = StackEvents.findIndex(({ ResourceStatusReason }) => ResourceStatusReason === "User Initiated");
  return StackEvents.slice(0, begin)
    .toReversed()
    .filter(({ LogicalResourceId }) => LogicalResourceId === "Live" || LogicalResourceId === "app")
    .map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [LogicalResourceId, ResourceStatus, ResourceStatusReason]
        .filter((part) => part !== undefined)
        .join(" ")
        .replaceAll(/d-[A-Z0-9]{9}/g, "d-ID")
        .replace(/RequestToken: [0-9a-f-]+/, "RequestToken: TOKEN"),
    );
}

async function live(): Promise<string> {
  const { FunctionVersion, RoutingConfig } = await given.lambda.getAlias({ FunctionName: "served", Name: "live" });
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  return [FunctionVersion, ...weights.map(([version, weight]) => `${version} at ${weight}`)].join(" + ");
}

async function deploymentIds(): Promise<string[]> {
  const { deployments = [] } = await given.codedeploy.listDeployments({});
  return deployments;
}

describe("an alias's update", () => {
  it("is a deployment that the stack waits for", async () => {
    await update("1");
    expect(await status()).toBe("CREATE_COMPLETE");
    expect(await deploymentIds()).toEqual([]);
    await update("2");
    expect(await status()).toBe("UPDATE_IN_PROGRESS");
    expect(await live()).toBe("1 + 2 at 0.1");
    await given.cloud.advance("4m59s");
    expect(await status()).toBe("UPDATE_IN_PROGRESS");
    await given.cloud.advance("1s");
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await live()).toBe("2");
    expect(await told()).toEqual([
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_IN_PROGRESS CodeDeploy deployment started: d-ID",
      "Live UPDATE_COMPLETE",
      "app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "app UPDATE_COMPLETE",
    ]);
    const [id = ""] = await deploymentIds();
    const { revision } = await infoOf(given, id);
    expect(JSON.parse(revision?.appSpecContent?.content ?? "")).toEqual({
      version: "0.0",
      Resources: [
        {
          served: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: "served", Alias: "live", CurrentVersion: "1", TargetVersion: "2" },
          },
        },
      ],
      Hooks: [],
    });
    // The fixture's own alias was not touched.
    expect(await aliasOf(given)).toBe("1");
  });

  it("that changes something else too does both", async () => {
    await update("1", { config: "LambdaAllAtOnce" });
    await update("2", { config: "LambdaAllAtOnce", description: "the second" });
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await given.lambda.getAlias({ FunctionName: "served", Name: "live" })).toMatchObject({
      FunctionVersion: "2",
      Description: "the second",
    });
  });

  it("that fails takes the whole stack back, without another canary", async () => {
    await given.cloudwatch.putMetricAlarm({
      AlarmName: "errors",
      Namespace: "app",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    await update("1", { alarms: ["errors"] });
    await update("2", { alarms: ["errors"] });
    await given.cloud.advance("1m");
    await given.cloudwatch.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "tried" });
    await given.cloud.settled();
    expect(await live()).toBe("1");
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await told()).toEqual([
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_IN_PROGRESS CodeDeploy deployment started: d-ID",
      "Live UPDATE_IN_PROGRESS CodeDeploy rollback deployment started: d-ID",
      'Live UPDATE_FAILED Resource handler returned message: "d-ID failed. the deployment is cancelled due to an abort request" (RequestToken: TOKEN, HandlerErrorCode: InternalFailure)',
      "app UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Live]. ",
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_COMPLETE",
      "app UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "app UPDATE_ROLLBACK_COMPLETE",
    ]);
    expect(await deploymentIds()).toHaveLength(2);
  });

  it("whose hook fails goes back as well", async () => {
    const Statement = [{ Effect: "Allow", Action: "codedeploy:PutLifecycleEventHookExecutionStatus", Resource: "*" }];
    await given.iam.putRolePolicy({
      RoleName: "runner",
      PolicyName: "report",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    const Hook = {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "CodeDeployHook_after",
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Timeout: 10,
        Role: "arn:aws:iam::000000000000:role/runner",
        Code: { ZipFile: `exports.handler = async (event) => { ${REPORTS("Failed")} };` },
      },
    };
    const story = {
      config: "LambdaAllAtOnce",
      besides: { Hook },
      hooks: { AfterAllowTrafficHook: "CodeDeployHook_after" },
    };
    await update("1", story);
    await update("2", story);
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    expect((await told()).find((line) => line.startsWith("Live UPDATE_FAILED"))).toContain(
      "d-ID failed. The deployment failed because one or more of the lifecycle event validation functions failed.",
    );
  });

  it("is stopped and taken back when the stack's update is cancelled", async () => {
    await update("1");
    await update("2");
    expect(await live()).toBe("1 + 2 at 0.1");
    await stacks.cancelUpdateStack({ StackName: "app" });
    await given.cloud.settled();
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    const [rollback = "", first = ""] = await deploymentIds();
    expect(await infoOf(given, first)).toMatchObject({ status: "Stopped" });
    expect(await infoOf(given, rollback)).toMatchObject({ status: "Succeeded", creator: "codeDeployRollback" });
    expect(await told()).toContain("Live UPDATE_FAILED Resource update cancelled");
    await given.cloud.advance("1h");
    expect(await live()).toBe("1");
  });

  it("is stopped when another resource of the same update fails", async () => {
    await update("1");
    const Later = { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: "that-is-not-there" } };
    await update("2", { besides: { Later } });
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    await given.cloud.advance("1h");
    expect(await live()).toBe("1");
  });
});
