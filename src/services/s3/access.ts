/** The IAM action and resource of each operation (AWS page "Actions, resources, and condition keys for Amazon S3"). */
import type { Access, AccessRule } from "../../service.ts";
import type * as operations from "./operations/index.ts";
import type { In, Sdk } from "./state.ts";

type Where = { readonly account: string; readonly region: string };
type Named = { readonly Bucket: string };
type Keyed = { readonly Bucket: string; readonly Key: string };

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

const onBucket = (action: string): AccessRule<Named> => ({
  action: `s3:${action}`,
  resource: ({ Bucket }: Named, _where: Where) => bucketArn(Bucket),
});
const onObject = (action: string): AccessRule<Keyed> => ({
  action: `s3:${action}`,
  resource: ({ Bucket, Key }: Keyed) => objectArn(Bucket, Key),
});
/** One action for the current version, another for one that is named. */
const onVersion = (
  current: string,
  version: string,
): AccessRule<Keyed & { readonly VersionId?: string | undefined }> => ({
  action: ({ VersionId }) => `s3:${VersionId === undefined ? current : version}`,
  resource: ({ Bucket, Key }) => objectArn(Bucket, Key),
});

interface Put {
  readonly Tagging?: string | undefined;
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** PutObject, and what its headers need besides. */
function puts(input: Put): string[] {
  const grants = [input.ACL, input.GrantFullControl, input.GrantRead, input.GrantReadACP, input.GrantWriteACP];
  return [
    "s3:PutObject",
    ...(input.Tagging === undefined ? [] : ["s3:PutObjectTagging"]),
    ...(grants.every((grant) => grant === undefined) ? [] : ["s3:PutObjectAcl"]),
    ...(input.ObjectLockMode === undefined ? [] : ["s3:PutObjectRetention"]),
    ...(input.ObjectLockLegalHoldStatus === undefined ? [] : ["s3:PutObjectLegalHold"]),
  ];
}
const putting = {
  action: puts,
  resource: ({ Bucket, Key }: Keyed) => objectArn(Bucket, Key),
};

export const access: Access<Sdk, typeof operations> = {
  AbortMultipartUpload: onObject("AbortMultipartUpload"),
  CompleteMultipartUpload: onObject("PutObject"),
  // The source needs s3:GetObject too: it is asked for where the source is read, since it is another resource.
  CopyObject: putting,
  CreateBucket: {
    action: (input: In<"CreateBucket">) => [
      "s3:CreateBucket",
      ...(input.ACL === undefined ? [] : ["s3:PutBucketAcl"]),
      ...(input.ObjectOwnership === undefined ? [] : ["s3:PutBucketOwnershipControls"]),
      ...(input.ObjectLockEnabledForBucket === true
        ? ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
        : []),
    ],
    resource: ({ Bucket }) => bucketArn(Bucket),
  },
  CreateMultipartUpload: putting,
  DeleteBucket: onBucket("DeleteBucket"),
  DeleteBucketAnalyticsConfiguration: onBucket("PutAnalyticsConfiguration"),
  DeleteBucketCors: onBucket("PutBucketCORS"),
  DeleteBucketEncryption: onBucket("PutEncryptionConfiguration"),
  DeleteBucketIntelligentTieringConfiguration: onBucket("PutIntelligentTieringConfiguration"),
  DeleteBucketInventoryConfiguration: onBucket("PutInventoryConfiguration"),
  DeleteBucketLifecycle: onBucket("PutLifecycleConfiguration"),
  DeleteBucketMetricsConfiguration: onBucket("PutMetricsConfiguration"),
  DeleteBucketOwnershipControls: onBucket("PutBucketOwnershipControls"),
  DeleteBucketPolicy: onBucket("DeleteBucketPolicy"),
  DeleteBucketReplication: onBucket("PutReplicationConfiguration"),
  DeleteBucketTagging: onBucket("PutBucketTagging"),
  DeleteBucketWebsite: onBucket("DeleteBucketWebsite"),
  DeleteObject: onVersion("DeleteObject", "DeleteObjectVersion"),
  DeleteObjectTagging: onVersion("DeleteObjectTagging", "DeleteObjectVersionTagging"),
  DeleteObjects: {
    action: ({ Delete }: In<"DeleteObjects">) =>
      Delete.Objects.some(({ VersionId }) => VersionId !== undefined) ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
    resource: ({ Bucket, Delete }) => Delete.Objects.map(({ Key }) => objectArn(Bucket, Key)),
  },
  DeletePublicAccessBlock: onBucket("PutBucketPublicAccessBlock"),
  GetBucketAccelerateConfiguration: onBucket("GetAccelerateConfiguration"),
  GetBucketAcl: onBucket("GetBucketAcl"),
  GetBucketAnalyticsConfiguration: onBucket("GetAnalyticsConfiguration"),
  GetBucketCors: onBucket("GetBucketCORS"),
  GetBucketEncryption: onBucket("GetEncryptionConfiguration"),
  GetBucketIntelligentTieringConfiguration: onBucket("GetIntelligentTieringConfiguration"),
  GetBucketInventoryConfiguration: onBucket("GetInventoryConfiguration"),
  GetBucketLifecycleConfiguration: onBucket("GetLifecycleConfiguration"),
  GetBucketLocation: onBucket("GetBucketLocation"),
  GetBucketLogging: onBucket("GetBucketLogging"),
  GetBucketMetricsConfiguration: onBucket("GetMetricsConfiguration"),
  GetBucketNotificationConfiguration: onBucket("GetBucketNotification"),
  GetBucketOwnershipControls: onBucket("GetBucketOwnershipControls"),
  GetBucketPolicy: onBucket("GetBucketPolicy"),
  GetBucketPolicyStatus: onBucket("GetBucketPolicyStatus"),
  GetBucketReplication: onBucket("GetReplicationConfiguration"),
  GetBucketRequestPayment: onBucket("GetBucketRequestPayment"),
  GetBucketTagging: onBucket("GetBucketTagging"),
  GetBucketVersioning: onBucket("GetBucketVersioning"),
  GetBucketWebsite: onBucket("GetBucketWebsite"),
  GetObject: onVersion("GetObject", "GetObjectVersion"),
  GetObjectAcl: onVersion("GetObjectAcl", "GetObjectVersionAcl"),
  GetObjectAttributes: {
    action: ({ VersionId }: In<"GetObjectAttributes">) =>
      VersionId === undefined
        ? ["s3:GetObject", "s3:GetObjectAttributes"]
        : ["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
    resource: ({ Bucket, Key }) => objectArn(Bucket, Key),
  },
  GetObjectLegalHold: onObject("GetObjectLegalHold"),
  GetObjectLockConfiguration: onBucket("GetBucketObjectLockConfiguration"),
  GetObjectRetention: onObject("GetObjectRetention"),
  GetObjectTagging: onVersion("GetObjectTagging", "GetObjectVersionTagging"),
  GetPublicAccessBlock: onBucket("GetBucketPublicAccessBlock"),
  HeadBucket: onBucket("ListBucket"),
  HeadObject: onVersion("GetObject", "GetObjectVersion"),
  ListBucketAnalyticsConfigurations: onBucket("GetAnalyticsConfiguration"),
  ListBucketIntelligentTieringConfigurations: onBucket("GetIntelligentTieringConfiguration"),
  ListBucketInventoryConfigurations: onBucket("GetInventoryConfiguration"),
  ListBucketMetricsConfigurations: onBucket("GetMetricsConfiguration"),
  ListBuckets: { action: "s3:ListAllMyBuckets", resource: () => "*" },
  ListMultipartUploads: onBucket("ListBucketMultipartUploads"),
  ListObjectVersions: onBucket("ListBucketVersions"),
  ListObjects: onBucket("ListBucket"),
  ListObjectsV2: onBucket("ListBucket"),
  ListParts: onObject("ListMultipartUploadParts"),
  PutBucketAccelerateConfiguration: onBucket("PutAccelerateConfiguration"),
  PutBucketAcl: onBucket("PutBucketAcl"),
  PutBucketAnalyticsConfiguration: onBucket("PutAnalyticsConfiguration"),
  PutBucketCors: onBucket("PutBucketCORS"),
  PutBucketEncryption: onBucket("PutEncryptionConfiguration"),
  PutBucketIntelligentTieringConfiguration: onBucket("PutIntelligentTieringConfiguration"),
  PutBucketInventoryConfiguration: onBucket("PutInventoryConfiguration"),
  PutBucketLifecycleConfiguration: onBucket("PutLifecycleConfiguration"),
  PutBucketLogging: onBucket("PutBucketLogging"),
  PutBucketMetricsConfiguration: onBucket("PutMetricsConfiguration"),
  PutBucketNotificationConfiguration: onBucket("PutBucketNotification"),
  PutBucketOwnershipControls: onBucket("PutBucketOwnershipControls"),
  PutBucketPolicy: onBucket("PutBucketPolicy"),
  PutBucketReplication: onBucket("PutReplicationConfiguration"),
  PutBucketRequestPayment: onBucket("PutBucketRequestPayment"),
  PutBucketTagging: onBucket("PutBucketTagging"),
  PutBucketVersioning: onBucket("PutBucketVersioning"),
  PutBucketWebsite: onBucket("PutBucketWebsite"),
  PutObject: putting,
  PutObjectAcl: onVersion("PutObjectAcl", "PutObjectVersionAcl"),
  PutObjectLegalHold: onObject("PutObjectLegalHold"),
  PutObjectLockConfiguration: onBucket("PutBucketObjectLockConfiguration"),
  PutObjectRetention: {
    action: ({ BypassGovernanceRetention }: In<"PutObjectRetention">) =>
      BypassGovernanceRetention === true
        ? ["s3:PutObjectRetention", "s3:BypassGovernanceRetention"]
        : "s3:PutObjectRetention",
    resource: ({ Bucket, Key }) => objectArn(Bucket, Key),
  },
  PutObjectTagging: onVersion("PutObjectTagging", "PutObjectVersionTagging"),
  PutPublicAccessBlock: onBucket("PutBucketPublicAccessBlock"),
  UploadPart: onObject("PutObject"),
  UploadPartCopy: onObject("PutObject"),
};
