/** Stack sets across accounts, by the SDK: roles, instances, updates, deletions. */
import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetAutoDeploymentTargetsCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ADMIN, OTHER, startStackSetFixture, TARGET, TEMPLATE, type StackSetFixture } from "./stack-set-fixture.ts";

const REGIONS = ["us-east-1", "eu-west-1"];

let given: StackSetFixture;
beforeEach(async () => {
  given = await startStackSetFixture();
});
afterEach(() => given.close());

const roles = async () => {
  await given.administrationRole();
  await given.executionRole(TARGET);
  await given.executionRole(OTHER);
};
const retention = async (account: string, region = "us-east-1") => {
  const logs = new CloudWatchLogsClient(given.cloud.client({ account, region }));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  logs.destroy();
  return logGroups[0]?.retentionInDays;
};

describe("a stack set", () => {
  test("makes its stacks in other accounts and regions, under the execution role, with its tags", async () => {
    await roles();
    const id = await given.createSet("base", TEMPLATE, { Tags: [{ Key: "team", Value: "core" }] });
    expect(id).toMatch(/^base:[0-9a-f-]{36}$/);
    const operation = await given.addInstances("base", [TARGET, OTHER], REGIONS);
    expect(await given.operation("base", operation)).toBe("SUCCEEDED");
    expect(await given.results("base", operation)).toEqual([
      `${TARGET} us-east-1 SUCCEEDED`,
      `${OTHER} us-east-1 SUCCEEDED`,
      `${TARGET} eu-west-1 SUCCEEDED`,
      `${OTHER} eu-west-1 SUCCEEDED`,
    ]);
    const [stack] = await given.stacks(OTHER, "eu-west-1");
    expect(stack).toMatchObject({ StackStatus: "CREATE_COMPLETE", Tags: [{ Key: "team", Value: "core" }] });
    expect(stack?.StackName).toMatch(/^StackSet-base-[0-9a-f-]{36}$/);
    expect(stack?.StackId).toContain(`arn:aws:cloudformation:eu-west-1:${OTHER}:stack/StackSet-base-`);
    expect(await given.buckets(TARGET)).toEqual([`b-${TARGET}-eu-west-1`, `b-${TARGET}-us-east-1`]);
    expect(await given.stacks(ADMIN)).toEqual([]);
    const one = { StackSetName: "base", StackInstanceAccount: OTHER, StackInstanceRegion: "eu-west-1" };
    const { StackInstance } = await given.client.send(new DescribeStackInstanceCommand(one));
    expect(StackInstance).toMatchObject({
      StackId: stack?.StackId,
      Status: "CURRENT",
      StackInstanceStatus: { DetailedStatus: "SUCCEEDED" },
      LastOperationId: operation,
      DriftStatus: "NOT_CHECKED",
    });
  });

  test("is described with its roles, its template, its parameters and the regions of its instances", async () => {
    await roles();
    const id = await given.createSet("base", TEMPLATE, { Description: "everywhere" });
    await given.addInstances("base", [TARGET], REGIONS);
    const { StackSet } = await given.client.send(new DescribeStackSetCommand({ StackSetName: id }));
    expect(StackSet).toMatchObject({
      StackSetName: "base",
      StackSetId: id,
      StackSetARN: `arn:aws:cloudformation:us-east-1:${ADMIN}:stackset/${id}`,
      Status: "ACTIVE",
      Description: "everywhere",
      Parameters: [{ ParameterKey: "Days", ParameterValue: "7" }],
      TemplateBody: JSON.stringify(TEMPLATE),
      AdministrationRoleARN: `arn:aws:iam::${ADMIN}:role/AWSCloudFormationStackSetAdministrationRole`,
      ExecutionRoleName: "AWSCloudFormationStackSetExecutionRole",
      PermissionModel: "SELF_MANAGED",
      ManagedExecution: { Active: false },
      Regions: ["eu-west-1", "us-east-1"],
    });
  });

  test("is gone when it is deleted, which it cannot be with instances", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET], ["us-east-1"]);
    const remove = () => given.client.send(new DeleteStackSetCommand({ StackSetName: "base" }));
    await expect(remove()).rejects.toMatchObject({
      name: "StackSetNotEmptyException",
      message: "StackSet is not empty",
    });
    await given.client.send(
      new DeleteStackInstancesCommand({
        StackSetName: "base",
        Accounts: [TARGET],
        Regions: ["us-east-1"],
        RetainStacks: false,
      }),
    );
    await given.cloud.settled();
    expect(await given.stacks(TARGET)).toEqual([]);
    expect(await given.buckets(TARGET)).toEqual([]);
    await remove();
    await expect(given.client.send(new DescribeStackSetCommand({ StackSetName: "base" }))).rejects.toMatchObject({
      name: "StackSetNotFoundException",
      message: "StackSet base not found",
    });
    const { Summaries } = await given.client.send(new ListStackSetsCommand({ Status: "DELETED" }));
    expect(Summaries).toMatchObject([{ StackSetName: "base", Status: "DELETED" }]);
    await given.createSet("base", TEMPLATE);
  });

  test("refuses what AWS refuses, before anything is made", async () => {
    await expect(given.createSet("1base", TEMPLATE)).rejects.toMatchObject({ name: "ValidationError" });
    await expect(given.createSet("base", { Resources: 1 })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(
      given.createSet("base", { ...TEMPLATE, Parameters: { Days: { Type: "Number" } } }),
    ).rejects.toMatchObject({ message: "Parameters: [Days] must have values" });
    await expect(
      given.createSet("base", { Resources: { R: { Type: "AWS::IAM::Role", Properties: {} } } }),
    ).rejects.toMatchObject({ name: "InsufficientCapabilitiesException" });
    await expect(given.createSet("base", TEMPLATE, { PermissionModel: "SERVICE_MANAGED" })).rejects.toThrow(
      /no Organizations service/,
    );
    const id = await given.createSet("base", TEMPLATE, { ClientRequestToken: "token" });
    expect(await given.createSet("base", TEMPLATE, { ClientRequestToken: "token" })).toBe(id);
    await expect(given.createSet("base", TEMPLATE)).rejects.toMatchObject({ name: "NameAlreadyExistsException" });
    const add = (more: object) =>
      given.client.send(
        new CreateStackInstancesCommand({ StackSetName: "base", Accounts: [TARGET], Regions: ["us-east-1"], ...more }),
      );
    await expect(add({ Regions: ["us-east-1", "us-east-1"] })).rejects.toThrow(
      "Regions list cannot have duplicate entries",
    );
    await expect(add({ ParameterOverrides: [{ ParameterKey: "No", ParameterValue: "1" }] })).rejects.toThrow(
      "Parameters: [No] do not exist in the template",
    );
    await expect(add({ Accounts: undefined })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(
      add({ Accounts: undefined, DeploymentTargets: { OrganizationalUnitIds: ["ou-abcd-12345678"] } }),
    ).rejects.toThrow(/no Organizations service/);
    await expect(
      given.client.send(
        new UpdateStackInstancesCommand({ StackSetName: "base", Accounts: [TARGET], Regions: ["us-east-1"] }),
      ),
    ).rejects.toMatchObject({ name: "StackInstanceNotFoundException" });
    expect(await given.instances("base")).toEqual([]);
  });

  test("names what there is no Organizations service for", async () => {
    await given.createSet("base", TEMPLATE);
    const set = { StackSetName: "base" };
    const missing = { name: "ValidationError", message: expect.stringContaining("no Organizations service") };
    const DeploymentTargets = { Accounts: [TARGET], AccountFilterType: "INTERSECTION" as const };
    await expect(
      given.client.send(new CreateStackInstancesCommand({ ...set, DeploymentTargets, Regions: ["us-east-1"] })),
    ).rejects.toMatchObject(missing);
    const delegated = { ...set, CallAs: "DELEGATED_ADMIN" as const };
    await expect(given.client.send(new DescribeStackSetCommand(delegated))).rejects.toMatchObject(missing);
    await expect(given.createSet("auto", TEMPLATE, { AutoDeployment: { Enabled: true } })).rejects.toMatchObject({
      name: "ValidationError",
    });
    const targets = await given.client.send(new ListStackSetAutoDeploymentTargetsCommand(set));
    expect(targets.Summaries).toEqual([]);
  });

  test("lists its instances in pages, by account and by region", async () => {
    await roles();
    await given.createSet("base", { Resources: { Logs: { Type: "AWS::Logs::LogGroup" } } });
    await given.addInstances("base", [TARGET, OTHER], REGIONS, { OperationPreferences: { MaxConcurrentCount: 2 } });
    const list = async (more: object) => {
      const page = await given.client.send(new ListStackInstancesCommand({ StackSetName: "base", ...more }));
      return { next: page.NextToken, found: page.Summaries?.map(({ Account, Region }) => `${Account} ${Region}`) };
    };
    const first = await list({ MaxResults: 3 });
    expect(first.found).toHaveLength(3);
    expect((await list({ MaxResults: 3, NextToken: first.next })).found).toEqual([`${OTHER} us-east-1`]);
    expect((await list({ StackInstanceAccount: OTHER, StackInstanceRegion: "eu-west-1" })).found).toEqual([
      `${OTHER} eu-west-1`,
    ]);
  });
});

