/**
 * The nouns: Bucket, ObjectVersion, Content, Upload, Part; and their tables. Bucket names are the whole cloud's, so everything below
 * them is too.
 *
 * A key's versions are rows (bucket, key, order), the newest first: `order` counts down. The first row of a key is what a request without
 * a version id means. Bytes are not in these rows, so that a listing reads little: they are Contents, which several versions may share
 * (CopyObject copies none), each a list of slices of blobs (CompleteMultipartUpload copies none either).
 */
import type { ChecksumAlgorithm } from "../../kernel/checksum.ts";
import type { Blob } from "../../kernel/blobs.ts";
import { defineTable } from "../../kernel/table.ts";
import type { Handler, Input, Output } from "../../service.ts";

/** The SDK whose operations these are. */
export type Sdk = typeof import("@aws-sdk/client-s3");
/** An operation's handler, by AWS's name. */
export type Op<Name extends string> = Handler<Sdk, Name>;
export type In<Name extends string> = Input<Sdk, Name>;
export type Out<Name extends string> = Output<Sdk, Name>;

/** A bucket; its configuration documents are in `configurations`. */
export interface Bucket {
  readonly name: string;
  /** The owner's. */
  readonly account: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** `Off` until versioning is first enabled; it can then only be suspended. */
  readonly versioning: "Off" | "Enabled" | "Suspended";
  readonly objectLock: boolean;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** One grant of an access control list, in the API's form. */
export interface AclGrant {
  readonly Grantee: {
    readonly Type: "CanonicalUser" | "Group" | "AmazonCustomerByEmail";
    readonly ID?: string;
    readonly URI?: string;
  };
  readonly Permission: "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";
}

export type { ChecksumAlgorithm } from "../../kernel/checksum.ts";

/** A kept checksum: base64; a COMPOSITE one ends in `-PARTS`. */
export interface KeptChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** The headers that S3 keeps and returns as they were. */
export interface KeptHeaders {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  /** Epoch milliseconds. */
  readonly Expires?: number;
  readonly WebsiteRedirectLocation?: string;
}

/** How an object is said to be encrypted: kept and returned; nothing is encrypted on this machine. */
export type Encryption =
  | { readonly kind: "AES256" }
  | {
      readonly kind: "aws:kms" | "aws:kms:dsse";
      readonly keyId: string;
      readonly bucketKey: boolean;
      /** Base64 JSON, as it was given. */
      readonly context?: string;
    }
  | { readonly kind: "customer"; readonly keyMD5: string };

/** Object Lock's hold on one version. */
export interface Lock {
  readonly mode?: "GOVERNANCE" | "COMPLIANCE";
  /** Epoch milliseconds. */
  readonly retainUntil?: number;
  readonly legalHold?: "ON" | "OFF";
}

/** The storage classes that an object may have here (AWS page "Understanding and managing Amazon S3 storage classes"). */
export const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
] as const;
export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** What an object is made with, by PutObject as by CreateMultipartUpload. */
export interface ObjectTraits {
  readonly headers: KeptHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: StorageClass;
  readonly tags: readonly Tag[];
  readonly encryption: Encryption;
  readonly acl?: readonly AclGrant[];
  readonly lock: Lock;
}

/** A part of an object that came in parts, for `partNumber` and GetObjectAttributes. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  readonly checksum?: string;
}

interface VersionBasis {
  readonly key: string;
  /** `null`, or 32 characters. */
  readonly versionId: string;
  readonly order: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  /** The account that put it. */
  readonly owner: string;
}

/** An object's version with its bytes. */
export interface StoredObject extends VersionBasis, ObjectTraits {
  readonly kind: "object";
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Key of its Content. */
  readonly content: string;
  readonly checksum?: KeptChecksum;
  /** Set for an object of several parts. */
  readonly parts?: readonly ObjectPart[];
  /** When it became noncurrent: epoch milliseconds, for lifecycle rules. */
  readonly noncurrentSince?: number;
}

/** Stands where an object was deleted in a bucket with versions. */
export interface DeleteMarker extends VersionBasis {
  readonly kind: "delete-marker";
  readonly noncurrentSince?: number;
}

export type ObjectVersion = StoredObject | DeleteMarker;

/** `size` bytes of a blob from `start` on: UploadPartCopy may take a piece out of an object without copying it. */
export interface Slice {
  readonly blob: Blob;
  readonly start: number;
  readonly size: number;
}

/** Bytes, and how many versions and parts share them. */
export interface Content {
  readonly references: number;
  readonly slices: readonly Slice[];
}

/** A multipart upload under way. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: number;
  readonly owner: string;
  readonly initiator: string;
  readonly traits: ObjectTraits;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: KeptChecksum["type"] };
}

export interface Part {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: number;
  /** Several after UploadPartCopy of an object that came in parts itself. */
  readonly content: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/** (name) */
export const buckets = defineTable<Bucket>("s3.buckets", "global");
/** (bucket, key, order) */
export const versions = defineTable<ObjectVersion>("s3.versions", "global");
/** (content) */
export const contents = defineTable<Content>("s3.contents", "global");
/** (bucket, key, upload id): ids begin with the time, so that a key's uploads are in order. */
export const uploads = defineTable<Upload>("s3.uploads", "global");
/** (upload id, part number) */
export const parts = defineTable<Part>("s3.parts", "global");
/** (bucket, kind) or (bucket, kind, id): configuration documents as they were given, dates as `{ $date }`. */
export const configurations = defineTable<unknown>("s3.configurations", "global");
