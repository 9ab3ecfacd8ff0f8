/** Services that speak JSON, called by their real SDK clients. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ListTagsCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError } from "../../src/kernel/errors.ts";
import { clientSettings, failureOf, REQUEST_ID, startWireServer } from "./wire-server.ts";
import type { WireServer } from "./wire-server.ts";

let wire: WireServer;
let settings: ReturnType<typeof clientSettings>;

beforeAll(async () => {
  wire = await startWireServer();
  settings = clientSettings(wire);
});
afterAll(async () => wire.close());

describe("AWS JSON 1.0", () => {
  test("A message with blobs and nested maps arrives as it was sent", async () => {
    const client = new SQSClient({ ...settings, md5: false });
    wire.answer = () => ({ MessageId: "m-1", MD5OfMessageBody: "abc" });
    const input = {
      QueueUrl: `${wire.url}/000000000000/q`,
      MessageBody: "héllo \u0000 <&>",
      MessageAttributes: {
        bytes: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255, 7) },
        word: { DataType: "String", StringValue: "w" },
      },
    };
    const reply = await client.send(new SendMessageCommand(input));
    const call = wire.calls.at(-1);
    expect(call?.claim).toMatchObject({ protocol: "awsJson1_0", region: "eu-west-1" });
    expect(call?.claim.operation.name).toBe("SendMessage");
    expect(call?.input["MessageBody"]).toBe(input.MessageBody);
    expect(call?.input["MessageAttributes"]).toMatchObject({
      bytes: { DataType: "Binary", BinaryValue: Buffer.from([0, 255, 7]) },
      word: { StringValue: "w" },
    });
    expect(reply).toMatchObject({ MessageId: "m-1", $metadata: { requestId: REQUEST_ID, httpStatusCode: 200 } });
  });

  test("An error reaches the client as its own class, with the code that Query callers knew", async () => {
    const client = new SQSClient(settings);
    wire.answer = () => {
      throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    };
    const failed = client.send(new GetQueueUrlCommand({ QueueName: "q" }));
    expect(await failureOf(failed)).toMatchObject({
      name: "QueueDoesNotExist",
      message: "The specified queue does not exist.",
      Code: "AWS.SimpleQueueService.NonExistentQueue",
      $metadata: { httpStatusCode: 400, requestId: REQUEST_ID },
    });
  });

  test("A missing parameter is named", async () => {
    const client = new SQSClient(settings);
    // @ts-expect-error -- QueueName is required
    expect(await failureOf(client.send(new GetQueueUrlCommand({})))).toMatchObject({
      message: "The request must contain the parameter QueueName.",
    });
  });
});

describe("AWS JSON 1.1", () => {
  test("Log events arrive with their numbers, and the reply's members come back", async () => {
    const client = new CloudWatchLogsClient(settings);
    wire.answer = () => ({ nextSequenceToken: "7", rejectedLogEventsInfo: { tooOldLogEventEndIndex: 3 } });
    const reply = await client.send(
      new PutLogEventsCommand({
        logGroupName: "g",
        logStreamName: "s",
        logEvents: [{ timestamp: 1_700_000_000_123, message: "m" }],
      }),
    );
    expect(wire.calls.at(-1)?.input).toEqual({
      logGroupName: "g",
      logStreamName: "s",
      logEvents: [{ timestamp: 1_700_000_000_123, message: "m" }],
    });
    expect(reply).toMatchObject({ nextSequenceToken: "7", rejectedLogEventsInfo: { tooOldLogEventEndIndex: 3 } });
  });

  test("Two violated limits are told together in AWS's words", async () => {
    const client = new CloudWatchLogsClient(settings);
    const failed = client.send(new DescribeLogGroupsCommand({ limit: 51, logGroupNamePrefix: "a b" }));
    expect(await failureOf(failed)).toMatchObject({
      name: "InvalidParameterException",
      message:
        "2 validation errors detected: Value 'a b' at 'logGroupNamePrefix' failed to satisfy constraint: Member must " +
        "satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; Value '51' at 'limit' failed to satisfy " +
        "constraint: Member must have value less than or equal to 50",
    });
  });

  test("A live tail streams its events", async () => {
    const client = new CloudWatchLogsClient({ ...settings, disableHostPrefix: true });
    wire.answer = () => ({
      responseStream: (async function* () {
        yield { sessionStart: { sessionId: "s-1", logGroupIdentifiers: ["g"] } };
        yield { sessionUpdate: { sessionResults: [{ message: "line", timestamp: 5 }] } };
        throw new AwsError("SessionTimeoutException", "over");
      })(),
    });
    const reply = await client.send(new StartLiveTailCommand({ logGroupIdentifiers: ["arn:aws:logs:x"] }));
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const event of reply.responseStream ?? []) seen.push(event);
    })();
    expect(await failureOf(reading)).toMatchObject({ name: "SessionTimeoutException", message: "over" });
    expect(seen).toMatchObject([
      { sessionStart: { sessionId: "s-1" } },
      { sessionUpdate: { sessionResults: [{ message: "line", timestamp: 5 }] } },
    ]);
  });
});

describe("REST-JSON", () => {
  test("Labels, query and body of a Lambda call arrive; the reply's status is the model's", async () => {
    const client = new LambdaClient(settings);
    wire.answer = () => ({ FunctionName: "f", MemorySize: 128 });
    const reply = await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: "arn:aws:iam::000000000000:role/r",
        Code: { ZipFile: Uint8Array.of(80, 75) },
        Environment: { Variables: { AB: "1", CD: "2" } },
      }),
    );
    expect(wire.calls.at(-1)?.input).toMatchObject({
      FunctionName: "f",
      Code: { ZipFile: Buffer.from([80, 75]) },
      Environment: { Variables: { AB: "1", CD: "2" } },
    });
    expect(reply).toMatchObject({ FunctionName: "f", MemorySize: 128, $metadata: { httpStatusCode: 201 } });

    wire.answer = () => ({});
    await client.send(
      new GetFunctionCommand({ FunctionName: "arn:aws:lambda:eu-west-1:000000000000:function:f", Qualifier: "1" }),
    );
    expect(wire.calls.at(-1)?.input).toEqual({
      FunctionName: "arn:aws:lambda:eu-west-1:000000000000:function:f",
      Qualifier: "1",
    });
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: "f", ZipFile: Uint8Array.of(1) }));
    expect(wire.calls.at(-1)?.claim.operation.name).toBe("UpdateFunctionCode");
  });

  test("Lists in the query and ARNs in the path arrive; no content is 204", async () => {
    const client = new LambdaClient(settings);
    wire.answer = () => ({});
    const Resource = "arn:aws:lambda:eu-west-1:000000000000:function:f";
    const reply = await client.send(new UntagResourceCommand({ Resource, TagKeys: ["a b", "c&d"] }));
    expect(wire.calls.at(-1)?.input).toEqual({ Resource, TagKeys: ["a b", "c&d"] });
    expect(reply.$metadata.httpStatusCode).toBe(204);
    wire.answer = () => ({ Tags: { k: "v" } });
    expect((await client.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ k: "v" });
  });

  test("An invocation's payload goes in and out untouched, with status and headers of its own", async () => {
    const client = new LambdaClient(settings);
    wire.answer = ({ input }) => ({
      StatusCode: 200,
      FunctionError: "Unhandled",
      ExecutedVersion: "3",
      Payload: input["Payload"],
    });
    const reply = await client.send(
      new InvokeCommand({
        FunctionName: "f:live",
        Payload: '{"a":"é"}',
        LogType: "Tail",
        InvocationType: "RequestResponse",
      }),
    );
    expect(wire.calls.at(-1)?.input).toMatchObject({ FunctionName: "f:live", LogType: "Tail" });
    expect(reply).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled", ExecutedVersion: "3" });
    expect(Buffer.from(reply.Payload ?? []).toString()).toBe('{"a":"é"}');
  });

  test("A streamed invocation arrives in chunks", async () => {
    const client = new LambdaClient(settings);
    wire.answer = () => ({
      StatusCode: 200,
      EventStream: (async function* () {
        yield { PayloadChunk: { Payload: Buffer.from("one") } };
        yield { PayloadChunk: { Payload: Buffer.from("two") } };
        yield { InvokeComplete: { LogResult: "bG9n" } };
      })(),
    });
    const reply = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: "f" }));
    const seen: string[] = [];
    for await (const event of reply.EventStream ?? []) {
      if (event.PayloadChunk) seen.push(Buffer.from(event.PayloadChunk.Payload ?? []).toString());
      if (event.InvokeComplete) seen.push(event.InvokeComplete.LogResult ?? "");
    }
    expect(seen).toEqual(["one", "two", "bG9n"]);
  });

  test("Errors carry their type, their status and Lambda's word for whose fault they are", async () => {
    const client = new LambdaClient(settings);
    wire.answer = () => {
      throw new AwsError("ResourceNotFoundException", "Function not found: x");
    };
    expect(await failureOf(client.send(new GetFunctionCommand({ FunctionName: "x" })))).toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: x",
      Type: "User",
      $metadata: { httpStatusCode: 404 },
    });
    const invalid = client.send(new GetFunctionCommand({ FunctionName: "a".repeat(300) }));
    expect(await failureOf(invalid)).toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 } });
  });
});
