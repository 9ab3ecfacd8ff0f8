/** Invocations as an SDK client makes them: kinds, limits, errors, log, metrics, streams. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE, ROLE_ARN, zipOf } from "./function-fixture.ts";

let cloud: TestCloud;
let lambda: Lambda;

// One cloud for all: every test has a function of its own.
beforeAll(async () => {
  cloud = await startCloud();
  lambda = new Lambda(cloud.client());
  await new IAM(cloud.client()).createRole(ROLE);
});
afterAll(async () => {
  lambda.destroy();
  await cloud.close();
});

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe("an invocation", () => {
  it("has the caller's event and context, the role's keys, and the request's id", async () => {
    const body = `
      const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
      const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
      return { event, id: context.awsRequestId, arn: context.invokedFunctionArn, custom: context.clientContext.custom, Arn };`;
    await lambda.createFunction(functionOf(body, "who"));
    const { Payload, $metadata, StatusCode, FunctionError } = await lambda.invoke({
      FunctionName: "000000000000:function:who",
      Payload: '{"a":"ü"}',
      ClientContext: Buffer.from('{"custom":{"k":"v"}}').toString("base64"),
    });
    expect([StatusCode, FunctionError]).toEqual([200, undefined]);
    expect(JSON.parse(text(Payload))).toEqual({
      event: { a: "ü" },
      id: $metadata.requestId,
      arn: "arn:aws:lambda:us-east-1:000000000000:function:who",
      custom: { k: "v" },
      Arn: "arn:aws:sts::000000000000:assumed-role/runner/who",
    });
  });

  it("answers 200 with the function's error, and gives its log's end where it is asked for", async () => {
    await lambda.createFunction(functionOf("console.log('about to'); throw new TypeError('no');", "fails"));
    const { StatusCode, FunctionError, Payload, LogResult } = await lambda.invoke({
      FunctionName: "fails",
      LogType: "Tail",
    });
    expect([StatusCode, FunctionError]).toEqual([200, "Unhandled"]);
    expect(JSON.parse(text(Payload))).toMatchObject({ errorType: "TypeError", errorMessage: "no" });
    expect(Buffer.from(LogResult ?? "", "base64").toString()).toMatch(/INFO\tabout to[^]*REPORT RequestId: /);
  });

  it("that is a dry run only asks whether it could be", async () => {
    await lambda.createFunction(functionOf("return 1", "dry"));
    const dry = (FunctionName: string) => lambda.invoke({ FunctionName, InvocationType: "DryRun" });
    expect((await dry("dry")).StatusCode).toBe(204);
    await expect(dry("dry:9")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(dry("nobody")).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it("is turned away where its payload is no JSON or too large", async () => {
    await lambda.createFunction(functionOf("return 1", "strict"));
    const FunctionName = "strict";
    await expect(lambda.invoke({ FunctionName, Payload: "{no" })).rejects.toMatchObject({
      name: "InvalidRequestContentException",
      message: expect.stringMatching(/^Could not parse request body into json: Could not parse payload into json: /),
    });
    const large = JSON.stringify("x".repeat(1_048_577));
    await expect(lambda.invoke({ FunctionName, InvocationType: "Event", Payload: large })).rejects.toMatchObject({
      name: "RequestTooLargeException",
      message: "Request must be smaller than 1048576 bytes for the InvokeFunction operation",
      $metadata: { httpStatusCode: 413 },
    });
    expect((await lambda.invoke({ FunctionName, Payload: large })).StatusCode).toBe(200);
    await expect(lambda.invoke({ FunctionName, Payload: JSON.stringify("x".repeat(6_291_457)) })).rejects.toMatchObject(
      { name: "RequestTooLargeException" },
    );
    await expect(lambda.invoke({ FunctionName, Qualifier: "1", TenantId: "t" })).rejects.toThrow("TenantId");
    await expect(
      lambda.invoke({ FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:strict:1", Qualifier: "2" }),
    ).rejects.toThrow("The derived qualifier from the function name does not match the specified qualifier.");
  });

  it("is throttled by the function's reservation, with AWS's reason", async () => {
    await lambda.createFunction(functionOf("await new Promise((r) => setTimeout(r, 300)); return 1", "narrow"));
    const FunctionName = "narrow";
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 1 });
    const both = await Promise.allSettled([lambda.invoke({ FunctionName }), lambda.invoke({ FunctionName })]);
    const [refused] = both.filter((one) => one.status === "rejected");
    expect(both.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(refused?.reason).toMatchObject({
      name: "TooManyRequestsException",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    });
    expect((await lambda.invoke({ FunctionName })).StatusCode).toBe(200);
  });

  it("says so where Lambda may not assume the role any more", async () => {
    const iam = new IAM(cloud.client());
    await iam.createRole({ ...ROLE, RoleName: "gone" });
    await lambda.createFunction({ ...functionOf("return 1", "orphan"), Role: ROLE_ARN.replace("runner", "gone") });
    await iam.deleteRole({ RoleName: "gone" });
    await cloud.advance("2h");
    await expect(lambda.invoke({ FunctionName: "orphan" })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
  });

  const answer = async (FunctionName: string): Promise<unknown> =>
    JSON.parse(text((await lambda.invoke({ FunctionName, Payload: '{"n":1}' })).Payload));
  const common = { Role: ROLE_ARN, Timeout: 20, Handler: "app.handler" };

  it("runs Python too", async ({ skip }) => {
    if (spawnSync("python3", ["--version"]).status !== 0) skip("no Python 3 on PATH");
    const ZipFile = zipOf({ "app.py": "def handler(event, context):\n  return {'got': event['n'] + 1}\n" });
    await lambda.createFunction({ ...common, FunctionName: "py", Runtime: "python3.12", Code: { ZipFile } });
    expect(await answer("py")).toEqual({ got: 2 });
  });

  it("runs executables too", async () => {
    const bootstrap = `#!${process.execPath}
      const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
      (async () => {
        for (;;) {
          const next = await fetch(api + "next");
          const id = next.headers.get("lambda-runtime-aws-request-id");
          const body = '{"seen":' + (await next.text()) + "}";
          await fetch(api + id + "/response", { method: "POST", body });
        }
      })();`;
    const ZipFile = zipOf({ bootstrap });
    await lambda.createFunction({ ...common, FunctionName: "exe", Runtime: "provided.al2023", Code: { ZipFile } });
    expect(await answer("exe")).toEqual({ seen: { n: 1 } });
  });
});

describe("a cloud that is closed", () => {
  it("ends what is running, and takes up again after its start what was accepted", async () => {
    const directory = await mkdtemp(join(tmpdir(), "seatrial-lambda-"));
    const first = await startCloud({ dataDirectory: directory });
    const client = new Lambda({ ...first.client() });
    await new IAM(first.client()).createRole(ROLE);
    const body = "console.log('begun'); await new Promise((r) => setTimeout(r, event.ms ?? 0)); console.log('done');";
    await client.createFunction(functionOf(body, "long"));
    const running = client.invoke({ FunctionName: "long", Payload: '{"ms":9000}' }).catch(() => "cut off");
    const log = (cloud: TestCloud) =>
      new CloudWatchLogs(cloud.client())
        .filterLogEvents({ logGroupName: "/aws/lambda/long" })
        .then(({ events = [] }) => events.map(({ message }) => message?.split("\t").at(-1)))
        .catch((): string[] => []);
    await expect.poll(() => log(first)).toContain("begun\n");
    const reserved = { FunctionName: "long", ReservedConcurrentExecutions: 1 };
    await client.putFunctionConcurrency(reserved);
    await client.invoke({ FunctionName: "long", InvocationType: "Event", Payload: "{}" });
    await first.close();
    expect(await running).toBe("cut off");
    const second = await startCloud({ dataDirectory: directory });
    await second.advance("1m");
    expect(await log(second)).toContain("done\n");
    await second.close();
    await rm(directory, { recursive: true, force: true });
  });
});

describe("what an invocation leaves", () => {
  it("is its log, in one stream per environment, in the group that the configuration names", async () => {
    const logs = new CloudWatchLogs(cloud.client());
    const custom = { LoggingConfig: { LogGroup: "/my/own" } };
    await lambda.createFunction({ ...functionOf("console.log('line', event.n)", "talks"), ...custom });
    for (const n of [1, 2]) await lambda.invoke({ FunctionName: "talks", Payload: JSON.stringify({ n }) });
    const { logStreams } = await logs.describeLogStreams({ logGroupName: "/my/own" });
    expect(logStreams).toHaveLength(1);
    expect(logStreams?.[0]?.logStreamName).toMatch(/^2026\/01\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    const { events } = await logs.filterLogEvents({ logGroupName: "/my/own", filterPattern: "line" });
    expect(events?.map((event) => event.message?.split("\t").at(-1))).toEqual(["line 1\n", "line 2\n"]);
    // Lambda makes the group again when somebody deleted it.
    await logs.deleteLogGroup({ logGroupName: "/my/own" });
    await lambda.invoke({ FunctionName: "talks", Payload: '{"n":3}' });
    expect((await logs.filterLogEvents({ logGroupName: "/my/own", filterPattern: "line" })).events).toHaveLength(1);
  });

  it("are AWS's metrics, by function, by alias and by the version that ran", async () => {
    const cloudwatch = new CloudWatch(cloud.client());
    await lambda.createFunction({
      ...functionOf("if (event.fail) throw new Error(); return 1", "counted"),
      Publish: true,
    });
    await lambda.createAlias({ FunctionName: "counted", Name: "live", FunctionVersion: "1" });
    for (const fail of [true, false, false]) {
      await lambda.invoke({ FunctionName: "counted:live", Payload: JSON.stringify({ fail }) });
    }
    await cloud.advance("1m");
    const sums = async (MetricName: string, dimensions: Record<string, string>) => {
      const { Datapoints } = await cloudwatch.getMetricStatistics({
        Namespace: "AWS/Lambda",
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(TEST_EPOCH),
        EndTime: new Date(TEST_EPOCH + 24 * 3_600_000),
        Period: 86_400,
        Statistics: ["Sum", "SampleCount"],
      });
      return [Datapoints?.[0]?.Sum, Datapoints?.[0]?.SampleCount];
    };
    const FunctionName = "counted";
    const Resource = "counted:live";
    expect(await sums("Invocations", { FunctionName })).toEqual([3, 3]);
    expect(await sums("Errors", { FunctionName, Resource })).toEqual([1, 3]);
    expect(await sums("Errors", { FunctionName, Resource, ExecutedVersion: "1" })).toEqual([1, 3]);
    expect((await sums("Duration", { FunctionName }))[1]).toBe(3);
  });
});

describe("a stream", () => {
  it("comes as the function writes it, with its type and its end", async () => {
    const ZipFile = zipOf({
      "index.js": `exports.handler = awslambda.streamifyResponse(async (event, out) => {
        out.setContentType("text/csv"); out.write("a,"); await new Promise((r) => setTimeout(r, 20)); out.write("b"); out.end(); });`,
    });
    await lambda.createFunction({ ...functionOf("", "flows"), Code: { ZipFile } });
    const reply = await lambda.invokeWithResponseStream({ FunctionName: "flows", LogType: "Tail" });
    expect(reply).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST", ResponseStreamContentType: "text/csv" });
    const parts: string[] = [];
    let log = "";
    for await (const event of reply.EventStream ?? []) {
      if (event.PayloadChunk) parts.push(text(event.PayloadChunk.Payload));
      if (event.InvokeComplete) log = Buffer.from(event.InvokeComplete.LogResult ?? "", "base64").toString();
    }
    expect(parts).toEqual(["a,", "b"]);
    expect(log).toContain("REPORT RequestId: ");
  });

  it("tells the function's error at its end", async () => {
    await lambda.createFunction(functionOf("throw new Error('late')", "breaks"));
    const reply = await lambda.invokeWithResponseStream({ FunctionName: "breaks" });
    const ends: unknown[] = [];
    for await (const event of reply.EventStream ?? []) ends.push(event.InvokeComplete);
    expect(ends).toMatchObject([{ ErrorCode: "Unhandled", ErrorDetails: expect.stringContaining("late") }]);
  });
});
