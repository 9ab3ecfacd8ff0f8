/** Metric filters, subscription filters, resource policies and live tails. */
import { gunzipSync } from "node:zlib";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs, type StartLiveTailResponseStream } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";
import { payloadsOf } from "./subscription.ts";

const MINUTE = 60_000;
const group = { logGroupName: "/app/orders" };
const stream = { ...group, logStreamName: "one" };
const groupArn = "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders";

/** What a function finds in its event. */
interface Message {
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

function unpack(payload: Uint8Array): Message {
  const { awslogs }: { awslogs: { data: string } } = JSON.parse(Buffer.from(payload).toString());
  const message: Message = JSON.parse(gunzipSync(Buffer.from(awslogs.data, "base64")).toString());
  return message;
}

let cloud: TestCloud;
let logs: CloudWatchLogs;
let cloudwatch: CloudWatch;

beforeEach(async () => {
  cloud = await startCloud();
  logs = new CloudWatchLogs({ ...cloud.client(), disableHostPrefix: true });
  cloudwatch = new CloudWatch(cloud.client());
  await logs.createLogGroup(group);
  await logs.createLogStream(stream);
});
afterEach(async () => {
  logs.destroy();
  cloudwatch.destroy();
  await cloud.close();
});

const put = (...events: (readonly [offset: number, message: string])[]) =>
  logs.putLogEvents({
    ...stream,
    logEvents: events.map(([offset, message]) => ({ timestamp: TEST_EPOCH + offset, message })),
  });

describe("metric filters", () => {
  const errors = {
    ...group,
    filterName: "errors",
    filterPattern: "ERROR",
    metricTransformations: [{ metricName: "Errors", metricNamespace: "App", metricValue: "1", defaultValue: 0 }],
  };

  it("are kept, counted, and described", async () => {
    await logs.putMetricFilter(errors);
    await logs.putMetricFilter({ ...errors, filterPattern: "FATAL" });

    const { metricFilters } = await logs.describeMetricFilters({ metricName: "Errors", metricNamespace: "App" });

    expect(metricFilters).toEqual([
      {
        filterName: "errors",
        filterPattern: "FATAL",
        logGroupName: group.logGroupName,
        creationTime: TEST_EPOCH,
        metricTransformations: errors.metricTransformations,
      },
    ]);
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.metricFilterCount).toBe(1);
    await logs.deleteMetricFilter({ ...group, filterName: "errors" });
    expect((await logs.describeMetricFilters(group)).metricFilters).toEqual([]);
    await expect(logs.deleteMetricFilter({ ...group, filterName: "errors" })).rejects.toMatchObject({
      message: "The specified metric filter does not exist.",
    });
  });

  it("publish a value for each match, and the default for a minute without any", async () => {
    await logs.putMetricFilter(errors);
    await put(
      [-2 * MINUTE, "fine"],
      [-2 * MINUTE + 1, "fine"],
      [-MINUTE, "ERROR 1"],
      [-MINUTE + 1, "ok"],
      [-MINUTE + 2, "ERROR 2"],
    );
    await put([-2 * MINUTE + 2, "still fine"]);
    await cloud.settled();

    const { Datapoints } = await cloudwatch.getMetricStatistics({
      Namespace: "App",
      MetricName: "Errors",
      StartTime: new Date(TEST_EPOCH - 10 * MINUTE),
      EndTime: new Date(TEST_EPOCH),
      Period: 60,
      Statistics: ["Sum", "SampleCount"],
    });

    expect(Datapoints).toEqual([
      { Timestamp: new Date(TEST_EPOCH - 2 * MINUTE), Sum: 0, SampleCount: 1, Unit: "None" },
      { Timestamp: new Date(TEST_EPOCH - MINUTE), Sum: 2, SampleCount: 2, Unit: "None" },
    ]);
  });

  it("take values and dimensions out of the events", async () => {
    await logs.putMetricFilter({
      ...group,
      filterName: "latency",
      filterPattern: "{ $.latency = * }",
      metricTransformations: [
        {
          metricName: "Latency",
          metricNamespace: "App",
          metricValue: "$.latency",
          dimensions: { Path: "$.path" },
          unit: "Milliseconds",
        },
      ],
    });
    await put([0, '{"path":"/a","latency":50}'], [1, '{"path":"/b","latency":7}'], [2, '{"path":"/a","latency":70}']);
    await put([3, '{"path":"/a","latency":"no number"}'], [4, "no JSON"]);
    await cloud.settled();

    const { Datapoints } = await cloudwatch.getMetricStatistics({
      Namespace: "App",
      MetricName: "Latency",
      Dimensions: [{ Name: "Path", Value: "/a" }],
      StartTime: new Date(TEST_EPOCH),
      EndTime: new Date(TEST_EPOCH + MINUTE),
      Period: 60,
      Statistics: ["Sum", "SampleCount", "Maximum"],
    });

    expect(Datapoints).toMatchObject([{ Sum: 120, SampleCount: 2, Maximum: 70, Unit: "Milliseconds" }]);
    expect((await cloudwatch.listMetrics({})).Metrics).toHaveLength(2);
  });

  it("are turned away when they could not work", async () => {
    const [transformation = { metricName: "", metricNamespace: "", metricValue: "" }] = errors.metricTransformations;
    const refused = (change: object, of: object = {}) =>
      expect(
        logs.putMetricFilter({ ...errors, ...of, metricTransformations: [{ ...transformation, ...change }] }),
      ).rejects.toMatchObject({ name: "InvalidParameterException" });

    await refused({ metricValue: "many" });
    await refused({ dimensions: { A: "$.a" } }, { filterPattern: "{ $.a = * }" });
    await refused({ defaultValue: undefined, dimensions: { A: "$.a" } });
    await refused({}, { filterPattern: "[a, b" });
    await refused({}, { applyOnTransformedLogs: true });
  });

  it("can be tried out", async () => {
    const { matches } = await logs.testMetricFilter({
      filterPattern: "[ip, user, status = 4*]",
      logEventMessages: ["127.0.0.1 ada 200", "127.0.0.1 bob 404"],
    });

    expect(matches).toEqual([
      {
        eventNumber: 2,
        eventMessage: "127.0.0.1 bob 404",
        extractedValues: { $ip: "127.0.0.1", $user: "bob", $status: "404" },
      },
    ]);
  });
});

