/** How stack set operations run, by the SDK: tolerance, order, stopping, queues, imports, restarts. */
import {
  CreateStackCommand,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  GetTemplateSummaryCommand,
  ImportStacksToStackSetCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  StopStackSetOperationCommand,
  UpdateStackSetCommand,
  type CreateStackInstancesCommandInput,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ADMIN, OTHER, startStackSetFixture, TARGET, TEMPLATE, type StackSetFixture } from "./stack-set-fixture.ts";

let given: StackSetFixture;
beforeEach(async () => {
  given = await startStackSetFixture();
  await roles();
});
afterEach(() => given.close());

const roles = async () => {
  await given.administrationRole();
  for (const account of [ADMIN, TARGET, OTHER]) await given.executionRole(account);
};
/** A stack of it stands still until somebody signals, or for ten minutes. */
const WAITING = {
  Parameters: { Name: { Type: "String", Default: "x" } },
  Resources: {
    Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
    Wait: {
      Type: "AWS::CloudFormation::WaitCondition",
      Properties: { Handle: { Ref: "Handle" }, Timeout: "600" },
    },
  },
};
const startInstances = async (
  accounts: readonly string[],
  regions: readonly string[],
  more: Partial<CreateStackInstancesCommandInput> = {},
) => {
  const input = { StackSetName: "base", Accounts: [...accounts], Regions: [...regions], ...more };
  return (await given.client.send(new CreateStackInstancesCommand(input))).OperationId ?? "";
};

