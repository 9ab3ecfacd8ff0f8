/** Events as an SDK client puts, reads and finds them, and how long they stay. */
import {
  CloudWatchLogs,
  paginateFilterLogEvents,
  type InputLogEvent,
  type PutLogEventsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";

const DAY = 86_400_000;
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

describe("PutLogEvents", () => {
  it("wants the group and the stream to be there", async () => {
    await expect(put(numbered(1))).rejects.toMatchObject({ message: "The specified log group does not exist." });
    await logs.createLogGroup(group);
    await expect(put(numbered(1))).rejects.toMatchObject({ message: "The specified log stream does not exist." });
  });

  it("wants its events in order of time, not too large and not too many", async () => {
    await makeStream();
    const earlier = { timestamp: TEST_EPOCH - 1, message: "earlier" };

    await expect(put([...numbered(1), earlier])).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Log events in a single PutLogEvents request must be in chronological order.",
    });
    await expect(put([{ timestamp: TEST_EPOCH, message: "ü".repeat(524_288) }])).rejects.toMatchObject({
      message: "Log event too large: 1048602 bytes exceeds limit of 1048576",
    });
    const half = { timestamp: TEST_EPOCH, message: "x".repeat(524_288) };
    await expect(put([half, half])).rejects.toMatchObject({
      message: "Upload too large: 1048628 bytes exceeds limit of 1048576",
    });
    await expect(put(numbered(10_001))).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(put(numbered(2, { from: TEST_EPOCH - 25 * 3_600_000, step: 25 * 3_600_000 }))).rejects.toMatchObject({
      message: expect.stringContaining("24 hours"),
    });
    expect((await logs.filterLogEvents(group)).events).toEqual([]);
  });

  it("leaves out what is too old or too new, and says which", async () => {
    await makeStream();
    const times = [-15 * DAY, -14 * DAY - 1, -1, 0, 2 * 3_600_000, 2 * 3_600_000 + 1];
    const { rejectedLogEventsInfo } = await put(
      times.map((time) => ({ timestamp: TEST_EPOCH + time, message: String(time) })),
    );

    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 5 });
    expect(messagesOf((await logs.filterLogEvents(group)).events)).toEqual(["-1", "0", "7200000"]);
  });

  it("leaves out what the group's retention would not keep", async () => {
    await makeStream();
    await logs.putRetentionPolicy({ ...group, retentionInDays: 3 });

    const { rejectedLogEventsInfo } = await put(numbered(2, { from: TEST_EPOCH - 4 * DAY, step: 4 * DAY }));

    expect(rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  });
});

