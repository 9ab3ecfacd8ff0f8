/** What is said of one object: its tags, its access control list, its retention and legal hold. */
import { checkAclAllowed, privateAcl, requestedAcl } from "../acl.ts";
import { announce } from "../events.ts";
import { s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { checkUnlocked, retention } from "../lock.ts";
import { ownerOf } from "../owner.ts";
import type { Bucket, Op } from "../state.ts";
import { checkTags } from "../tags.ts";
import { changeVersion, objectFor, toldVersionId } from "../versions.ts";

const MOST_OBJECT_TAGS = 10;

export const PutObjectTagging: Op<"PutObjectTagging"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  const tagged = { ...object, tags: checkTags(input.Tagging.TagSet, MOST_OBJECT_TAGS, "Object") };
  changeVersion(context, input.Bucket, tagged);
  announce(context, bucket, "ObjectTagging:Put", tagged);
  return versionMember(bucket, object);
};

export const GetObjectTagging: Op<"GetObjectTagging"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  return { TagSet: [...object.tags], ...versionMember(bucket, object) };
};

export const DeleteObjectTagging: Op<"DeleteObjectTagging"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  const bare = { ...object, tags: [] };
  changeVersion(context, input.Bucket, bare);
  announce(context, bucket, "ObjectTagging:Delete", bare);
  return versionMember(bucket, object);
};

function versionMember(bucket: Bucket, object: Parameters<typeof toldVersionId>[1]): { VersionId?: string } {
  const versionId = toldVersionId(bucket, object);
  return versionId === undefined ? {} : { VersionId: versionId };
}

export const GetObjectAcl: Op<"GetObjectAcl"> = (context, input) => {
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  return { Owner: ownerOf(object.owner), Grants: [...(object.acl ?? privateAcl(object.owner))] };
};

export const PutObjectAcl: Op<"PutObjectAcl"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  const grants = requestedAcl(input, object.owner, bucket.account);
  if (grants === undefined) throw s3Error("MalformedACLError");
  checkAclAllowed(context, bucket, input, grants);
  const listed = { ...object, acl: grants };
  changeVersion(context, input.Bucket, listed);
  announce(context, bucket, "ObjectAcl:Put", listed);
  return {};
};

export const PutObjectRetention: Op<"PutObjectRetention"> = (context, input) => {
  const bucket = lockedBucket(bucketNamed(context, input.Bucket));
  const object = objectFor(context, bucket.name, input.Key, input.VersionId);
  const { mode: oldMode, retainUntil: oldUntil = 0, ...rest } = object.lock;
  const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
  const bypass = input.BypassGovernanceRetention === true;
  if (mode === undefined && until === undefined) {
    checkUnlocked(context, { ...object, lock: { ...object.lock, legalHold: "OFF" } }, bypass);
    changeVersion(context, bucket.name, { ...object, lock: rest });
    return {};
  }
  if (mode === undefined || until === undefined) throw s3Error("MalformedXML");
  const wanted = retention(context, mode, until);
  const weaker = until.getTime() < oldUntil || (oldMode !== undefined && oldMode !== mode);
  if (weaker) checkUnlocked(context, { ...object, lock: { ...object.lock, legalHold: "OFF" } }, bypass);
  changeVersion(context, bucket.name, { ...object, lock: { ...rest, ...wanted } });
  return {};
};

export const GetObjectRetention: Op<"GetObjectRetention"> = (context, input) => {
  const bucket = lockedBucket(bucketNamed(context, input.Bucket));
  const { lock } = objectFor(context, bucket.name, input.Key, input.VersionId);
  if (lock.mode === undefined || lock.retainUntil === undefined) throw s3Error("NoSuchObjectLockConfiguration");
  return { Retention: { Mode: lock.mode, RetainUntilDate: new Date(lock.retainUntil) } };
};

export const PutObjectLegalHold: Op<"PutObjectLegalHold"> = (context, input) => {
  const bucket = lockedBucket(bucketNamed(context, input.Bucket));
  const object = objectFor(context, bucket.name, input.Key, input.VersionId);
  const status = input.LegalHold?.Status;
  if (status === undefined) throw s3Error("MalformedXML");
  changeVersion(context, bucket.name, { ...object, lock: { ...object.lock, legalHold: status } });
  return {};
};

export const GetObjectLegalHold: Op<"GetObjectLegalHold"> = (context, input) => {
  const bucket = lockedBucket(bucketNamed(context, input.Bucket));
  const { lock } = objectFor(context, bucket.name, input.Key, input.VersionId);
  if (lock.legalHold === undefined) throw s3Error("NoSuchObjectLockConfiguration");
  return { LegalHold: { Status: lock.legalHold } };
};

function lockedBucket(bucket: Bucket): Bucket {
  if (bucket.objectLock) return bucket;
  throw s3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
}
