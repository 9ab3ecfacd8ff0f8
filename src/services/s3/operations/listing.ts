/** ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads. */
import type { ServiceContext } from "../../../service.ts";
import { wholeSeconds } from "../conditions.ts";
import { invalidArgument, notThere } from "../errors.ts";
import { ownerOf } from "../owner.ts";
import { keyEncoder, page, scan, type Entry, type ScanOptions } from "../scan.ts";
import { uploads, versions, type ObjectVersion, type Op, type StoredObject } from "../state.ts";
import { versionById } from "../versions.ts";

const MOST = 1000;

/** The current objects of a bucket, as both ListObjects tell them. */
function listObjects(context: ServiceContext, bucket: string, options: ScanOptions, most: number) {
  const isCurrentObject = (row: ObjectVersion, first: boolean): boolean => first && row.kind === "object";
  return page(scan(context.table(versions), bucket, options, isCurrentObject), most);
}

/** The largest page, and none below nothing. */
function pageSize(asked: number | undefined, name: string): number {
  if (asked !== undefined && asked < 0) {
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, String(asked));
  }
  return Math.min(asked ?? MOST, MOST);
}

type Encode = (text: string) => string;

function objectMembers(object: StoredObject, encode: Encode, withOwner: boolean) {
  return {
    Key: encode(object.key),
    LastModified: wholeSeconds(object.lastModified),
    ETag: `"${object.etag}"`,
    ...(object.checksum === undefined
      ? {}
      : { ChecksumAlgorithm: [object.checksum.algorithm], ChecksumType: object.checksum.type }),
    Size: object.size,
    StorageClass: object.storageClass,
    ...(withOwner ? { Owner: ownerOf(object.owner) } : {}),
  };
}

function contentsOf(entries: readonly Entry<ObjectVersion>[], encode: Encode, withOwner: boolean) {
  const rows = entries.flatMap((entry) =>
    entry.kind === "row" && entry.row.kind === "object" ? [objectMembers(entry.row, encode, withOwner)] : [],
  );
  return rows.length === 0 ? {} : { Contents: rows };
}

function prefixesOf(entries: readonly Entry<unknown>[], encode: Encode) {
  const prefixes = entries.flatMap((entry) => (entry.kind === "prefix" ? [{ Prefix: encode(entry.prefix) }] : []));
  return prefixes.length === 0 ? {} : { CommonPrefixes: prefixes };
}

/** Where a page ended: its last key or common prefix. */
function endOf(entries: readonly Entry<{ readonly key: string }>[]): string {
  const last = entries.at(-1);
  if (last === undefined) return "";
  return last.kind === "row" ? last.row.key : last.prefix;
}

