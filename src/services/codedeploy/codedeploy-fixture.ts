/** For CodeDeploy's tests: a fresh cloud with a function in two versions behind an alias, a service role, an application and a group. */
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import {
  CodeDeploy,
  CodeDeployServiceException,
  type CreateDeploymentGroupCommandInput,
  type DeploymentInfo,
  type LambdaTarget,
} from "@aws-sdk/client-codedeploy";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda, type Runtime } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { zipOf } from "../lambda/function-fixture.ts";

export const APPLICATION = "app";
export const GROUP = "group";
export const SERVICE_ROLE_ARN = "arn:aws:iam::000000000000:role/deployer";
export const MANAGED_POLICY = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda";
const RUNNER_ARN = "arn:aws:iam::000000000000:role/runner";

/** What the group does when a deployment does not end well, as SAM writes it. */
export const ROLLS_BACK = {
  enabled: true,
  events: ["DEPLOYMENT_FAILURE" as const, "DEPLOYMENT_STOP_ON_ALARM" as const, "DEPLOYMENT_STOP_ON_REQUEST" as const],
};

const trusting = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

export interface Fixture {
  cloud: TestCloud;
  codedeploy: CodeDeploy;
  lambda: Lambda;
  iam: IAM;
  cloudwatch: CloudWatch;
}

/** Before each test of the file: the function `fn` in the versions 1 and 2, its alias `live` on 1, the role `deployer` and the application. */
export function withCloud(): Fixture {
  // Filled before each test: no test sees it empty.
  const fixture: Partial<Fixture> = {};
  beforeEach(async () => {
    const cloud = await startCloud();
    const settings = cloud.client();
    const clients = {
      codedeploy: new CodeDeploy(settings),
      lambda: new Lambda(settings),
      iam: new IAM(settings),
      cloudwatch: new CloudWatch(settings),
    };
    Object.assign(fixture, { cloud, ...clients });
    const { iam, codedeploy } = clients;
    await iam.createRole({ RoleName: "deployer", AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com") });
    await iam.attachRolePolicy({ RoleName: "deployer", PolicyArn: MANAGED_POLICY });
    await iam.createRole({ RoleName: "runner", AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") });
    await createVersions(clients.lambda);
    await codedeploy.createApplication({ applicationName: APPLICATION, computePlatform: "Lambda" });
  });
  afterEach(async () => {
    for (const client of [fixture.codedeploy, fixture.lambda, fixture.iam, fixture.cloudwatch]) client?.destroy();
    await fixture.cloud?.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return fixture as Fixture;
}

async function createVersions(lambda: Lambda): Promise<void> {
  const FunctionName = "fn";
  await createFunction({ lambda }, FunctionName, `return "1";`);
  await lambda.publishVersion({ FunctionName });
  await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
  await lambda.updateFunctionCode({ FunctionName, ZipFile: codeOf(`return "2";`) });
  await lambda.publishVersion({ FunctionName });
}

const codeOf = (body: string): Uint8Array =>
  zipOf({ "index.js": `exports.handler = async (event, context) => { ${body} };` });

export async function createFunction(
  { lambda }: Pick<Fixture, "lambda">,
  FunctionName: string,
  body: string,
): Promise<void> {
  const Runtime: Runtime = "nodejs20.x";
  const Code = { ZipFile: codeOf(body) };
  await lambda.createFunction({ FunctionName, Role: RUNNER_ARN, Runtime, Handler: "index.handler", Timeout: 10, Code });
}

/** A hook's code: it reports `status`. The runner needs the permission for that. */
export const REPORTS = (status: string): string => `
  const { CodeDeploy } = require("@aws-sdk/client-codedeploy");
  await new CodeDeploy({}).putLifecycleEventHookExecutionStatus({
    deploymentId: event.DeploymentId,
    lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
    status: ${JSON.stringify(status)},
  });`;

/** Lets the functions' role say how hooks went. */
export async function allowReports({ iam }: Fixture): Promise<void> {
  const Statement = [{ Effect: "Allow", Action: "codedeploy:PutLifecycleEventHookExecutionStatus", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putRolePolicy({ RoleName: "runner", PolicyName: "report", PolicyDocument });
}

export async function createGroup(
  { codedeploy }: Fixture,
  more: Partial<CreateDeploymentGroupCommandInput> = {},
): Promise<string> {
  const { deploymentGroupId = "" } = await codedeploy.createDeploymentGroup({
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: SERVICE_ROLE_ARN,
    autoRollbackConfiguration: ROLLS_BACK,
    ...more,
  });
  return deploymentGroupId;
}

/** An AppSpec file of a shift of `live` from 1 to 2. */
export function appspec(hooks: Readonly<Record<string, string>> = {}, properties: object = {}): string {
  return JSON.stringify({
    version: "0.0",
    Resources: [
      {
        fn: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: "fn", Alias: "live", CurrentVersion: "1", TargetVersion: "2", ...properties },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, target]) => ({ [event]: target })),
  });
}

export const revisionOf = (content: string) => ({
  revisionType: "AppSpecContent" as const,
  appSpecContent: { content },
});

/** Creates a deployment of `content`; what is due now has settled when this resolves. */
export async function deploy({ cloud, codedeploy }: Fixture, content = appspec(), more: object = {}): Promise<string> {
  const { deploymentId = "" } = await codedeploy.createDeployment({
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    revision: revisionOf(content),
    ...more,
  });
  await cloud.settled();
  return deploymentId;
}

export async function infoOf({ codedeploy }: Fixture, deploymentId: string): Promise<DeploymentInfo> {
  const { deploymentInfo = {} } = await codedeploy.getDeployment({ deploymentId });
  return deploymentInfo;
}

export async function targetOf({ codedeploy }: Fixture, deploymentId: string): Promise<LambdaTarget> {
  const { deploymentTarget } = await codedeploy.getDeploymentTarget({ deploymentId, targetId: "fn:live" });
  return deploymentTarget?.lambdaTarget ?? {};
}

/** `Succeeded Failed Skipped`, in the order of the events. */
export async function eventsOf(fixture: Fixture, deploymentId: string): Promise<string> {
  const { lifecycleEvents = [] } = await targetOf(fixture, deploymentId);
  return lifecycleEvents.map(({ status }) => status).join(" ");
}

/** `1`, or `1 + 2 at 0.1`. */
export async function aliasOf({ lambda }: Fixture): Promise<string> {
  const { FunctionVersion, RoutingConfig } = await lambda.getAlias({ FunctionName: "fn", Name: "live" });
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  return [FunctionVersion, ...weights.map(([version, weight]) => `${version} at ${weight}`)].join(" + ");
}

/** The code and the message that a call is refused with; raises when it is not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof CodeDeployServiceException)) throw error;
    return `${error.name}: ${error.message}`;
  }
  throw new Error("the call was not refused");
}
