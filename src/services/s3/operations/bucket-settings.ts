/** Settings of a bucket that are carried out here: lifecycle rules, versioning, policy, access control list, Object Lock. */
import { checkAclAllowed, objectOwnership, privateAcl, requestedAcl } from "../acl.ts";
import { checkPolicy, isPublicPolicy } from "../bucket-policy.ts";
import { configuration, keepConfiguration, removeConfiguration } from "../configurations.ts";
import { refuseMembers, s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { checkLifecycle, nextRun } from "../lifecycle.ts";
import { ownerOf } from "../owner.ts";
import { buckets, type Op } from "../state.ts";
import { get, remove } from "./documents.ts";

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
