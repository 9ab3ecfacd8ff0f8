/** What no client sends on purpose, as raw HTTP and by the AWS CLI: AWS's code for it, and nothing left behind. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { IAMClient, CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment } from "./tools.ts";

let cloud: TestCloud;
let folder: string;
let s3: S3Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
  cloud = await startCloud({ clock: "real", startAt: Date.now(), dataDirectory: join(folder, "data") });
  s3 = new S3Client(cloud.client());
  await s3.send(new CreateBucketCommand({ Bucket: "things" }));
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A credential scope names the service, as in every signed request; the account's root needs no right signature. */
function authorization(service: string): string {
  const scope = `000000000000/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
}

interface Request {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function send({ service, method = "POST", path = "/", headers = {}, body }: Request): Promise<{
  status: number;
  text: string;
}> {
  const response = await fetch(`${cloud.endpointUrl}${path}`, {
    method,
    headers: {
      Authorization: authorization(service),
      "X-Amz-Date": "20260101T000000Z",
      "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  // REST-JSON names its error in a header, the others in the body.
  const text = `${response.headers.get("x-amzn-errortype") ?? ""} ${await response.text()}`;
  return { status: response.status, text };
}

const JSON_1_1 = { "Content-Type": "application/x-amz-json-1.1" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" };

describe("raw HTTP that is wrong", () => {
  it.each<[string, Request, number, string]>([
    [
      "JSON that does not parse",
      { service: "logs", headers: { ...JSON_1_1, "X-Amz-Target": "Logs_20140328.CreateLogGroup" }, body: '{"log' },
      400,
      "SerializationException",
    ],
    [
      "an unknown JSON operation",
      { service: "logs", headers: { ...JSON_1_1, "X-Amz-Target": "Logs_20140328.MakeTea" }, body: "{}" },
      400,
      "UnknownOperationException",
    ],
    [
      "an unknown Query operation",
      { service: "iam", headers: FORM, body: "Action=MakeTea&Version=2010-05-08" },
      400,
      "InvalidAction",
    ],
    ["a malformed Query string", { service: "sts", headers: FORM, body: "%%%=1&&=" }, 404, "MalformedQueryString"],
    [
      "a Query number that is none",
      { service: "iam", headers: FORM, body: "Action=ListUsers&Version=2010-05-08&MaxItems=many" },
      400,
      "MalformedInput",
    ],
    [
      "XML that does not parse",
      { service: "s3", method: "PUT", path: "/things?tagging", body: "<Tagging><TagSet>" },
      400,
      "MalformedXML",
    ],
    [
      "REST-JSON that does not parse",
      { service: "lambda", path: "/2015-03-31/functions", body: "{" },
      400,
      "InvalidRequestContentException",
    ],
    [
      "a function's zip that is none",
      {
        service: "lambda",
        path: "/2015-03-31/functions",
        body: JSON.stringify({
          FunctionName: "broken",
          Role: "arn:aws:iam::000000000000:role/none",
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Code: { ZipFile: Buffer.from("this is no zip").toString("base64") },
        }),
      },
      400,
      "InvalidParameterValueException",
    ],
    [
      "a template that does not parse",
      {
        service: "cloudformation",
        headers: FORM,
        body: "Action=CreateStack&Version=2010-05-15&StackName=broken&TemplateBody=%7B%22Resources%22",
      },
      400,
      "ValidationError",
    ],
  ])("%s is answered with AWS's code", async (_, request, status, code) => {
    const reply = await send(request);
    expect(reply.text).toContain(code);
    expect(reply.status).toBe(status);
  });

  it("an unknown service is named in the answer", async () => {
    const { status, text } = await send({ service: "teapot", headers: FORM, body: "Action=Brew" });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(text).toContain("teapot");
  });

  it("leaves no function, no stack and no object behind", async () => {
    const { Functions } = await new LambdaClient(cloud.client()).send(new ListFunctionsCommand({}));
    expect(Functions).toEqual([]);
    const { Stacks } = await new CloudFormationClient(cloud.client()).send(new DescribeStacksCommand({}));
    expect(Stacks ?? []).toEqual([]);
    expectNoBlobs();
  });
});

describe("uploads that do not arrive as announced", () => {
  it("an upload that is cut off leaves no object and no bytes", async () => {
    await cutOff("/things/cut", "content-length: 10485760\r\n", Buffer.alloc(2 ** 20, 1));
    await cutOff(
      "/things/cut-chunked",
      "transfer-encoding: chunked\r\n",
      Buffer.from(`100000\r\n${"x".repeat(70_000)}`),
    );
    await expectNothingStored();
  });

  it("an upload whose digest is of other bytes is BadDigest, and leaves nothing", async () => {
    const md5 = createHash("md5").update("other").digest("base64");
    const put = { service: "s3", method: "PUT", path: "/things/wrong", body: "x".repeat(300_000) };
    const reply = await send({ ...put, headers: { "Content-MD5": md5 } });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining("<Code>BadDigest</Code>")]);
    const sha = await send({
      ...put,
      headers: { "X-Amz-Content-SHA256": createHash("sha256").update("").digest("hex") },
    });
    expect([sha.status, sha.text]).toEqual([400, expect.stringContaining("<Code>XAmzContentSHA256Mismatch</Code>")]);
    await expectNothingStored();
  });

  it("an upload in chunks that ends before its decoded length is IncompleteBody, and leaves nothing", async () => {
    const reply = await send({
      service: "s3",
      method: "PUT",
      path: "/things/short",
      body: "3\r\nabc\r\n0\r\n\r\n",
      headers: {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "100",
      },
    });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining("<Code>IncompleteBody</Code>")]);
    await expectNothingStored();
  });

  it("an upload that says it is larger than 5 GiB is EntityTooLarge before it is sent", async () => {
    const head = await rawHead("/things/huge", "content-length: 5368709121\r\nexpect: 100-continue\r\n");
    expect(head).toContain("HTTP/1.1 400 Bad Request");
    expect(head).toContain("EntityTooLarge");
    expect(head).not.toContain("100 Continue");
    await expectNothingStored();
  });
});

describe("signatures of keys that were issued", () => {
  let issued: { accessKeyId: string; secretAccessKey: string };
  beforeAll(async () => {
    const iam = new IAMClient(cloud.client());
    await iam.send(new CreateUserCommand({ UserName: "issued" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "issued" }));
    issued = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  });

  it("with the wrong secret are SignatureDoesNotMatch", async () => {
    const forger = new S3Client(cloud.client({ credentials: { ...issued, secretAccessKey: "guessed" } }));
    await expect(forger.send(new ListObjectsV2Command({ Bucket: "things" }))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("in a presigned URL that has expired are AccessDenied with the words Request has expired", async () => {
    const client = new S3Client(cloud.client({ credentials: issued }));
    const signingDate = new Date(Date.now() - 120_000);
    const get = new GetObjectCommand({ Bucket: "things", Key: "k" });
    const reply = await fetch(await getSignedUrl(client, get, { expiresIn: 60, signingDate }));
    expect(reply.status).toBe(403);
    expect(await reply.text()).toMatch(/<Code>AccessDenied<\/Code><Message>Request has expired/);
  });

  it("older than 15 minutes are RequestTimeTooSkewed", async () => {
    const client = new S3Client({
      ...cloud.client({ credentials: issued }),
      systemClockOffset: -20 * 60_000,
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket: "things" }))).rejects.toMatchObject({
      name: "RequestTimeTooSkewed",
    });
  });
});

describe.skipIf(awsCli === undefined)("the AWS CLI with bad input", { timeout: 60_000 }, () => {
  it("prints AWS's code for each, exits with 255 or 254, and leaves nothing behind", async () => {
    const aws = awsIn(clientEnvironment(cloud), folder);
    // The CLI itself looks whether it begins as a zip and ends as one; what stands between is the cloud's to judge.
    const zip = Buffer.from(zipSync({ "index.mjs": Buffer.from("export const handler = 1;") }));
    writeFileSync(join(folder, "no.zip"), zip.fill(0, 0, 40));
    const circle = { A: { Type: "AWS::SNS::Topic", DependsOn: "B" }, B: { Type: "AWS::SNS::Topic", DependsOn: "A" } };
    const create = ["cloudformation", "create-stack", "--stack-name", "broken", "--template-body"];
    const missing = {
      G: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: { "Fn::ImportValue": "nobody-exports-this" } } },
    };
    const function_ = ["lambda", "create-function", "--function-name", "broken", "--runtime", "nodejs22.x"];
    const cases: [string[], string][] = [
      [[...create, JSON.stringify({ Resources: circle })], "(ValidationError)"],
      [[...create, "Resources: ["], "(ValidationError)"],
      [
        [
          ...function_,
          "--handler",
          "i.h",
          "--role",
          "arn:aws:iam::000000000000:role/r",
          "--zip-file",
          "fileb://no.zip",
        ],
        "(InvalidParameterValueException)",
      ],
      [["s3api", "get-object", "--bucket", "things", "--key", "none", "out"], "(NoSuchKey)"],
      [["iam", "get-user", "--user-name", "nobody"], "(NoSuchEntity)"],
      [["logs", "get-log-events", "--log-group-name", "none", "--log-stream-name", "s"], "(ResourceNotFoundException)"],
      [[...create, JSON.stringify({ Resources: missing })], ""],
    ];
    const results = [];
    for (let index = 0; index < cases.length; index += 2) {
      results.push(...(await Promise.all(cases.slice(index, index + 2).map(([args]) => aws.to(...args)))));
    }
    for (const [index, [args, code]] of cases.entries()) {
      if (code === "") continue;
      expect(results[index]?.stderr, args.join(" ")).toContain(code);
      expect([254, 255]).toContain(results[index]?.status);
    }
    // A missing export is found out when the resource is made; the stack then rolls back.
    const client = new CloudFormationClient(cloud.client());
    const describe = new DescribeStacksCommand({ StackName: "broken" });
    const status = async () => (await client.send(describe)).Stacks?.[0]?.StackStatus;
    await expect.poll(status, { timeout: 10_000 }).toBe("ROLLBACK_COMPLETE");
    const { Functions } = await new LambdaClient(cloud.client()).send(new ListFunctionsCommand({}));
    expect(Functions).toEqual([]);
    await expectNothingStored();
  });
});

async function expectNothingStored(): Promise<void> {
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "things" }));
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: "things" }));
  expect([Contents ?? [], Uploads ?? []]).toEqual([[], []]);
  await expect.poll(blobs, { timeout: 5000 }).toEqual([]);
}

function expectNoBlobs(): void {
  expect(blobs()).toEqual([]);
}

/** The files that hold contents of objects, whole or half. */
function blobs(): string[] {
  return readdirSync(join(folder, "data", "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

/** Sends a request's head and `part` of its body, and closes the connection. */
function cutOff(path: string, header: string, part: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(cloud.port, "127.0.0.1", () => {
      socket.write(head(path, header));
      socket.write(part, () => socket.destroy());
    });
    socket.once("error", reject);
    socket.once("close", () => resolve());
  });
}

/** Sends a request's head alone and answers with what comes back, to the end of the error. */
function rawHead(path: string, header: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(cloud.port, "127.0.0.1", () => socket.write(head(path, header)));
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      if (answer.includes("</Error>")) socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
  });
}

function head(path: string, header: string): string {
  const host = `host: 127.0.0.1:${cloud.port}\r\nx-amz-date: 20260101T000000Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n`;
  return `PUT ${path} HTTP/1.1\r\n${host}authorization: ${authorization("s3")}\r\n${header}\r\n`;
}
