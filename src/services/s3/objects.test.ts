import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

const put = (Key: string, Body: string | Uint8Array = "0123456789", more: object = {}) =>
  fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more: object = {}) => {
  const reply = await fixture.s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...reply, text: await reply.Body?.transformToString() };
};

describe("an object", () => {
  it("comes back with its bytes, headers and metadata", async () => {
    const written = await put("dir/ä b+c", "hello", {
      ContentType: "text/plain",
      CacheControl: "max-age=1",
      ContentEncoding: "identity",
      Metadata: { Colour: "blue" },
      Tagging: "a=1&b=2",
      StorageClass: "STANDARD_IA",
    });
    expect(written.ETag).toBe(`"${createHash("md5").update("hello").digest("hex")}"`);
    const back = await read("dir/ä b+c");
    expect(back.text).toBe("hello");
    expect(back).toMatchObject({
      ContentType: "text/plain",
      CacheControl: "max-age=1",
      ContentEncoding: "identity",
      Metadata: { colour: "blue" },
      TagCount: 2,
      StorageClass: "STANDARD_IA",
      ServerSideEncryption: "AES256",
      ContentLength: 5,
      ETag: written.ETag,
    });
    expect(back.LastModified).toEqual(new Date("2026-01-01T00:00:00Z"));
  });

  it("of no bytes and one of a megabyte come back as they went", async () => {
    await put("empty", new Uint8Array());
    expect((await read("empty")).text).toBe("");
    const large = Buffer.alloc(1024 * 1024, "ab");
    await put("large", large);
    expect((await read("large")).text).toBe(large.toString());
  });

  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=5-99", "56789", "bytes 5-9/10"],
  ])("gives the range %s", async (Range, text, ContentRange) => {
    await put("k");
    const reply = await read("k", { Range });
    expect(reply).toMatchObject({ text, ContentRange, $metadata: { httpStatusCode: 206 } });
  });

  it.each(["bytes=0-1,3-4", "lines=1-2", "bytes=5-2"])("is given whole for the range %s", async (Range) => {
    await put("k");
    expect(await read("k", { Range })).toMatchObject({ text: "0123456789", $metadata: { httpStatusCode: 200 } });
  });

  it("has no bytes behind its end", async () => {
    await put("k");
    expect(await refusal(read("k", { Range: "bytes=10-" }))).toMatchObject({ code: "InvalidRange", status: 416 });
  });

  it("is read on conditions", async () => {
    const { ETag } = await put("k");
    expect((await refusal(read("k", { IfNoneMatch: ETag }))).status).toBe(304);
    expect((await read("k", { IfMatch: ETag })).text).toBe("0123456789");
    expect(await refusal(read("k", { IfMatch: '"no"' }))).toMatchObject({ code: "PreconditionFailed", status: 412 });
    const later = new Date("2026-01-01T00:01:00Z");
    expect((await refusal(read("k", { IfModifiedSince: later }))).status).toBe(304);
    expect((await read("k", { IfUnmodifiedSince: later })).text).toBe("0123456789");
  });

  it("is written on conditions", async () => {
    await put("k", "1", { IfNoneMatch: "*" });
    expect((await refusal(put("k", "2", { IfNoneMatch: "*" }))).status).toBe(412);
    expect((await refusal(put("k", "2", { IfMatch: '"no"' }))).status).toBe(412);
    expect(await refusal(put("gone", "2", { IfMatch: '"no"' }))).toMatchObject({ code: "NoSuchKey", status: 404 });
    expect((await read("k")).text).toBe("1");
  });

  it("is not kept when its checksum or MD5 is another", async () => {
    expect(
      (await refusal(put("k", "x", { ChecksumSHA256: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }))).code,
    ).toBe("BadDigest");
    expect((await refusal(put("k", "x", { ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" }))).code).toBe("BadDigest");
    expect((await refusal(read("k"))).code).toBe("NoSuchKey");
  });

  it("tells its checksum when asked", async () => {
    await put("k", "123456789", { ChecksumAlgorithm: "CRC32C" });
    const { s3 } = fixture;
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ ChecksumCRC32C: "4waSgw==", ChecksumType: "FULL_OBJECT" });
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "k", ObjectAttributes: ["ETag", "ObjectSize", "Checksum"] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 9, Checksum: { ChecksumCRC32C: "4waSgw==" } });
    expect(attributes.ETag).not.toContain('"');
  });

  it("put with a customer's key is read with the same key only", async () => {
    const key = Buffer.alloc(32, 7);
    const secret = { SSECustomerAlgorithm: "AES256", SSECustomerKey: key.toString("base64") };
    await put("k", "x", secret);
    expect((await read("k", secret)).text).toBe("x");
    expect((await refusal(read("k"))).code).toBe("InvalidRequest");
  });

  it("may be told with other headers", async () => {
    await put("k");
    const reply = await read("k", { ResponseContentType: "application/x-other", ResponseCacheControl: "no-store" });
    expect(reply).toMatchObject({ ContentType: "application/x-other", CacheControl: "no-store" });
  });

  it("has tags that can be changed", async () => {
    const { s3 } = fixture;
    await put("k", "x", { Tagging: "a=1" });
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key: "b", Value: "2" }] } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet).toEqual([
      { Key: "b", Value: "2" },
    ]);
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
    expect(
      (await refusal(s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: eleven } })))).code,
    ).toBe("InvalidTag");
  });

  it("has a key of 1,024 bytes at most, and 2 KB of metadata", async () => {
    await put("k".repeat(1024));
    expect((await refusal(put("k".repeat(1025)))).code).toBe("KeyTooLongError");
    expect((await refusal(put("k", "x", { Metadata: { long: "x".repeat(2048) } }))).code).toBe("MetadataTooLarge");
  });

  it("of a storage class that is archived is not read", async () => {
    await put("k", "x", { StorageClass: "GLACIER" });
    expect(await refusal(read("k"))).toMatchObject({ code: "InvalidObjectState", status: 403 });
  });
});

