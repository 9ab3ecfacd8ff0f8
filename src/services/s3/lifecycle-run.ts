/** Carries a bucket's lifecycle rules out: expires and moves versions, takes lonely delete markers and old uploads away. */
import type { ServiceContext } from "../../service.ts";
import type { Rule } from "./configurations.ts";
import { announce } from "./events.ts";
import { activeRules, appliesTo, dueAfterDays, expiresAt, prefixOf } from "./lifecycle.ts";
import { uploads, versions, type Bucket, type ObjectVersion, type StoredObject } from "./state.ts";
import { checkStorageClass } from "./traits.ts";
import { abandonUpload } from "./uploads.ts";
import { addVersion, changeVersion, removeVersion } from "./versions.ts";

/** Inside a transaction. */
export function carryOutRules(context: ServiceContext, bucket: Bucket): void {
  for (const rule of activeRules(context, bucket.name)) {
    for (const key of keysOf(context, bucket, prefixOf(rule))) workKey(context, bucket, rule, key);
    abortUploads(context, bucket, rule);
  }
}

function keysOf(context: ServiceContext, bucket: Bucket, prefix: string): Set<string> {
  const keys = new Set<string>();
  for (const [, { key }] of context.table(versions).beginning([bucket.name], prefix)) keys.add(key);
  return keys;
}

function workKey(context: ServiceContext, bucket: Bucket, rule: Rule, key: string): void {
  const [current, ...older] = [...context.table(versions).list([bucket.name, key])];
  if (current === undefined) return;
  expireNoncurrent(context, bucket, rule, older);
  if (current.kind === "delete-marker") {
    const lonely = [...context.table(versions).list([bucket.name, key], { limit: 2 })].length === 1;
    const { ExpiredObjectDeleteMarker: marker, Days: days } = rule.Expiration ?? {};
    const old = days !== undefined && dueAfterDays(current.lastModified, days) <= context.now;
    if (lonely && (marker === true || old)) {
      removeVersion(context, bucket.name, current);
      announce(context, bucket, "LifecycleExpiration:Delete", current);
    }
    return;
  }
  if (!appliesTo(rule, current)) return;
  const expires = expiresAt(rule, current);
  if (expires !== undefined && expires <= context.now) expireCurrent(context, bucket, current);
  else moveCurrent(context, bucket, rule, current);
}

function expireCurrent(context: ServiceContext, bucket: Bucket, object: StoredObject): void {
  if (isLocked(context, object) && bucket.versioning === "Off") return;
  if (bucket.versioning === "Off") {
    removeVersion(context, bucket.name, object);
    announce(context, bucket, "LifecycleExpiration:Delete", object);
    return;
  }
  const marker = addVersion(context, bucket, { kind: "delete-marker", key: object.key, owner: bucket.account });
  announce(context, bucket, "LifecycleExpiration:DeleteMarkerCreated", marker);
}

function moveCurrent(context: ServiceContext, bucket: Bucket, rule: Rule, object: StoredObject): void {
  const due = (rule.Transitions ?? [])
    .flatMap(({ Days, Date: date, StorageClass }) => {
      const at = date?.getTime() ?? dueAfterDays(object.lastModified, Days ?? 0);
      return StorageClass !== undefined && at <= context.now ? [{ at, to: StorageClass }] : [];
    })
    .sort((a, b) => a.at - b.at)
    .at(-1);
  if (due === undefined || due.to === object.storageClass) return;
  const moved = { ...object, storageClass: checkStorageClass(due.to) };
  changeVersion(context, bucket.name, moved);
  announce(context, bucket, "LifecycleTransition", moved);
}

function expireNoncurrent(context: ServiceContext, bucket: Bucket, rule: Rule, older: readonly ObjectVersion[]): void {
  const { NoncurrentDays: days, NewerNoncurrentVersions: kept = 0 } = rule.NoncurrentVersionExpiration ?? {};
  older.forEach((version, index) => {
    const since = version.noncurrentSince;
    if (since === undefined) return;
    if (version.kind === "object" && (!appliesTo(rule, version) || isLocked(context, version))) return;
    if (days !== undefined && index >= kept && dueAfterDays(since, days) <= context.now) {
      removeVersion(context, bucket.name, version);
      announce(context, bucket, "LifecycleExpiration:Delete", version);
      return;
    }
    if (version.kind === "object") moveNoncurrent(context, bucket, rule, version, since, index);
  });
}

function moveNoncurrent(
  context: ServiceContext,
  bucket: Bucket,
  rule: Rule,
  version: StoredObject,
  since: number,
  index: number,
): void {
  const due = (rule.NoncurrentVersionTransitions ?? [])
    .filter(({ NoncurrentDays = 0, NewerNoncurrentVersions = 0 }) => {
      return index >= NewerNoncurrentVersions && dueAfterDays(since, NoncurrentDays) <= context.now;
    })
    .sort((a, b) => (a.NoncurrentDays ?? 0) - (b.NoncurrentDays ?? 0))
    .at(-1);
  if (due?.StorageClass === undefined || due.StorageClass === version.storageClass) return;
  const moved = { ...version, storageClass: checkStorageClass(due.StorageClass) };
  changeVersion(context, bucket.name, moved);
  announce(context, bucket, "LifecycleTransition", moved);
}

function isLocked(context: ServiceContext, { lock }: StoredObject): boolean {
  return lock.legalHold === "ON" || (lock.mode !== undefined && (lock.retainUntil ?? 0) > context.now);
}

function abortUploads(context: ServiceContext, bucket: Bucket, rule: Rule): void {
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return;
  for (const [, upload] of Array.from(context.table(uploads).beginning([bucket.name], prefixOf(rule)))) {
    if (dueAfterDays(upload.initiatedAt, days) <= context.now) abandonUpload(context, upload);
  }
}
