/** Asynchronous invocations: accepted at once, tried again after a time, told to their destinations. */
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE } from "./function-fixture.ts";

/** Destinations are reached as the function's role. */
const MAY_INVOKE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: ["*:function:hears", "*:function:notices"] },
  ],
});

let cloud: TestCloud;
let lambda: Lambda;
let logs: CloudWatchLogs;

// One cloud for all: every test has functions of its own.
beforeAll(async () => {
  cloud = await startCloud();
  lambda = new Lambda(cloud.client());
  logs = new CloudWatchLogs(cloud.client());
  const iam = new IAM(cloud.client());
  await iam.createRole(ROLE);
  await iam.putRolePolicy({ RoleName: ROLE.RoleName, PolicyName: "destinations", PolicyDocument: MAY_INVOKE });
  iam.destroy();
});
afterAll(async () => {
  lambda.destroy();
  logs.destroy();
  await cloud.close();
});

/** What a function was given, by its log. */
async function seen(FunctionName: string): Promise<unknown[]> {
  const search = { logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: "SEEN" };
  const { events = [] } = await logs.filterLogEvents(search).catch(() => ({ events: [] }));
  return events.map(({ message = "" }) => JSON.parse(message.split("SEEN ")[1] ?? ""));
}

const send = (FunctionName: string, event: object, Qualifier?: string) =>
  lambda.invoke({ FunctionName, InvocationType: "Event", Payload: JSON.stringify(event), Qualifier });

const TELLS = "console.log('SEEN', JSON.stringify(event));";

describe("an event", () => {
  it("is accepted with 202 and run afterwards, once where it succeeds", async () => {
    await lambda.createFunction(functionOf(TELLS, "listens"));
    const { StatusCode } = await send("listens", { n: 1 });
    expect(StatusCode).toBe(202);
    await cloud.settled();
    await lambda.invokeAsync({ FunctionName: "listens", InvokeArgs: '{"n":2}' });
    await cloud.advance("1h");
    expect(await seen("listens")).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("is tried again a minute after the first failure and two minutes after the second, then given up", async () => {
    await lambda.createFunction(functionOf(`${TELLS} throw new Error(context.awsRequestId);`, "stumbles"));
    await send("stumbles", { n: 1 });
    await cloud.settled();
    const counts = [(await seen("stumbles")).length];
    for (const seconds of [59, 1, 119, 1, 7200]) {
      await cloud.advance(seconds);
      counts.push((await seen("stumbles")).length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("is retried as often and as long as the configuration says", async () => {
    const FunctionName = "limited";
    await lambda.createFunction(functionOf(`${TELLS} throw new Error();`, FunctionName));
    await lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 0 });
    await send(FunctionName, { n: 1 });
    await cloud.advance("1h");
    expect(await seen(FunctionName)).toHaveLength(1);
    const config = await lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumEventAgeInSeconds: 90 });
    expect(config.MaximumRetryAttempts).toBeUndefined();
    expect(config.FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:limited:$LATEST");
    await send(FunctionName, { n: 2 });
    await cloud.advance("1h");
    expect(await seen(FunctionName)).toHaveLength(3);
    await lambda.deleteFunctionEventInvokeConfig({ FunctionName });
    await expect(lambda.getFunctionEventInvokeConfig({ FunctionName })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("waits while the function is throttled", async () => {
    const FunctionName = "busy";
    await lambda.createFunction(
      functionOf(`${TELLS} await new Promise((r) => setTimeout(r, event.ms));`, FunctionName),
    );
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 1 });
    const first = lambda.invoke({ FunctionName, Payload: '{"ms":400}' });
    await expect
      .poll(() => lambda.invoke({ FunctionName, Payload: '{"ms":0}' }).catch((error: Error) => error.name))
      .toBe("TooManyRequestsException");
    await send(FunctionName, { ms: 1 });
    await first;
    await cloud.advance("10s");
    expect(await seen(FunctionName)).toContainEqual({ ms: 1 });
  });
});

describe("a destination", () => {
  it("hears of success and of failure in AWS's record, with AWS's counts", async () => {
    await lambda.createFunction(functionOf(TELLS, "hears"));
    await lambda.createFunction({
      ...functionOf("if (event.fail) throw new Error('no'); return { fine: true };", "tells"),
      Publish: true,
    });
    await lambda.createAlias({ FunctionName: "tells", Name: "live", FunctionVersion: "1" });
    const Destination = "arn:aws:lambda:us-east-1:000000000000:function:hears";
    const both = { OnSuccess: { Destination }, OnFailure: { Destination } };
    await lambda.putFunctionEventInvokeConfig({ FunctionName: "tells", Qualifier: "live", DestinationConfig: both });
    await send("tells", { fail: false }, "live");
    await cloud.settled();
    await send("tells", { fail: true }, "live");
    await cloud.advance("10m");
    const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:tells:live";
    expect(await seen("hears")).toMatchObject([
      {
        version: "1.0",
        requestContext: { functionArn, condition: "Success", approximateInvokeCount: 1 },
        requestPayload: { fail: false },
        responseContext: { statusCode: 200, executedVersion: "1" },
        responsePayload: { fine: true },
      },
      {
        requestContext: { functionArn, condition: "RetriesExhausted", approximateInvokeCount: 3 },
        requestPayload: { fail: true },
        responseContext: { statusCode: 200, executedVersion: "1", functionError: "Unhandled" },
        responsePayload: { errorMessage: "no" },
      },
    ]);
  });

  it("hears nothing that the function's role may not tell it", async () => {
    await lambda.createFunction(functionOf(TELLS, "secluded"));
    await lambda.createFunction(functionOf("return 1", "unallowed"));
    const Destination = "arn:aws:lambda:us-east-1:000000000000:function:secluded";
    await lambda.putFunctionEventInvokeConfig({
      FunctionName: "unallowed",
      DestinationConfig: { OnSuccess: { Destination } },
    });
    await send("unallowed", {});
    await cloud.settled();
    expect(await seen("secluded")).toEqual([]);
  });

  it("hears of an event whose function may not run at all", async () => {
    const FunctionName = "stopped";
    await lambda.createFunction(functionOf(TELLS, "notices"));
    await lambda.createFunction(functionOf("return 1", FunctionName));
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
    const Destination = "arn:aws:lambda:us-east-1:000000000000:function:notices";
    await lambda.putFunctionEventInvokeConfig({ FunctionName, DestinationConfig: { OnFailure: { Destination } } });
    await send(FunctionName, { n: 1 });
    await cloud.settled();
    expect(await seen("notices")).toMatchObject([
      { requestContext: { condition: "ZeroReservedConcurrency", approximateInvokeCount: 0 }, requestPayload: { n: 1 } },
    ]);
  });

  it("is not the function itself, and no queue as long as there are none", async () => {
    const FunctionName = "picky";
    await lambda.createFunction(functionOf("", FunctionName));
    const to = (Destination: string) =>
      lambda.putFunctionEventInvokeConfig({ FunctionName, DestinationConfig: { OnFailure: { Destination } } });
    await expect(to("arn:aws:lambda:us-east-1:000000000000:function:picky")).rejects.toThrow(
      "You can't specify the function as a destination for itself.",
    );
    await expect(to("arn:aws:sqs:us-east-1:000000000000:q")).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("DestinationConfig.OnFailure.Destination arn:aws:sqs"),
    });
  });
});