describe("subscription filters", () => {
  const toFunction = {
    ...group,
    filterName: "ship",
    filterPattern: "",
    destinationArn: "arn:aws:lambda:us-east-1:000000000000:function:ship",
  };
  const refusal = (change: object) => logs.putSubscriptionFilter({ ...toFunction, ...change }).catch((error) => error);

  it("want a function that they may call", async () => {
    expect(await refusal({})).toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("Could not execute the lambda function."),
    });
    expect((await logs.describeSubscriptionFilters(group)).subscriptionFilters).toEqual([]);
  });

  it("say which destinations there are not", async () => {
    const kinesis = await refusal({ destinationArn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" });
    const queue = await refusal({ destinationArn: "arn:aws:sqs:us-east-1:000000000000:q" });
    const own = await refusal({ destinationArn: "arn:aws:lambda:us-east-1:111111111111:function:ship" });

    expect(kinesis).toMatchObject({ message: expect.stringContaining("not to kinesis") });
    expect(queue).toMatchObject({
      message: "PutSubscriptionFilter operation cannot work with destinationArn for vendor sqs",
    });
    expect(own).toMatchObject({ name: "InvalidParameterException" });
  });

  it("do not send a function its own logs", async () => {
    await logs.createLogGroup({ logGroupName: "/aws/lambda/ship" });

    expect(await refusal({ logGroupName: "/aws/lambda/ship" })).toMatchObject({
      message: "The log group provided is reserved for the function logs of the destination function.",
    });
  });

  it("pack the matching events of a stream as AWS does, in parts that Lambda takes", () => {
    const filter = {
      name: "ship",
      pattern: "keep",
      createdAt: 0,
      destinationArn: "",
      distribution: "ByLogStream",
    } as const;
    const event = { time: TEST_EPOCH, sequence: 1, index: 0, ingestedAt: 0, stream: "one" };
    // Digits of pi times a number: nothing that gzip could make small.
    const noise = Array.from({ length: 40_000 }, (_, index) =>
      Math.sin(index + 1)
        .toString(36)
        .slice(3),
    ).join("");
    const events = ["keep 1", "drop", `keep ${noise}`, `keep ${noise.split("").reverse().join("")}`].map(
      (message, index) => ({ ...event, index, message }),
    );

    const payloads = payloadsOf("000000000000", { name: "/app/orders", id: "0".repeat(16) }, filter, events);

    const unpacked = payloads.map(unpack);
    expect(unpacked.length).toBeGreaterThan(1);
    expect(unpacked[0]).toMatchObject({
      messageType: "DATA_MESSAGE",
      owner: "000000000000",
      logGroup: "/app/orders",
      logStream: "one",
      subscriptionFilters: ["ship"],
    });
    expect(unpacked.flatMap(({ logEvents }) => logEvents.map(({ message }) => message.slice(0, 6)))).toEqual([
      "keep 1",
      `keep ${noise.slice(0, 1)}`,
      `keep ${noise.slice(-1)}`,
    ]);
    expect(unpacked[0]?.logEvents[0]?.id).toMatch(/^\d{56}$/);
  });
});