export const ListObjects: Op<"ListObjects"> = (context, input) => {
  refuseAttributes(input.OptionalObjectAttributes);
  const most = pageSize(input.MaxKeys, "max-keys");
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", Delimiter: delimiter, Marker: marker = "" } = input;
  const { entries, truncated } = listObjects(context, input.Bucket, { prefix, delimiter, after: marker }, most);
  return {
    Name: input.Bucket,
    Prefix: encode(prefix),
    Marker: encode(marker),
    MaxKeys: most,
    IsTruncated: truncated,
    ...(delimiter === undefined || delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    // "This element is returned only if you have the delimiter request parameter specified."
    ...(truncated && delimiter !== undefined && delimiter !== "" ? { NextMarker: encode(endOf(entries)) } : {}),
    ...contentsOf(entries, encode, true),
    ...prefixesOf(entries, encode),
  };
};

export const ListObjectsV2: Op<"ListObjectsV2"> = (context, input) => {
  refuseAttributes(input.OptionalObjectAttributes);
  const most = pageSize(input.MaxKeys, "max-keys");
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", Delimiter: delimiter, StartAfter: startAfter, ContinuationToken: token } = input;
  const after = token === undefined ? startAfter : readToken(token);
  const { entries, truncated } = listObjects(context, input.Bucket, { prefix, delimiter, after }, most);
  return {
    Name: input.Bucket,
    Prefix: encode(prefix),
    MaxKeys: most,
    KeyCount: entries.length,
    IsTruncated: truncated,
    ...(delimiter === undefined || delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(startAfter === undefined ? {} : { StartAfter: encode(startAfter) }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(truncated ? { NextContinuationToken: writeToken(endOf(entries)) } : {}),
    ...contentsOf(entries, encode, input.FetchOwner === true),
    ...prefixesOf(entries, encode),
  };
};

/** Tokens mean nothing to a client; here they hold where the page ended. */
const writeToken = (end: string): string => Buffer.from(`1${end}`).toString("base64");

function readToken(token: string): string {
  const text = Buffer.from(token, "base64").toString();
  if (text.startsWith("1") && text.length > 1) return text.slice(1);
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

/** RestoreStatus is all that there is, and nothing is ever restored. */
function refuseAttributes(attributes: readonly string[] | undefined): void {
  for (const name of attributes ?? []) {
    if (name !== "RestoreStatus") throw notThere(`the optional object attribute ${name}`);
  }
}

export const ListObjectVersions: Op<"ListObjectVersions"> = (context, input) => {
  refuseAttributes(input.OptionalObjectAttributes);
  const most = pageSize(input.MaxKeys, "max-keys");
  const encode = keyEncoder(input.EncodingType);
  const { Bucket: bucket, Prefix: prefix = "", Delimiter: delimiter, KeyMarker: keyMarker = "" } = input;
  const versionMarker = input.VersionIdMarker;
  if (versionMarker !== undefined && versionMarker !== "" && keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    );
  }
  const behind =
    versionMarker === undefined || versionMarker === ""
      ? undefined
      : versionById(context, bucket, keyMarker, versionMarker)?.order;
  const rows = scan(
    context.table(versions),
    bucket,
    { prefix, delimiter, after: keyMarker, includeAfter: behind !== undefined },
    (row) => row.key !== keyMarker || behind === undefined || row.order > behind,
  );
  const { entries, truncated } = page(rows, most);
  const last = entries.at(-1);
  const shown = entries.flatMap((entry) => (entry.kind === "row" ? [versionMembers(entry.row, encode)] : []));
  const objects = shown.flatMap((entry) => (entry.kind === "object" ? [entry.members] : []));
  const markers = shown.flatMap((entry) => (entry.kind === "delete-marker" ? [entry.members] : []));
  return {
    Name: bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker ?? "",
    MaxKeys: most,
    IsTruncated: truncated,
    ...(delimiter === undefined || delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(truncated ? { NextKeyMarker: encode(endOf(entries)) } : {}),
    ...(truncated && last?.kind === "row" ? { NextVersionIdMarker: last.row.versionId } : {}),
    ...(objects.length === 0 ? {} : { Versions: objects }),
    ...(markers.length === 0 ? {} : { DeleteMarkers: markers }),
    ...prefixesOf(entries, encode),
  };
};

function versionMembers(row: ObjectVersion, encode: Encode) {
  const isLatest = row.noncurrentSince === undefined;
  if (row.kind === "delete-marker") {
    const members = {
      Key: encode(row.key),
      VersionId: row.versionId,
      IsLatest: isLatest,
      LastModified: wholeSeconds(row.lastModified),
      Owner: ownerOf(row.owner),
    };
    return { kind: row.kind, members } as const;
  }
  const members = {
    ...objectMembers(row, encode, true),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's enum has STANDARD only; AWS tells the real one
    StorageClass: row.storageClass as "STANDARD",
    VersionId: row.versionId,
    IsLatest: isLatest,
  };
  return { kind: row.kind, members } as const;
}

export const ListMultipartUploads: Op<"ListMultipartUploads"> = (context, input) => {
  const most = pageSize(input.MaxUploads, "max-uploads");
  const encode = keyEncoder(input.EncodingType);
  const { Prefix: prefix = "", Delimiter: delimiter, KeyMarker: keyMarker = "" } = input;
  // "If key-marker is not specified, the upload-id-marker parameter is ignored."
  const idMarker = keyMarker === "" ? undefined : input.UploadIdMarker;
  const rows = scan(
    context.table(uploads),
    input.Bucket,
    { prefix, delimiter, after: keyMarker, includeAfter: idMarker !== undefined },
    (row) => row.key !== keyMarker || idMarker === undefined || row.id > idMarker,
  );
  const { entries, truncated } = page(rows, most);
  const last = entries.at(-1);
  const shown = entries.flatMap((entry) => (entry.kind === "row" ? [entry.row] : []));
  return {
    Bucket: input.Bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    UploadIdMarker: input.UploadIdMarker ?? "",
    MaxUploads: most,
    IsTruncated: truncated,
    ...(delimiter === undefined || delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(truncated ? { NextKeyMarker: encode(endOf(entries)) } : {}),
    ...(truncated && last?.kind === "row" ? { NextUploadIdMarker: last.row.id } : {}),
    Uploads: shown.map(({ id, key, initiatedAt, owner, initiator, traits, checksum }) => ({
      UploadId: id,
      Key: encode(key),
      Initiated: wholeSeconds(initiatedAt),
      StorageClass: traits.storageClass,
      Owner: ownerOf(owner),
      Initiator: { ID: initiator },
      ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    })),
    ...prefixesOf(entries, encode),
  };
};
