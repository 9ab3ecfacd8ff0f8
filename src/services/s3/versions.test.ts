import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

const versioning = (Status: "Enabled" | "Suspended") =>
  fixture.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Key: string, Body: string) =>
  (await fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const remove = (Key: string, VersionId?: string) =>
  fixture.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const read = async (Key: string, VersionId?: string) =>
  (await fixture.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

describe("versions", () => {
  it("are kept while versioning is on, and a delete only hides them", async () => {
    const { s3 } = fixture;
    await versioning("Enabled");
    const one = await put("k", "1");
    const two = await put("k", "2");
    expect(await read("k")).toBe("2");
    expect(await read("k", one)).toBe("1");
    const marker = await remove("k");
    expect(marker.DeleteMarker).toBe(true);
    expect(await refusal(read("k"))).toMatchObject({ code: "NoSuchKey", status: 404 });
    expect(await refusal(read("k", marker.VersionId))).toMatchObject({ code: "MethodNotAllowed", status: 405 });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two, false],
      [one, false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    await remove("k", marker.VersionId);
    expect(await read("k")).toBe("2");
    expect((await refusal(s3.send(new DeleteBucketCommand({ Bucket })))).code).toBe("BucketNotEmpty");
  });

  it("put before or beside versioning are the one null version", async () => {
    const { s3 } = fixture;
    await put("k", "before");
    await versioning("Enabled");
    const kept = await put("k", "kept");
    expect(await read("k", "null")).toBe("before");
    await versioning("Suspended");
    expect(await put("k", "after")).toBe("null");
    expect(await read("k")).toBe("after");
    expect(await read("k", "null")).toBe("after");
    expect(await read("k", kept)).toBe("kept");
    await remove("k");
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([kept]);
    expect(listed.DeleteMarkers?.map(({ VersionId }) => VersionId)).toEqual(["null"]);
  });

  it("are listed page by page", async () => {
    const { s3 } = fixture;
    await versioning("Enabled");
    const ids = [await put("a", "1"), await put("a", "2"), await put("b", "3")];
    const found: (string | undefined)[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    for (let more = true; more;) {
      const reply = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, KeyMarker, VersionIdMarker }));
      found.push(...(reply.Versions ?? []).map(({ VersionId }) => VersionId));
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = reply);
      more = reply.IsTruncated === true;
    }
    expect(found).toEqual([ids[1], ids[0], ids[2]]);
  });

  it("that never were are told apart from ids that cannot be", async () => {
    await put("k", "1");
    expect((await refusal(read("k", "a".repeat(32)))).code).toBe("NoSuchVersion");
    expect((await refusal(read("k", "short"))).code).toBe("InvalidArgument");
  });
});

describe("Object Lock", () => {
  it("keeps a version until its time has come", async () => {
    const { s3, cloud } = fixture;
    await s3.send(new CreateBucketCommand({ Bucket: "locked-bucket", ObjectLockEnabledForBucket: true }));
    const at = { Bucket: "locked-bucket", Key: "k" };
    const { VersionId } = await s3.send(
      new PutObjectCommand({
        ...at,
        Body: "x",
        ObjectLockMode: "COMPLIANCE",
        ObjectLockRetainUntilDate: new Date("2026-01-02T00:00:00Z"),
      }),
    );
    expect(await s3.send(new HeadObjectCommand(at))).toMatchObject({ ObjectLockMode: "COMPLIANCE" });
    expect((await refusal(s3.send(new DeleteObjectCommand({ ...at, VersionId })))).code).toBe("AccessDenied");
    const sooner = { Mode: "COMPLIANCE", RetainUntilDate: new Date("2026-01-01T12:00:00Z") } as const;
    expect((await refusal(s3.send(new PutObjectRetentionCommand({ ...at, Retention: sooner })))).code).toBe(
      "AccessDenied",
    );
    await cloud.advance("25h");
    await s3.send(new DeleteObjectCommand({ ...at, VersionId }));
  });
});
