/**
 * A bucket's configuration documents: one way of keeping, telling and removing them, and a line for each operation. Those whose meaning
 * is carried out here (versioning, notification, lifecycle, policy) have a check of their own, those that are kept and returned only
 * are listed in this service's README.
 */
import type {
  AnalyticsConfiguration,
  IntelligentTieringConfiguration,
  InventoryConfiguration,
  MetricsConfiguration,
} from "@aws-sdk/client-s3";
import type { ServiceContext } from "../../../service.ts";
import { checkAclAllowed, isPublicAcl, objectOwnership, privateAcl, requestedAcl } from "../acl.ts";
import { checkPolicy, isPublicPolicy } from "../bucket-policy.ts";
import {
  configuration,
  keepConfiguration,
  keepListedConfiguration,
  listedConfiguration,
  listedConfigurations,
  removeConfiguration,
  removeListedConfiguration,
  type DocumentKind,
  type Documents,
  type ListedKind,
} from "../configurations.ts";
import { checkCors } from "../cors.ts";
import { refuseMembers, s3Error, type S3ErrorCode } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { checkLifecycle, nextRun } from "../lifecycle.ts";
import { ownerOf } from "../owner.ts";
import { buckets, type Bucket, type In, type Op } from "../state.ts";
import { checkTags } from "../tags.ts";

/** What most Put and Delete operations answer. */
type Nothing = Readonly<Record<string, never>>;

interface OnBucket {
  readonly Bucket: string;
}

/** Keeps what `read` finds in the input; `check` may refuse it or write it otherwise. */
function put<I extends OnBucket, K extends DocumentKind>(
  kind: K,
  read: (input: I) => Documents[K] | undefined,
  check: (context: ServiceContext, bucket: Bucket, document: Documents[K]) => Documents[K] = (_, __, document) =>
    document,
): (context: ServiceContext, input: I) => Nothing {
  return (context, input) => {
    const document = read(input);
    if (document === undefined) throw s3Error("MalformedXML");
    keepConfiguration(context, input.Bucket, kind, check(context, bucketNamed(context, input.Bucket), document));
    return {};
  };
}

/** Tells the document, by `tell`; without one, raises `missing`. */
function get<K extends DocumentKind, O>(
  kind: K,
  missing: S3ErrorCode,
  tell: (document: Documents[K]) => O,
): (context: ServiceContext, input: OnBucket) => O {
  return (context, input) => {
    const document = configuration(context, input.Bucket, kind);
    if (document === undefined) throw s3Error(missing, { members: { BucketName: input.Bucket } });
    return tell(document);
  };
}

/** Tells the document, an empty one where there is none. */
function getOr<K extends DocumentKind, O>(
  kind: K,
  tell: (document: Documents[K] | undefined) => O,
): (context: ServiceContext, input: OnBucket) => O {
  return (context, input) => tell(configuration(context, input.Bucket, kind));
}

function remove(kind: DocumentKind): (context: ServiceContext, input: OnBucket) => Nothing {
  return (context, input) => {
    removeConfiguration(context, input.Bucket, kind);
    return {};
  };
}

// ── Documents of which a bucket has one ─────────────────────────────────────────────────────────────────────────────

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

// ── Those whose meaning is carried out ──────────────────────────────────────────────────────────────────────────────

export const PutBucketLifecycleConfiguration: Op<"PutBucketLifecycleConfiguration"> = (context, input) => {
  const { account, region, name } = bucketNamed(context, input.Bucket);
  const rules = input.LifecycleConfiguration?.Rules;
  if (rules === undefined) throw s3Error("MalformedXML");
  const minimum = input.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K";
  keepConfiguration(context, name, "lifecycle", {
    Rules: checkLifecycle(context, rules),
    TransitionDefaultMinimumObjectSize: minimum,
  });
  const owner = context.as({ account, region });
  owner.deadlines.set({ name: "lifecycle", key: name, due: nextRun(context.now), background: true });
  return { TransitionDefaultMinimumObjectSize: minimum };
};
export const GetBucketLifecycleConfiguration: Op<"GetBucketLifecycleConfiguration"> = get(
  "lifecycle",
  "NoSuchLifecycleConfiguration",
  ({ Rules, TransitionDefaultMinimumObjectSize }) => ({
    Rules,
    ...(TransitionDefaultMinimumObjectSize === undefined ? {} : { TransitionDefaultMinimumObjectSize }),
  }),
);
export const DeleteBucketLifecycle: Op<"DeleteBucketLifecycle"> = (context, input) => {
  const { account, region, name } = bucketNamed(context, input.Bucket);
  removeConfiguration(context, name, "lifecycle");
  context.as({ account, region }).deadlines.cancel({ name: "lifecycle", key: name });
  return {};
};

