/** For the tests: S3's types. */
import { attribute, MATERIALS, ref, tags, type TypeCases } from "./case-fixture.ts";
import { RECEIVER } from "./logs-fixture.ts";

const bucket = (BucketName: string) => ({ Type: "AWS::S3::Bucket", Properties: { BucketName } });

function policy(name: string, action: string) {
  const Resource = `arn:aws:s3:::${name}/*`;
  const Principal = { AWS: "000000000000" };
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: action, Resource }] };
}

const METADATA_TABLES = [
  "MetadataConfiguration.AnnotationTableConfiguration.TableArn",
  "MetadataConfiguration.AnnotationTableConfiguration.TableName",
  "MetadataConfiguration.InventoryTableConfiguration.TableArn",
  "MetadataConfiguration.InventoryTableConfiguration.TableName",
  "MetadataConfiguration.JournalTableConfiguration.TableArn",
  "MetadataConfiguration.JournalTableConfiguration.TableName",
  "MetadataTableConfiguration.S3TablesDestination.TableArn",
  "MetadataTableConfiguration.S3TablesDestination.TableNamespace",
];

export const s3Types: TypeCases = {
  "AWS::S3::Bucket": {
    beside: RECEIVER,
    first: { BucketName: "bucket" },
    changed: {
      BucketName: "bucket",
      AccessControl: "AuthenticatedRead",
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: true },
        ],
      },
      CorsConfiguration: { CorsRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] },
      LifecycleConfiguration: { Rules: [{ Id: "old", Status: "Enabled", ExpirationInDays: 30 }] },
      LoggingConfiguration: { DestinationBucketName: MATERIALS, LogFilePrefix: "access/" },
      NotificationConfiguration: {
        LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: attribute("Receiver", "Arn") }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: false, RestrictPublicBuckets: true },
      Tags: tags("a", "b"),
      WebsiteConfiguration: { IndexDocument: "index.html" },
    },
    replaced: { BucketName: "other", Tags: tags("a") },
    untried: {
      AccelerateConfiguration: "once set it can only be suspended, on AWS too",
      ObjectLockConfiguration: "once set it cannot be taken away, on AWS too",
      ObjectLockEnabled: "once set it cannot be taken away, on AWS too",
      VersioningConfiguration: "once set it can only be suspended, on AWS too",
    },
    notGiven: Object.fromEntries(METADATA_TABLES.map((name) => [name, "there are no metadata tables"])),
  },
  "AWS::S3::BucketPolicy": {
    beside: { Bucket: bucket("one"), Bucket2: bucket("two") },
    first: { Bucket: ref("Bucket"), PolicyDocument: policy("one", "s3:GetObject") },
    changed: { Bucket: ref("Bucket"), PolicyDocument: policy("one", "s3:PutObject") },
    replaced: { Bucket: ref("Bucket2"), PolicyDocument: policy("two", "s3:GetObject") },
  },
};