describe("an operation", () => {
  test("ends when a region has more failures than it tolerates, and cancels what has not begun", async () => {
    const s3 = new S3Client(given.cloud.client());
    await s3.send(new CreateBucketCommand({ Bucket: `b-${TARGET}-eu-west-1` }));
    s3.destroy();
    await given.createSet("base", TEMPLATE);
    const operation = await given.addInstances("base", [TARGET, OTHER], ["us-east-1", "eu-west-1"], {
      OperationPreferences: { RegionOrder: ["eu-west-1", "us-east-1"] },
    });
    expect(await given.operation("base", operation)).toBe("FAILED");
    const cancelled = "CANCELLED Cancelled since failure tolerance has exceeded";
    expect((await given.results("base", operation)).slice(1)).toEqual([
      `${OTHER} eu-west-1 ${cancelled}`,
      `${TARGET} us-east-1 ${cancelled}`,
      `${OTHER} us-east-1 ${cancelled}`,
    ]);
    expect((await given.instances("base"))[1]).toBe(
      `${TARGET} us-east-1 OUTDATED CANCELLED Cancelled since failure tolerance has exceeded`,
    );
    const tolerant = await given.addInstances("base", [TARGET, OTHER], ["us-east-1", "eu-west-1"], {
      OperationPreferences: { FailureTolerancePercentage: 50, RegionConcurrencyType: "PARALLEL" },
    });
    const { StackSetOperation } = await given.client.send(
      new DescribeStackSetOperationCommand({ StackSetName: "base", OperationId: tolerant }),
    );
    expect(StackSetOperation).toMatchObject({
      Action: "CREATE",
      Status: "SUCCEEDED",
      StatusDetails: { FailedStackInstancesCount: 1 },
      OperationPreferences: { FailureTolerancePercentage: 50, RegionConcurrencyType: "PARALLEL", RegionOrder: [] },
    });
    const failed = await given.client.send(
      new ListStackSetOperationResultsCommand({
        StackSetName: "base",
        OperationId: tolerant,
        Filters: [{ Name: "OPERATION_RESULT_STATUS", Values: "FAILED" }],
      }),
    );
    expect(failed.Summaries).toMatchObject([{ Account: TARGET, Region: "eu-west-1" }]);
  });

  test("has one account at work at a time, in one region, and keeps others away from the set", async () => {
    await given.createSet("base", WAITING);
    const operation = await startInstances([TARGET, OTHER], ["us-east-1"]);
    await given.cloud.settled();
    expect(await given.results("base", operation)).toEqual([
      `${TARGET} us-east-1 RUNNING`,
      `${OTHER} us-east-1 PENDING`,
    ]);
    await expect(startInstances([ADMIN], ["us-east-1"])).rejects.toMatchObject({
      name: "OperationInProgressException",
      message: expect.stringMatching(new RegExp(`^Another Operation on StackSet arn:.* is in progress: ${operation}$`)),
    });
    const change = { StackSetName: "base", TemplateBody: JSON.stringify(TEMPLATE) };
    await expect(given.client.send(new UpdateStackSetCommand(change))).rejects.toMatchObject({
      name: "OperationInProgressException",
    });
    await expect(
      given.client.send(new UpdateStackSetCommand({ ...change, OperationId: operation })),
    ).rejects.toMatchObject({ name: "OperationIdAlreadyExistsException" });
    const { StackSet } = await given.client.send(new DescribeStackSetCommand({ StackSetName: "base" }));
    expect(StackSet?.TemplateBody).toBe(JSON.stringify(WAITING));
    await expect(given.client.send(new DeleteStackSetCommand({ StackSetName: "base" }))).rejects.toMatchObject({
      name: "OperationInProgressException",
    });
    await given.client.send(new StopStackSetOperationCommand({ StackSetName: "base", OperationId: operation }));
    expect(await given.operation("base", operation)).toBe("STOPPING");
    await given.cloud.advance("10m");
    expect(await given.operation("base", operation)).toBe("STOPPED");
    expect((await given.results("base", operation))[1]).toMatch(`${OTHER} us-east-1 CANCELLED`);
    expect(await given.stacks(OTHER)).toEqual([]);
    await expect(
      given.client.send(new StopStackSetOperationCommand({ StackSetName: "base", OperationId: operation })),
    ).rejects.toMatchObject({ name: "InvalidOperationException" });
  });

  test("is refused with preferences that contradict each other or its regions", async () => {
    await given.createSet("base", TEMPLATE);
    const refused = (OperationPreferences: CreateStackInstancesCommandInput["OperationPreferences"]) =>
      expect(startInstances([TARGET], ["us-east-1"], { OperationPreferences })).rejects.toMatchObject({
        name: "ValidationError",
      });
    await refused({ FailureToleranceCount: 1, FailureTolerancePercentage: 1 });
    await refused({ MaxConcurrentCount: 1, MaxConcurrentPercentage: 1 });
    await refused({ RegionOrder: ["eu-west-1"] });
  });

  test("that is known is not begun again, and one that is old is stale", async () => {
    await given.createSet("base", TEMPLATE);
    await given.addInstances("base", [TARGET], ["us-east-1"], { OperationId: "one" });
    await expect(startInstances([TARGET], ["us-east-1"], { OperationId: "one" })).rejects.toMatchObject({
      name: "OperationIdAlreadyExistsException",
    });
    await given.addInstances("base", [TARGET], ["us-east-1"], { OperationId: "two" });
    await expect(startInstances([TARGET], ["us-east-1"], { OperationId: "one" })).rejects.toMatchObject({
      name: "StaleRequestException",
    });
    await expect(
      given.client.send(new DescribeStackSetOperationCommand({ StackSetName: "base", OperationId: "three" })),
    ).rejects.toMatchObject({ name: "OperationNotFoundException" });
  });
});

