/** PutObject and CopyObject. */
import type { ServiceContext } from "../../../service.ts";
import { objectOwnership } from "../acl.ts";
import { requireAccess } from "../bucket-policy.ts";
import { namedAlgorithm, typedChecksumMembers } from "../checksums.ts";
import { checkCopySource, checkWrite, wholeSeconds, type CopyConditions } from "../conditions.ts";
import { checksumOf, contentOf, keepContent, receive, shareContent, wholeOf, type Received } from "../content.ts";
import { announce } from "../events.ts";
import { refuseMembers, s3Error } from "../errors.ts";
import { bucketNamed, checkOwner } from "../front.ts";
import { expirationHeader } from "../lifecycle.ts";
import { checkKey, parseCopySource } from "../names.ts";
import type { Bucket, In, KeptChecksum, ObjectTraits, Op, StoredObject } from "../state.ts";
import { checkCustomerKey, putEncryptionMembers, readTraits, refuseUnknownHolds } from "../traits.ts";
import { addVersion, newest, objectFor, toldVersionId, type NewVersion } from "../versions.ts";

export const PutObject: Op<"PutObject"> = async (context, input) => {
  refuseMembers("PutObject", { WriteOffsetBytes: input.WriteOffsetBytes });
  refuseUnknownHolds("PutObject", input);
  const bucket = bucketNamed(context, input.Bucket);
  checkKey(input.Key);
  const traits = readTraits(context, bucket, "PutObject", input);
  // Refused before the body is taken where that can be known already; judged again when it has come.
  checkWrite(input, input.Key, () => newest(context, input.Bucket, input.Key));
  const received = await receive(context, input.Body, input);
  const object = await storeOrDiscard(context, received, () => {
    const current = bucketNamed(context, input.Bucket);
    checkWrite(input, input.Key, () => newest(context, input.Bucket, input.Key));
    return store(context, current, "ObjectCreated:Put", {
      ...traits,
      kind: "object",
      key: input.Key,
      owner: ownerFor(context, current, input.ACL),
      etag: received.md5,
      size: received.size,
      content: keepContent(context, [wholeOf(received.blob)]),
      checksum: { ...received.checksum, type: "FULL_OBJECT" },
    });
  });
  const versionId = toldVersionId(bucket, object);
  const expiration = expirationHeader(context, bucket, object);
  return {
    ETag: `"${object.etag}"`,
    ...putEncryptionMembers(object.encryption),
    ...typedChecksumMembers(object.checksum),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(expiration === undefined ? {} : { Expiration: expiration }),
  };
};

/** Runs `work` as one transaction; when it fails the bytes that were taken in go away too. */
async function storeOrDiscard<T>(context: ServiceContext, received: Received, work: () => T): Promise<T> {
  try {
    return context.transact(work);
  } catch (error) {
    await context.blobs.discard(received.blob);
    throw error;
  }
}

/** Inside a transaction: the new version, with its events set on their way. */
export function store(
  context: ServiceContext,
  bucket: Bucket,
  event: string,
  object: Extract<NewVersion, { kind: "object" }>,
): StoredObject {
  const version = addVersion(context, bucket, object);
  if (version.kind !== "object") throw new Error("an object was stored as something else");
  announce(context, bucket, event, version);
  return version;
}

/** Who owns what is put: the bucket's owner, unless its settings leave objects to whoever puts them. */
export function ownerFor(context: ServiceContext, bucket: Bucket, acl: string | undefined): string {
  const { account } = context;
  if (account === bucket.account || account === "") return bucket.account;
  const ownership = objectOwnership(context, bucket);
  if (ownership === "BucketOwnerEnforced") return bucket.account;
  return ownership === "BucketOwnerPreferred" && acl === "bucket-owner-full-control" ? bucket.account : account;
}

// ── CopyObject ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** The members that CopyObject and UploadPartCopy share. */
export interface CopyRequest extends CopyConditions {
  readonly CopySource: string;
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
}