export const PutBucketVersioning: Op<"PutBucketVersioning"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const { Status: status, MFADelete } = input.VersioningConfiguration;
  refuseMembers("PutBucketVersioning", { MFA: input.MFA, MFADelete: MFADelete === "Enabled" ? MFADelete : undefined });
  if (status === undefined) {
    throw s3Error("InvalidArgument", { status: 400, message: "The Versioning element must be specified" });
  }
  if (status === "Suspended" && bucket.objectLock) {
    throw s3Error("InvalidBucketState", {
      message: "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    });
  }
  context.table(buckets).put([bucket.name], { ...bucket, versioning: status });
  return {};
};
export const GetBucketVersioning: Op<"GetBucketVersioning"> = (context, input) => {
  const { versioning } = bucketNamed(context, input.Bucket);
  return versioning === "Off" ? {} : { Status: versioning };
};

export const PutBucketPolicy: Op<"PutBucketPolicy"> = (context, input) => {
  const document = checkPolicy(input.Bucket, input.Policy);
  const block = configuration(context, input.Bucket, "publicAccessBlock");
  if (block?.BlockPublicPolicy === true && isPublicPolicy(document)) throw s3Error("AccessDenied");
  keepConfiguration(context, input.Bucket, "policy", { text: input.Policy });
  return {};
};
export const GetBucketPolicy: Op<"GetBucketPolicy"> = get("policy", "NoSuchBucketPolicy", ({ text }) => ({
  Policy: text,
}));
export const DeleteBucketPolicy: Op<"DeleteBucketPolicy"> = remove("policy");
export const GetBucketPolicyStatus: Op<"GetBucketPolicyStatus"> = (context, input) => {
  const policy = configuration(context, input.Bucket, "policy");
  if (policy === undefined) throw s3Error("NoSuchBucketPolicy", { members: { BucketName: input.Bucket } });
  return { PolicyStatus: { IsPublic: isPublicPolicy(checkPolicy(input.Bucket, policy.text)) } };
};

export const PutBucketAcl: Op<"PutBucketAcl"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const grants = requestedAcl(input, bucket.account, bucket.account);
  if (grants === undefined) {
    throw s3Error("InvalidRequest", { message: "Your request was missing a required header: x-amz-acl" });
  }
  if (objectOwnership(context, bucket) === "BucketOwnerEnforced") throw s3Error("AccessControlListNotSupported");
  checkAclAllowed(context, bucket, input, grants);
  keepConfiguration(context, bucket.name, "acl", { grants });
  return {};
};
export const GetBucketAcl: Op<"GetBucketAcl"> = (context, input) => {
  const { account } = bucketNamed(context, input.Bucket);
  const kept = configuration(context, input.Bucket, "acl")?.grants;
  return { Owner: ownerOf(account), Grants: [...(kept ?? privateAcl(account))] };
};

export const PutObjectLockConfiguration: Op<"PutObjectLockConfiguration"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const { ObjectLockConfiguration: wanted } = input;
  refuseMembers("PutObjectLockConfiguration", { Token: input.Token });
  if (wanted?.ObjectLockEnabled !== "Enabled") throw s3Error("MalformedXML");
  if (bucket.versioning !== "Enabled") {
    throw s3Error("InvalidBucketState", {
      message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    });
  }
  const retention = wanted.Rule?.DefaultRetention;
  if (
    wanted.Rule !== undefined &&
    (retention?.Mode === undefined || (retention.Days === undefined) === (retention.Years === undefined))
  ) {
    throw s3Error("MalformedXML");
  }
  keepConfiguration(context, bucket.name, "objectLock", wanted);
  if (!bucket.objectLock) context.table(buckets).put([bucket.name], { ...bucket, objectLock: true });
  return {};
};
export const GetObjectLockConfiguration: Op<"GetObjectLockConfiguration"> = get(
  "objectLock",
  "ObjectLockConfigurationNotFoundError",
  (document) => ({ ObjectLockConfiguration: document }),
);

// ── Documents with ids ──────────────────────────────────────────────────────────────────────────────────────────────

function putListed<I extends OnBucket & { readonly Id: string }>(
  kind: ListedKind,
  read: (input: I) => { readonly Id?: string | undefined } | undefined,
): (context: ServiceContext, input: I) => Nothing {
  return (context, input) => {
    const document = read(input);
    if (document === undefined) throw s3Error("MalformedXML");
    if (document.Id !== input.Id) {
      throw s3Error("InvalidArgument", {
        message: "Input Id does not match Id in configuration",
        members: { ArgumentName: "id", ArgumentValue: input.Id },
      });
    }
    keepListedConfiguration(context, input.Bucket, kind, input.Id, document);
    return {};
  };
}

function getListed<Document>(
  context: ServiceContext,
  input: OnBucket & { readonly Id: string },
  kind: ListedKind,
): Document {
  const document = listedConfiguration<Document>(context, input.Bucket, kind, input.Id);
  if (document === undefined) throw s3Error("NoSuchConfiguration");
  return document;
}