describe("a managed execution", () => {
  test("runs side by side what does not conflict, and queues the rest in the order of the requests", async () => {
    await given.createSet("base", WAITING, { ManagedExecution: { Active: true } });
    await startInstances([TARGET], ["us-east-1"], { OperationId: "first" });
    await startInstances([OTHER], ["us-east-1"], { OperationId: "second" });
    const gone = { StackSetName: "base", Accounts: [TARGET], Regions: ["us-east-1"], RetainStacks: false };
    await given.client.send(new DeleteStackInstancesCommand({ ...gone, OperationId: "third" }));
    await given.client.send(
      new UpdateStackSetCommand({
        StackSetName: "base",
        TemplateBody: JSON.stringify(TEMPLATE),
        OperationId: "fourth",
      }),
    );
    await given.cloud.settled();
    const statuses = async () => {
      const { Summaries = [] } = await given.client.send(new ListStackSetOperationsCommand({ StackSetName: "base" }));
      return Summaries.map(({ OperationId, Status }) => `${OperationId} ${Status}`).toReversed();
    };
    expect(await statuses()).toEqual(["first RUNNING", "second RUNNING", "third QUEUED", "fourth QUEUED"]);
    await expect(
      given.client.send(
        new UpdateStackSetCommand({
          StackSetName: "base",
          UsePreviousTemplate: true,
          ManagedExecution: { Active: false },
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidOperationException" });
    await given.client.send(new StopStackSetOperationCommand({ StackSetName: "base", OperationId: "second" }));
    await given.cloud.advance("10m");
    expect(await statuses()).toEqual(["first FAILED", "second STOPPED", "third SUCCEEDED", "fourth SUCCEEDED"]);
    expect(await given.stacks(TARGET)).toEqual([]);
    expect(await given.stacks(OTHER)).toMatchObject([{ StackStatus: "CREATE_COMPLETE" }]);
  });
});

test("What is in the queue can be stopped before it has begun", async () => {
  await given.createSet("base", WAITING, { ManagedExecution: { Active: true } });
  await startInstances([TARGET], ["us-east-1"], { OperationId: "first" });
  const gone = { StackSetName: "base", Accounts: [TARGET], Regions: ["us-east-1"], RetainStacks: false };
  await given.client.send(new DeleteStackInstancesCommand({ ...gone, OperationId: "second" }));
  await given.client.send(new StopStackSetOperationCommand({ StackSetName: "base", OperationId: "second" }));
  expect([await given.operation("base", "first"), await given.operation("base", "second")]).toEqual([
    "RUNNING",
    "STOPPED",
  ]);
  expect(await given.results("base", "second")).toEqual([]);
  await given.cloud.advance("10m");
  expect(await given.instances("base")).toHaveLength(1);
});

describe("an import", () => {
  test("takes stacks in as they are, with what their parameters have of their own", async () => {
    const stack = async (account: string, template: object, Days: string) => {
      const { StackId = "" } = await given.in(account).send(
        new CreateStackCommand({
          StackName: "mine",
          TemplateBody: JSON.stringify(template),
          Parameters: [{ ParameterKey: "Days", ParameterValue: Days }],
        }),
      );
      await given.cloud.settled();
      return StackId;
    };
    const same = await stack(TARGET, TEMPLATE, "30");
    const other = await stack(OTHER, { ...TEMPLATE, Description: "another" }, "7");
    await given.createSet("base", TEMPLATE);
    const input = { StackSetName: "base", StackIds: [same, other], OperationPreferences: { FailureToleranceCount: 1 } };
    const { OperationId = "" } = await given.client.send(new ImportStacksToStackSetCommand(input));
    await given.cloud.settled();
    expect(await given.operation("base", OperationId)).toBe("SUCCEEDED");
    expect(await given.instances("base")).toEqual([
      `${TARGET} us-east-1 CURRENT SUCCEEDED`,
      `${OTHER} us-east-1 OUTDATED FAILED_IMPORT The template of stack ${other} does not match that of the stack set.`,
    ]);
    const one = { StackSetName: "base", StackInstanceAccount: TARGET, StackInstanceRegion: "us-east-1" };
    expect((await given.client.send(new DescribeStackInstanceCommand(one))).StackInstance).toMatchObject({
      StackId: same,
      ParameterOverrides: [{ ParameterKey: "Days", ParameterValue: "30" }],
    });
    await expect(given.client.send(new ImportStacksToStackSetCommand(input))).rejects.toMatchObject({
      name: "InvalidOperationException",
    });
    await expect(
      given.client.send(new ImportStacksToStackSetCommand({ ...input, StackIds: [`${same.slice(0, -3)}000`] })),
    ).rejects.toMatchObject({ name: "StackNotFoundException" });
  });

  test("may begin with a stack set that has the stack's own template and parameters", async () => {
    const template = JSON.stringify(TEMPLATE);
    const Parameters = [{ ParameterKey: "Days", ParameterValue: "30" }];
    const { StackId = "" } = await given.client.send(
      new CreateStackCommand({ StackName: "mine", TemplateBody: template, Parameters }),
    );
    await given.cloud.settled();
    await given.client.send(new CreateStackSetCommand({ StackSetName: "base", StackId }));
    const { StackSet } = await given.client.send(new DescribeStackSetCommand({ StackSetName: "base" }));
    expect(StackSet).toMatchObject({ TemplateBody: template, Parameters });
    await given.client.send(new ImportStacksToStackSetCommand({ StackSetName: "base", StackIds: [StackId] }));
    await given.cloud.settled();
    expect(await given.instances("base")).toEqual([`${ADMIN} us-east-1 CURRENT SUCCEEDED`]);
  });
});

test("An account's gate, a function of that name, keeps operations out", async () => {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const gate = {
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [trust] } },
      },
      Gate: {
        Type: "AWS::Lambda::Function",
        Properties: {
          FunctionName: "AWSCloudFormationStackSetAccountGate",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Code: { ZipFile: 'exports.handler = async () => ({ Status: "FAILED" });' },
        },
      },
    },
  };
  const input = { StackName: "gate", TemplateBody: JSON.stringify(gate) };
  await given.in(TARGET).send(new CreateStackCommand({ ...input, Capabilities: ["CAPABILITY_IAM"] }));
  await given.cloud.settled();
  await given.createSet("base", TEMPLATE);
  const operation = await given.addInstances("base", [OTHER, TARGET], ["us-east-1"]);
  const { Summaries = [] } = await given.client.send(
    new ListStackSetOperationResultsCommand({ StackSetName: "base", OperationId: operation }),
  );
  const named = `arn:aws:lambda:us-east-1:${OTHER}:function:AWSCloudFormationStackSetAccountGate`;
  expect(Summaries).toMatchObject([
    { Status: "SUCCEEDED", AccountGateResult: { Status: "SKIPPED", StatusReason: `Function not found: ${named}` } },
    { Status: "FAILED", AccountGateResult: { Status: "FAILED" } },
  ]);
  expect(await given.buckets(TARGET)).toEqual([]);
});

