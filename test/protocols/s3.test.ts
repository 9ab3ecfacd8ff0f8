/** S3's REST-XML and its addressing, called by the real SDK client and by hand. */
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  SelectObjectContentCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError } from "../../src/kernel/errors.ts";
import { clientSettings, collect, failureOf, REQUEST_ID, startWireServer } from "./wire-server.ts";
import type { WireServer } from "./wire-server.ts";

let wire: WireServer;
let client: S3Client;

beforeAll(async () => {
  wire = await startWireServer();
  client = new S3Client({
    ...clientSettings(wire),
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
});
afterAll(async () => wire.close());

/** A request by hand: `fetch` does not let the Host header be set. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: wire.port, host: "127.0.0.1", method, path, headers }, (reply) => {
      void collect(reply).then((bytes) =>
        resolve({ status: reply.statusCode ?? 0, text: Buffer.from(bytes).toString(), headers: reply.headers }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

describe("S3", () => {
  test("An object streams in with its headers, metadata and awkward key", async () => {
    let body = "";
    wire.answer = async ({ input }) => {
      if (!(input["Body"] instanceof Readable)) throw new Error("not a stream");
      body = Buffer.from(await collect(input["Body"])).toString();
      return { ETag: '"abc"', VersionId: "v1" };
    };
    const input = { Bucket: "b", Key: "a b/ü+%2F/../x", ContentType: "text/x", Metadata: { one: "1", two: "zwei" } };
    const reply = await client.send(new PutObjectCommand({ ...input, Body: "content", StorageClass: "STANDARD_IA" }));
    expect(wire.calls.at(-1)?.input).toMatchObject({ ...input, ContentLength: 7, StorageClass: "STANDARD_IA" });
    expect(body).toBe("content");
    expect(reply).toMatchObject({ ETag: '"abc"', VersionId: "v1" });
  });

  test("An object streams out; a range answers 206", async () => {
    const LastModified = new Date("2026-01-02T03:04:05Z");
    wire.answer = () => ({
      Body: Readable.from([Buffer.from("ell")]),
      ContentLength: 3,
      ContentRange: "bytes 1-3/5",
      ContentType: "text/plain",
      ETag: '"e"',
      LastModified,
      Metadata: { a: "ü" },
    });
    const reply = await client.send(new GetObjectCommand({ Bucket: "b", Key: "k", Range: "bytes=1-3" }));
    expect(reply.$metadata).toMatchObject({ httpStatusCode: 206, requestId: REQUEST_ID });
    expect(reply).toMatchObject({ ContentType: "text/plain", ETag: '"e"', LastModified });
    expect(reply.Metadata).toEqual({ a: "=?UTF-8?B?w7w=?=" });
    expect(await reply.Body?.transformToString()).toBe("ell");
  });

  test("Operations that share a method are told apart by what else is there", async () => {
    // The SDK takes an empty reply to a copy for an error.
    const result = { ETag: '"e"' };
    wire.answer = () => ({ CopyObjectResult: result, CopyPartResult: result });
    const named = async (command: Promise<unknown>): Promise<string | undefined> => {
      await command;
      return wire.calls.at(-1)?.claim.operation.name;
    };
    const at = { Bucket: "b", Key: "k" };
    expect(await named(client.send(new UploadPartCommand({ ...at, PartNumber: 2, UploadId: "u" })))).toBe("UploadPart");
    expect(wire.calls.at(-1)?.input).toMatchObject({ PartNumber: 2, UploadId: "u" });
    const part = { ...at, PartNumber: 2, UploadId: "u", CopySource: "b/x" };
    expect(await named(client.send(new UploadPartCopyCommand(part)))).toBe("UploadPartCopy");
    expect(await named(client.send(new CopyObjectCommand({ ...at, CopySource: "b/x" })))).toBe("CopyObject");
    expect(await named(client.send(new ListObjectsV2Command({ Bucket: "b", Prefix: "p/" })))).toBe("ListObjectsV2");
    expect(await named(client.send(new ListBucketsCommand({})))).toBe("ListBuckets");
    expect(await named(send("GET", "/b/k?uploadId=u&max-parts=5"))).toBe("ListParts");
    expect(await named(send("GET", "/b?uploads"))).toBe("ListMultipartUploads");
    expect(await named(send("GET", "/b?unknown=1"))).toBe("ListObjects");
    expect(await named(send("DELETE", "/b/k?uploadId=u"))).toBe("AbortMultipartUpload");
    expect(await named(send("POST", "/b/k?uploadId=u", {}, "<CompleteMultipartUpload/>"))).toBe(
      "CompleteMultipartUpload",
    );
    expect(await named(send("HEAD", "/b/"))).toBe("HeadBucket");
  });

  test("A bucket may stand in the host, as AWS and LocalStack write it", async () => {
    wire.answer = () => ({});
    const address = async (host: string, path = "/dir/k"): Promise<unknown> => {
      await send("GET", path, { host });
      const { claim } = wire.calls.at(-1) ?? {};
      return [claim?.labels["Bucket"], claim?.labels["Key"], claim?.region];
    };
    expect(await address("b.s3.localhost.localstack.cloud:4566")).toEqual(["b", "dir/k", undefined]);
    expect(await address("my.b.s3.eu-west-1.amazonaws.com")).toEqual(["my.b", "dir/k", "eu-west-1"]);
    expect(await address("b.s3.amazonaws.com")).toEqual(["b", "dir/k", undefined]);
    expect(await address("b.localhost:4566")).toEqual(["b", "dir/k", undefined]);
    expect(await address("s3.localhost.localstack.cloud:4566", "/b/k")).toEqual(["b", "k", undefined]);
    expect(await address("s3.eu-west-1.amazonaws.com", "/b/k")).toEqual(["b", "k", "eu-west-1"]);
    expect(await address("127.0.0.1:4566", "/b/k")).toEqual(["b", "k", undefined]);
  });

  test("Lists, flat and nested, come back; the location is the text of its root", async () => {
    const CreationDate = new Date("2026-01-02T03:04:05Z");
    wire.answer = () => ({ Buckets: [{ Name: "one", CreationDate }], Owner: { ID: "o" } });
    expect(await client.send(new ListBucketsCommand({}))).toMatchObject({ Buckets: [{ Name: "one", CreationDate }] });
    wire.answer = () => ({
      Name: "b",
      KeyCount: 2,
      IsTruncated: false,
      Contents: [
        { Key: "a&<>\r", Size: 5, ETag: '"1"' },
        { Key: " b ", Size: 0 },
      ],
      CommonPrefixes: [{ Prefix: "p/" }],
    });
    const list = await client.send(new ListObjectsV2Command({ Bucket: "b" }));
    expect(list.Contents).toMatchObject([
      { Key: "a&<>\r", Size: 5, ETag: '"1"' },
      { Key: " b ", Size: 0 },
    ]);
    expect(list).toMatchObject({ IsTruncated: false, CommonPrefixes: [{ Prefix: "p/" }] });
    wire.answer = () => ({ LocationConstraint: "eu-west-1" });
    expect((await client.send(new GetBucketLocationCommand({ Bucket: "b" }))).LocationConstraint).toBe("eu-west-1");
    wire.answer = () => ({ Grants: [{ Grantee: { Type: "CanonicalUser", ID: "o" }, Permission: "READ" }] });
    expect((await client.send(new GetBucketAclCommand({ Bucket: "b" }))).Grants).toEqual([
      { Grantee: { Type: "CanonicalUser", ID: "o" }, Permission: "READ" },
    ]);
  });

  test("XML bodies arrive with their lists", async () => {
    wire.answer = () => ({ Deleted: [{ Key: "x" }], Errors: [{ Key: "y", Code: "AccessDenied" }] });
    const Objects = [{ Key: "x&\t<" }, { Key: "y", VersionId: "v" }];
    const reply = await client.send(new DeleteObjectsCommand({ Bucket: "b", Delete: { Objects, Quiet: true } }));
    expect(wire.calls.at(-1)?.input["Delete"]).toEqual({ Objects, Quiet: true });
    expect(reply).toMatchObject({ Deleted: [{ Key: "x" }], Errors: [{ Key: "y", Code: "AccessDenied" }] });
    wire.answer = () => ({});
    const TagSet = [{ Key: "a", Value: "1" }];
    await client.send(new PutBucketTaggingCommand({ Bucket: "b", Tagging: { TagSet } }));
    expect(wire.calls.at(-1)?.input["Tagging"]).toEqual({ TagSet });
  });

  test("Malformed, foreign and oversized-by-entities XML is MalformedXML", async () => {
    const bodies = [
      "<Tagging><TagSet>",
      "<Tagging><TagSet></Tagging></TagSet>",
      "<Other/>",
      "<Tagging/>",
      "<Tagging><Nope/></Tagging>",
      '<!DOCTYPE a [<!ENTITY b "c">]><Tagging><TagSet><Tag><Key>&b;</Key><Value/></Tag></TagSet></Tagging>',
      "<Tagging><TagSet><Tag><Key>&nope;</Key><Value/></Tag></TagSet></Tagging>",
    ];
    for (const body of bodies) {
      const reply = await send("PUT", "/b?tagging", {}, body);
      expect([body, reply.status, /<Code>(.*)<\/Code>/.exec(reply.text)?.[1]]).toEqual([body, 400, "MalformedXML"]);
    }
    const empty = await send("PUT", "/b?tagging");
    expect(empty.text).toContain("<Code>MissingRequestBodyError</Code>");
    const unknown = client.send(
      new PutBucketVersioningCommand({
        Bucket: "b",
        VersioningConfiguration: {
          // @ts-expect-error -- no such status
          Status: "On",
        },
      }),
    );
    expect(await failureOf(unknown)).toMatchObject({ name: "MalformedXML" });
  });

  test("Errors carry S3's members; HEAD and 304 have no body", async () => {
    wire.answer = () => {
      throw new AwsError("NoSuchKey", "The specified key does not exist.", { members: { Key: "k" } });
    };
    expect(await failureOf(client.send(new GetObjectCommand({ Bucket: "b", Key: "k" })))).toMatchObject({
      name: "NoSuchKey",
      Key: "k",
      $metadata: { httpStatusCode: 404, requestId: REQUEST_ID },
    });
    expect(await failureOf(client.send(new HeadObjectCommand({ Bucket: "b", Key: "k" })))).toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    wire.answer = () => {
      throw new AwsError("NotModified", "Not Modified", { headers: { ETag: '"e"' } });
    };
    const unchanged = await send("GET", "/b/k");
    expect([unchanged.status, unchanged.text, unchanged.headers["etag"]]).toEqual([304, "", '"e"']);
    const refused = await send("POST", "/b");
    expect([refused.status, /<Code>(.*)<\/Code>/.exec(refused.text)?.[1]]).toEqual([405, "MethodNotAllowed"]);
    expect((await send("GET", "/b/%zz")).text).toContain("<Code>InvalidURI</Code>");
    expect((await send("GET", "/b?list-type=2&max-keys=x")).text).toContain("<Code>InvalidArgument</Code>");
    const stored = await send("PUT", "/b/k", { "x-amz-storage-class": "NOPE" });
    expect(stored.text).toContain("<Code>InvalidStorageClass</Code>");
  });

  test("Records of a selection stream out", async () => {
    wire.answer = () => ({
      Payload: (async function* () {
        yield { Records: { Payload: Buffer.from("1,2\n") } };
        yield { Stats: { Details: { BytesScanned: 9, BytesReturned: 4 } } };
        yield { End: {} };
      })(),
    });
    const reply = await client.send(
      new SelectObjectContentCommand({
        Bucket: "b",
        Key: "k",
        Expression: "SELECT 1",
        ExpressionType: "SQL",
        InputSerialization: { CSV: {} },
        OutputSerialization: { CSV: {} },
      }),
    );
    const seen: string[] = [];
    for await (const event of reply.Payload ?? []) {
      if (event.Records) seen.push(Buffer.from(event.Records.Payload ?? []).toString());
      if (event.Stats) seen.push(String(event.Stats.Details?.BytesScanned));
      if (event.End) seen.push("end");
    }
    expect(seen).toEqual(["1,2\n", "9", "end"]);
  });
});
