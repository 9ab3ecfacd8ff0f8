/**
 * Undoes `aws-chunked`, the coding in which SDKs stream to S3: chunks with or without signatures, then trailers.
 * Sources: AWS "Transferring Payload in Multiple Chunks" and "Including Trailing Headers (Chunked Upload)".
 *
 *   signed     10000;chunk-signature=HEX ␍␊ bytes ␍␊ … 0;chunk-signature=HEX ␍␊ [trailers, x-amz-trailer-signature] ␍␊
 *   unsigned   10000 ␍␊ bytes ␍␊ … 0 ␍␊ [trailers] ␍␊
 */
import { createHash, type Hash } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import { refusedSignature } from "./sigv4-error.ts";
import { EMPTY_SHA256, sameSignature, sha256Hex, signatureOf, type SigningKey } from "./sigv4-key.ts";

/** Every chunk but the last has at least this size on AWS, in bytes. */
const MIN_CHUNK = 8192;
/** No chunk header (size and signature) is longer than this, nor are all trailers together, in bytes. */
const MAX_HEADER = 4096;
const MAX_TRAILERS = 16_384;
const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/** What chunk signatures are made with; they form a chain that starts with the signature of the request's headers. */
export interface ChunkSigning {
  readonly key: SigningKey;
  /** `yyyyMMdd'T'HHmmss'Z'`, of the request. */
  readonly timestamp: string;
  /** `yyyyMMdd/region/service/aws4_request`. */
  readonly scope: string;
  readonly seedSignature: string;
}

export interface ChunkedOptions {
  /** `x-amz-decoded-content-length`, in bytes. */
  readonly decodedLength: number;
  /** True for the `STREAMING-AWS4-HMAC-SHA256-…` forms: every chunk must carry a signature. */
  readonly signed: boolean;
  /** Present when the signatures are to be verified as well. */
  readonly signing?: ChunkSigning;
  /** Names of the trailers that the request's `x-amz-trailer` announced, in lower case; undefined: none may come. */
  readonly trailers?: readonly string[];
  /** Called once with the trailers (names in lower case), after the last chunk and before the generator ends. */
  readonly onTrailers?: (trailers: ReadonlyMap<string, string>) => void;
}

/** Where in the stream the decoder is. */
type Stage =
  | { readonly at: "header" }
  | { readonly at: "data"; left: number }
  | { readonly at: "delimiter" }
  | { readonly at: "trailers" }
  | { readonly at: "end" };

/**
 * The decoded bytes, as they come: a chunk's bytes are passed on before its signature can be verified, so nothing may be
 * committed until the generator has ended.
 * @throws AwsError `IncompleteBody`, `InvalidChunkSizeError`, `SignatureDoesNotMatch`, `MalformedTrailerError`
 */
export async function* decodeChunked(
  source: AsyncIterable<Uint8Array>,
  options: ChunkedOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new ChunkedDecoder(options);
  for await (const piece of source) yield* decoder.decode(piece);
  decoder.finish();
}

class ChunkedDecoder {
  readonly #options: ChunkedOptions;
  readonly #trailers = new Map<string, string>();
  #stage: Stage = { at: "header" };
  /** The beginning of a line whose end has not come yet. */
  #held: Buffer = NOTHING;
  #decoded = 0;
  #chunkNumber = 0;
  #smallChunk: number | undefined;
  #signature = "";
  #previousSignature: string;
  #hash: Hash | undefined;
  #trailerBytes = 0;

  constructor(options: ChunkedOptions) {
    this.#options = options;
    this.#previousSignature = options.signing?.seedSignature ?? "";
  }

