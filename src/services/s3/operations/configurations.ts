/** Documents of which a bucket has one: kept and returned. What of them is carried out is in this service's README. */
import { isPublicAcl } from "../acl.ts";
import { configuration } from "../configurations.ts";
import { checkCors } from "../cors.ts";
import { s3Error } from "../errors.ts";
import { buckets, type In, type Op } from "../state.ts";
import { checkTags } from "../tags.ts";
import { get, getOr, put, remove } from "./documents.ts";

export const PutBucketAccelerateConfiguration: Op<"PutBucketAccelerateConfiguration"> = put(
  "accelerate",
  (input: In<"PutBucketAccelerateConfiguration">) => input.AccelerateConfiguration,
  (_, bucket, document) => {
    if (bucket.name.includes(".")) {
      throw s3Error("InvalidRequest", {
        message: "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
      });
    }
    return document;
  },
);
export const GetBucketAccelerateConfiguration: Op<"GetBucketAccelerateConfiguration"> = getOr(
  "accelerate",
  (document) => ({
    ...document,
  }),
);

export const PutBucketCors: Op<"PutBucketCors"> = put(
  "cors",
  (input: In<"PutBucketCors">) => input.CORSConfiguration,
  (_, __, document) => checkCors(document),
);
export const GetBucketCors: Op<"GetBucketCors"> = get("cors", "NoSuchCORSConfiguration", ({ CORSRules }) => ({
  CORSRules,
}));
export const DeleteBucketCors: Op<"DeleteBucketCors"> = remove("cors");

/** What every bucket has had since January 2023. */
const AES256 = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false }],
};

export const PutBucketEncryption: Op<"PutBucketEncryption"> = put(
  "encryption",
  (input: In<"PutBucketEncryption">) => input.ServerSideEncryptionConfiguration,
  (_, __, document) => {
    const [rule, ...more] = document.Rules ?? [];
    if (rule === undefined || more.length > 0) throw s3Error("MalformedXML");
    const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = rule.ApplyServerSideEncryptionByDefault ?? {};
    if (algorithm === "AES256" && key !== undefined) {
      throw s3Error("InvalidArgument", {
        message: "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      });
    }
    return document;
  },
);
export const GetBucketEncryption: Op<"GetBucketEncryption"> = getOr("encryption", (document) => ({
  ServerSideEncryptionConfiguration: document ?? AES256,
}));
export const DeleteBucketEncryption: Op<"DeleteBucketEncryption"> = remove("encryption");

export const PutBucketLogging: Op<"PutBucketLogging"> = put(
  "logging",
  (input: In<"PutBucketLogging">) => input.BucketLoggingStatus,
  (context, _, document) => {
    const target = document.LoggingEnabled?.TargetBucket;
    if (target !== undefined && !context.table(buckets).has(target)) {
      throw s3Error("InvalidRequest", {
        message: "The target bucket for logging does not exist",
        members: { TargetBucket: target },
      });
    }
    return document;
  },
);
export const GetBucketLogging: Op<"GetBucketLogging"> = getOr("logging", (document) => ({ ...document }));

export const PutBucketOwnershipControls: Op<"PutBucketOwnershipControls"> = put(
  "ownershipControls",
  (input: In<"PutBucketOwnershipControls">) => input.OwnershipControls,
  (context, bucket, document) => {
    const [rule, ...more] = document.Rules;
    if (rule === undefined || more.length > 0) throw s3Error("MalformedXML");
    const grants = configuration(context, bucket.name, "acl")?.grants ?? [];
    if (rule.ObjectOwnership === "BucketOwnerEnforced" && isPublicAcl(grants)) {
      throw s3Error("InvalidBucketAclWithObjectOwnership");
    }
    return document;
  },
);
export const GetBucketOwnershipControls: Op<"GetBucketOwnershipControls"> = get(
  "ownershipControls",
  "OwnershipControlsNotFoundError",
  (document) => ({ OwnershipControls: document }),
);
export const DeleteBucketOwnershipControls: Op<"DeleteBucketOwnershipControls"> = remove("ownershipControls");

export const PutPublicAccessBlock: Op<"PutPublicAccessBlock"> = put(
  "publicAccessBlock",
  (input: In<"PutPublicAccessBlock">) => input.PublicAccessBlockConfiguration,
  (_, __, document) => ({
    BlockPublicAcls: document.BlockPublicAcls ?? false,
    IgnorePublicAcls: document.IgnorePublicAcls ?? false,
    BlockPublicPolicy: document.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: document.RestrictPublicBuckets ?? false,
  }),
);
export const GetPublicAccessBlock: Op<"GetPublicAccessBlock"> = get(
  "publicAccessBlock",
  "NoSuchPublicAccessBlockConfiguration",
  (document) => ({ PublicAccessBlockConfiguration: document }),
);
export const DeletePublicAccessBlock: Op<"DeletePublicAccessBlock"> = remove("publicAccessBlock");

export const PutBucketReplication: Op<"PutBucketReplication"> = put(
  "replication",
  (input: In<"PutBucketReplication">) => input.ReplicationConfiguration,
  (_, bucket, document) => {
    if (bucket.versioning === "Enabled") return document;
    throw s3Error("InvalidRequest", {
      message: "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    });
  },
);
export const GetBucketReplication: Op<"GetBucketReplication"> = get(
  "replication",
  "ReplicationConfigurationNotFoundError",
  (document) => ({ ReplicationConfiguration: document }),
);
export const DeleteBucketReplication: Op<"DeleteBucketReplication"> = remove("replication");

export const PutBucketRequestPayment: Op<"PutBucketRequestPayment"> = put(
  "requestPayment",
  (input: In<"PutBucketRequestPayment">) => input.RequestPaymentConfiguration,
);
export const GetBucketRequestPayment: Op<"GetBucketRequestPayment"> = getOr("requestPayment", (document) => ({
  Payer: document?.Payer ?? "BucketOwner",
}));

export const PutBucketTagging: Op<"PutBucketTagging"> = put(
  "tagging",
  (input: In<"PutBucketTagging">) => input.Tagging,
  (_, __, { TagSet }) => ({ TagSet: checkTags(TagSet, 50, "Bucket") }),
);
export const GetBucketTagging: Op<"GetBucketTagging"> = get("tagging", "NoSuchTagSet", ({ TagSet }) => ({
  TagSet: [...TagSet],
}));
export const DeleteBucketTagging: Op<"DeleteBucketTagging"> = remove("tagging");

export const PutBucketWebsite: Op<"PutBucketWebsite"> = put(
  "website",
  (input: In<"PutBucketWebsite">) => input.WebsiteConfiguration,
  (_, __, document) => {
    const { IndexDocument: index, RedirectAllRequestsTo: redirect } = document;
    if (index === undefined && redirect === undefined) {
      throw s3Error("InvalidArgument", {
        message: "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      });
    }
    if (redirect !== undefined && (index ?? document.ErrorDocument ?? document.RoutingRules) !== undefined) {
      throw s3Error("InvalidArgument", {
        message: "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
      });
    }
    if (index !== undefined && (index.Suffix === undefined || index.Suffix === "" || index.Suffix.includes("/"))) {
      throw s3Error("InvalidArgument", { message: "The IndexDocument Suffix is not well formed" });
    }
    return document;
  },
);
export const GetBucketWebsite: Op<"GetBucketWebsite"> = get("website", "NoSuchWebsiteConfiguration", (document) => ({
  ...document,
}));
export const DeleteBucketWebsite: Op<"DeleteBucketWebsite"> = remove("website");
