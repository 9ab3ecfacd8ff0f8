/** What a request's headers promise of its body: its length, its coding, its digests. Read and checked before the body. */
import { AwsError } from "../kernel/errors.ts";
import {
  CHECKSUM_ALGORITHMS,
  isChecksumAlgorithm,
  isChecksumValue,
  type ChecksumAlgorithm,
} from "../kernel/checksum.ts";
import type { HttpRequest } from "./http.ts";

/** A checksum that the client sends with its body, in a header or, value still to come, in a trailer. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower-case header or trailer name. */
  readonly name: string;
  readonly value: string | undefined;
}

export interface BodyExpectation {
  /** `Content-Length`, in bytes, of the body as it is sent. */
  readonly contentLength: number | undefined;
  /** Present when the body is aws-chunked. */
  readonly chunked:
    | { readonly signed: boolean; readonly trailers: readonly string[] | undefined; readonly decodedLength: number }
    | undefined;
  /** `Content-MD5`, base64. */
  readonly md5: string | undefined;
  /** Hex SHA-256 of the body from `x-amz-content-sha256`; undefined for UNSIGNED-PAYLOAD and where there is none. */
  readonly sha256: string | undefined;
  readonly checksum: ExpectedChecksum | undefined;
}

const NAMES: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [`x-amz-checksum-${algorithm.toLowerCase()}`, algorithm]),
);

/**
 * Reads the promises of an S3 request.
 * @param withChecksum false where `x-amz-checksum-…` is about an object and not about this body (CompleteMultipartUpload)
 * @throws AwsError `InvalidDigest`, `InvalidRequest`, `InvalidArgument`, `MissingContentLength`, `NotImplemented`
 */
export function bodyExpectation(request: HttpRequest, withChecksum: boolean): BodyExpectation {
  const { headers } = request;
  const declared = headers["x-amz-content-sha256"];
  const chunked = declared?.startsWith("STREAMING-") === true ? chunkedForm(request, declared) : undefined;
  return {
    contentLength: byteCount(headers["content-length"], "Content-Length"),
    chunked,
    md5: contentMd5(headers["content-md5"]),
    sha256: chunked === undefined ? plainHash(declared) : undefined,
    checksum: withChecksum ? expectedChecksum(request, chunked?.trailers ?? []) : undefined,
  };
}

function byteCount(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count)) throw new AwsError("InvalidArgument", `Invalid ${name}`, argument(name, text));
  return count;
}

function argument(name: string, value: string) {
  return { status: 400, members: { ArgumentName: name, ArgumentValue: value } };
}

function chunkedForm(request: HttpRequest, declared: string): NonNullable<BodyExpectation["chunked"]> {
  const names = (request.headers["x-amz-trailer"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const decodedLength = byteCount(request.headers["x-amz-decoded-content-length"], "x-amz-decoded-content-length");
  const withTrailer = declared.endsWith("-TRAILER");
  switch (declared) {
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      break;
    case "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD":
    case "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER":
      throw new AwsError("NotImplemented", `Seatrial does not verify Signature Version 4A (${declared}).`, {
        status: 501,
      });
    default:
      throw invalidContentHash(declared);
  }
  if (decodedLength === undefined) throw missingLength();
  if (!withTrailer && names.length > 0) {
    throw new AwsError(
      "InvalidRequest",
      "The value specified in the x-amz-trailer header is not supported without a trailing x-amz-content-sha256",
      { status: 400 },
    );
  }
  const signed = declared !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  return { signed, trailers: withTrailer ? names : undefined, decodedLength };
}

/** S3 must know how long an object will be before it takes it. */
export function missingLength(): AwsError {
  return new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", { status: 411 });
}

function contentMd5(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (isChecksumValue("MD5", value)) return value;
  throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", {
    status: 400,
    members: { "Content-MD5": value },
  });
}

function plainHash(declared: string | undefined): string | undefined {
  if (declared === undefined || declared === "UNSIGNED-PAYLOAD") return undefined;
  if (/^[0-9a-f]{64}$/.test(declared)) return declared;
  throw invalidContentHash(declared);
}

function invalidContentHash(declared: string): AwsError {
  return new AwsError(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    argument("x-amz-content-sha256", declared),
  );
}

function expectedChecksum(request: HttpRequest, trailers: readonly string[]): ExpectedChecksum | undefined {
  const found: ExpectedChecksum[] = [];
  for (const name in request.headers) {
    const algorithm = name.startsWith("x-amz-checksum-") ? NAMES.get(name) : undefined;
    if (algorithm !== undefined) found.push({ algorithm, name, value: request.headers[name] });
  }
  for (const name of trailers) {
    const algorithm = NAMES.get(name);
    if (algorithm === undefined) {
      throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
    }
    found.push({ algorithm, name, value: undefined });
  }
  if (found.length > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const [checksum] = found;
  if (checksum?.value !== undefined && !isChecksumValue(checksum.algorithm, checksum.value)) {
    throw invalidRequest(`Value for ${checksum.name} header is invalid.`);
  }
  checkSdkAlgorithm(request, checksum);
  return checksum;
}

/** The SDKs say which algorithm they chose; S3 wants it to be the one that they then use. */
function checkSdkAlgorithm(request: HttpRequest, checksum: ExpectedChecksum | undefined): void {
  const name = request.headers["x-amz-sdk-checksum-algorithm"];
  if (name === undefined) return;
  const algorithm = name.toUpperCase();
  if (!isChecksumAlgorithm(algorithm)) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128]",
    );
  }
  // The SDKs send an MD5 as Content-MD5, which is verified in any case.
  if (algorithm === "MD5" && checksum === undefined && request.headers["content-md5"] !== undefined) return;
  if (checksum === undefined) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (checksum.algorithm !== algorithm)
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
}

/** S3's `InvalidRequest`. */
export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequest", message, { status: 400 });
}
