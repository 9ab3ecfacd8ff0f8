/** DeleteObject and DeleteObjects. */
import type { ServiceContext } from "../../../service.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import { etagMatches } from "../conditions.ts";
import { announce } from "../events.ts";
import { refuseMembers, s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { checkUnlocked } from "../lock.ts";
import type { Bucket, Op } from "../state.ts";
import { addVersion, newest, NULL_VERSION, removeVersion, toldVersionId, versionById } from "../versions.ts";

export const DeleteObject: Op<"DeleteObject"> = (context, input) => {
  refuseMembers("DeleteObject", {
    MFA: input.MFA,
    IfMatchLastModifiedTime: input.IfMatchLastModifiedTime,
    IfMatchSize: input.IfMatchSize,
  });
  const bucket = bucketNamed(context, input.Bucket);
  return deleteKey(context, bucket, {
    key: input.Key,
    versionId: input.VersionId,
    ifMatch: input.IfMatch,
    bypassGovernance: input.BypassGovernanceRetention === true,
  });
};

interface Deletion {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly ifMatch: string | undefined;
  readonly bypassGovernance: boolean;
}

/** What happened: `VersionId` is that of the version that is gone, or of the marker that is new. */
interface Deleted {
  readonly DeleteMarker?: true;
  readonly VersionId?: string;
}

/** Inside a transaction. Deleting what is not there succeeds, as on AWS. */
function deleteKey(context: ServiceContext, bucket: Bucket, deletion: Deletion): Deleted {
  checkCondition(context, bucket, deletion);
  return deletion.versionId === undefined
    ? deleteNewest(context, bucket, deletion)
    : deleteVersion(context, bucket, deletion, deletion.versionId);
}

function checkCondition(context: ServiceContext, bucket: Bucket, { key, versionId, ifMatch }: Deletion): void {
  if (ifMatch === undefined) return;
  const version =
    versionId === undefined ? newest(context, bucket.name, key) : versionById(context, bucket.name, key, versionId);
  if (version?.kind !== "object") throw s3Error("NoSuchKey", { members: { Key: key } });
  if (!etagMatches(ifMatch, version.etag)) throw s3Error("PreconditionFailed", { members: { Condition: "If-Match" } });
}

/** Without a version id: the object goes where versioning is off, else a delete marker comes. */
function deleteNewest(context: ServiceContext, bucket: Bucket, { key, bypassGovernance }: Deletion): Deleted {
  const there = newest(context, bucket.name, key);
  if (bucket.versioning === "Off") {
    if (there === undefined) return {};
    checkUnlocked(context, there, bypassGovernance);
    removeVersion(context, bucket.name, there);
    announce(context, bucket, "ObjectRemoved:Delete", there);
    return {};
  }
  if (bucket.versioning === "Suspended") {
    const replaced = versionById(context, bucket.name, key, NULL_VERSION);
    if (replaced !== undefined) checkUnlocked(context, replaced, bypassGovernance);
  }
  const marker = addVersion(context, bucket, { kind: "delete-marker", key, owner: bucket.account });
  announce(context, bucket, "ObjectRemoved:DeleteMarkerCreated", marker);
  return { DeleteMarker: true, VersionId: marker.versionId };
}

function deleteVersion(
  context: ServiceContext,
  bucket: Bucket,
  { key, bypassGovernance }: Deletion,
  versionId: string,
): Deleted {
  const version = versionById(context, bucket.name, key, versionId);
  if (version === undefined) return { VersionId: versionId };
  checkUnlocked(context, version, bypassGovernance);
  removeVersion(context, bucket.name, version);
  announce(context, bucket, "ObjectRemoved:Delete", version);
  const told = toldVersionId(bucket, version);
  return {
    ...(version.kind === "delete-marker" ? { DeleteMarker: true } : {}),
    ...(told === undefined ? {} : { VersionId: told }),
  };
}

const MOST_AT_ONCE = 1000;

export const DeleteObjects: Op<"DeleteObjects"> = (context, input) => {
  refuseMembers("DeleteObjects", { MFA: input.MFA });
  const bucket = bucketNamed(context, input.Bucket);
  const { Objects: objects, Quiet: quiet } = input.Delete;
  if (objects.length === 0 || objects.length > MOST_AT_ONCE) throw s3Error("MalformedXML");
  const deleted: { Key: string; VersionId?: string; DeleteMarker?: boolean; DeleteMarkerVersionId?: string }[] = [];
  const errors: { Key: string; VersionId?: string; Code: string; Message: string }[] = [];
  for (const { Key, VersionId, ETag, LastModifiedTime, Size } of objects) {
    const asked = VersionId === undefined ? { Key } : { Key, VersionId };
    try {
      refuseMembers("DeleteObjects", { LastModifiedTime, Size });
      // Each key by itself: a refused one must not undo the others.
      const done = context.transact(() =>
        deleteKey(context, bucket, {
          key: Key,
          versionId: VersionId,
          ifMatch: ETag,
          bypassGovernance: input.BypassGovernanceRetention === true,
        }),
      );
      deleted.push(toldDeletion(asked, done));
    } catch (error) {
      if (!isAwsError(error)) throw error;
      errors.push({ ...asked, Code: error.code, Message: error.message });
    }
  }
  return {
    ...(quiet === true || deleted.length === 0 ? {} : { Deleted: deleted }),
    ...(errors.length === 0 ? {} : { Errors: errors }),
  };
};

/** A marker's own version is told apart from the version that was asked for. */
function toldDeletion(asked: { Key: string; VersionId?: string }, done: Deleted) {
  if (done.DeleteMarker !== true) return asked;
  return {
    ...asked,
    DeleteMarker: true,
    ...(done.VersionId === undefined ? {} : { DeleteMarkerVersionId: done.VersionId }),
  };
}
