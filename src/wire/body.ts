/** Takes the body of an S3 request in: decoded, held to all that its headers promise, and measured on the way. */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { AwsError } from "../kernel/errors.ts";
import { bodyExpectation, invalidRequest, missingLength, type BodyExpectation } from "./body-expectation.ts";
import { asBuffer, received, terminated } from "./body-received.ts";
import { createChecksum, isChecksumValue, type Checksum, type ChecksumAlgorithm } from "../kernel/checksum.ts";
import { decodeChunked, type ChunkSigning } from "./chunked.ts";
import type { HttpRequest } from "./http.ts";
import { signingKey } from "./sigv4-key.ts";
import { credentialScope, type Signature } from "./sigv4.ts";

/** What is known of a body when it has been read to its end and found to be what its headers promised. */
export interface BodyFacts {
  /** Bytes after aws-chunked is undone. */
  readonly length: number;
  /** Hex, as S3's ETag has it. */
  readonly md5: string;
  /** The checksum that the client sent (verified), else the one that `defaultChecksum` asked for; value in base64. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

export { readBody, type ReadOptions } from "./body-buffered.ts";

export interface BodyOptions {
  readonly request: HttpRequest;
  /** Called once the headers alone are found good, before the first byte is read: asks a client that waits for `100 Continue`. */
  readonly proceed?: () => void;
  /** Both are needed to verify chunk signatures; without them signed chunks are only taken apart. */
  readonly signature?: Signature | undefined;
  readonly secretAccessKey?: string | undefined;
  /** The longest body that is taken, in bytes after decoding; S3's is 5 GiB for one PUT. */
  readonly maxBytes?: number;
  /** Computed when the client sends no checksum; S3's own choice is CRC64NVME. */
  readonly defaultChecksum?: ChecksumAlgorithm;
  /** False where `x-amz-checksum-…` describes an object and not this body (CompleteMultipartUpload). */
  readonly verifyChecksum?: boolean;
}

/**
 * Opens the body of a streaming operation. The stream gives the decoded bytes, under backpressure; when the body is not
 * what its headers promised the stream fails with the AwsError and `finished` rejects with it, so commit after `finished`.
 * The request's own stream is never destroyed, so that the error can still be answered on its connection.
 * @throws AwsError at once where the headers alone are wrong: `InvalidDigest`, `InvalidRequest`, `InvalidArgument`,
 * `MissingContentLength`, `EntityTooLarge`; later `IncompleteBody`, `BadDigest`, `XAmzContentSHA256Mismatch`,
 * `SignatureDoesNotMatch`, `InvalidChunkSizeError`, `MalformedTrailerError`, `EntityTooLarge`
 */
export function openBody(options: BodyOptions): { readonly stream: Readable; readonly finished: Promise<BodyFacts> } {
  const expectation = expect(options);
  const { promise: finished, resolve, reject } = settleable<BodyFacts>();
  let ended = false;
  const found = (facts: BodyFacts): void => {
    ended = true;
    resolve(facts);
  };
  const stream = Readable.from(verified(options, expectation, found), { objectMode: false });
  stream.once("error", (error) => {
    ended = true;
    reject(error);
  });
  // For the reader who leaves in the middle.
  stream.once("close", () => {
    if (!ended) reject(terminated());
  });
  // The reader may look at the stream's error only.
  finished.catch(() => undefined);
  return { stream, finished };
}

/** A body that was read and verified already, for whoever wants it as a stream all the same. */
class HeldBody extends Readable {
  readonly facts: Promise<BodyFacts>;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, facts: BodyFacts) {
    super();
    this.bytes = bytes;
    this.facts = Promise.resolve(facts);
  }

  override _read(): void {
    if (this.bytes.length > 0) this.push(this.bytes);
    this.push(null);
  }
}

/** Bodies up to this are read at once: a stream costs more than it saves. */
const HELD_BYTES = 64 * 1024;

/**
 * The body of a streaming operation with what is found out about it (`facts`, to be awaited before anything is committed). A
 * small one is read and verified at once, and has its `bytes` too. Takes the options and raises the errors of `openBody`.
 */
export async function takeBody(
  options: BodyOptions,
): Promise<Readable & { readonly facts: Promise<BodyFacts>; readonly bytes?: Uint8Array }> {
  const { headers } = options.request;
  const length = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  if (length !== undefined && Number(length) <= HELD_BYTES) {
    const { bytes, ...facts } = await readVerifiedBody(options);
    return new HeldBody(bytes, facts);
  }
  const { stream, finished } = openBody(options);
  options.proceed?.();
  return Object.assign(stream, { facts: finished });
}