describe("resource policies", () => {
  const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });

  it("are kept by name, ten to an account", async () => {
    for (let index = 0; index < 10; index++) {
      await logs.putResourcePolicy({ policyName: `p${index}`, policyDocument });
    }

    await expect(logs.putResourcePolicy({ policyName: "p10", policyDocument })).rejects.toMatchObject({
      name: "LimitExceededException",
    });
    await logs.deleteResourcePolicy({ policyName: "p0" });
    expect((await logs.describeResourcePolicies({ limit: 1 })).resourcePolicies).toMatchObject([
      { policyName: "p1", policyDocument, lastUpdatedTime: TEST_EPOCH, policyScope: "ACCOUNT" },
    ]);
    await expect(logs.putResourcePolicy({ policyName: "p1", policyDocument: "{" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("of a log group are changed only by who knows their revision", async () => {
    const { revisionId } = await logs.putResourcePolicy({ resourceArn: groupArn, policyDocument });

    await expect(logs.putResourcePolicy({ resourceArn: groupArn, policyDocument })).rejects.toMatchObject({
      name: "OperationAbortedException",
    });
    await logs.deleteResourcePolicy({ resourceArn: groupArn, expectedRevisionId: revisionId });
    expect((await logs.describeResourcePolicies({ policyScope: "RESOURCE" })).resourcePolicies).toEqual([]);
  });
});

describe("StartLiveTail", () => {
  it("sends what comes in and matches, as it comes in", async () => {
    const { responseStream } = await logs.startLiveTail({
      logGroupIdentifiers: [groupArn],
      logEventFilterPattern: "ERROR",
    });
    if (responseStream === undefined) throw new Error("there is no response stream");
    const events: AsyncIterator<StartLiveTailResponseStream> = responseStream[Symbol.asyncIterator]();

    const start = await events.next();
    await put([0, "fine"], [1, "ERROR 1"]);
    const update = await events.next();

    expect(start.value?.sessionStart).toMatchObject({ logGroupIdentifiers: [groupArn] });
    expect(update.value?.sessionUpdate?.sessionResults).toEqual([
      {
        logGroupIdentifier: groupArn,
        logStreamName: "one",
        message: "ERROR 1",
        timestamp: TEST_EPOCH + 1,
        ingestionTime: TEST_EPOCH,
      },
    ]);
    await events.return?.();
  });

  it("wants ARNs of groups that are there", async () => {
    await expect(logs.startLiveTail({ logGroupIdentifiers: ["/app/orders"] })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(logs.startLiveTail({ logGroupIdentifiers: [`${groupArn}x`] })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