/** The object that is to be copied. Raises NoSuchBucket, NoSuchKey, AccessDenied, PreconditionFailed … of the source. */
export function copySource(context: ServiceContext, input: CopyRequest): { bucket: Bucket; object: StoredObject } {
  const source = parseCopySource(input.CopySource);
  const bucket = bucketNamed(context, source.bucket);
  checkOwner(bucket, input.ExpectedSourceBucketOwner);
  requireAccess(context, bucket, {
    actions: [source.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion"],
    resources: [`arn:aws:s3:::${source.bucket}/${source.key}`],
    key: source.key,
    versionId: source.versionId,
  });
  const object = objectFor(context, source.bucket, source.key, source.versionId);
  checkCustomerKey(object, {
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  });
  checkCopySource(input, object);
  if (object.storageClass === "GLACIER" || object.storageClass === "DEEP_ARCHIVE") {
    throw s3Error("InvalidObjectState", { message: "Operation is not valid for the source object's storage class" });
  }
  return { bucket, object };
}

/** The largest object that CopyObject takes: more is UploadPartCopy's. */
const LARGEST_COPY = 5 * 2 ** 30;

export const CopyObject: Op<"CopyObject"> = async (context, input) => {
  refuseMembers("CopyObject", { AnnotationDirective: input.AnnotationDirective });
  refuseUnknownHolds("CopyObject", input);
  checkKey(input.Key);
  const algorithm = namedAlgorithm(input.ChecksumAlgorithm);
  const bucket = bucketNamed(context, input.Bucket);
  const source = copySource(context, input);
  checkSelfCopy(source, bucket, input);
  if (source.object.size > LARGEST_COPY) {
    throw s3Error("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  }
  const traits = copiedTraits(context, bucket, source.object, input);
  const measured = await copiedChecksum(context, source.object, algorithm);
  const object = context.transact(() => {
    const current = bucketNamed(context, input.Bucket);
    // The source as it is now: it may have been replaced while its checksum was computed.
    const again = copySource(context, input).object;
    if (again.content !== source.object.content) throw s3Error("PreconditionFailed", { status: 409 });
    checkWrite(input, input.Key, () => newest(context, input.Bucket, input.Key));
    shareContent(context, again.content);
    return store(context, current, "ObjectCreated:Copy", {
      ...traits,
      kind: "object",
      key: input.Key,
      owner: ownerFor(context, current, input.ACL),
      // "The ETag reflects changes only to the contents of an object": a copy of several parts becomes one.
      etag: again.etag,
      size: again.size,
      content: again.content,
      ...(measured === undefined ? {} : { checksum: measured }),
    });
  });
  const versionId = toldVersionId(bucket, object);
  const sourceVersion = toldVersionId(source.bucket, source.object);
  return {
    CopyObjectResult: {
      ETag: `"${object.etag}"`,
      LastModified: wholeSeconds(object.lastModified),
      ...typedChecksumMembers(object.checksum),
    },
    ...putEncryptionMembers(object.encryption),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(sourceVersion === undefined ? {} : { CopySourceVersionId: sourceVersion }),
  };
};

/** A copy onto itself has to change something, unless it brings an old version back. */
function checkSelfCopy(
  source: { bucket: Bucket; object: StoredObject },
  bucket: Bucket,
  input: In<"CopyObject">,
): void {
  if (source.bucket.name !== bucket.name || source.object.key !== input.Key) return;
  const changes =
    input.MetadataDirective === "REPLACE" ||
    input.TaggingDirective === "REPLACE" ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.SSECustomerAlgorithm !== undefined ||
    input.ChecksumAlgorithm !== undefined ||
    parseCopySource(input.CopySource).versionId !== undefined;
  if (changes) return;
  throw s3Error("InvalidRequest", {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

/** What the copy is made with: the source's headers and tags unless a directive says REPLACE; all else is asked for anew. */
function copiedTraits(
  context: ServiceContext,
  bucket: Bucket,
  source: StoredObject,
  input: In<"CopyObject">,
): ObjectTraits {
  if (input.TaggingDirective !== "REPLACE" && input.Tagging !== undefined && input.Tagging !== "") {
    throw s3Error("InvalidArgument", {
      message: "The x-amz-tagging header can only be used with the x-amz-tagging-directive of REPLACE.",
    });
  }
  const asked = readTraits(context, bucket, "CopyObject", input);
  const { WebsiteRedirectLocation: _, ...sourceHeaders } = source.headers;
  const redirect = asked.headers.WebsiteRedirectLocation;
  return {
    ...asked,
    headers:
      input.MetadataDirective === "REPLACE"
        ? asked.headers
        : { ...sourceHeaders, ...(redirect === undefined ? {} : { WebsiteRedirectLocation: redirect }) },
    metadata: input.MetadataDirective === "REPLACE" ? asked.metadata : source.metadata,
    tags: input.TaggingDirective === "REPLACE" ? asked.tags : source.tags,
  };
}

/** The copy's checksum: the source's, when it is of the whole and of the algorithm that is wanted; else computed anew. */
async function copiedChecksum(
  context: ServiceContext,
  source: StoredObject,
  algorithm: KeptChecksum["algorithm"] | undefined,
): Promise<KeptChecksum | undefined> {
  const { checksum } = source;
  const wanted = algorithm ?? checksum?.algorithm ?? "CRC64NVME";
  if (checksum?.algorithm === wanted && checksum.type === "FULL_OBJECT") return checksum;
  const value = await checksumOf(context, contentOf(context, source.content).slices, wanted);
  return { algorithm: wanted, value, type: "FULL_OBJECT" };
}