describe("the roles", () => {
  test("are asked for by name in the account that has none", async () => {
    await given.createSet("base", TEMPLATE);
    const without = await given.addInstances("base", [TARGET], ["us-east-1"]);
    const administration = `Account ${ADMIN} should have 'AWSCloudFormationStackSetAdministrationRole' role with trust relationship to CloudFormation service.`;
    expect(await given.operation("base", without)).toBe("FAILED");
    expect(await given.results("base", without)).toEqual([`${TARGET} us-east-1 FAILED ${administration}`]);
    await given.administrationRole();
    const half = await given.addInstances("base", [TARGET], ["us-east-1"]);
    const execution = `Account ${TARGET} should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'.`;
    expect(await given.instances("base")).toEqual([`${TARGET} us-east-1 OUTDATED FAILED ${execution}`]);
    const { Summaries } = await given.client.send(
      new ListStackSetOperationResultsCommand({ StackSetName: "base", OperationId: half }),
    );
    expect(Summaries?.[0]?.AccountGateResult).toEqual({ Status: "SKIPPED", StatusReason: execution });
    await given.executionRole(TARGET);
    const whole = await given.addInstances("base", [TARGET], ["us-east-1"]);
    expect(await given.operation("base", whole)).toBe("SUCCEEDED");
    expect(await given.instances("base")).toEqual([`${TARGET} us-east-1 CURRENT SUCCEEDED`]);
  });

  test("may have names of one's own, and a trust policy that names the stack set's account", async () => {
    const Condition = (account: string) => ({ StringEquals: { "aws:SourceAccount": account } });
    await given.administrationRole("Deployer", { Condition: Condition(ADMIN) });
    await given.administrationRole("Stranger", { Condition: Condition(OTHER) });
    await given.executionRole(TARGET, "ExecHere");
    const with_ = (role: string) => ({
      AdministrationRoleARN: `arn:aws:iam::${ADMIN}:role/${role}`,
      ExecutionRoleName: "ExecHere",
    });
    await given.createSet("ours", TEMPLATE, with_("Deployer"));
    await given.createSet("theirs", TEMPLATE, with_("Stranger"));
    await given.addInstances("ours", [TARGET], ["us-east-1"]);
    await given.addInstances("theirs", [TARGET], ["us-east-1"]);
    expect(await given.instances("ours")).toEqual([`${TARGET} us-east-1 CURRENT SUCCEEDED`]);
    expect((await given.instances("theirs"))[0]).toContain("should have 'Stranger' role");
  });
});

