import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketTaggingCommand,
  DeleteBucketWebsiteCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketMetricsConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLoggingCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  type Event,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

describe("a new bucket", () => {
  it("is encrypted, private and without lists, as AWS makes them", async () => {
    const { s3 } = fixture;
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
    expect(rule?.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: "AES256" });
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(block.PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const ownership = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(ownership.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe("BucketOwner");
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
    expect((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBeUndefined();
  });

  it("says by AWS's names what it does not have", async () => {
    const { s3 } = fixture;
    expect((await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).code).toBe("NoSuchCORSConfiguration");
    expect((await refusal(s3.send(new GetBucketTaggingCommand({ Bucket })))).code).toBe("NoSuchTagSet");
    expect((await refusal(s3.send(new GetBucketWebsiteCommand({ Bucket })))).code).toBe("NoSuchWebsiteConfiguration");
    expect((await refusal(s3.send(new GetBucketPolicyCommand({ Bucket })))).code).toBe("NoSuchBucketPolicy");
    expect((await refusal(s3.send(new GetBucketReplicationCommand({ Bucket })))).code).toBe(
      "ReplicationConfigurationNotFoundError",
    );
    expect((await refusal(s3.send(new GetObjectLockConfigurationCommand({ Bucket })))).code).toBe(
      "ObjectLockConfigurationNotFoundError",
    );
    expect((await refusal(s3.send(new GetBucketMetricsConfigurationCommand({ Bucket, Id: "m" })))).code).toBe(
      "NoSuchConfiguration",
    );
  });
});

describe("configuration documents", () => {
  it("come back as they were given, until they are deleted", async () => {
    const { s3 } = fixture;
    const CORSRules = [{ ID: "r", AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposeHeaders: ["ETag"] }];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(CORSRules);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect((await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).code).toBe("NoSuchCORSConfiguration");
    const TagSet = [{ Key: "a", Value: "1" }];
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    const website = {
      IndexDocument: { Suffix: "index.html" },
      RoutingRules: [{ Condition: { KeyPrefixEquals: "old/" }, Redirect: { ReplaceKeyPrefixWith: "new/" } }],
    };
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: website }));
    expect(await s3.send(new GetBucketWebsiteCommand({ Bucket }))).toMatchObject(website);
    await s3.send(new DeleteBucketWebsiteCommand({ Bucket }));
    const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: "logs/" };
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toEqual(LoggingEnabled);
    await s3.send(new PutBucketMetricsConfigurationCommand({ Bucket, Id: "m", MetricsConfiguration: { Id: "m" } }));
    expect((await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket }))).MetricsConfigurationList).toEqual([
      { Id: "m" },
    ]);
  });

  it("that could not work are refused", async () => {
    const { s3 } = fixture;
    const cors = { CORSRules: [{ AllowedMethods: ["PATCH"], AllowedOrigins: ["*"] }] };
    expect((await refusal(s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: cors })))).code).toBe(
      "InvalidRequest",
    );
    const twice = { TagSet: [1, 2].map((n) => ({ Key: "same", Value: String(n) })) };
    expect((await refusal(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: twice })))).code).toBe("InvalidTag");
    const ReplicationConfiguration = {
      Role: "arn:aws:iam::000000000000:role/r",
      Rules: [{ Status: "Enabled" as const, Destination: { Bucket: "arn:aws:s3:::elsewhere" } }],
    };
    expect((await refusal(s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration })))).code).toBe(
      "InvalidRequest",
    );
  });

  it("of encryption are what new objects get", async () => {
    const { s3 } = fixture;
    const byDefault = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: "11111111-2222-3333-4444-555555555555" };
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).toMatchObject({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: `arn:aws:kms:us-east-1:000000000000:key/${byDefault.KMSMasterKeyID}`,
      BucketKeyEnabled: true,
    });
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ServerSideEncryption).toBe("AES256");
  });
});

describe("notification configurations", () => {
  const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:gone";
  const keep = (NotificationConfiguration: NotificationConfiguration, SkipDestinationValidation?: boolean) =>
    fixture.s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration, SkipDestinationValidation }),
    );
  const watch = (prefix: string, suffix: string, event: Event = "s3:ObjectCreated:*") => ({
    LambdaFunctionArn: functionArn,
    Events: [event],
    Filter: {
      Key: { FilterRules: [{ Name: "prefix", Value: prefix } as const, { Name: "suffix", Value: suffix } as const] },
    },
  });

  it("are refused when the destination is not there", async () => {
    expect(await refusal(keep({ LambdaFunctionConfigurations: [watch("", "")] }))).toMatchObject({
      code: "InvalidArgument",
      message: "Unable to validate the following destination configurations",
    });
    const QueueArn = "arn:aws:sqs:us-east-1:000000000000:q";
    expect((await refusal(keep({ QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] }))).code).toBe(
      "InvalidArgument",
    );
  });

  it("are refused when two would meet the same event", async () => {
    const both = [watch("in/", ".zip"), watch("in/a", "", "s3:ObjectCreated:Put")];
    expect((await refusal(keep({ LambdaFunctionConfigurations: both }, true))).code).toBe("InvalidArgument");
    await keep(
      { LambdaFunctionConfigurations: [watch("in/", ".zip"), watch("out/", ".zip"), watch("in/", ".csv")] },
      true,
    );
    const kept = await fixture.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(kept.LambdaFunctionConfigurations).toHaveLength(3);
    expect(kept.LambdaFunctionConfigurations?.[0]?.Id).toEqual(expect.any(String));
    await keep({});
    const gone = await fixture.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(gone.LambdaFunctionConfigurations).toBeUndefined();
  });
});
