/** Object Lock: retention and legal hold on versions (AWS page "Locking objects with Object Lock"). */
import type { ServiceContext } from "../../service.ts";
import { configuration } from "./configurations.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import type { Bucket, Lock, ObjectVersion } from "./state.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export interface LockRequest {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** The lock that a new version gets: the request's, else the bucket's default retention. Raises InvalidRequest, InvalidArgument. */
export function lockOf(context: ServiceContext, bucket: Bucket, _operation: string, input: LockRequest): Lock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  if (mode === undefined && until === undefined && hold === undefined) {
    return bucket.objectLock ? defaultLock(context, bucket) : {};
  }
  if (!bucket.objectLock) {
    throw s3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      mode === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
      "null",
    );
  }
  return {
    ...(mode === undefined || until === undefined ? defaultLock(context, bucket) : retention(context, mode, until)),
    ...(hold === "ON" || hold === "OFF" ? { legalHold: hold } : {}),
  };
}

/** A retention that somebody asks for. Raises InvalidArgument for a date that is past. */
export function retention(context: ServiceContext, mode: string, until: Date): Lock {
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE") {
    throw invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode);
  }
  if (until.getTime() <= context.now) {
    throw invalidArgument(
      "The retain until date must be in the future!",
      "x-amz-object-lock-retain-until-date",
      until.toISOString(),
    );
  }
  return { mode, retainUntil: until.getTime() };
}

function defaultLock(context: ServiceContext, bucket: Bucket): Lock {
  const standard = configuration(context, bucket.name, "objectLock")?.Rule?.DefaultRetention;
  if (standard?.Mode === undefined) return {};
  const days = standard.Days ?? (standard.Years ?? 0) * 365;
  return { mode: standard.Mode, retainUntil: context.now + days * DAY_MS };
}

/** Raises AccessDenied where the version may not be deleted or its retention not be lowered now. */
export function checkUnlocked(context: ServiceContext, version: ObjectVersion, bypassGovernance: boolean): void {
  if (version.kind !== "object") return;
  const { mode, retainUntil = 0, legalHold } = version.lock;
  const message = "Access Denied because object protected by object lock.";
  if (legalHold === "ON") throw s3Error("AccessDenied", { message });
  if (mode === undefined || retainUntil <= context.now) return;
  if (mode === "GOVERNANCE" && bypassGovernance) return;
  throw s3Error("AccessDenied", { message });
}
