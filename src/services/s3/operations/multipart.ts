/** Multipart uploads, from CreateMultipartUpload to CompleteMultipartUpload (AWS page "Uploading and copying objects using multipart upload"). */
import { createHash } from "node:crypto";
import { LOWER_AND_DIGITS } from "../../../kernel/random.ts";
import type { ServiceContext } from "../../../service.ts";
import {
  checkType,
  checksumMembers,
  givenChecksum,
  joinChecksums,
  namedAlgorithm,
  typedChecksumMembers,
  usualType,
} from "../checksums.ts";
import { checkWrite, wholeSeconds } from "../conditions.ts";
import {
  adoptContent,
  contentOf,
  keepContent,
  measure,
  receive,
  releaseContent,
  shareContent,
  slicesOf,
  takeContent,
  wholeOf,
} from "../content.ts";
import { invalidArgument, refuseMembers, s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { abortMembers, expirationHeader } from "../lifecycle.ts";
import { checkKey } from "../names.ts";
import { canonicalId } from "../owner.ts";
import { parseCopyRange } from "../ranges.ts";
import { parts, uploads, type In, type KeptChecksum, type Op, type Part, type Upload } from "../state.ts";
import {
  checkCustomerKey,
  encryptionMembers,
  putEncryptionMembers,
  readTraits,
  refuseUnknownHolds,
} from "../traits.ts";
import { abandonUpload, partsOf, uploadOf } from "../uploads.ts";
import { newest, toldVersionId } from "../versions.ts";
import { copySource, ownerFor, store } from "./writing.ts";

const SMALLEST_PART = 5 * 2 ** 20;
const MOST_PARTS = 10_000;

export const CreateMultipartUpload: Op<"CreateMultipartUpload"> = (context, input) => {
  refuseUnknownHolds("CreateMultipartUpload", input);
  const bucket = bucketNamed(context, input.Bucket);
  checkKey(input.Key);
  const algorithm = namedAlgorithm(input.ChecksumAlgorithm);
  if (algorithm === undefined && input.ChecksumType !== undefined) {
    throw s3Error("InvalidRequest", {
      message: "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    });
  }
  const type = algorithm === undefined ? undefined : (input.ChecksumType ?? usualType(algorithm));
  if (algorithm !== undefined && type !== undefined) checkType(algorithm, type);
  const upload: Upload = {
    // In order of time: a key's uploads are listed in the order in which they were begun.
    id: `${context.now.toString(36).padStart(9, "0")}${context.random.text(55, LOWER_AND_DIGITS)}`,
    bucket: input.Bucket,
    key: input.Key,
    initiatedAt: context.now,
    owner: ownerFor(context, bucket, input.ACL),
    initiator: context.principal.arn,
    traits: readTraits(context, bucket, "CreateMultipartUpload", input),
    ...(algorithm === undefined || type === undefined ? {} : { checksum: { algorithm, type } }),
  };
  context.table(uploads).put([upload.bucket, upload.key, upload.id], upload);
  return {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    ...putEncryptionMembers(upload.traits.encryption),
    ...abortMembers(context, bucket, upload),
    ...(algorithm === undefined || type === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: type }),
  };
};

export const UploadPart: Op<"UploadPart"> = async (context, input) => {
  const upload = uploadOf(context, input);
  checkPartNumber(input.PartNumber);
  checkCustomerKey(upload.traits, input);
  const received = await receive(context, input.Body, input);
  const checksum = received.checksum;
  try {
    // A part of another algorithm than the upload's, or of none, could not be joined to the others.
    const { algorithm: wanted } = upload.checksum ?? {};
    if (wanted !== undefined && wanted !== checksum.algorithm) {
      const actual = givenChecksum(input)?.algorithm.toLowerCase() ?? "null";
      throw s3Error("InvalidRequest", {
        message: `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${actual}`,
      });
    }
    context.transact(() => {
      putPart(context, uploadOf(context, input), {
        number: input.PartNumber,
        etag: received.md5,
        size: received.size,
        lastModified: context.now,
        content: keepContent(context, [wholeOf(received.blob)]),
        checksum,
      });
    });
  } catch (error) {
    await context.blobs.discard(received.blob);
    throw error;
  }
  return { ETag: `"${received.md5}"`, ...checksumMembers(checksum), ...encryptionMembers(upload.traits.encryption) };
};

function checkPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    "partNumber",
    String(number),
  );
}