test("A template of more than 51,200 bytes reaches the accounts by way of S3, and is summarized", async () => {
  const s3 = new S3Client(given.cloud.client({ account: ADMIN }));
  await s3.send(new CreateBucketCommand({ Bucket: "templates" }));
  const Body = JSON.stringify({ ...TEMPLATE, Metadata: { Text: "x".repeat(60_000) } });
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "big.json", Body }));
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "accounts.csv", Body: `${TARGET},${OTHER}\n` }));
  s3.destroy();
  const at = "https://templates.s3.us-east-1.amazonaws.com";
  await given.client.send(new CreateStackSetCommand({ StackSetName: "base", TemplateURL: `${at}/big.json` }));
  const input = { Accounts: undefined, DeploymentTargets: { AccountsUrl: `${at}/accounts.csv` } };
  await given.addInstances("base", [], ["us-east-1"], input);
  expect(await given.instances("base")).toEqual([
    `${TARGET} us-east-1 CURRENT SUCCEEDED`,
    `${OTHER} us-east-1 CURRENT SUCCEEDED`,
  ]);
  const summary = await given.client.send(new GetTemplateSummaryCommand({ StackSetName: "base" }));
  expect(summary.ResourceTypes).toEqual(["AWS::S3::Bucket", "AWS::Logs::LogGroup"]);
});

test("An operation goes on after the cloud was stopped in the middle of it", async () => {
  await given.close();
  const dataDirectory = mkdtempSync(join(tmpdir(), "stack-sets-"));
  try {
    given = await startStackSetFixture({ dataDirectory });
    await roles();
    await given.createSet("base", WAITING);
    const operation = await startInstances([TARGET, OTHER], ["us-east-1"], {
      OperationPreferences: { FailureToleranceCount: 2 },
    });
    await given.cloud.settled();
    await given.close();
    given = await startStackSetFixture({ dataDirectory });
    expect(await given.operation("base", operation)).toBe("RUNNING");
    await given.cloud.advance("11m");
    expect((await given.results("base", operation))[0]).toContain("WaitCondition timed out");
    await given.cloud.advance("11m");
    expect(await given.operation("base", operation)).toBe("SUCCEEDED");
    expect((await given.results("base", operation))[1]).toContain("WaitCondition timed out");
  } finally {
    await given.close();
    rmSync(dataDirectory, { recursive: true });
    given = await startStackSetFixture();
  }
});