describe("CopyObject", () => {
  it("takes bytes, metadata and tags along unless told otherwise", async () => {
    const { s3 } = fixture;
    await put("a ä", "copied", { Metadata: { one: "1" }, ContentType: "text/x", Tagging: "t=1" });
    const CopySource = `${Bucket}/${encodeURIComponent("a ä")}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource }));
    expect(await read("b")).toMatchObject({
      text: "copied",
      Metadata: { one: "1" },
      ContentType: "text/x",
      TagCount: 1,
    });
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: "c",
        CopySource,
        MetadataDirective: "REPLACE",
        Metadata: { two: "2" },
        TaggingDirective: "REPLACE",
      }),
    );
    const replaced = await read("c");
    expect(replaced).toMatchObject({ Metadata: { two: "2" }, ContentType: "binary/octet-stream" });
    expect(replaced.TagCount).toBeUndefined();
  });

  it("outlives its source", async () => {
    const { s3 } = fixture;
    const large = Buffer.alloc(100_000, "z");
    await put("a", large);
    await s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/a` }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    expect((await read("b")).text).toBe(large.toString());
  });

  it("is refused onto itself without a change, and when a condition on its source does not hold", async () => {
    const { s3 } = fixture;
    await put("a");
    const CopySource = `${Bucket}/a`;
    expect((await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: "a", CopySource })))).code).toBe(
      "InvalidRequest",
    );
    expect(
      (await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource, CopySourceIfMatch: '"no"' })))).code,
    ).toBe("PreconditionFailed");
    expect((await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/x` })))).code).toBe(
      "NoSuchKey",
    );
  });
});

describe("deleting", () => {
  it("succeeds for what is not there", async () => {
    const reply = await fixture.s3.send(new DeleteObjectCommand({ Bucket, Key: "nothing" }));
    expect(reply.$metadata.httpStatusCode).toBe(204);
  });

  it("takes many at once, and tells only errors when quiet", async () => {
    const { s3 } = fixture;
    await put("a");
    const Objects = [{ Key: "a" }, { Key: "b" }];
    const told = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(told.Deleted).toEqual(Objects);
    const quiet = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    expect(quiet.Deleted).toBeUndefined();
    const wrong = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "c", VersionId: "no version" }, { Key: "d" }] } }),
    );
    expect(wrong.Errors).toMatchObject([{ Key: "c", Code: "InvalidArgument" }]);
    expect(wrong.Deleted).toEqual([{ Key: "d" }]);
  });

  it("refuses more than a thousand keys", async () => {
    const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
    expect((await refusal(fixture.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })))).code).toBe(
      "MalformedXML",
    );
  });
});