/** Inside a transaction: the part, in place of an earlier one of the same number. */
function putPart(context: ServiceContext, upload: Upload, part: Part): void {
  const before = context.table(parts).get(upload.id, part.number);
  if (before !== undefined) releaseContent(context, before.content);
  context.table(parts).put([upload.id, part.number], part);
}

export const UploadPartCopy: Op<"UploadPartCopy"> = async (context, input) => {
  const upload = uploadOf(context, input);
  checkPartNumber(input.PartNumber);
  checkCustomerKey(upload.traits, input);
  const source = copySource(context, input);
  const range = parseCopyRange(input.CopySourceRange, source.object.size);
  const size = range === undefined ? source.object.size : range.end - range.start + 1;
  if (size > 5 * 2 ** 30) {
    throw s3Error("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  }
  const all = contentOf(context, source.object.content).slices;
  const slices = range === undefined ? all : slicesOf(all, range);
  const algorithm = upload.checksum?.algorithm ?? "CRC64NVME";
  const { md5: etag, checksum } = await measure(context, slices, algorithm);
  const part = context.transact(() => {
    const again = copySource(context, input).object;
    if (again.content !== source.object.content) throw s3Error("PreconditionFailed", { status: 409 });
    if (range === undefined) shareContent(context, again.content);
    const content = range === undefined ? again.content : keepContent(context, slices);
    const made: Part = { number: input.PartNumber, etag, size, lastModified: context.now, content, checksum };
    putPart(context, uploadOf(context, input), made);
    return made;
  });
  const sourceVersion = toldVersionId(source.bucket, source.object);
  return {
    CopyPartResult: {
      ETag: `"${etag}"`,
      LastModified: wholeSeconds(part.lastModified),
      ...(upload.checksum === undefined ? {} : checksumMembers(checksum)),
    },
    ...(sourceVersion === undefined ? {} : { CopySourceVersionId: sourceVersion }),
    ...encryptionMembers(upload.traits.encryption),
  };
};

export const AbortMultipartUpload: Op<"AbortMultipartUpload"> = (context, input) => {
  refuseMembers("AbortMultipartUpload", { IfMatchInitiatedTime: input.IfMatchInitiatedTime });
  abandonUpload(context, uploadOf(context, input));
  return {};
};

// ── CompleteMultipartUpload ─────────────────────────────────────────────────────────────────────────────────────────

export const CompleteMultipartUpload: Op<"CompleteMultipartUpload"> = async (context, input) => {
  const upload = uploadOf(context, input);
  const chosen = chosenParts(context, upload, input);
  const checksum = await joinedChecksum(upload, chosen, input);
  const object = context.transact(() => {
    const bucket = bucketNamed(context, input.Bucket);
    uploadOf(context, input);
    const now = chosenParts(context, upload, input);
    if (now.some(({ content }, index) => content !== chosen[index]?.content)) throw s3Error("InvalidPart");
    checkWrite(input, input.Key, () => newest(context, input.Bucket, input.Key));
    const slices = chosen.flatMap((part) => takeContent(context, part.content));
    for (const part of chosen) context.table(parts).remove(upload.id, part.number);
    abandonUpload(context, upload);
    return store(context, bucket, "ObjectCreated:CompleteMultipartUpload", {
      ...upload.traits,
      kind: "object",
      key: upload.key,
      owner: upload.owner,
      etag: joinedEtag(chosen),
      size: chosen.reduce((sum, { size }) => sum + size, 0),
      content: adoptContent(context, slices),
      parts: chosen.map(({ number, size, checksum: own }) => ({
        number,
        size,
        ...(checksum === undefined || own === undefined ? {} : { checksum: own.value }),
      })),
      ...(checksum === undefined ? {} : { checksum }),
    });
  });
  const bucket = bucketNamed(context, input.Bucket);
  const versionId = toldVersionId(bucket, object);
  const expiration = expirationHeader(context, bucket, object);
  return {
    Location: `${context.endpointUrl}/${upload.bucket}/${encodeURIComponent(upload.key)}`,
    Bucket: upload.bucket,
    Key: upload.key,
    ETag: `"${object.etag}"`,
    ...typedChecksumMembers(object.checksum),
    ...putEncryptionMembers(object.encryption),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(expiration === undefined ? {} : { Expiration: expiration }),
  };
};

/** The MD5 of the parts' MD5s, and how many they are. */
function joinedEtag(chosen: readonly Part[]): string {
  const md5 = createHash("md5");
  for (const { etag } of chosen) md5.update(Buffer.from(etag, "hex"));
  return `${md5.digest("hex")}-${chosen.length}`;
}

/** The parts that the request lists, checked. Raises MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest. */
function chosenParts(context: ServiceContext, upload: Upload, input: In<"CompleteMultipartUpload">): Part[] {
  const listed = input.MultipartUpload?.Parts ?? [];
  if (listed.length === 0 || listed.length > MOST_PARTS) throw s3Error("MalformedXML");
  const there = new Map([...partsOf(context, upload)].map((part) => [part.number, part]));
  let last = 0;
  const chosen = listed.map((wanted) => {
    const { PartNumber: number, ETag: etag } = wanted;
    if (number === undefined || etag === undefined) throw s3Error("MalformedXML");
    if (number <= last) throw s3Error("InvalidPartOrder", { members: { UploadId: upload.id } });
    last = number;
    const part = there.get(number);
    const bare = etag.replace(/^"|"$/g, "");
    const given = givenChecksum(wanted);
    const other = given !== undefined && part?.checksum !== undefined && given.value !== part.checksum.value;
    if (part === undefined || part.etag !== bare || other) {
      throw s3Error("InvalidPart", { members: { UploadId: upload.id, PartNumber: String(number), ETag: bare } });
    }
    if (given === undefined && upload.checksum?.type === "COMPOSITE") {
      throw s3Error("InvalidRequest", {
        message: `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    return part;
  });
  checkSizes(chosen, input);
  return chosen;
}

function checkSizes(chosen: readonly Part[], { MpuObjectSize: expected }: In<"CompleteMultipartUpload">): void {
  for (const { number, size, etag } of chosen.slice(0, -1)) {
    if (size >= SMALLEST_PART) continue;
    throw s3Error("EntityTooSmall", {
      members: {
        ProposedSize: String(size),
        MinSizeAllowed: String(SMALLEST_PART),
        PartNumber: String(number),
        ETag: etag,
      },
    });
  }
  const size = chosen.reduce((sum, part) => sum + part.size, 0);
  if (expected !== undefined && expected !== size) {
    throw s3Error("InvalidRequest", {
      message: `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
    });
  }
}

/** The whole object's checksum, held against the one that the request brings. Raises BadDigest. */
async function joinedChecksum(
  upload: Upload,
  chosen: readonly Part[],
  input: In<"CompleteMultipartUpload">,
): Promise<KeptChecksum | undefined> {
  const { algorithm, type } = upload.checksum ?? { algorithm: "CRC64NVME", type: "FULL_OBJECT" };
  if (input.ChecksumType !== undefined && input.ChecksumType !== type) {
    throw s3Error("InvalidRequest", {
      message: `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  const values = chosen.flatMap(({ size, checksum }) =>
    checksum?.algorithm === algorithm ? [{ value: checksum.value, size }] : [],
  );
  // Parts of an upload without an algorithm may each have been sent with another one: then nothing can be joined.
  if (values.length < chosen.length) return undefined;
  const joined = await joinChecksums(algorithm, type, values);
  const given = givenChecksum(input);
  if (given !== undefined && (given.algorithm !== algorithm || bareValue(given.value) !== bareValue(joined.value))) {
    throw s3Error("BadDigest", {
      message: `The ${given.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    });
  }
  return joined;
}

/** A composite checksum may be sent with or without its `-PARTS`. */
const bareValue = (value: string): string => value.replace(/-\d+$/, "");

// ── Lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const ListParts: Op<"ListParts"> = (context, input) => {
  const upload = uploadOf(context, input);
  const bucket = bucketNamed(context, input.Bucket);
  const most = Math.min(input.MaxParts ?? 1000, 1000);
  const after = Number(input.PartNumberMarker ?? 0);
  if (!Number.isInteger(after) || after < 0) {
    throw invalidArgument(
      "Provided part-number-marker not an integer or within integer range",
      "part-number-marker",
      String(input.PartNumberMarker),
    );
  }
  const shown: Part[] = [];
  let truncated = false;
  for (const part of partsOf(context, upload, after)) {
    if (shown.length === most) {
      truncated = true;
      break;
    }
    shown.push(part);
  }
  return {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
    MaxParts: most,
    IsTruncated: truncated,
    Parts: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: wholeSeconds(part.lastModified),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...(upload.checksum === undefined ? {} : checksumMembers(part.checksum)),
    })),
    Initiator: { ID: upload.initiator },
    Owner: { ID: canonicalId(upload.owner) },
    StorageClass: upload.traits.storageClass,
    ...(upload.checksum === undefined
      ? {}
      : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
    ...abortMembers(context, bucket, upload),
  };
};