  *decode(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (this.#held.length > 0) {
      bytes = Buffer.concat([this.#held, bytes]);
      this.#held = NOTHING;
    }
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#stage.at === "data") {
        const data = bytes.subarray(offset, offset + this.#stage.left);
        offset += data.length;
        this.#stage.left -= data.length;
        this.#hash?.update(data);
        if (this.#stage.left === 0) this.#endOfData();
        yield data;
        continue;
      }
      const end = bytes.indexOf(LINE_FEED, offset);
      if (end < 0) {
        if (bytes.length - offset > MAX_HEADER) throw malformedChunk();
        this.#held = bytes.subarray(offset);
        return;
      }
      if (end - offset > MAX_HEADER) throw malformedChunk();
      const stop = end > offset && bytes[end - 1] === 13 ? end - 1 : end;
      this.#line(bytes.toString("latin1", offset, stop));
      offset = end + 1;
    }
  }

  /** The source is at its end: so must the coding be. */
  finish(): void {
    if (this.#stage.at !== "end") throw incomplete();
    if (this.#decoded !== this.#options.decodedLength) throw incomplete();
  }

  #line(line: string): void {
    switch (this.#stage.at) {
      case "header":
        this.#chunkHeader(line);
        return;
      case "delimiter":
        if (line !== "") throw malformedChunk();
        this.#stage = { at: "header" };
        return;
      case "trailers":
        this.#trailer(line);
        return;
      case "data":
      case "end":
        // Data is not read in lines, so these are bytes after the end.
        throw malformedChunk();
    }
  }

  #chunkHeader(line: string): void {
    const { signed, signing, decodedLength } = this.#options;
    const found = (signed ? SIGNED_HEADER : UNSIGNED_HEADER).exec(line);
    if (found === null) throw malformedChunk();
    const size = Number.parseInt(found[1] ?? "", 16);
    this.#chunkNumber++;
    if (size > 0 && this.#smallChunk !== undefined) throw tooSmall(this.#chunkNumber, this.#smallChunk);
    if (size > 0 && size < MIN_CHUNK) this.#smallChunk = size;
    this.#decoded += size;
    if (this.#decoded > decodedLength) throw incomplete();
    this.#signature = found[2] ?? "";
    if (size > 0) {
      if (signing !== undefined) this.#hash = createHash("sha256");
      this.#stage = { at: "data", left: size };
      return;
    }
    this.#verifyChunk(EMPTY_SHA256);
    this.#stage = { at: "trailers" };
  }

  #endOfData(): void {
    if (this.#hash !== undefined) this.#verifyChunk(this.#hash.digest("hex"));
    this.#hash = undefined;
    this.#stage = { at: "delimiter" };
  }

  #verifyChunk(contentHash: string): void {
    const { signing } = this.#options;
    if (signing === undefined) return;
    const stringToSign = `AWS4-HMAC-SHA256-PAYLOAD\n${signing.timestamp}\n${signing.scope}\n${this.#previousSignature}\n${EMPTY_SHA256}\n${contentHash}`;
    this.#verify(signing, stringToSign, this.#signature);
  }

  #verify(signing: ChunkSigning, stringToSign: string, provided: string): void {
    const expected = signatureOf(signing.key, stringToSign);
    if (!sameSignature(expected, provided)) {
      throw refusedSignature(
        "s3",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { StringToSign: stringToSign, SignatureProvided: provided },
      );
    }
    this.#previousSignature = expected;
  }

  #trailer(line: string): void {
    if (line === "") {
      this.#endOfTrailers();
      return;
    }
    this.#trailerBytes += line.length;
    const colon = line.indexOf(":");
    if (colon < 1 || this.#trailerBytes > MAX_TRAILERS) throw malformedTrailer();
    const name = line.slice(0, colon).trim().toLowerCase();
    const announced = name === "x-amz-trailer-signature" || this.#options.trailers?.includes(name) === true;
    if (!announced || this.#trailers.has(name)) throw malformedTrailer();
    this.#trailers.set(name, line.slice(colon + 1).trim());
  }

  #endOfTrailers(): void {
    const { signed, signing, trailers, onTrailers } = this.#options;
    const signature = this.#trailers.get("x-amz-trailer-signature");
    this.#trailers.delete("x-amz-trailer-signature");
    for (const name of trailers ?? []) if (!this.#trailers.has(name)) throw malformedTrailer();
    // Only a signed stream that announced trailers ends with their signature.
    if ((signature !== undefined) !== (signed && trailers !== undefined)) throw malformedTrailer();
    if (signing !== undefined && signature !== undefined) {
      // The doc page's vector hashes the trailers as `name:value\n` each, in the order of their names.
      const sorted = [...this.#trailers].sort(([a], [b]) => (a < b ? -1 : 1));
      const canonical = sorted.map(([name, value]) => `${name}:${value}\n`).join("");
      const stringToSign = `AWS4-HMAC-SHA256-TRAILER\n${signing.timestamp}\n${signing.scope}\n${this.#previousSignature}\n${sha256Hex(canonical)}`;
      this.#verify(signing, stringToSign, signature);
    }
    this.#stage = { at: "end" };
    onTrailers?.(this.#trailers);
  }
}

/** A size of up to 5 GiB needs nine digits; twelve keep it an exact number. */
const SIGNED_HEADER = /^0*([0-9A-Fa-f]{1,12});\s*chunk-signature=([0-9a-f]{64})$/;
const UNSIGNED_HEADER = /^0*([0-9A-Fa-f]{1,12})(?:;.*)?$/;

function incomplete(): AwsError {
  return new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header",
    { status: 400 },
  );
}

function malformedChunk(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}

function malformedTrailer(): AwsError {
  return new AwsError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    { status: 400 },
  );
}

function tooSmall(chunk: number, size: number): AwsError {
  return new AwsError(
    "InvalidChunkSizeError",
    `Only the last chunk is allowed to have a size less than ${MIN_CHUNK} bytes`,
    {
      status: 403,
      members: { Chunk: chunk, BadChunkSize: size },
    },
  );
}
