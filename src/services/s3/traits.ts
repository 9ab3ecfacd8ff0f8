/** What an object is made with, read from a request's headers; and the same told back in replies. */
import { createHash } from "node:crypto";
import { checkAclAllowed, requestedAcl, type AclRequest } from "./acl.ts";
import { configuration } from "./configurations.ts";
import { invalidArgument, refuseMembers, s3Error } from "./errors.ts";
import { lockOf, type LockRequest } from "./lock.ts";
import { checkMetadata } from "./names.ts";
import { tagsOfHeader } from "./tags.ts";
import type { ServiceContext } from "../../service.ts";
import {
  STORAGE_CLASSES,
  type Bucket,
  type Encryption,
  type KeptHeaders,
  type ObjectTraits,
  type StorageClass,
  type StoredObject,
} from "./state.ts";

/** The members that PutObject, CopyObject and CreateMultipartUpload share. */
export interface TraitsRequest extends AclRequest, LockRequest, EncryptionRequest {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly Metadata?: Readonly<Record<string, string | undefined>> | undefined;
  readonly StorageClass?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
}

interface EncryptionRequest {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

/** Reads and checks all of it. Raises S3's errors for what is not valid or not there. */
export function readTraits(
  context: ServiceContext,
  bucket: Bucket,
  operation: string,
  input: TraitsRequest,
): ObjectTraits {
  const grants = requestedAcl(input, context.account, bucket.account);
  if (grants !== undefined) checkAclAllowed(context, bucket, input, grants);
  return {
    headers: keptHeaders(input),
    metadata: keptMetadata(input.Metadata),
    storageClass: checkStorageClass(input.StorageClass ?? "STANDARD"),
    tags: tagsOfHeader(input.Tagging),
    encryption: readEncryption(context, bucket, input),
    lock: lockOf(context, bucket, operation, input),
    ...(grants === undefined ? {} : { acl: grants }),
  };
}

/** The headers that are kept as they came. */
export function keptHeaders(input: TraitsRequest): KeptHeaders {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires, WebsiteRedirectLocation } =
    input;
  if (WebsiteRedirectLocation !== undefined && !/^(\/|https?:\/\/)/.test(WebsiteRedirectLocation)) {
    throw s3Error("InvalidRequest", {
      message: "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    });
  }
  // aws-chunked says how the request travelled, not what the object is (AWS page "PutObject", Content-Encoding).
  const encoding = ContentEncoding?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "aws-chunked" && part !== "")
    .join(",");
  return {
    ContentType: input.ContentType ?? "binary/octet-stream",
    ...(CacheControl === undefined ? {} : { CacheControl }),
    ...(ContentDisposition === undefined ? {} : { ContentDisposition }),
    ...(encoding === undefined || encoding === "" ? {} : { ContentEncoding: encoding }),
    ...(ContentLanguage === undefined ? {} : { ContentLanguage }),
    ...(Expires === undefined ? {} : { Expires: Expires.getTime() }),
    ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
  };
}

/** User metadata: names in lower case, as S3 keeps them. */
export function keptMetadata(given: TraitsRequest["Metadata"]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined) metadata[name.toLowerCase()] = value;
  }
  checkMetadata(metadata);
  return metadata;
}

/** Raises InvalidStorageClass. */
export function checkStorageClass(name: string): StorageClass {
  const found = STORAGE_CLASSES.find((known) => known === name);
  if (found === undefined) throw s3Error("InvalidStorageClass", { members: { StorageClassRequested: name } });
  return found;
}

// ── Encryption ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** How the object is to be encrypted, the bucket's default where the request says nothing. */
export function readEncryption(context: ServiceContext, bucket: Bucket, input: EncryptionRequest): Encryption {
  const customer = customerKey(input);
  if (customer !== undefined) {
    if (input.ServerSideEncryption !== undefined) {
      throw invalidArgument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
        "x-amz-server-side-encryption",
        input.ServerSideEncryption,
      );
    }
    return { kind: "customer", keyMD5: customer };
  }
  const standard = configuration(context, bucket.name, "encryption")?.Rules?.[0];
  const byDefault = standard?.ApplyServerSideEncryptionByDefault;
  const kind = input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? "AES256";
  if (kind === "AES256") {
    if (input.SSEKMSKeyId !== undefined) {
      throw invalidArgument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id",
        input.SSEKMSKeyId,
      );
    }
    return { kind };
  }
  if (kind !== "aws:kms" && kind !== "aws:kms:dsse") {
    throw invalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", kind);
  }
  const keyId = input.SSEKMSKeyId ?? (input.ServerSideEncryption === undefined ? byDefault?.KMSMasterKeyID : undefined);
  return {
    kind,
    // Without a key, S3 uses the account's AWS managed one; told by its alias here, since there is no KMS to make one.
    keyId: keyArn(keyId ?? "alias/aws/s3", bucket),
    bucketKey: input.BucketKeyEnabled ?? standard?.BucketKeyEnabled ?? false,
    ...(input.SSEKMSEncryptionContext === undefined ? {} : { context: input.SSEKMSEncryptionContext }),
  };
}

