/** Groups and streams as an SDK client sees them. */
import { CloudWatchLogs, type InputLogEvent, type PutLogEventsCommandOutput } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";

const MINUTE = 60_000;
const group = { logGroupName: "/app/orders" };
const stream = { ...group, logStreamName: "one" };

let cloud: TestCloud;
let logs: CloudWatchLogs;

beforeEach(async () => {
  cloud = await startCloud();
  logs = new CloudWatchLogs(cloud.client());
});
afterEach(async () => {
  logs.destroy();
  await cloud.close();
});

async function makeStream(name = stream.logStreamName): Promise<void> {
  await logs.createLogGroup(group).catch(() => undefined);
  await logs.createLogStream({ ...group, logStreamName: name });
}

function put(logEvents: InputLogEvent[], logStreamName = stream.logStreamName): Promise<PutLogEventsCommandOutput> {
  return logs.putLogEvents({ ...group, logStreamName, logEvents });
}

/** Events whose messages are numbers, `step` milliseconds apart. */
function numbered(count: number, { from = TEST_EPOCH, step = 1, first = 0 } = {}): InputLogEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    timestamp: from + index * step,
    message: String(first + index),
  }));
}

const messagesOf = (events: readonly { message?: string | undefined }[] | undefined): (string | undefined)[] =>
  (events ?? []).map(({ message }) => message);

describe("log groups", () => {
  it("are described with the ARN that ends in :* and the one that does not", async () => {
    await logs.createLogGroup({ ...group, tags: { team: "shop" } });

    const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: "/app/" });

    expect(logGroups).toEqual([
      {
        logGroupName: "/app/orders",
        creationTime: TEST_EPOCH,
        metricFilterCount: 0,
        arn: "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders:*",
        logGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders",
        storedBytes: 0,
        logGroupClass: "STANDARD",
        deletionProtectionEnabled: false,
      },
    ]);
  });

  it("come page by page, by name", async () => {
    for (const name of ["c", "a", "b"]) await logs.createLogGroup({ logGroupName: name });

    const first = await logs.describeLogGroups({ limit: 2 });
    const second = await logs.describeLogGroups({ limit: 2, nextToken: first.nextToken });

    expect(first.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["a", "b"]);
    expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["c"]);
    expect(second.nextToken).toBeUndefined();
    await expect(logs.describeLogGroups({ nextToken: "made up" })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "The specified nextToken is invalid.",
    });
  });

  it("cannot be made twice, and cannot be used when they are not there", async () => {
    await logs.createLogGroup(group);

    await expect(logs.createLogGroup(group)).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
    await expect(logs.deleteLogGroup({ logGroupName: "other" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("start empty when they are made anew under an old name", async () => {
    await makeStream();
    await put(numbered(3));
    await logs.deleteLogGroup(group);
    await cloud.settled();
    await makeStream();

    const { events } = await logs.getLogEvents({ ...stream, startFromHead: true });

    expect(events).toEqual([]);
  });

  it("cannot be deleted while deletion protection is on", async () => {
    await logs.createLogGroup({ ...group, deletionProtectionEnabled: true });

    await expect(logs.deleteLogGroup(group)).rejects.toMatchObject({ name: "ValidationException" });

    await logs.putLogGroupDeletionProtection({
      logGroupIdentifier: group.logGroupName,
      deletionProtectionEnabled: false,
    });
    await logs.deleteLogGroup(group);
    expect((await logs.describeLogGroups({})).logGroups).toEqual([]);
  });

  it("belong to one account and one Region", async () => {
    await logs.createLogGroup(group);
    const elsewhere = new CloudWatchLogs(cloud.client({ region: "eu-central-1" }));
    const others = new CloudWatchLogs(cloud.client({ account: "111111111111" }));

    expect((await elsewhere.describeLogGroups({})).logGroups).toEqual([]);
    expect((await others.describeLogGroups({})).logGroups).toEqual([]);
    elsewhere.destroy();
    others.destroy();
  });

  it("keep tags, by ARN and by name", async () => {
    const resourceArn = "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders";
    await logs.createLogGroup({ ...group, tags: { team: "shop" } });
    await logs.tagResource({ resourceArn, tags: { stage: "test" } });
    await logs.untagResource({ resourceArn, tagKeys: ["team"] });

    expect((await logs.listTagsForResource({ resourceArn })).tags).toEqual({ stage: "test" });
    expect((await logs.listTagsLogGroup(group)).tags).toEqual({ stage: "test" });
    await expect(logs.tagResource({ resourceArn, tags: { "aws:mine": "1" } })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("are not there for operations that Seatrial does not have", async () => {
    await expect(
      logs.startQuery({ ...group, startTime: 1, endTime: 2, queryString: "fields @message" }),
    ).rejects.toThrow("Seatrial does not have logs StartQuery yet.");
  });
});

describe("log streams", () => {
  it("come by name, by the time of their last event, and in reverse", async () => {
    for (const name of ["b", "a", "c"]) await makeStream(name);
    await put(numbered(1, { from: TEST_EPOCH + 2 }), "a");
    await put(numbered(1, { from: TEST_EPOCH + 1 }), "c");
    const names = async (options: Parameters<CloudWatchLogs["describeLogStreams"]>[0]) =>
      ((await logs.describeLogStreams({ ...group, ...options })).logStreams ?? []).map((found) => found.logStreamName);

    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({ descending: true })).toEqual(["c", "b", "a"]);
    expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["a", "c", "b"]);
    expect(await names({ logStreamNamePrefix: "b" })).toEqual(["b"]);
    await expect(names({ orderBy: "LastEventTime", logStreamNamePrefix: "b" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("come page by page in every order", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await makeStream(name);
    for (const orderBy of ["LastEventTime", "LogStreamName"] as const) {
      for (const descending of [false, true]) {
        const seen: (string | undefined)[] = [];
        let nextToken: string | undefined;
        do {
          const page = await logs.describeLogStreams({ ...group, orderBy, descending, limit: 2, nextToken });
          seen.push(...(page.logStreams ?? []).map((found) => found.logStreamName));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        expect(seen).toEqual(descending ? ["e", "d", "c", "b", "a"] : ["a", "b", "c", "d", "e"]);
      }
    }
  });

  it("tell when their first and last events were", async () => {
    await makeStream();
    await put(numbered(2, { step: 5 * MINUTE, from: TEST_EPOCH - 10 * MINUTE }));

    const { logStreams } = await logs.describeLogStreams(group);

    expect(logStreams).toMatchObject([
      {
        arn: "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders:log-stream:one",
        firstEventTimestamp: TEST_EPOCH - 10 * MINUTE,
        lastEventTimestamp: TEST_EPOCH - 5 * MINUTE,
        lastIngestionTime: TEST_EPOCH,
        storedBytes: 0,
      },
    ]);
  });

  it("take their events with them", async () => {
    await makeStream("one");
    await makeStream("two");
    await put(numbered(2), "one");
    await put(numbered(1, { first: 7 }), "two");
    await logs.deleteLogStream(stream);

    const { events } = await logs.filterLogEvents(group);

    expect(messagesOf(events)).toEqual(["7"]);
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.storedBytes).toBe(27);
  });
});
