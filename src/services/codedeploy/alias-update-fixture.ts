/** For the tests of stacks whose aliases are moved by deployments: a function `served` in versions, its alias `live`, and the group that moves it. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach } from "vitest";
import type { Fixture } from "./codedeploy-fixture.ts";

/** What a template has, and more than that. */
export interface Story {
  readonly config?: string;
  readonly hooks?: Readonly<Record<string, string>>;
  readonly alarms?: readonly string[];
  /** Resources that are added, or stand instead of those of the same name. */
  readonly besides?: object;
  readonly description?: string;
}

const trusting = (Service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
});
export const ref = (Ref: string) => ({ Ref });

export function groupResource({ config = "LambdaCanary10Percent5Minutes", alarms }: Story = {}) {
  return {
    Type: "AWS::CodeDeploy::DeploymentGroup",
    Properties: {
      ApplicationName: ref("App"),
      ServiceRoleArn: { "Fn::GetAtt": ["Deployer", "Arn"] },
      DeploymentConfigName: `CodeDeployDefault.${config}`,
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
      ...(alarms === undefined
        ? {}
        : { AlarmConfiguration: { Enabled: true, Alarms: alarms.map((Name) => ({ Name })) } }),
    },
  };
}

/** An alias on the version that answers `answer`, which the group of the logical id `group` moves. */
export function aliasResource(answer: string, Name = "live", group = "Group", { hooks = {}, description }: Story = {}) {
  return {
    Type: "AWS::Lambda::Alias",
    UpdatePolicy: {
      CodeDeployLambdaAliasUpdate: { ApplicationName: ref("App"), DeploymentGroupName: ref(group), ...hooks },
    },
    Properties: {
      FunctionName: ref("Fn"),
      Name,
      FunctionVersion: { "Fn::GetAtt": [`Version${answer}`, "Version"] },
      ...(description === undefined ? {} : { Description: description }),
    },
  };
}

/** A function that answers `answer`, a version of that name, and an alias on it. */
function templateOf(answer: string, story: Story): string {
  const Resources = {
    Deployer: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com"),
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"],
      },
    },
    App: { Type: "AWS::CodeDeploy::Application", Properties: { ComputePlatform: "Lambda" } },
    Group: groupResource(story),
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
    Live: aliasResource(answer, "live", "Group", story),
    ...story.besides,
  };
  return JSON.stringify({ Resources });
}

export interface StackFixture {
  readonly stacks: () => CloudFormation;
  /** Creates the stack `app` for answer 1, updates it for others; what is due now has settled when this resolves. */
  update(answer: string, story?: Story): Promise<void>;
  status(): Promise<string | undefined>;
  /** What the last operation told of these and of the stack, in order; ids and tokens made the same. */
  told(...logicalIds: string[]): Promise<string[]>;
  /** `1`, or `1 + 2 at 0.1`. */
  live(Name?: string): Promise<string>;
  /** The newest first. */
  deploymentIds(): Promise<string[]>;
}

export function withStack(given: Fixture): StackFixture {
  let stacks: CloudFormation;
  beforeEach(() => {
    stacks = new CloudFormation(given.cloud.client());
  });
  afterEach(() => stacks.destroy());
  return {
    stacks: () => stacks,
    async update(answer, story = {}) {
      const input = {
        StackName: "app",
        TemplateBody: templateOf(answer, story),
        Capabilities: ["CAPABILITY_IAM" as const],
      };
      const isThere = (await stacks.listStacks({})).StackSummaries?.length !== 0;
      await (isThere ? stacks.updateStack(input) : stacks.createStack(input));
      await given.cloud.settled();
    },
    async status() {
      return (await stacks.describeStacks({ StackName: "app" })).Stacks?.[0]?.StackStatus;
    },
    async told(...logicalIds) {
      const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
      // A cancellation is initiated by a user, too.
      const begin = StackEvents.findIndex(
        ({ ResourceStatus = "", ResourceStatusReason }) =>
          ResourceStatusReason === "User Initiated" && !ResourceStatus.includes("ROLLBACK"),
      );
      return StackEvents.slice(0, begin)
        .toReversed()
        .filter(({ LogicalResourceId = "" }) => [...logicalIds, "Live", "app"].includes(LogicalResourceId))
        .map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          [LogicalResourceId, ResourceStatus, ResourceStatusReason]
            .filter((part) => part !== undefined)
            .join(" ")
            .replaceAll(/d-[A-Z0-9]{9}/g, "d-ID")
            .replace(/Request ID: [0-9a-f-]+/, "Request ID: ID")
            .replace(/RequestToken: [0-9a-f-]+/, "RequestToken: TOKEN"),
        );
    },
    async live(Name = "live") {
      const { FunctionVersion, RoutingConfig } = await given.lambda.getAlias({ FunctionName: "served", Name });
      const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
      return [FunctionVersion, ...weights.map(([version, weight]) => `${version} at ${weight}`)].join(" + ");
    },
    async deploymentIds() {
      const { deployments = [] } = await given.codedeploy.listDeployments({});
      return deployments;
    },
  };
}
