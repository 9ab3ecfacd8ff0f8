/**
 * The application `alarm` of examples/safe-deployments: a version that raises is taken back by its alarm. One invocation of the alias for each
 * virtual second, as the application has no API.
 */
import { CloudFormationClient, DescribeStackEventsCommand } from "@aws-sdk/client-cloudformation";
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  ListDeploymentsCommand,
} from "@aws-sdk/client-codedeploy";
import { CloudWatchClient, DescribeAlarmHistoryCommand } from "@aws-sdk/client-cloudwatch";
import { GetAliasCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDelivery, type Delivery } from "../../examples/safe-deployments/delivery.mjs";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";

const STACK = { stackName: "alarm", template: "alarm.yml" };
/** Longer than the 100 minutes of a deployment that nothing stops. */
const PATIENCE_SECONDS = 2 * 3600;

describe("a version that raises", () => {
  let cloud: TestCloud;
  let delivery: Delivery;
  let functionName: string;
  let deployments: DeploymentInfo[];
  let events: readonly string[];
  /** Epoch milliseconds at which the alarm went off. */
  let alarmedAt: number;
  const invocations: { readonly at: number; readonly version: string; readonly failed: boolean }[] = [];

  beforeAll(async () => {
    cloud = await startCloud({ seed: "alarm" });
    const cloudFormation = new CloudFormationClient(cloud.client());
    delivery = await createDelivery({ cloudFormation, s3: new S3Client(cloud.client()), bucket: "artifacts" });
    await delivery.ship({ ...STACK, release: "v1" });
    await cloud.advance("1m");
    expect(await delivery.status("alarm")).toBe("CREATE_COMPLETE");
    functionName = await delivery.physicalId("alarm", "Func1");

    await delivery.ship({ ...STACK, release: "broken" });
    const ended = cloud.now() + PATIENCE_SECONDS * 1000;
    while ((await delivery.status("alarm")).endsWith("IN_PROGRESS") && cloud.now() < ended) await invokeAlias();
    for (let second = 0; second < 120; second++) await invokeAlias();

    const [applicationName, deploymentGroupName, AlarmName] = await Promise.all(
      ["ServerlessDeploymentApplication", "Func1DeploymentGroup", "Func1Alarm"].map((id) =>
        delivery.physicalId("alarm", id),
      ),
    );
    const codeDeploy = new CodeDeployClient(cloud.client());
    const { deployments: deploymentIds } = await codeDeploy.send(
      new ListDeploymentsCommand({ applicationName, deploymentGroupName }),
    );
    const { deploymentsInfo = [] } = await codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
    deployments = deploymentsInfo;
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: "alarm" }));
    events = StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === "Func1Aliasdev")
      .toReversed()
      .map(({ ResourceStatus, ResourceStatusReason = "" }) => `${ResourceStatus} ${ResourceStatusReason}`.trim());
    const { AlarmHistoryItems = [] } = await new CloudWatchClient(cloud.client()).send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "StateUpdate" }),
    );
    alarmedAt =
      AlarmHistoryItems.find(({ HistorySummary }) => HistorySummary?.endsWith("to ALARM"))?.Timestamp?.getTime() ?? 0;
  }, 120_000);
  afterAll(() => cloud.close());

  async function invokeAlias(): Promise<void> {
    const at = cloud.now();
    const { ExecutedVersion = "", FunctionError } = await new LambdaClient(cloud.client()).send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: "dev" }),
    );
    invocations.push({ at, version: ExecutedVersion, failed: FunctionError !== undefined });
    await cloud.advance(1);
  }

  it("reaches some callers, and fails", () => {
    const reached = invocations.filter(({ version }) => version === "2");
    expect(reached.length).toBeGreaterThan(0);
    expect(invocations.every(({ version, failed }) => failed === (version === "2"))).toBe(true);
  });

  it("is stopped by the alarm, and the deployment that takes it back succeeds", () => {
    const stopped = deployments.find(({ errorInformation }) => errorInformation !== undefined);
    expect(stopped).toMatchObject({
      status: "Stopped",
      errorInformation: { code: "ALARM_ACTIVE", message: "the deployment is cancelled due to an abort request" },
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 1, Skipped: 0, Ready: 0 },
    });
    const id = stopped?.rollbackInfo?.rollbackDeploymentId;
    expect(stopped?.rollbackInfo?.rollbackMessage).toBe(
      `Deployment ${stopped?.deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${id}.`,
    );
    expect(deployments.find(({ deploymentId }) => deploymentId === id)).toMatchObject({
      status: "Succeeded",
      creator: "codeDeployRollback",
    });
  });

  it("is reached by nobody from the moment on at which the alarm went off", () => {
    const last = invocations.findLast(({ version }) => version === "2");
    expect(alarmedAt).toBeGreaterThan(0);
    expect(last?.at).toBeLessThan(alarmedAt);
    // Two seconds behind the end of the minute of the first error.
    const first = invocations.find(({ failed }) => failed);
    expect(alarmedAt - (first?.at ?? 0)).toBeLessThanOrEqual(62_000);
  });

  it("leaves the alias on version 1 alone, and the stack as it was", async () => {
    expect(await delivery.status("alarm")).toBe("UPDATE_ROLLBACK_COMPLETE");
    const { FunctionVersion, RoutingConfig } = await new LambdaClient(cloud.client()).send(
      new GetAliasCommand({ FunctionName: functionName, Name: "dev" }),
    );
    expect({ FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {} }).toEqual({
      FunctionVersion: "1",
      weights: {},
    });
    const [stopped, rollback] = ["Stopped", "Succeeded"].map(
      (wanted) => deployments.find(({ status }) => status === wanted)?.deploymentId,
    );
    expect(events.slice(3)).toEqual([
      "UPDATE_IN_PROGRESS",
      `UPDATE_IN_PROGRESS CodeDeploy deployment started: ${stopped}`,
      `UPDATE_IN_PROGRESS CodeDeploy rollback deployment started: ${rollback}`,
      expect.stringContaining(`"${stopped} failed. the deployment is cancelled due to an abort request"`),
      "UPDATE_IN_PROGRESS",
      "UPDATE_COMPLETE",
    ]);
  });
});
