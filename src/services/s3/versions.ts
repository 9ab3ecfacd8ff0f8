/** What a key holds: finding the version that a request means, adding one, taking one away. Each rule of versioning is here, once. */
import { LETTERS_AND_DIGITS } from "../../kernel/random.ts";
import type { ServiceContext } from "../../service.ts";
import { releaseContent } from "./content.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import { versions, type Bucket, type DeleteMarker, type ObjectVersion, type StoredObject } from "./state.ts";

/** Room for about 280 years of one new version per microsecond, counted down so that the newest is first. */
const LAST_ORDER = Number.MAX_SAFE_INTEGER;
const ORDERS_PER_MS = 1000;

/** What S3 calls the version of an object that was put while versioning was off or suspended. */
export const NULL_VERSION = "null";

/** The newest version of a key, be it a delete marker; undefined for a key that never was. */
export function newest(context: ServiceContext, bucket: string, key: string): ObjectVersion | undefined {
  return context.table(versions).first([bucket, key]);
}

/** The version of this id. Raises InvalidArgument for what cannot be one. */
export function versionById(
  context: ServiceContext,
  bucket: string,
  key: string,
  versionId: string,
): ObjectVersion | undefined {
  if (versionId !== NULL_VERSION && !/^[A-Za-z0-9._]{32}$/.test(versionId)) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
  for (const version of context.table(versions).list([bucket, key])) {
    if (version.versionId === versionId) return version;
  }
  return undefined;
}

/**
 * The object that a request means. Raises NoSuchKey (with the delete marker's headers where one hides the object), NoSuchVersion, and
 * MethodNotAllowed for a delete marker asked for by its id (AWS page "Working with delete markers").
 */
export function objectFor(
  context: ServiceContext,
  bucket: string,
  key: string,
  versionId: string | undefined,
): StoredObject {
  if (versionId === undefined) {
    const version = newest(context, bucket, key);
    if (version?.kind === "object") return version;
    const headers =
      version === undefined ? {} : { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
    throw s3Error("NoSuchKey", { members: { Key: key }, headers });
  }
  const version = versionById(context, bucket, key, versionId);
  if (version === undefined) {
    throw s3Error("NoSuchVersion", { members: { Key: key, VersionId: versionId } });
  }
  if (version.kind === "object") return version;
  throw s3Error("MethodNotAllowed", {
    members: { Method: "GET", ResourceType: "DeleteMarker" },
    headers: {
      "x-amz-delete-marker": "true",
      "x-amz-version-id": version.versionId,
      "last-modified": new Date(version.lastModified).toUTCString(),
      allow: "DELETE",
    },
  });
}

/** A version without what adding it decides. */
export type NewVersion =
  | Omit<StoredObject, "versionId" | "order" | "lastModified">
  | Omit<DeleteMarker, "versionId" | "order" | "lastModified">;

/**
 * Inside a transaction: makes this the newest version of its key, in place of the `null` version where the bucket's versioning is off or
 * suspended. Answers it as it was kept.
 */
export function addVersion(context: ServiceContext, bucket: Bucket, version: NewVersion): ObjectVersion {
  const table = context.table(versions);
  const before = newest(context, bucket.name, version.key);
  const versionId = bucket.versioning === "Enabled" ? context.random.text(32, `${LETTERS_AND_DIGITS}._`) : NULL_VERSION;
  let latest = before;
  if (versionId === NULL_VERSION && before !== undefined) {
    const replaced =
      before.versionId === NULL_VERSION ? before : versionById(context, bucket.name, version.key, NULL_VERSION);
    if (replaced !== undefined) detach(context, bucket.name, replaced);
    if (replaced === before) {
      latest = bucket.versioning === "Off" ? undefined : newest(context, bucket.name, version.key);
    }
  }
  const fresh = LAST_ORDER - context.now * ORDERS_PER_MS;
  const order = latest === undefined ? fresh : Math.min(fresh, latest.order - 1);
  if (latest !== undefined && latest.noncurrentSince === undefined) {
    table.put([bucket.name, version.key, latest.order], { ...latest, noncurrentSince: context.now });
  }
  const kept: ObjectVersion = { ...version, versionId, order, lastModified: context.now };
  table.put([bucket.name, version.key, order], kept);
  return kept;
}

/** Inside a transaction: takes the version away for good; the one before it becomes the newest again. */
export function removeVersion(context: ServiceContext, bucket: string, version: ObjectVersion): void {
  detach(context, bucket, version);
  const next = newest(context, bucket, version.key);
  if (next?.noncurrentSince !== undefined) {
    const { noncurrentSince: _, ...current } = next;
    context.table(versions).put([bucket, version.key, next.order], current);
  }
}

function detach(context: ServiceContext, bucket: string, version: ObjectVersion): void {
  context.table(versions).remove(bucket, version.key, version.order);
  if (version.kind === "object") releaseContent(context, version.content);
}

/** Inside a transaction: the same version with other tags, lock, grants or storage class. */
export function changeVersion(context: ServiceContext, bucket: string, version: StoredObject): void {
  context.table(versions).put([bucket, version.key, version.order], version);
}

/** The version id as replies carry it: only buckets that have or had versioning tell one. */
export function toldVersionId(bucket: Bucket, version: ObjectVersion): string | undefined {
  return bucket.versioning === "Off" ? undefined : version.versionId;
}
