import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();

describe("buckets", () => {
  it("are made, listed by name with paging, and deleted", async () => {
    const { s3 } = fixture;
    for (const Bucket of ["logs-b", "logs-a", "data-a"]) await s3.send(new CreateBucketCommand({ Bucket }));
    const all = await s3.send(new ListBucketsCommand({}));
    expect(all.Buckets?.map(({ Name }) => Name)).toEqual(["data-a", "logs-a", "logs-b"]);
    const first = await s3.send(new ListBucketsCommand({ Prefix: "logs-", MaxBuckets: 1 }));
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["logs-a"]);
    const second = await s3.send(
      new ListBucketsCommand({ Prefix: "logs-", MaxBuckets: 1, ContinuationToken: first.ContinuationToken }),
    );
    expect(second.Buckets?.map(({ Name }) => Name)).toEqual(["logs-b"]);
    expect(second.ContinuationToken).toBeUndefined();
    await s3.send(new DeleteBucketCommand({ Bucket: "data-a" }));
    expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket: "data-a" })))).toMatchObject({
      code: "NoSuchBucket",
      status: 404,
    });
  });

  it.each(["ab", "Upper-Case", "under_score", "-dash", "dot..dot", "192.168.1.1", "xn--name", "name-s3alias"])(
    "are not called %s",
    async (Bucket) => {
      const { s3 } = fixture;
      expect((await refusal(s3.send(new CreateBucketCommand({ Bucket })))).code).toBe("InvalidBucketName");
    },
  );

  it("are made again by their owner in us-east-1 only, and by nobody else", async () => {
    const { s3, cloud } = fixture;
    await s3.send(new CreateBucketCommand({ Bucket: "here-bucket" }));
    await s3.send(new CreateBucketCommand({ Bucket: "here-bucket" }));
    const west = new S3Client(cloud.client({ region: "eu-west-1" }));
    const inWest = { Bucket: "west-bucket", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } } as const;
    await west.send(new CreateBucketCommand(inWest));
    expect(await refusal(west.send(new CreateBucketCommand(inWest)))).toMatchObject({
      code: "BucketAlreadyOwnedByYou",
      status: 409,
    });
    const other = new S3Client(cloud.client({ account: "111111111111" }));
    expect(await refusal(other.send(new CreateBucketCommand({ Bucket: "here-bucket" })))).toMatchObject({
      code: "BucketAlreadyExists",
      status: 409,
    });
    expect((await other.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  });

  it("lie in the region of their location constraint, and requests that name another are redirected", async () => {
    const { s3, cloud } = fixture;
    const west = new S3Client(cloud.client({ region: "eu-west-1" }));
    const elsewhere = { Bucket: "x-bucket", CreateBucketConfiguration: { LocationConstraint: "eu-west-2" } } as const;
    expect((await refusal(west.send(new CreateBucketCommand(elsewhere)))).code).toBe(
      "IllegalLocationConstraintException",
    );
    await s3.send(
      new CreateBucketCommand({
        Bucket: "west-bucket",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
    const location = await s3.send(new GetBucketLocationCommand({ Bucket: "west-bucket" }));
    expect(location.LocationConstraint).toBe("eu-west-1");
    expect((await west.send(new HeadBucketCommand({ Bucket: "west-bucket" }))).BucketRegion).toBe("eu-west-1");
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket: "west-bucket", Key: "k", Body: "x" })))).toMatchObject({
      code: "PermanentRedirect",
      status: 301,
    });
  });

  it("are not deleted while they have objects", async () => {
    const { s3 } = fixture;
    await s3.send(new CreateBucketCommand({ Bucket: "full-bucket" }));
    await s3.send(new PutObjectCommand({ Bucket: "full-bucket", Key: "k", Body: "x" }));
    expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket: "full-bucket" })))).toMatchObject({
      code: "BucketNotEmpty",
      status: 409,
    });
  });

  it("refuse those who expect another owner", async () => {
    const { s3 } = fixture;
    await s3.send(new CreateBucketCommand({ Bucket: "mine-bucket" }));
    const asked = new HeadBucketCommand({ Bucket: "mine-bucket", ExpectedBucketOwner: "222222222222" });
    expect((await refusal(s3.send(asked))).status).toBe(403);
  });
});
