/** Drift of stack sets: what was changed behind the back of stacks in other accounts. */
import {
  DeleteStackCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DetectStackSetDriftCommand,
  ListStackInstanceResourceDriftsCommand,
  ListStackInstancesCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OTHER, startStackSetFixture, TARGET, TEMPLATE, type StackSetFixture } from "./stack-set-fixture.ts";

let given: StackSetFixture;
beforeEach(async () => {
  given = await startStackSetFixture();
});
afterEach(() => given.close());

test("Drift is found instance by instance, and told of the set, the instance and the resource", async () => {
  await given.administrationRole();
  await given.executionRole(TARGET);
  await given.executionRole(OTHER);
  await given.createSet("base", TEMPLATE);
  const creation = await given.addInstances("base", [TARGET, OTHER], ["us-east-1"]);
  const logs = new CloudWatchLogsClient(given.cloud.client({ account: OTHER }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: "central", retentionInDays: 90 }));
  logs.destroy();
  const set = { StackSetName: "base" };
  const { OperationId = "" } = await given.client.send(new DetectStackSetDriftCommand(set));
  await given.cloud.settled();
  const { StackSetOperation } = await given.client.send(new DescribeStackSetOperationCommand({ ...set, OperationId }));
  expect(StackSetOperation).toMatchObject({
    Action: "DETECT_DRIFT",
    Status: "SUCCEEDED",
    StackSetDriftDetectionDetails: { DriftStatus: "DRIFTED", DriftDetectionStatus: "COMPLETED" },
  });
  const { StackSet } = await given.client.send(new DescribeStackSetCommand(set));
  expect(StackSet?.StackSetDriftDetectionDetails).toMatchObject({
    DriftStatus: "DRIFTED",
    TotalStackInstancesCount: 2,
    DriftedStackInstancesCount: 1,
    InSyncStackInstancesCount: 1,
    InProgressStackInstancesCount: 0,
    FailedStackInstancesCount: 0,
  });
  const drifted = { ...set, Filters: [{ Name: "DRIFT_STATUS" as const, Values: "DRIFTED" }] };
  const { Summaries } = await given.client.send(new ListStackInstancesCommand(drifted));
  expect(Summaries).toMatchObject([{ Account: OTHER, DriftStatus: "DRIFTED", Status: "CURRENT" }]);
  const one = { ...set, StackInstanceAccount: OTHER, StackInstanceRegion: "us-east-1" };
  const resources = await given.client.send(new ListStackInstanceResourceDriftsCommand({ ...one, OperationId }));
  expect(resources.Summaries?.map((r) => `${r.LogicalResourceId} ${r.StackResourceDriftStatus}`)).toEqual([
    "Bucket IN_SYNC",
    "Logs MODIFIED",
  ]);
  expect(resources.Summaries?.[1]?.PropertyDifferences).toEqual([
    { PropertyPath: "/RetentionInDays", ExpectedValue: "7", ActualValue: "90", DifferenceType: "NOT_EQUAL" },
  ]);
  await expect(
    given.client.send(new ListStackInstanceResourceDriftsCommand({ ...one, OperationId: creation })),
  ).rejects.toMatchObject({ name: "OperationNotFoundException" });
});

test("A stack that cannot be looked at fails the detection, and leaves its instance as it is", async () => {
  await given.administrationRole();
  await given.executionRole(TARGET);
  await given.createSet("base", {
    Resources: { Wait: { Type: "AWS::S3::Bucket", Properties: { BucketName: "a.b" } } },
  });
  await given.addInstances("base", [TARGET], ["us-east-1"]);
  const { StackSetDriftDetectionDetails } =
    (await given.client.send(new DescribeStackSetCommand({ StackSetName: "base" }))).StackSet ?? {};
  expect(StackSetDriftDetectionDetails?.DriftStatus).toBe("NOT_CHECKED");
  const [stack] = await given.stacks(TARGET);
  await given.in(TARGET).send(new DeleteStackCommand({ StackName: stack?.StackName }));
  await given.cloud.settled();
  const { OperationId = "" } = await given.client.send(new DetectStackSetDriftCommand({ StackSetName: "base" }));
  await given.cloud.settled();
  expect(await given.operation("base", OperationId)).toBe("FAILED");
  expect(await given.results("base", OperationId)).toEqual([
    `${TARGET} us-east-1 FAILED Drift detection cannot be performed on stack [${stack?.StackId}] while it is in [DELETE_COMPLETE] state`,
  ]);
  expect(await given.instances("base")).toEqual([`${TARGET} us-east-1 CURRENT SUCCEEDED`]);
});
