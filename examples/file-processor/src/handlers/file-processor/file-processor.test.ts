/** The FileProcessor alone: its S3 client, injected at the seam, points at a local cloud. Nothing is deployed. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../../../../src/testing/cloud.ts";
import { FileProcessor, type S3Event } from "./file-processor.ts";

const EVENT_TIME = "2026-01-31T23:59:59.000Z";

let cloud: TestCloud;
let s3: S3Client;
let names = 0;
let origin: string;
let processed: string;

beforeAll(async () => {
  cloud = await startCloud();
  s3 = new S3Client(cloud.client());
});
afterAll(async () => {
  s3.destroy();
  await cloud.close();
});
beforeEach(async () => {
  names += 1;
  origin = `origin-${names}`;
  processed = `processed-${names}`;
  for (const Bucket of [origin, processed]) await s3.send(new CreateBucketCommand({ Bucket }));
});

/** Puts an object into the origin bucket and tells of it as S3 does. */
async function put(Key: string, Body: Uint8Array): Promise<S3Event["Records"][number]> {
  await s3.send(new PutObjectCommand({ Bucket: origin, Key, Body }));
  const key = encodeURIComponent(Key).replaceAll("%20", "+").replaceAll("%2F", "/");
  return { eventTime: EVENT_TIME, s3: { bucket: { name: origin }, object: { key } } };
}

function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

function run(...Records: S3Event["Records"]): Promise<string[]> {
  return new FileProcessor(s3, processed).process({ Records });
}

async function content(Key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: processed, Key }));
  return Body?.transformToString();
}

async function keysInProcessed(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: processed }));
  return Contents.map(({ Key }) => Key);
}

describe("FileProcessor", () => {
  it("writes each file of the zip under the day of the event", async () => {
    const record = await put("test.zip", zipOf({ "test.txt": "test", "sub/other.txt": "other" }));
    expect(await run(record)).toEqual(["2026/01/31/test.txt", "2026/01/31/sub/other.txt"]);
    expect(await content("2026/01/31/test.txt")).toBe("test");
    expect(await content("2026/01/31/sub/other.txt")).toBe("other");
  });

  it("takes every record of an event", async () => {
    const first = await put("first.zip", zipOf({ "first.txt": "1" }));
    const second = await put("second.zip", zipOf({ "second.txt": "2" }));
    await run(first, second);
    expect(await keysInProcessed()).toEqual(["2026/01/31/first.txt", "2026/01/31/second.txt"]);
  });

  it("finds a zip whose key has blanks and letters that events encode", async () => {
    const record = await put("in box/größe 1+2.zip", zipOf({ "a.txt": "a" }));
    await run(record);
    expect(await keysInProcessed()).toEqual(["2026/01/31/a.txt"]);
  });

  it("writes no object for a folder of the zip", async () => {
    await run(await put("folders.zip", zipOf({ "folder/": "", "folder/a.txt": "a" })));
    expect(await keysInProcessed()).toEqual(["2026/01/31/folder/a.txt"]);
  });

  it("writes an empty file as an empty object", async () => {
    await run(await put("empty.zip", zipOf({ "empty.txt": "" })));
    expect(await content("2026/01/31/empty.txt")).toBe("");
  });

  it("refuses what is no zip, and writes nothing", async () => {
    const record = await put("text.zip", strToU8("This is a text."));
    await expect(run(record)).rejects.toThrow("invalid zip data");
    expect(await keysInProcessed()).toEqual([]);
  });

  it("refuses a zip of more than 32 MiB before it unpacks any of it", async () => {
    const record = await put(
      "bomb.zip",
      zipSync({ "small.txt": strToU8("small"), zeros: new Uint8Array(33 * 2 ** 20) }),
    );
    await expect(run(record)).rejects.toThrow("The zip holds more than 33554432 bytes");
    expect(await keysInProcessed()).toEqual([]);
  });

  it("passes on S3's error for a zip that is not there any more", async () => {
    const record = { eventTime: EVENT_TIME, s3: { bucket: { name: origin }, object: { key: "gone.zip" } } };
    await expect(run(record)).rejects.toThrow(expect.objectContaining({ name: "NoSuchKey" }));
  });
});