/** As `openBody`, for bodies small enough to be held: the bytes with their facts. Takes the same options and errors. */
export async function readVerifiedBody(options: BodyOptions): Promise<BodyFacts & { readonly bytes: Buffer }> {
  let facts: BodyFacts | undefined;
  const pieces: Uint8Array[] = [];
  const body = verified(options, expect(options), (found) => {
    facts = found;
  });
  options.proceed?.();
  for await (const piece of body) pieces.push(piece);
  if (facts === undefined) throw terminated();
  const [only] = pieces;
  const bytes = pieces.length === 1 && only !== undefined ? asBuffer(only) : Buffer.concat(pieces, facts.length);
  return { ...facts, bytes };
}

/** Promise.withResolvers, which Node 20 has not. */
function settleable<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((kept, broken) => {
    resolve = kept;
    reject = broken;
  });
  return { promise, resolve, reject };
}

function expect(options: BodyOptions): BodyExpectation {
  const expectation = bodyExpectation(options.request, options.verifyChecksum ?? true);
  const promised = expectation.chunked?.decodedLength ?? expectation.contentLength;
  if (promised === undefined && options.request.headers["transfer-encoding"] !== undefined) throw missingLength();
  if (promised !== undefined && promised > (options.maxBytes ?? Infinity))
    throw entityTooLarge(promised, options.maxBytes);
  return expectation;
}

/** The decoded body, each piece passed on as it comes, and at the end the judgement. */
async function* verified(
  options: BodyOptions,
  expected: BodyExpectation,
  onFacts: (facts: BodyFacts) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const md5 = createHash("md5");
  const sha256 = expected.sha256 === undefined ? undefined : createHash("sha256");
  const algorithm = expected.checksum?.algorithm ?? options.defaultChecksum;
  const checksum = algorithm === undefined ? undefined : await createChecksum(algorithm);
  let trailers: ReadonlyMap<string, string> = new Map();
  const pieces = decoded(options, expected, (found) => {
    trailers = found;
  });
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > (options.maxBytes ?? Infinity)) throw entityTooLarge(length, options.maxBytes);
    md5.update(piece);
    sha256?.update(piece);
    checksum?.update(piece);
    yield piece;
  }
  const digest = md5.digest();
  checkMd5(expected.md5, digest);
  checkSha256(expected.sha256, sha256);
  const value = checksum?.digest();
  checkChecksum(expected, value, trailers);
  onFacts({ length, md5: digest.toString("hex"), checksum: named(checksum, value) });
}

function named(checksum: Checksum | undefined, value: string | undefined): BodyFacts["checksum"] {
  return checksum === undefined || value === undefined ? undefined : { algorithm: checksum.algorithm, value };
}

function decoded(
  { request, signature, secretAccessKey }: BodyOptions,
  expected: BodyExpectation,
  onTrailers: (trailers: ReadonlyMap<string, string>) => void,
): AsyncIterable<Uint8Array> {
  const sent = received(request, expected.contentLength);
  if (expected.chunked === undefined) return sent;
  const { signed, trailers, decodedLength } = expected.chunked;
  return decodeChunked(sent, {
    decodedLength,
    signed,
    onTrailers,
    ...(trailers === undefined ? {} : { trailers }),
    ...(signed && signature !== undefined && secretAccessKey !== undefined
      ? { signing: chunkSigning(signature, secretAccessKey) }
      : {}),
  });
}

function chunkSigning(signature: Signature, secretAccessKey: string): ChunkSigning {
  return {
    key: signingKey(secretAccessKey, signature.date, signature.region, signature.service),
    timestamp: signature.timestamp,
    scope: credentialScope(signature),
    seedSignature: signature.signature,
  };
}

function entityTooLarge(proposed: number, max: number | undefined): AwsError {
  return new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    status: 400,
    members: { ProposedSize: proposed, MaxSizeAllowed: max },
  });
}

function badDigest(message: string, members: Readonly<Record<string, unknown>> = {}): AwsError {
  return new AwsError("BadDigest", message, { status: 400, members });
}

function checkMd5(expected: string | undefined, digest: Buffer): void {
  const calculated = digest.toString("base64");
  if (expected === undefined || expected === calculated) return;
  // S3 writes the one in hex and the other in base64.
  throw badDigest("The Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: Buffer.from(expected, "base64").toString("hex"),
    CalculatedDigest: calculated,
  });
}

function checkSha256(expected: string | undefined, hash: Hash | undefined): void {
  const calculated = hash?.digest("hex");
  if (expected === calculated) return;
  throw new AwsError(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { status: 400, members: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: calculated } },
  );
}

function checkChecksum(
  { checksum }: BodyExpectation,
  calculated: string | undefined,
  trailers: ReadonlyMap<string, string>,
): void {
  if (checksum === undefined) return;
  const provided = checksum.value ?? trailers.get(checksum.name) ?? "";
  if (!isChecksumValue(checksum.algorithm, provided)) {
    throw invalidRequest(`Value for ${checksum.name} trailing header is invalid.`);
  }
  if (provided === calculated) return;
  throw badDigest(`The ${checksum.algorithm} you specified did not match the calculated checksum.`);
}
