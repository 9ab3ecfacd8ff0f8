/** A request's life, seen from outside: who is believed, what is told of it, and how bodies come in. */
import { connect } from "node:net";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../kernel/journal.ts";
import { startCloud, type TestCloud } from "../testing/cloud.ts";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const whoAmI = async (credentials: Keys): Promise<string | undefined> =>
  (await new STSClient(cloud.client({ credentials })).send(new GetCallerIdentityCommand({}))).Arn;

async function userKey(UserName: string): Promise<Keys> {
  const iam = new IAMClient(cloud.client());
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

async function journal(): Promise<JournalEntry[]> {
  const response = await fetch(`${cloud.endpointUrl}/_seatrial/journal?after=0&limit=1000`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own control answers
  const { entries } = (await response.json()) as { entries: JournalEntry[] };
  return entries;
}

describe("a caller", () => {
  it("with an account's number for a key is its root, with any secret; `test` is 000000000000's", async () => {
    expect(await whoAmI({ accessKeyId: "111111111111", secretAccessKey: "any" })).toBe(
      "arn:aws:iam::111111111111:root",
    );
    expect(await whoAmI({ accessKeyId: "test", secretAccessKey: "test" })).toBe("arn:aws:iam::000000000000:root");
  });

  it("with a key that was issued here is whom it was issued to, when the signature says so", async () => {
    const keys = await userKey("ada");
    expect(await whoAmI(keys)).toBe("arn:aws:iam::000000000000:user/ada");
    await expect(whoAmI({ ...keys, secretAccessKey: "wrong" })).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
    });
  });

  it("may sign by its machine's clock or by the cloud's, as functions do, and by no other", async () => {
    const credentials = await userKey("ada");
    const signedBy = async (systemClockOffset: number): Promise<string | undefined> => {
      const sts = new STSClient({ ...cloud.client({ credentials }), systemClockOffset });
      return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
    };
    const cloudsAhead = (await cloud.advance("100d")) - Date.now();
    expect(await signedBy(0)).toBe("arn:aws:iam::000000000000:user/ada");
    expect(await signedBy(cloudsAhead)).toBe("arn:aws:iam::000000000000:user/ada");
    const HOUR = 3_600_000;
    for (const wrong of [HOUR, -HOUR, cloudsAhead + HOUR, cloudsAhead - HOUR]) {
      await expect(signedBy(wrong)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    }
  });

  it("with a key that nobody issued, or that is inactive, is refused", async () => {
    const stranger = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "any" };
    await expect(whoAmI(stranger)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    const logs = new CloudWatchLogsClient(cloud.client({ credentials: stranger }));
    await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    const keys = await userKey("ada");
    const inactive = new UpdateAccessKeyCommand({ UserName: "ada", AccessKeyId: keys.accessKeyId, Status: "Inactive" });
    await new IAMClient(cloud.client()).send(inactive);
    await expect(whoAmI(keys)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  it("with temporary keys is refused without their token, and when the cloud's clock has passed their end", async () => {
    const sts = new STSClient(cloud.client({ credentials: await userKey("ada") }));
    const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const keys = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    expect(await whoAmI(keys)).toBe("arn:aws:iam::000000000000:user/ada");
    const { accessKeyId, secretAccessKey } = keys;
    await expect(whoAmI({ accessKeyId, secretAccessKey })).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await cloud.advance("15m");
    await expect(whoAmI(keys)).rejects.toMatchObject({ name: "ExpiredToken" });
  });

  it("without a signature is told so", async () => {
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    const response = await fetch(cloud.endpointUrl, { method: "POST", body });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  it("sees the resources of its own account and region only", async () => {
    const groups = async (account: string, region: string) => {
      const logs = new CloudWatchLogsClient(cloud.client({ account, region }));
      return (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map((group) => group.logGroupName);
    };
    const logs = new CloudWatchLogsClient(cloud.client({ account: "111111111111", region: "eu-west-1" }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: "mine" }));
    expect(await groups("111111111111", "eu-west-1")).toEqual(["mine"]);
    expect(await groups("111111111111", "us-east-1")).toEqual([]);
    expect(await groups("222222222222", "eu-west-1")).toEqual([]);
  });
});

describe("the journal", () => {
  it("tells each call with who made it, what for, and how it ended", async () => {
    const logs = new CloudWatchLogsClient(cloud.client({ account: "111111111111" }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: "g" }));
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: "g" }))).rejects.toThrow();
    const [first, second] = await journal();
    expect(first).toMatchObject({
      kind: "call",
      service: "logs",
      name: "CreateLogGroup",
      account: "111111111111",
      principal: "arn:aws:iam::111111111111:root",
      input: '{"logGroupName":"g"}',
    });
    expect(first?.error).toBeUndefined();
    expect(second?.error?.code).toBe("ResourceAlreadyExistsException");
  });

  it("tells a call that writes after waiting once, and leaves secrets and bytes out", async () => {
    const s3 = new S3Client(cloud.client());
    await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
    await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "body text", SSECustomerKey: undefined }));
    const puts = (await journal()).filter((entry) => entry.name === "PutObject");
    expect(puts).toHaveLength(1);
    expect(puts[0]?.input).toContain('"Body":"(stream)"');
    expect(puts[0]?.input).not.toContain("body text");
  });
});

describe("a body", () => {
  /** Sends lines as they are and collects what comes back until the connection ends or `enough` says so. */
  function raw(lines: string[], enough: (text: string) => boolean = () => false, then = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(cloud.port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
      let text = "";
      let sent = false;
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (!sent && text.includes("100 Continue")) {
          sent = true;
          socket.write(then);
        }
        if (enough(text)) socket.end();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
  }
  const put = (key: string, accessKeyId: string, ...more: string[]): string[] => [
    `PUT /bucket/${key} HTTP/1.1`,
    `Host: 127.0.0.1:${cloud.port}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
    "x-amz-date: 20260101T000000Z",
    "x-amz-content-sha256: UNSIGNED-PAYLOAD",
    ...more,
  ];
  const exists = async (Key: string): Promise<boolean> =>
    new S3Client(cloud.client()).send(new HeadObjectCommand({ Bucket: "bucket", Key })).then(
      () => true,
      () => false,
    );
  beforeEach(() => new S3Client(cloud.client()).send(new CreateBucketCommand({ Bucket: "bucket" })));

  it("that waits for 100 Continue is asked for once its sender is known", async () => {
    const lines = put("k", "000000000000", "Content-Length: 5", "Expect: 100-continue", "Connection: close");
    const text = await raw(lines, undefined, "hello");
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(await exists("k")).toBe(true);
  });

  it("that waits for 100 Continue is not asked for when its sender is refused", async () => {
    const lines = put("k", "AKIAIOSFODNN7EXAMPLE", "Content-Length: 5", "Expect: 100-continue", "Connection: close");
    const text = await raw(lines, (so_far) => so_far.includes("</Error>"));
    expect(text).toMatch(/^HTTP\/1\.1 403/);
    expect(text).toContain("InvalidAccessKeyId");
  });

  it("that breaks off leaves nothing behind", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(cloud.port, "127.0.0.1", () => {
        socket.write(`${put("broken", "000000000000", "Content-Length: 1000").join("\r\n")}\r\n\r\nonly this`, () => {
          socket.destroy();
          resolve();
        });
      });
    });
    expect(await exists("broken")).toBe(false);
  });
});

it("a request for what is not there is told what is", async () => {
  const response = await fetch(`${cloud.endpointUrl}/_seatrial/nothing`);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("/_seatrial/health");
});