function removeListed(
  kind: ListedKind,
): (context: ServiceContext, input: OnBucket & { readonly Id: string }) => Nothing {
  return (context, input) => {
    getListed(context, input, kind);
    removeListedConfiguration(context, input.Bucket, kind, input.Id);
    return {};
  };
}

/** The document as the wire let it in: what it requires is there. */
type Kept<Name extends "Analytics" | "IntelligentTiering" | "Inventory" | "Metrics"> = {
  Analytics: In<"PutBucketAnalyticsConfiguration">["AnalyticsConfiguration"] & AnalyticsConfiguration;
  IntelligentTiering: In<"PutBucketIntelligentTieringConfiguration">["IntelligentTieringConfiguration"] &
    IntelligentTieringConfiguration;
  Inventory: In<"PutBucketInventoryConfiguration">["InventoryConfiguration"] & InventoryConfiguration;
  Metrics: In<"PutBucketMetricsConfiguration">["MetricsConfiguration"] & MetricsConfiguration;
}[Name];

export const PutBucketAnalyticsConfiguration: Op<"PutBucketAnalyticsConfiguration"> = putListed(
  "analytics",
  (input: In<"PutBucketAnalyticsConfiguration">) => input.AnalyticsConfiguration,
);
export const GetBucketAnalyticsConfiguration: Op<"GetBucketAnalyticsConfiguration"> = (context, input) => ({
  AnalyticsConfiguration: getListed<Kept<"Analytics">>(context, input, "analytics"),
});
export const DeleteBucketAnalyticsConfiguration: Op<"DeleteBucketAnalyticsConfiguration"> = removeListed("analytics");
export const ListBucketAnalyticsConfigurations: Op<"ListBucketAnalyticsConfigurations"> = (context, input) => ({
  IsTruncated: false,
  AnalyticsConfigurationList: listedConfigurations<Kept<"Analytics">>(context, input.Bucket, "analytics"),
});

export const PutBucketIntelligentTieringConfiguration: Op<"PutBucketIntelligentTieringConfiguration"> = putListed(
  "intelligentTiering",
  (input: In<"PutBucketIntelligentTieringConfiguration">) => input.IntelligentTieringConfiguration,
);
export const GetBucketIntelligentTieringConfiguration: Op<"GetBucketIntelligentTieringConfiguration"> = (
  context,
  input,
) => ({
  IntelligentTieringConfiguration: getListed<Kept<"IntelligentTiering">>(context, input, "intelligentTiering"),
});
export const DeleteBucketIntelligentTieringConfiguration: Op<"DeleteBucketIntelligentTieringConfiguration"> =
  removeListed("intelligentTiering");
export const ListBucketIntelligentTieringConfigurations: Op<"ListBucketIntelligentTieringConfigurations"> = (
  context,
  input,
) => ({
  IsTruncated: false,
  IntelligentTieringConfigurationList: listedConfigurations<Kept<"IntelligentTiering">>(
    context,
    input.Bucket,
    "intelligentTiering",
  ),
});

export const PutBucketInventoryConfiguration: Op<"PutBucketInventoryConfiguration"> = putListed(
  "inventory",
  (input: In<"PutBucketInventoryConfiguration">) => input.InventoryConfiguration,
);
export const GetBucketInventoryConfiguration: Op<"GetBucketInventoryConfiguration"> = (context, input) => ({
  InventoryConfiguration: getListed<Kept<"Inventory">>(context, input, "inventory"),
});
export const DeleteBucketInventoryConfiguration: Op<"DeleteBucketInventoryConfiguration"> = removeListed("inventory");
export const ListBucketInventoryConfigurations: Op<"ListBucketInventoryConfigurations"> = (context, input) => ({
  IsTruncated: false,
  InventoryConfigurationList: listedConfigurations<Kept<"Inventory">>(context, input.Bucket, "inventory"),
});

export const PutBucketMetricsConfiguration: Op<"PutBucketMetricsConfiguration"> = putListed(
  "metrics",
  (input: In<"PutBucketMetricsConfiguration">) => input.MetricsConfiguration,
);
export const GetBucketMetricsConfiguration: Op<"GetBucketMetricsConfiguration"> = (context, input) => ({
  MetricsConfiguration: getListed<Kept<"Metrics">>(context, input, "metrics"),
});
export const DeleteBucketMetricsConfiguration: Op<"DeleteBucketMetricsConfiguration"> = removeListed("metrics");
export const ListBucketMetricsConfigurations: Op<"ListBucketMetricsConfigurations"> = (context, input) => ({
  IsTruncated: false,
  MetricsConfigurationList: listedConfigurations<Kept<"Metrics">>(context, input.Bucket, "metrics"),
});
