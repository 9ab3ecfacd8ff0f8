/** AWS::CloudFormation::StackSet: a stack set with its instances as a resource of a stack. */
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackSetCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  UpdateStackCommand,
  UpdateStackSetCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ADMIN, OTHER, startStackSetFixture, TARGET, TEMPLATE, type StackSetFixture } from "./stack-set-fixture.ts";

let given: StackSetFixture;
beforeEach(async () => {
  given = await startStackSetFixture();
});
afterEach(() => given.close());

const days = (text: string) => [{ ParameterKey: "Days", ParameterValue: text }];
const group = (accounts: readonly string[], regions: readonly string[], overrides: readonly object[] = []) => ({
  DeploymentTargets: { Accounts: accounts },
  Regions: regions,
  ParameterOverrides: overrides,
});
const template = (groups: readonly object[], more: object = {}) => ({
  StackName: "owner",
  TemplateBody: JSON.stringify({
    Resources: {
      Set: {
        Type: "AWS::CloudFormation::StackSet",
        Properties: {
          StackSetName: "base",
          PermissionModel: "SELF_MANAGED",
          TemplateBody: JSON.stringify(TEMPLATE),
          StackInstancesGroup: groups,
          ...more,
        },
      },
    },
    Outputs: { Ref: { Value: { Ref: "Set" } }, Id: { Value: { "Fn::GetAtt": ["Set", "StackSetId"] } } },
  }),
});
const settle = async (work: Promise<unknown>) => {
  await work;
  await given.cloud.settled();
  const { Stacks = [] } = await given.client.send(new DescribeStacksCommand({ StackName: "owner" }));
  return Stacks[0];
};
const roles = async () => {
  await given.administrationRole();
  await given.executionRole(TARGET);
  await given.executionRole(OTHER);
};
const actions = async () => {
  const { Summaries = [] } = await given.client.send(new ListStackSetOperationsCommand({ StackSetName: "base" }));
  return Summaries.map(({ Action }) => Action).toReversed();
};

test("The resource makes the set and its instances, and takes both away", async () => {
  await roles();
  const groups = [group([TARGET, OTHER], ["us-east-1"]), group([TARGET], ["eu-west-1"], days("30"))];
  const stack = await settle(given.client.send(new CreateStackCommand(template(groups))));
  expect(stack?.StackStatus).toBe("CREATE_COMPLETE");
  const { StackSet } = await given.client.send(new DescribeStackSetCommand({ StackSetName: "base" }));
  expect(stack?.Outputs?.map(({ OutputValue }) => OutputValue)).toEqual([StackSet?.StackSetId, StackSet?.StackSetId]);
  expect(await given.instances("base")).toEqual([
    `${TARGET} eu-west-1 CURRENT SUCCEEDED`,
    `${TARGET} us-east-1 CURRENT SUCCEEDED`,
    `${OTHER} us-east-1 CURRENT SUCCEEDED`,
  ]);
  await given.client.send(new DeleteStackCommand({ StackName: "owner" }));
  await given.cloud.settled();
  expect((await given.client.send(new ListStackSetsCommand({ Status: "ACTIVE" }))).Summaries).toEqual([]);
  expect([...(await given.buckets(TARGET)), ...(await given.stacks(OTHER)), ...(await given.stacks(ADMIN))]).toEqual(
    [],
  );
});

test("An update does what differs: the set, the instances that go, that come, that have other parameters", async () => {
  await roles();
  const before = [group([TARGET, OTHER], ["us-east-1"])];
  await settle(given.client.send(new CreateStackCommand(template(before))));
  const after = [group([TARGET], ["us-east-1"], days("30")), group([TARGET], ["eu-west-1"])];
  const stack = await settle(given.client.send(new UpdateStackCommand(template(after, { Description: "new" }))));
  expect(stack?.StackStatus).toBe("UPDATE_COMPLETE");
  expect(await actions()).toEqual(["CREATE", "UPDATE", "DELETE", "CREATE", "UPDATE"]);
  expect(await given.instances("base")).toEqual([
    `${TARGET} eu-west-1 CURRENT SUCCEEDED`,
    `${TARGET} us-east-1 CURRENT SUCCEEDED`,
  ]);
  expect(await given.stacks(OTHER)).toEqual([]);
});

test("A failed operation fails the resource with its reasons, and what was made is taken away", async () => {
  await given.administrationRole();
  await given.executionRole(TARGET);
  const groups = [group([TARGET], ["us-east-1"]), group([OTHER], ["eu-west-1"])];
  const stack = await settle(given.client.send(new CreateStackCommand(template(groups))));
  const { StackEvents = [] } = await given.client.send(new DescribeStackEventsCommand({ StackName: "owner" }));
  const reasons = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("_FAILED")).map(
    ({ ResourceStatus, ResourceStatusReason }) => `${ResourceStatus} ${ResourceStatusReason}`,
  );
  expect(reasons.at(-1)).toMatch(
    /^CREATE_FAILED Stack set operation \[[0-9a-f-]+\] was unexpectedly stopped or failed. status reason\(s\): \[Account 333333333333 should have 'AWSCloudFormationStackSetExecutionRole' role/,
  );
  expect(await given.stacks(TARGET)).toEqual([]);
  // The account that has no role cannot be asked for its stack to be deleted, as on AWS.
  expect(stack?.StackStatus).toBe("ROLLBACK_FAILED");
  expect(await given.instances("base")).toMatchObject([expect.stringContaining(`${OTHER} eu-west-1 INOPERABLE`)]);
});

test("What is changed of the set behind the stack's back is drift, and nothing else is", async () => {
  await roles();
  const groups = [group([TARGET, OTHER], ["us-east-1"]), group([TARGET], ["eu-west-1"], days("30"))];
  const more = {
    Description: "all",
    Parameters: days("14"),
    Tags: [{ Key: "team", Value: "core" }],
    OperationPreferences: { MaxConcurrentCount: 2 },
    ManagedExecution: { Active: true },
    Capabilities: ["CAPABILITY_IAM"],
  };
  await settle(given.client.send(new CreateStackCommand(template(groups, more))));
  const drifts = async () => {
    await given.client.send(new DetectStackDriftCommand({ StackName: "owner" }));
    await given.cloud.settled();
    const found = await given.client.send(new DescribeStackResourceDriftsCommand({ StackName: "owner" }));
    return (found.StackResourceDrifts ?? []).map(({ StackResourceDriftStatus, PropertyDifferences = [] }) => [
      StackResourceDriftStatus,
      ...PropertyDifferences.map(({ PropertyPath, DifferenceType }) => `${PropertyPath} ${DifferenceType}`),
    ]);
  };
  expect(await drifts()).toEqual([["IN_SYNC"]]);
  await given.client.send(
    new UpdateStackSetCommand({
      StackSetName: "base",
      UsePreviousTemplate: true,
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: days("30"),
    }),
  );
  await given.cloud.settled();
  expect(await drifts()).toEqual([["MODIFIED", "/Parameters/0/ParameterValue NOT_EQUAL"]]);
});
