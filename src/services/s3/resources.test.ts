/** S3's CloudFormation resource types, called as CloudFormation calls them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anyService } from "../../gateway/call.ts";
import { createDispatch } from "../../gateway/dispatch.ts";
import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import { rootOf, type Progress, type ResourceRequest, type ServiceContext } from "../../service.ts";
import { loadModel } from "../../wire/tables.ts";
import { validate } from "../../wire/validate.ts";
import { s3 } from "./index.ts";
import { bucketPolicy } from "./resources/bucket-policy.ts";
import { bucket } from "./resources/bucket.ts";

let kernel: Kernel;
let context: ServiceContext;
beforeEach(() => {
  kernel = createKernel({ clock: "manual", startAt: Date.UTC(2026, 0, 1) });
  const dispatch = createDispatch({
    kernel,
    services: [anyService(s3)],
    model: loadModel,
    validate: (model, operation, input) => {
      const found = model.operations.get(operation);
      if (found !== undefined) validate({ model, operation: found, protocol: "restXml" }, { ...input });
    },
    endpointUrl: () => "http://localhost:4566",
  });
  const [account, region] = ["123456789012", "eu-west-1"];
  context = dispatch.contextOf({
    service: "cloudformation",
    account,
    region,
    principal: rootOf(account),
    requestId: "r",
  });
});
afterEach(() => kernel.close());

function request(properties: Record<string, unknown>, retried = false): ResourceRequest {
  return {
    logicalId: "Data",
    stackId: "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
    stackName: "shop",
    properties,
    generatedName: () => "shop-data-0123456789ab",
    tags: { stage: "dev", "aws:cloudformation:stack-name": "shop" },
    retried,
  };
}

function done(progress: Progress): Extract<Progress, { status: "SUCCESS" }> {
  if (progress.status !== "SUCCESS") throw new Error("not done");
  return progress;
}

const create = async (properties: Record<string, unknown>, retried = false) =>
  done(await bucket.create(context, request(properties, retried)));

const full = {
  VersioningConfiguration: { Status: "Enabled" },
  Tags: [{ Key: "stage", Value: "prod" }],
  CorsConfiguration: {
    CorsRules: [{ Id: "c", AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposedHeaders: ["ETag"], MaxAge: "5" }],
  },
  LifecycleConfiguration: {
    Rules: [
      { Id: "l", Status: "Enabled", Prefix: "tmp/", ExpirationInDays: "30", TagFilters: [{ Key: "a", Value: "b" }] },
      {
        Id: "m",
        Status: "Enabled",
        NoncurrentVersionExpirationInDays: 5,
        Transitions: [{ StorageClass: "GLACIER", TransitionInDays: 3 }],
      },
    ],
  },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
  },
  PublicAccessBlockConfiguration: { BlockPublicAcls: "true", RestrictPublicBuckets: false },
  WebsiteConfiguration: { IndexDocument: "index.html", ErrorDocument: "error.html" },
};

describe("AWS::S3::Bucket", () => {
  it("makes a bucket with all that the template says, and tells its attributes", async () => {
    const made = await create(full);
    expect(made).toMatchObject({
      physicalId: "shop-data-0123456789ab",
      attributes: {
        Arn: "arn:aws:s3:::shop-data-0123456789ab",
        DomainName: "shop-data-0123456789ab.s3.amazonaws.com",
        RegionalDomainName: "shop-data-0123456789ab.s3.eu-west-1.amazonaws.com",
        WebsiteURL: "http://shop-data-0123456789ab.s3-website-eu-west-1.amazonaws.com",
      },
    });
    const Bucket = made.physicalId;
    expect(await context.call("s3", "GetBucketVersioning", { Bucket })).toEqual({ Status: "Enabled" });
    expect((await context.call("s3", "GetBucketTagging", { Bucket })).TagSet).toEqual([
      { Key: "stage", Value: "prod" },
      { Key: "aws:cloudformation:stack-name", Value: "shop" },
    ]);
    expect((await context.call("s3", "GetBucketCors", { Bucket })).CORSRules).toEqual([
      { ID: "c", AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 5 },
    ]);
    expect((await context.call("s3", "GetBucketLifecycleConfiguration", { Bucket })).Rules).toEqual([
      {
        ID: "l",
        Status: "Enabled",
        Filter: { And: { Prefix: "tmp/", Tags: [{ Key: "a", Value: "b" }] } },
        Expiration: { Days: 30 },
      },
      {
        ID: "m",
        Status: "Enabled",
        Filter: { Prefix: "" },
        NoncurrentVersionExpiration: { NoncurrentDays: 5 },
        Transitions: [{ StorageClass: "GLACIER", Days: 3 }],
      },
    ]);
    expect((await context.call("s3", "GetPublicAccessBlock", { Bucket })).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: false,
      IgnorePublicAcls: false,
      RestrictPublicBuckets: false,
    });
    expect(await context.call("s3", "GetBucketWebsite", { Bucket })).toEqual({
      IndexDocument: { Suffix: "index.html" },
      ErrorDocument: { Key: "error.html" },
    });
  });

  it("changes what changed and takes away what is not said any more", async () => {
    const before = { ...full };
    const { physicalId, attributes = {} } = await create(before);
    const { CorsConfiguration: _, LifecycleConfiguration: __, ...rest } = full;
    const after = { ...rest, VersioningConfiguration: { Status: "Suspended" } };
    await bucket.update(context, {
      ...request(after),
      physicalId,
      attributes,
      previousProperties: before,
      previousTags: {},
    });
    expect(await context.call("s3", "GetBucketVersioning", { Bucket: physicalId })).toEqual({ Status: "Suspended" });
    await expect(context.call("s3", "GetBucketCors", { Bucket: physicalId })).rejects.toMatchObject({
      code: "NoSuchCORSConfiguration",
    });
    await expect(context.call("s3", "GetBucketLifecycleConfiguration", { Bucket: physicalId })).rejects.toMatchObject({
      code: "NoSuchLifecycleConfiguration",
    });
  });

  it("leaves nothing behind when a setting is refused, and names a property that is not there", async () => {
    await expect(create({ VersioningConfiguration: { Status: "Perhaps" } })).rejects.toMatchObject({
      code: "MalformedXML",
    });
    const unknown = { LifecycleConfiguration: { Rules: [{ Status: "Enabled", Later: 1, ExpirationInDays: 1 }] } };
    await expect(create(unknown)).rejects.toThrow("LifecycleConfiguration/Rules/0/Later");
    expect((await context.call("s3", "ListBuckets", {})).Buckets).toEqual([]);
  });

  it("does not take over a bucket that is there, unless it was cut off while making it", async () => {
    await create({ BucketName: "named-bucket" });
    await expect(create({ BucketName: "named-bucket" })).rejects.toMatchObject({ code: "BucketAlreadyExists" });
    expect((await create({ BucketName: "named-bucket" }, true)).physicalId).toBe("named-bucket");
  });

  it("is deleted once, and not while it has objects", async () => {
    const { physicalId, attributes = {} } = await create({});
    const gone = { ...request({}), physicalId, attributes };
    expect(await bucket.delete(context, gone)).toEqual({ status: "SUCCESS" });
    expect(await bucket.delete(context, gone)).toEqual({ status: "SUCCESS" });
  });
});

describe("AWS::S3::BucketPolicy", () => {
  it("sets a bucket's policy and takes it away", async () => {
    const { physicalId: Bucket } = await create({});
    const PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: `arn:aws:s3:::${Bucket}/*` }],
    };
    const made = done(await bucketPolicy.create(context, request({ Bucket, PolicyDocument })));
    const { Policy } = await context.call("s3", "GetBucketPolicy", { Bucket });
    expect(JSON.parse(Policy ?? "")).toEqual(PolicyDocument);
    await expect(bucketPolicy.create(context, request({ Bucket, PolicyDocument }))).rejects.toThrow("already exists");
    await bucketPolicy.delete(context, { ...request({}), physicalId: made.physicalId, attributes: {} });
    await expect(context.call("s3", "GetBucketPolicy", { Bucket })).rejects.toMatchObject({
      code: "NoSuchBucketPolicy",
    });
  });
});