describe("an update", () => {
  test("reaches every instance, and leaves the parameters alone that an instance has of its own", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET], ["us-east-1"], {
      ParameterOverrides: [{ ParameterKey: "Days", ParameterValue: "30" }],
    });
    await given.addInstances("base", [OTHER], ["us-east-1"]);
    expect([await retention(TARGET), await retention(OTHER)]).toEqual([30, 7]);
    await given.client.send(
      new UpdateStackSetCommand({
        StackSetName: "base",
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: "Days", ParameterValue: "14" }],
      }),
    );
    await given.cloud.settled();
    expect([await retention(TARGET), await retention(OTHER)]).toEqual([30, 14]);
    expect(await given.instances("base")).toEqual([
      `${TARGET} us-east-1 CURRENT SUCCEEDED`,
      `${OTHER} us-east-1 CURRENT SUCCEEDED`,
    ]);
    const reset = { StackSetName: "base", Accounts: [TARGET], Regions: ["us-east-1"], ParameterOverrides: [] };
    await given.client.send(new UpdateStackInstancesCommand(reset));
    await given.cloud.settled();
    expect(await retention(TARGET)).toBe(14);
  });

  test("of some accounts leaves the others OUTDATED", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET, OTHER], ["us-east-1"]);
    const change = {
      StackSetName: "base",
      UsePreviousTemplate: true,
      Parameters: [{ ParameterKey: "Days", ParameterValue: "14" }],
    };
    await expect(given.client.send(new UpdateStackSetCommand({ ...change, Accounts: [OTHER] }))).rejects.toMatchObject({
      name: "ValidationError",
    });
    await given.client.send(new UpdateStackSetCommand({ ...change, Accounts: [OTHER], Regions: ["us-east-1"] }));
    await given.cloud.settled();
    expect(await given.instances("base")).toEqual([
      `${TARGET} us-east-1 OUTDATED SUCCEEDED`,
      `${OTHER} us-east-1 CURRENT SUCCEEDED`,
    ]);
    expect([await retention(TARGET), await retention(OTHER)]).toEqual([7, 14]);
    const { Summaries = [] } = await given.client.send(new ListStackSetOperationsCommand({ StackSetName: "base" }));
    expect(Summaries.map(({ Action }) => Action)).toEqual(["UPDATE", "CREATE"]);
  });

  test("that changes nothing succeeds, and says so", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET], ["us-east-1"]);
    const { OperationId = "" } = await given.client.send(
      new UpdateStackSetCommand({ StackSetName: "base", UsePreviousTemplate: true }),
    );
    await given.cloud.settled();
    expect(await given.results("base", OperationId)).toEqual([
      `${TARGET} us-east-1 SUCCEEDED No updates are to be performed.`,
    ]);
  });
});

