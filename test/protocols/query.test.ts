/** Services that speak AWS's Query protocol, and CloudWatch in each of its three, called by real SDK clients and by hand. */
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, IAMClient, DeleteRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";
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

async function post(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const type = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const reply = await fetch(wire.url, { method: "POST", body, headers: { ...type, ...headers } });
  return { status: reply.status, text: await reply.text() };
}

describe("Query", () => {
  test("Nested lists and timestamps arrive, and the reply's structure comes back", async () => {
    const client = new STSClient(settings);
    const Expiration = new Date("2026-01-02T03:04:05Z");
    wire.answer = () => ({
      Credentials: { AccessKeyId: "A", SecretAccessKey: "<&>", SessionToken: "t\r\n\"'", Expiration },
    });
    const input = {
      RoleArn: "arn:aws:iam::000000000000:role/r",
      RoleSessionName: "s1",
      DurationSeconds: 900,
      Tags: [
        { Key: "a b", Value: "é+=" },
        { Key: "c", Value: "" },
      ],
      PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
    };
    const reply = await client.send(new AssumeRoleCommand(input));
    expect(wire.calls.at(-1)?.input).toEqual(input);
    expect(wire.calls.at(-1)?.claim.region).toBe("eu-west-1");
    expect(reply.Credentials).toEqual({
      AccessKeyId: "A",
      SecretAccessKey: "<&>",
      SessionToken: "t\r\n\"'",
      Expiration,
    });
    expect(reply.$metadata.requestId).toBe(REQUEST_ID);
  });

  test("An unsigned call finds its service by its action and version", async () => {
    const client = new STSClient(settings);
    wire.answer = () => ({});
    await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: "arn:aws:iam::000000000000:role/r",
        RoleSessionName: "s1",
        WebIdentityToken: "token",
      }),
    );
    expect(wire.calls.at(-1)?.claim).toMatchObject({ model: { name: "sts" }, protocol: "awsQuery" });
  });

  test("A modelled error carries its Query code and status", async () => {
    wire.answer = () => {
      throw new AwsError("NoSuchEntityException", "The role with name x cannot be found.");
    };
    const client = new IAMClient(settings);
    expect(await failureOf(client.send(new GetRoleCommand({ RoleName: "x" })))).toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name x cannot be found.",
      Code: "NoSuchEntity",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("An operation without output answers its metadata only", async () => {
    const client = new IAMClient(settings);
    wire.answer = () => ({});
    const reply = await client.send(new DeleteRoleCommand({ RoleName: "x" }));
    expect(reply.$metadata).toMatchObject({ httpStatusCode: 200, requestId: REQUEST_ID });
  });

  test("A missing member and one that is too long are told in AWS's words", async () => {
    const client = new IAMClient(settings);
    // @ts-expect-error -- the trust policy is required
    const failed = client.send(new CreateRoleCommand({ RoleName: "r".repeat(65) }));
    expect(await failureOf(failed)).toMatchObject({
      name: "ValidationError",
      message:
        `2 validation errors detected: Value '${"r".repeat(65)}' at 'roleName' failed to satisfy constraint: Member ` +
        "must have length less than or equal to 64; Value null at 'assumeRolePolicyDocument' failed to satisfy " +
        "constraint: Member must not be null",
    });
  });

  test("A list of unknown capabilities is refused as AWS words it for lists", async () => {
    const client = new CloudFormationClient(settings);
    // @ts-expect-error -- no such capability
    const failed = client.send(new CreateStackCommand({ StackName: "s", Capabilities: ["CAPABILITY_X"] }));
    expect(await failureOf(failed)).toMatchObject({
      message: expect.stringMatching(
        /^1 validation error detected: Value '\[CAPABILITY_X\]' at 'capabilities' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[.*CAPABILITY_IAM.*\], Member must not be null\]$/,
      ),
    });
  });

  test("Empty and nested lists of structures come back", async () => {
    const client = new CloudFormationClient(settings);
    const CreationTime = new Date("2026-05-06T07:08:09.123Z");
    wire.answer = () => ({
      Stacks: [
        {
          StackName: "s",
          CreationTime,
          StackStatus: "CREATE_COMPLETE",
          Outputs: [{ OutputKey: "k", OutputValue: " v " }],
          Tags: [],
        },
      ],
    });
    const reply = await client.send(new DescribeStacksCommand({ StackName: "s" }));
    expect(reply.Stacks).toEqual([
      {
        StackName: "s",
        CreationTime,
        StackStatus: "CREATE_COMPLETE",
        Outputs: [{ OutputKey: "k", OutputValue: " v " }],
        Tags: [],
      },
    ]);
  });

  test("Unknown actions, wrong versions and missing actions have AWS's codes", async () => {
    const headers = {
      authorization:
        "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0",
    };
    const unknown = await post("Action=Nope&Version=2011-06-15", headers);
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain(
      "<Code>InvalidAction</Code><Message>Could not find operation Nope for version 2011-06-15</Message>",
    );
    expect((await post("Action=GetCallerIdentity&Version=1999-01-01", headers)).text).toContain("InvalidAction");
    expect((await post("Version=2011-06-15", headers)).text).toContain("<Code>MissingAction</Code>");
    expect((await post("Action=GetCallerIdentity&X=%zz", headers)).text).toContain("<Code>MalformedQueryString</Code>");
    const wrongType = await post("Action=AssumeRole&Version=2011-06-15&DurationSeconds=abc", headers);
    expect(wrongType.text).toContain("<Code>MalformedInput</Code>");
  });

  test("A GET with its action in the URL is a Query call too", async () => {
    wire.answer = () => ({ Account: "000000000000" });
    const query =
      "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=A%2F20260101%2Feu-west-3%2Fsts%2Faws4_request";
    const reply = await fetch(`${wire.url}/?${query}`);
    expect(await reply.text()).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        "<Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata>" +
        `<RequestId>${REQUEST_ID}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    );
    expect(wire.calls.at(-1)?.claim.region).toBe("eu-west-3");
  });

  test("A service that is not there is named, in the protocol that the caller speaks", async () => {
    const client = new STSClient({ ...settings, authSchemePreference: [] });
    await client.send(new GetCallerIdentityCommand({}));
    const headers = { authorization: "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/rds/aws4_request" };
    const reply = await post("Action=DescribeDBInstances&Version=2014-10-31", headers);
    expect(reply.status).toBe(501);
    expect(reply.text).toContain("<Message>The service &apos;rds&apos; is not part".replaceAll("&apos;", "'"));
  });

  test("SQS is called in Query as well, with its flattened lists and maps", async () => {
    const client = new SQSClient({ ...settings, protocol: AwsQueryProtocol, md5: false });
    wire.answer = () => ({ Successful: [{ Id: "1", MessageId: "m", MD5OfMessageBody: "x" }], Failed: [] });
    const Entries = [
      { Id: "1", MessageBody: "one", MessageAttributes: { n: { DataType: "Number", StringValue: "5" } } },
      { Id: "2", MessageBody: "two" },
    ];
    const reply = await client.send(new SendMessageBatchCommand({ QueueUrl: `${wire.url}/0/q`, Entries }));
    expect(wire.calls.at(-1)?.claim).toMatchObject({ protocol: "awsQuery", model: { name: "sqs" } });
    expect(wire.calls.at(-1)?.input).toEqual({ QueueUrl: `${wire.url}/0/q`, Entries });
    expect(reply.Successful).toEqual([{ Id: "1", MessageId: "m", MD5OfMessageBody: "x" }]);
  });
});

describe("CloudWatch", () => {
  const protocols = { json: undefined, query: AwsQueryProtocol, cbor: SmithyRpcV2CborProtocol };
  test.each(["json", "query", "cbor"] as const)("speaks %s", async (name) => {
    const protocol = protocols[name];
    const client = new CloudWatchClient({ ...settings, ...(protocol === undefined ? {} : { protocol }) });
    const at = new Date("2026-01-02T03:04:05Z");
    wire.answer = () => ({});
    const MetricData = [
      { MetricName: "m", Value: 1.5, Timestamp: at, Unit: "Count" as const, Dimensions: [{ Name: "d", Value: "v" }] },
      { MetricName: "n", Values: [1, 2.25], Counts: [3, 4] },
    ];
    await client.send(new PutMetricDataCommand({ Namespace: "N", MetricData }));
    expect(wire.calls.at(-1)?.input).toEqual({ Namespace: "N", MetricData });

    const Datapoints = [{ Timestamp: at, Average: 2, SampleCount: 1, Unit: "None" }];
    wire.answer = () => ({ Label: "m", Datapoints });
    const window = { StartTime: at, EndTime: at, Period: 60 };
    const reply = await client.send(new GetMetricStatisticsCommand({ Namespace: "N", MetricName: "m", ...window }));
    expect(wire.calls.at(-1)?.input).toMatchObject(window);
    expect(reply).toMatchObject({ Label: "m", Datapoints });

    wire.answer = () => {
      throw new AwsError("InvalidParameterValueException", "no");
    };
    const failed = client.send(new GetMetricStatisticsCommand({ Namespace: "N", MetricName: "m", ...window }));
    expect(await failureOf(failed)).toMatchObject({ name: "InvalidParameterValueException", message: "no" });
  });
});
