/** GetObject, HeadObject, GetObjectAttributes. */
import type { ByteRange } from "../../../kernel/blobs.ts";
import type { ServiceContext } from "../../../service.ts";
import { checksumMembers, typedChecksumMembers } from "../checksums.ts";
import { checkRead, wholeSeconds } from "../conditions.ts";
import { contentOf, readContent } from "../content.ts";
import { invalidArgument, s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { expirationHeader } from "../lifecycle.ts";
import { contentRange, parseRange, partRange } from "../ranges.ts";
import type { Bucket, In, ObjectPart, Op, StoredObject } from "../state.ts";
import { checkCustomerKey, traitMembers } from "../traits.ts";
import { objectFor, toldVersionId } from "../versions.ts";

export const GetObject: Op<"GetObject"> = (context, input) => {
  const { bucket, object, range } = select(context, input);
  if (isArchived(object)) {
    throw s3Error("InvalidObjectState", { members: { StorageClass: object.storageClass } });
  }
  const content = contentOf(context, object.content);
  return { ...head(context, bucket, object, range, input), Body: readContent(context, content, range) };
};

export const HeadObject: Op<"HeadObject"> = (context, input) => {
  const { bucket, object, range } = select(context, input);
  return head(context, bucket, object, range, input);
};

type ReadInput = In<"GetObject"> | In<"HeadObject">;

/** The version and the bytes that the request means, its conditions met. */
function select(
  context: ServiceContext,
  input: ReadInput,
): { bucket: Bucket; object: StoredObject; range: ByteRange | undefined } {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  checkCustomerKey(object, input);
  checkRead(input, object);
  if (input.PartNumber !== undefined && input.Range !== undefined) {
    throw s3Error("InvalidRequest", { message: "Cannot specify both Range header and partNumber query parameter" });
  }
  const range =
    input.PartNumber === undefined
      ? parseRange(input.Range, object.size)
      : wholeWhenEmpty(partRange(object, input.PartNumber));
  return { bucket, object, range };
}

/** A part of no bytes has no last one. */
const wholeWhenEmpty = (range: ByteRange): ByteRange | undefined => (range.end < range.start ? undefined : range);

function head(
  context: ServiceContext,
  bucket: Bucket,
  object: StoredObject,
  range: ByteRange | undefined,
  input: ReadInput,
) {
  const expiration = expirationHeader(context, bucket, object);
  const versionId = toldVersionId(bucket, object);
  return {
    ...traitMembers(object),
    AcceptRanges: "bytes",
    LastModified: wholeSeconds(object.lastModified),
    ContentLength: range === undefined ? object.size : range.end - range.start + 1,
    ETag: `"${object.etag}"`,
    ...(range === undefined ? {} : { ContentRange: contentRange(range, object.size) }),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(expiration === undefined ? {} : { Expiration: expiration }),
    ...(input.PartNumber === undefined || object.parts === undefined ? {} : { PartsCount: object.parts.length }),
    ...toldChecksum(object, range, input),
    ...overrides(context, input),
  };
}

/** With `x-amz-checksum-mode: ENABLED`, the checksum of what is told: the whole, or the part that was asked for. */
function toldChecksum(object: StoredObject, range: ByteRange | undefined, { ChecksumMode, PartNumber }: ReadInput) {
  const { checksum } = object;
  if (ChecksumMode !== "ENABLED" || checksum === undefined) return {};
  if (PartNumber !== undefined && object.parts !== undefined) {
    const value = object.parts[PartNumber - 1]?.checksum;
    return value === undefined ? {} : { ...checksumMembers({ ...checksum, value }), ChecksumType: checksum.type };
  }
  return range === undefined || PartNumber !== undefined ? typedChecksumMembers(checksum) : {};
}

/** `response-content-type=…` and its like: the reply's headers instead of the object's. */
function overrides(context: ServiceContext, input: ReadInput) {
  const given = {
    ...(input.ResponseCacheControl === undefined ? {} : { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition === undefined ? {} : { ContentDisposition: input.ResponseContentDisposition }),
    ...(input.ResponseContentEncoding === undefined ? {} : { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage === undefined ? {} : { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType === undefined ? {} : { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires === undefined ? {} : { ExpiresString: input.ResponseExpires.toUTCString() }),
  };
  if (context.principal.type === "anonymous" && Object.keys(given).length > 0) {
    throw s3Error("InvalidRequest", {
      message: "Request specific response headers cannot be used for anonymous GET requests.",
    });
  }
  return given;
}

/** Archived objects cannot be read until they are restored, and RestoreObject is not there. */
function isArchived({ storageClass }: StoredObject): boolean {
  return storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";
}

const ATTRIBUTES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

export const GetObjectAttributes: Op<"GetObjectAttributes"> = (context, input) => {
  const bucket = bucketNamed(context, input.Bucket);
  const object = objectFor(context, input.Bucket, input.Key, input.VersionId);
  checkCustomerKey(object, input);
  const wanted = new Set<string>(input.ObjectAttributes);
  for (const name of wanted) {
    if (!ATTRIBUTES.includes(name)) {
      throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", name);
    }
  }
  const versionId = toldVersionId(bucket, object);
  return {
    LastModified: wholeSeconds(object.lastModified),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    // Without quotes here, as AWS has it.
    ...(wanted.has("ETag") ? { ETag: object.etag } : {}),
    ...(wanted.has("Checksum") && object.checksum !== undefined
      ? { Checksum: typedChecksumMembers(object.checksum) }
      : {}),
    ...(wanted.has("ObjectParts") && object.parts !== undefined
      ? { ObjectParts: listParts(object, object.parts, input) }
      : {}),
    ...(wanted.has("StorageClass") ? { StorageClass: object.storageClass } : {}),
    ...(wanted.has("ObjectSize") ? { ObjectSize: object.size } : {}),
  };
};

function listParts(object: StoredObject, parts: readonly ObjectPart[], input: In<"GetObjectAttributes">) {
  const { checksum } = object;
  // "Part-level details only if the object has additional checksums" (GetObjectAttributes, ObjectParts).
  if (checksum === undefined || checksum.type === "FULL_OBJECT") return { TotalPartsCount: parts.length };
  const most = Math.min(input.MaxParts ?? 1000, 1000);
  const after = Number(input.PartNumberMarker ?? 0);
  const left = parts.filter(({ number }) => number > after);
  const shown = left.slice(0, most);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
    MaxParts: most,
    IsTruncated: left.length > shown.length,
    Parts: shown.map(({ number, size, checksum: value }) => ({
      PartNumber: number,
      Size: size,
      ...(value === undefined ? {} : checksumMembers({ algorithm: checksum.algorithm, value })),
    })),
  };
}