describe("GetLogEvents", () => {
  it("gives the latest events first, and walks back to the head", async () => {
    await makeStream();
    await put(numbered(5));

    const latest = await logs.getLogEvents({ ...stream, limit: 2 });
    const before = await logs.getLogEvents({ ...stream, limit: 2, nextToken: latest.nextBackwardToken });
    const head = await logs.getLogEvents({ ...stream, limit: 2, nextToken: before.nextBackwardToken });
    const end = await logs.getLogEvents({ ...stream, limit: 2, nextToken: head.nextBackwardToken });

    expect([latest, before, head, end].map(({ events }) => messagesOf(events))).toEqual([
      ["3", "4"],
      ["1", "2"],
      ["0"],
      [],
    ]);
    expect(end.nextBackwardToken).toBe(head.nextBackwardToken);
  });

  it("walks on from the head, and gives the same token at the end until more comes in", async () => {
    await makeStream();
    const empty = await logs.getLogEvents({ ...stream, startFromHead: true });
    await put(numbered(3));

    const first = await logs.getLogEvents({ ...stream, startFromHead: true, nextToken: empty.nextForwardToken });
    const end = await logs.getLogEvents({ ...stream, startFromHead: true, nextToken: first.nextForwardToken });
    await put(numbered(1, { from: TEST_EPOCH + 10, first: 3 }));
    const more = await logs.getLogEvents({ ...stream, startFromHead: true, nextToken: end.nextForwardToken });

    expect(messagesOf(first.events)).toEqual(["0", "1", "2"]);
    expect(end).toMatchObject({ events: [], nextForwardToken: first.nextForwardToken });
    expect(messagesOf(more.events)).toEqual(["3"]);
  });

  it("keeps events of the same millisecond in the order in which they came", async () => {
    await makeStream();
    for (let call = 0; call < 3; call++) await put(numbered(3, { step: 0, first: call * 3 }));

    const ahead = await logs.getLogEvents({ ...stream, startFromHead: true, limit: 4 });
    const rest = await logs.getLogEvents({ ...stream, nextToken: ahead.nextForwardToken });
    const behind = await logs.getLogEvents({ ...stream, nextToken: rest.nextBackwardToken, limit: 2 });

    expect(messagesOf(ahead.events)).toEqual(["0", "1", "2", "3"]);
    expect(messagesOf(rest.events)).toEqual(["4", "5", "6", "7", "8"]);
    expect(messagesOf(behind.events)).toEqual(["2", "3"]);
  });

  it("includes startTime and not endTime", async () => {
    await makeStream();
    await put(numbered(5));

    const { events } = await logs.getLogEvents({ ...stream, startTime: TEST_EPOCH + 1, endTime: TEST_EPOCH + 3 });

    expect(messagesOf(events)).toEqual(["1", "2"]);
  });

  it("gives no more than 1 MiB at once", async () => {
    await makeStream();
    for (let call = 0; call < 3; call++) {
      await put([{ timestamp: TEST_EPOCH + call, message: `${call}`.repeat(600_000) }]);
    }

    const first = await logs.getLogEvents({ ...stream, startFromHead: true });

    expect(first.events).toHaveLength(1);
  });

  it("takes a name or an ARN, and not both", async () => {
    await makeStream();
    await put(numbered(1));
    const logGroupIdentifier = "arn:aws:logs:us-east-1:000000000000:log-group:/app/orders";

    expect((await logs.getLogEvents({ logGroupIdentifier, logStreamName: "one" })).events).toHaveLength(1);
    await expect(logs.getLogEvents({ ...stream, logGroupIdentifier })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(logs.getLogEvents({ ...stream, nextToken: "f/rubbish/s" })).rejects.toMatchObject({
      message: "The specified nextToken is invalid.",
    });
  });
});

describe("FilterLogEvents", () => {
  it("merges the streams of a group by time, whatever the order in which they came", async () => {
    await makeStream("one");
    await makeStream("two");
    // Calls that span minutes, overlap, and come late.
    await put(numbered(4, { from: TEST_EPOCH, step: 50_000 }), "one");
    await put(numbered(4, { from: TEST_EPOCH + 25_000, step: 50_000, first: 10 }), "two");
    await put(numbered(1, { from: TEST_EPOCH + 60_000, first: 20 }), "two");

    const { events, searchedLogStreams } = await logs.filterLogEvents(group);

    expect(messagesOf(events)).toEqual(["0", "10", "1", "20", "11", "2", "12", "3", "13"]);
    expect(searchedLogStreams).toEqual([]);
  });

  it("pages without losing or repeating any", async () => {
    await makeStream("one");
    await makeStream("two");
    for (let call = 0; call < 20; call++) {
      await put(numbered(7, { from: TEST_EPOCH + call * 3, first: call * 7 }), call % 2 === 0 ? "one" : "two");
    }
    const seen: { message?: string | undefined; eventId?: string | undefined }[] = [];
    for await (const page of paginateFilterLogEvents({ client: logs, pageSize: 9 }, { ...group })) {
      seen.push(...(page.events ?? []));
    }

    expect(
      messagesOf(seen)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 140 }, (_, n) => n));
    expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(140);
    const ids = seen.map(({ eventId = "" }) => BigInt(eventId));
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0n))).toBe(true);
  });

  it("finds by pattern, stream, prefix and time, with both ends included", async () => {
    for (const name of ["web-1", "web-2", "job"]) {
      await makeStream(name);
      await put([...numbered(2), { timestamp: TEST_EPOCH + 5, message: `ERROR in ${name}` }], name);
    }
    const found = async (options: Parameters<CloudWatchLogs["filterLogEvents"]>[0]) =>
      messagesOf((await logs.filterLogEvents({ ...group, ...options })).events);

    expect(await found({ filterPattern: "ERROR -job" })).toEqual(["ERROR in web-1", "ERROR in web-2"]);
    expect(await found({ filterPattern: "ERROR", logStreamNames: ["job"] })).toEqual(["ERROR in job"]);
    expect(await found({ logStreamNames: ["job", "web-1"], endTime: TEST_EPOCH })).toEqual(["0", "0"]);
    expect(await found({ logStreamNamePrefix: "web", startTime: TEST_EPOCH + 5 })).toHaveLength(2);
    await expect(found({ logStreamNames: ["job"], logStreamNamePrefix: "web" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(found({ logStreamNames: ["nobody"] })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(found({ filterPattern: "{ $.a = " })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid filter pattern",
    });
  });

  it("lets a reader follow as `aws logs tail --follow` does", async () => {
    await makeStream();
    await put(numbered(2));
    const seen = new Set<string>();
    let startTime = TEST_EPOCH;
    const poll = async (): Promise<string[]> => {
      const { events = [] } = await logs.filterLogEvents({ ...group, startTime, interleaved: true });
      const fresh = events.filter(({ eventId = "" }) => !seen.has(eventId));
      for (const { eventId = "", timestamp = 0 } of fresh) {
        seen.add(eventId);
        startTime = Math.max(startTime, timestamp);
      }
      return fresh.map(({ message = "" }) => message);
    };

    expect(await poll()).toEqual(["0", "1"]);
    expect(await poll()).toEqual([]);
    await put(numbered(2, { from: TEST_EPOCH + 1, step: 0, first: 2 }));
    expect(await poll()).toEqual(["2", "3"]);
  });
});

describe("retention", () => {
  it("takes only the numbers of days that AWS offers", async () => {
    await logs.createLogGroup(group);

    await expect(logs.putRetentionPolicy({ ...group, retentionInDays: 6 })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("Member must satisfy enum value set: [1, 3, 5, 7,"),
    });
    await logs.putRetentionPolicy({ ...group, retentionInDays: 7 });
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.retentionInDays).toBe(7);
    await logs.deleteRetentionPolicy(group);
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.retentionInDays).toBeUndefined();
  });

  it("hides events when they have expired, and takes them away", async () => {
    await makeStream();
    await logs.putRetentionPolicy({ ...group, retentionInDays: 1 });
    await put(numbered(2, { step: 12 * 3_600_000, from: TEST_EPOCH - 12 * 3_600_000 }));

    await cloud.advance("13h");
    expect(messagesOf((await logs.filterLogEvents(group)).events)).toEqual(["1"]);
    expect(messagesOf((await logs.getLogEvents(stream)).events)).toEqual(["1"]);

    await cloud.advance("3d");
    expect((await logs.filterLogEvents(group)).events).toEqual([]);
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.storedBytes).toBe(0);
  });
});