describe("an instance", () => {
  test("whose stack could not be made says which resource failed, and is made anew when it is asked for again", async () => {
    await roles();
    const s3 = new S3Client(given.cloud.client());
    const taken = { Bucket: `b-${TARGET}-us-east-1` };
    await s3.send(new CreateBucketCommand(taken));
    await given.createSet("base", TEMPLATE);
    const operation = await given.addInstances("base", [TARGET], ["us-east-1"]);
    const [result = ""] = await given.results("base", operation);
    expect(result).toMatch(
      /^222222222222 us-east-1 FAILED ResourceLogicalId:Bucket, ResourceType:AWS::S3::Bucket, ResourceStatusReason:.*already exists/,
    );
    expect(await given.stacks(TARGET)).toMatchObject([{ StackStatus: "ROLLBACK_COMPLETE" }]);
    await s3.send(new DeleteBucketCommand(taken));
    s3.destroy();
    const again = await given.addInstances("base", [TARGET], ["us-east-1"]);
    expect(await given.operation("base", again)).toBe("SUCCEEDED");
    expect(await given.stacks(TARGET)).toMatchObject([{ StackStatus: "CREATE_COMPLETE" }]);
  });

  test("is let go with its stack where it is, when that is to be retained", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET], ["us-east-1"]);
    const { OperationId = "" } = await given.client.send(
      new DeleteStackInstancesCommand({
        StackSetName: "base",
        Accounts: [TARGET, OTHER],
        Regions: ["us-east-1"],
        RetainStacks: true,
      }),
    );
    await given.cloud.settled();
    const { StackSetOperation } = await given.client.send(
      new DescribeStackSetOperationCommand({ StackSetName: "base", OperationId }),
    );
    expect(StackSetOperation).toMatchObject({ Action: "DELETE", Status: "SUCCEEDED", RetainStacks: true });
    expect(await given.instances("base")).toEqual([]);
    expect(await given.stacks(TARGET)).toMatchObject([{ StackStatus: "CREATE_COMPLETE" }]);
  });

  test("whose deletion failed is INOPERABLE, and found by its detailed status", async () => {
    await roles();
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET, OTHER], ["us-east-1"]);
    const [stack] = await given.stacks(TARGET);
    await given
      .in(TARGET)
      .send(new UpdateTerminationProtectionCommand({ StackName: stack?.StackName, EnableTerminationProtection: true }));
    await given.client.send(
      new DeleteStackInstancesCommand({
        StackSetName: "base",
        Accounts: [TARGET, OTHER],
        Regions: ["us-east-1"],
        RetainStacks: false,
        OperationPreferences: { FailureToleranceCount: 1 },
      }),
    );
    await given.cloud.settled();
    expect(await given.instances("base")).toEqual([
      `${TARGET} us-east-1 INOPERABLE INOPERABLE Stack [${stack?.StackName}] cannot be deleted while TerminationProtection is enabled`,
    ]);
    const filtered = async (Values: string) =>
      (
        await given.client.send(
          new ListStackInstancesCommand({ StackSetName: "base", Filters: [{ Name: "DETAILED_STATUS", Values }] }),
        )
      ).Summaries?.length;
    expect([await filtered("INOPERABLE"), await filtered("SUCCEEDED")]).toEqual([1, 0]);
    expect(
      (await given.in(TARGET).send(new DescribeStacksCommand({ StackName: stack?.StackName }))).Stacks,
    ).toMatchObject([{ StackStatus: "CREATE_COMPLETE" }]);
  });
});

test("A stack set's name is one account's and region's own", async () => {
  await given.createSet("base", TEMPLATE);
  const elsewhere = given.in(ADMIN, "eu-west-1");
  await elsewhere.send(new CreateStackSetCommand({ StackSetName: "base", TemplateBody: JSON.stringify(TEMPLATE) }));
  await expect(given.in(OTHER).send(new DescribeStackSetCommand({ StackSetName: "base" }))).rejects.toMatchObject({
    name: "StackSetNotFoundException",
  });
});