function keyArn(keyId: string, { region, account }: Bucket): string {
  if (keyId.startsWith("arn:")) return keyId;
  return `arn:aws:kms:${region}:${account}:${keyId.startsWith("alias/") ? keyId : `key/${keyId}`}`;
}

interface CustomerKeyRequest {
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

/** The MD5 of a customer's key, checked; undefined when the request brings none. */
export function customerKey(input: CustomerKeyRequest): string | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (algorithm !== "AES256") {
    throw invalidArgument(
      "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.",
      "x-amz-server-side-encryption-customer-algorithm",
      algorithm ?? "null",
    );
  }
  if (key === undefined || Buffer.from(key, "base64").length !== 32) {
    throw invalidArgument(
      "The secret key was invalid for the specified algorithm.",
      "x-amz-server-side-encryption-customer-key",
      "",
    );
  }
  const calculated = createHash("md5").update(Buffer.from(key, "base64")).digest("base64");
  if (md5 === undefined || md5 !== calculated) {
    throw invalidArgument(
      "The calculated MD5 hash of the key did not match the hash that was provided.",
      "x-amz-server-side-encryption-customer-key-MD5",
      md5 ?? "null",
    );
  }
  return calculated;
}

/** Raises what S3 raises for reading an object without, or with another than, the customer's key that it was put with. */
export function checkCustomerKey(version: { readonly encryption: Encryption }, input: CustomerKeyRequest): void {
  const given = customerKey(input);
  const { encryption } = version;
  if (encryption.kind !== "customer") {
    if (given === undefined) return;
    throw s3Error("InvalidRequest", { message: "The encryption parameters are not applicable to this object." });
  }
  if (given === undefined) {
    throw s3Error("InvalidRequest", {
      message:
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    });
  }
  if (given !== encryption.keyMD5) throw s3Error("AccessDenied");
}

/** The encryption as every object reply tells it. */
export function encryptionMembers(encryption: Encryption) {
  switch (encryption.kind) {
    case "AES256":
      return { ServerSideEncryption: encryption.kind } as const;
    case "customer":
      return { SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: encryption.keyMD5 } as const;
    case "aws:kms":
    case "aws:kms:dsse":
      return {
        ServerSideEncryption: encryption.kind,
        SSEKMSKeyId: encryption.keyId,
        ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
      } as const;
  }
}

/** The same, for those that also tell the encryption context (PutObject, CopyObject). */
export function putEncryptionMembers(encryption: Encryption) {
  const context = "context" in encryption ? encryption.context : undefined;
  return { ...encryptionMembers(encryption), ...(context === undefined ? {} : { SSEKMSEncryptionContext: context }) };
}

// ── Told back ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The kept headers, metadata and settings of an object, as GetObject and HeadObject tell them. */
export function traitMembers(version: StoredObject) {
  const { headers, metadata, storageClass, tags, lock } = version;
  const { Expires, ...texts } = headers;
  return {
    ...texts,
    // Both are the same header; the client reads ExpiresString.
    ...(Expires === undefined ? {} : { ExpiresString: new Date(Expires).toUTCString() }),
    Metadata: { ...metadata },
    ...encryptionMembers(version.encryption),
    // "Amazon S3 returns this header for all objects except for S3 Standard storage class objects."
    ...(storageClass === "STANDARD" ? {} : { StorageClass: storageClass }),
    ...(tags.length === 0 ? {} : { TagCount: tags.length }),
    ...(lock.mode === undefined ? {} : { ObjectLockMode: lock.mode }),
    ...(lock.retainUntil === undefined ? {} : { ObjectLockRetainUntilDate: new Date(lock.retainUntil) }),
    ...(lock.legalHold === undefined ? {} : { ObjectLockLegalHoldStatus: lock.legalHold }),
  };
}

/** Operations' members that ask for something that is not there at all. */
export function refuseUnknownHolds(operation: string, input: object): void {
  refuseMembers(operation, {
    ObjectLockEventHold: "ObjectLockEventHold" in input ? input.ObjectLockEventHold : undefined,
    ObjectLockEventHoldDurationDays:
      "ObjectLockEventHoldDurationDays" in input ? input.ObjectLockEventHoldDurationDays : undefined,
    ObjectLockEventHoldDurationYears:
      "ObjectLockEventHoldDurationYears" in input ? input.ObjectLockEventHoldDurationYears : undefined,
  });
}
