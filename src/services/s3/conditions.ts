/** Conditional requests (AWS page "Add preconditions to S3 operations with conditional requests"; RFC 9110, section 13). */
import { s3Error } from "./errors.ts";
import type { ObjectVersion } from "./state.ts";

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** What a condition is held against. */
interface Validators {
  readonly etag: string;
  readonly lastModified: number;
}

/** HTTP's dates have seconds: so do all comparisons, and all that is told. */
export function wholeSeconds(epochMs: number): Date {
  return new Date(Math.floor(epochMs / 1000) * 1000);
}

/** True when `list` (`"a", W/"b"`, or `*`) names this ETag. */
export function etagMatches(list: string, etag: string): boolean {
  return list.split(",").some((entry) => {
    const bare = entry.trim().replace(/^W\//, "");
    return bare === "*" || bare.replace(/^"|"$/g, "") === etag;
  });
}

/** Which condition does not hold, and what that means for a read; undefined when all do. */
function failedCondition(
  conditions: ReadConditions,
  { etag, lastModified }: Validators,
): { code: "PreconditionFailed" | "NotModified"; condition: string } | undefined {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const modified = wholeSeconds(lastModified).getTime();
  if (IfMatch !== undefined) {
    if (!etagMatches(IfMatch, etag)) return { code: "PreconditionFailed", condition: "If-Match" };
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime()) {
    return { code: "PreconditionFailed", condition: "If-Unmodified-Since" };
  }
  if (IfNoneMatch !== undefined) {
    if (etagMatches(IfNoneMatch, etag)) return { code: "NotModified", condition: "If-None-Match" };
  } else if (IfModifiedSince !== undefined && modified <= IfModifiedSince.getTime()) {
    return { code: "NotModified", condition: "If-Modified-Since" };
  }
  return undefined;
}

/** For GET and HEAD. Raises NotModified (304) and PreconditionFailed (412). */
export function checkRead(conditions: ReadConditions, object: Validators): void {
  const failed = failedCondition(conditions, object);
  if (failed === undefined) return;
  throw s3Error(failed.code, {
    members: { Condition: failed.condition },
    headers: { etag: `"${object.etag}"`, "last-modified": wholeSeconds(object.lastModified).toUTCString() },
  });
}

export interface CopyConditions {
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

/** For the source of a copy: every condition that does not hold is PreconditionFailed. */
export function checkCopySource(conditions: CopyConditions, source: Validators): void {
  const failed = failedCondition(
    {
      IfMatch: conditions.CopySourceIfMatch,
      IfNoneMatch: conditions.CopySourceIfNoneMatch,
      IfModifiedSince: conditions.CopySourceIfModifiedSince,
      IfUnmodifiedSince: conditions.CopySourceIfUnmodifiedSince,
    },
    source,
  );
  if (failed === undefined) return;
  throw s3Error("PreconditionFailed", { members: { Condition: `x-amz-copy-source-${failed.condition}` } });
}

export interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/** For writes: If-None-Match takes `*` only, If-Match an ETag. `there` is the key's newest version, if any. */
export function checkWrite(conditions: WriteConditions, key: string, newest: () => ObjectVersion | undefined): void {
  // Most writes have no conditions, and need not look.
  if (conditions.IfNoneMatch === undefined && conditions.IfMatch === undefined) return;
  const there = newest();
  const object = there?.kind === "object" ? there : undefined;
  if (conditions.IfNoneMatch !== undefined) {
    if (conditions.IfNoneMatch !== "*") {
      throw s3Error("NotImplemented", { members: { Header: "If-None-Match" } });
    }
    if (object !== undefined) throw s3Error("PreconditionFailed", { members: { Condition: "If-None-Match" } });
  }
  if (conditions.IfMatch === undefined) return;
  if (object === undefined) throw s3Error("NoSuchKey", { members: { Key: key } });
  if (!etagMatches(conditions.IfMatch, object.etag)) {
    throw s3Error("PreconditionFailed", { members: { Condition: "If-Match" } });
  }
}
