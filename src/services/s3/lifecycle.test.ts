import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

const rules = (...Rules: LifecycleRule[]) =>
  fixture.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
const put = (Key: string, more: object = {}) =>
  fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...more }));
const keys = async () =>
  (await fixture.s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? [];

describe("lifecycle rules", () => {
  it("expire the objects that their filter lets through, at midnight", async () => {
    const { s3, cloud } = fixture;
    await cloud.advance("1h");
    await put("tmp/a");
    await put("tmp/b", { Tagging: "keep=yes" });
    await put("other");
    await rules(
      { ID: "short", Status: "Enabled", Filter: { Prefix: "tmp/a" }, Expiration: { Days: 1 } },
      { ID: "tagged", Status: "Enabled", Filter: { Tag: { Key: "keep", Value: "yes" } }, Expiration: { Days: 3 } },
      { ID: "off", Status: "Disabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } },
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "tmp/a" }))).Expiration).toBe(
      'expiry-date="Sat, 03 Jan 2026 00:00:00 GMT", rule-id="short"',
    );
    await cloud.advance("46h");
    expect(await keys()).toEqual(["other", "tmp/a", "tmp/b"]);
    await cloud.advance("2h");
    expect(await keys()).toEqual(["other", "tmp/b"]);
    await cloud.advance("48h");
    expect(await keys()).toEqual(["other"]);
  });

  it("move objects to another class, and put markers before versions that go later", async () => {
    const { s3, cloud } = fixture;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    await put("k");
    await rules({
      ID: "all",
      Status: "Enabled",
      Filter: { Prefix: "" },
      Transitions: [{ Days: 1, StorageClass: "STANDARD_IA" }],
      Expiration: { Days: 3 },
      NoncurrentVersionExpiration: { NoncurrentDays: 2 },
    });
    await cloud.advance("49h");
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).StorageClass).toBe("STANDARD_IA");
    await cloud.advance("48h");
    expect(await keys()).toEqual([]);
    expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toHaveLength(1);
    await cloud.advance("96h");
    expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions ?? []).toEqual([]);
  });

  it("give up uploads that were never completed", async () => {
    const { s3, cloud } = fixture;
    await rules({ ID: "u", Status: "Enabled", Filter: {}, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
    const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    expect(begun.AbortRuleId).toBe("u");
    await cloud.advance("49h");
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });

  it("are refused when they do nothing or contradict themselves, and come back as they were", async () => {
    const nothing: LifecycleRule = { ID: "n", Status: "Enabled", Filter: { Prefix: "" } };
    expect((await refusal(rules(nothing))).code).toBe("InvalidRequest");
    expect((await refusal(rules({ ...nothing, Expiration: { Days: 0 } }))).code).toBe("InvalidArgument");
    const twice = { ...nothing, Expiration: { Days: 1 } };
    expect((await refusal(rules(twice, twice))).code).toBe("InvalidArgument");
    const date: LifecycleRule = { ...nothing, Expiration: { Date: new Date("2026-02-01T00:00:00Z") } };
    await rules(date);
    const kept = await fixture.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(kept.Rules).toEqual([date]);
  });
});
