/** `kill -9` in the middle of load: what was answered is there after the next start, and nothing half-done is. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloudProcess, type CloudProcess } from "../../src/testing/process.ts";

const ROUNDS = 4;
const LARGE = 40_000;

/** What the cloud has answered so far. */
interface Answered {
  readonly objects: Map<string, string>;
  readonly lines: Set<string>;
  readonly stacks: Set<string>;
  readonly functions: Map<string, string>;
}

describe("after kill -9", () => {
  let directory: string;
  let cloud: CloudProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-kill-"));
  });
  afterEach(async () => {
    await cloud?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const clients = () => {
    const settings = {
      endpoint: cloud?.endpointUrl ?? "",
      region: "us-east-1",
      credentials: { accessKeyId: "000000000000", secretAccessKey: "s" },
      maxAttempts: 1,
    };
    return {
      s3: new S3Client({ ...settings, forcePathStyle: true }),
      logs: new CloudWatchLogsClient(settings),
      cloudformation: new CloudFormationClient(settings),
      lambda: new LambdaClient(settings),
      iam: new IAMClient(settings),
    };
  };

  it("every answered put, function, stack and log line is there, round after round", { timeout: 90_000 }, async () => {
    const answered: Answered = { objects: new Map(), lines: new Set(), stacks: new Set(), functions: new Map() };
    for (let round = 0; round < ROUNDS; round++) {
      cloud = await startCloudProcess(["--data-dir", directory]);
      const { s3, logs, iam } = clients();
      if (round === 0) {
        await s3.send(new CreateBucketCommand({ Bucket: "load" }));
        await logs.send(new CreateLogGroupCommand({ logGroupName: "load" }));
        await logs.send(new CreateLogStreamCommand({ logGroupName: "load", logStreamName: "stream" }));
        const Statement = [
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ];
        const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await iam.send(new CreateRoleCommand({ RoleName: "load", AssumeRolePolicyDocument }));
      }
      await loadUntilKilled(answered, round);
      cloud = await startCloudProcess(["--data-dir", directory]);
      await expectAllOf(answered);
      await cloud.kill();
    }
    expect(answered.objects.size).toBeGreaterThan(ROUNDS);
    expect(answered.lines.size).toBeGreaterThan(ROUNDS);
    expect(answered.stacks.size).toBeGreaterThan(0);
    expect(answered.functions.size).toBeGreaterThan(0);
  });

  /** Loads the cloud from four sides until it no longer answers; each side notes what was answered to it. */
  async function loadUntilKilled(answered: Answered, round: number): Promise<void> {
    const { s3, logs, cloudformation, lambda } = clients();
    let killed = false;
    const repeat = async (work: (index: number) => Promise<void>): Promise<void> => {
      for (let index = 0; !killed; index++) {
        try {
          await work(index);
        } catch (error) {
          if (!killed) throw error;
        }
      }
    };
    const sides = [
      repeat(async (index) => {
        const Key = `${round}/${index}`;
        const Body = `${Key} `.repeat(index % 5 === 0 ? LARGE / 5 : 3);
        await s3.send(new PutObjectCommand({ Bucket: "load", Key, Body }));
        answered.objects.set(Key, Body);
      }),
      repeat(async (index) => {
        const message = `line ${round}/${index}`;
        const logEvents = [{ timestamp: Date.now(), message }];
        await logs.send(new PutLogEventsCommand({ logGroupName: "load", logStreamName: "stream", logEvents }));
        answered.lines.add(message);
      }),
      repeat(async (index) => {
        const StackName = `stack-${round}-${index}`;
        const Resources = Object.fromEntries(["A", "B", "C"].map((id) => [id, { Type: "AWS::Logs::LogGroup" }]));
        await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
        answered.stacks.add(StackName);
      }),
      repeat(async (index) => {
        const FunctionName = `function-${round}-${index}`;
        const source = `export const handler = async () => "${FunctionName}";`;
        const Code = { ZipFile: zipSync({ "index.mjs": Buffer.from(source) }) };
        const Role = "arn:aws:iam::000000000000:role/load";
        await lambda.send(
          new CreateFunctionCommand({ FunctionName, Role, Runtime: "nodejs20.x", Handler: "index.handler", Code }),
        );
        answered.functions.set(FunctionName, `"${FunctionName}"`);
      }),
    ];
    // The moment is another one in each round; what matters is that it is in the middle of the work.
    await new Promise((resolve) => setTimeout(resolve, 300 + round * 137));
    killed = true;
    await cloud?.kill();
    await Promise.all(sides);
  }

  async function expectAllOf(answered: Answered): Promise<void> {
    const { s3, logs, cloudformation, lambda } = clients();
    for (const [Key, expected] of answered.objects) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: "load", Key }));
      expect((await Body?.transformToString()) === expected, `object ${Key}`).toBe(true);
    }
    const listed = new Set<string>();
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: "load", ContinuationToken: token }));
      for (const { Key = "" } of page.Contents ?? []) listed.add(Key);
      token = page.NextContinuationToken;
    }
    for (const key of answered.objects.keys()) expect(listed).toContain(key);
    // What was killed before it was answered may be there, but then all of it.
    for (const Key of listed) {
      const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: "load", Key }));
      expect((await Body?.transformToByteArray())?.length, `object ${Key}`).toBe(ContentLength);
    }

    const lines = new Set<string>();
    for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
      const page = await logs.send(new FilterLogEventsCommand({ logGroupName: "load", nextToken }));
      for (const { message = "" } of page.events ?? []) lines.add(message);
      nextToken = page.nextToken;
    }
    for (const line of answered.lines) expect(lines).toContain(line);

    for (const StackName of answered.stacks) {
      const status = async () =>
        (await cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;
      await expect.poll(status, { timeout: 10_000 }).toBe("CREATE_COMPLETE");
      const { StackResources } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName }));
      expect(StackResources?.map((resource) => resource.ResourceStatus)).toEqual(Array(3).fill("CREATE_COMPLETE"));
    }

    // Every function is there; invoking one of them is enough to see that its code is too.
    let invoked = false;
    for (const [FunctionName, expected] of answered.functions) {
      await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName });
      if (invoked) continue;
      invoked = true;
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
      expect(Payload?.transformToString()).toBe(expected);
    }
  }
});
