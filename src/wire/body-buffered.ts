/** Takes the body of a request to any service but S3 in: as bytes, within the service's limit, and uncompressed. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AwsError } from "../kernel/errors.ts";
import { asBuffer, received } from "./body-received.ts";
import type { HttpRequest } from "./http.ts";

export interface ReadOptions {
  /** The longest body that is taken, in bytes; for a compressed one this holds before and after. */
  readonly maxBytes: number;
  /** The service's own error for a body that is longer. */
  readonly tooLarge?: () => AwsError;
}

/**
 * Reads the whole body of a request to a service that does not stream. Undoes the gzip of the SDKs' request compression
 * (`Content-Encoding: gzip`); a signature is over `sent`, the bytes as they came, and an operation's input is in `bytes`.
 * @throws AwsError `RequestEntityTooLarge` or `tooLarge`'s, `IncompleteBody`, `SerializationException` (broken gzip),
 * `UnsupportedMediaTypeException` (another content encoding)
 */
export async function readBody(
  request: HttpRequest,
  options: ReadOptions,
): Promise<{ readonly bytes: Buffer; readonly sent: Buffer }> {
  const { maxBytes } = options;
  const declared = request.headers["content-length"];
  const contentLength = declared === undefined ? undefined : Number(declared);
  if (contentLength !== undefined && contentLength > maxBytes) throw tooLarge(options);
  if (contentLength === 0) return { bytes: EMPTY, sent: EMPTY };
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of received(request, contentLength)) {
    length += piece.length;
    if (length > maxBytes) throw tooLarge(options);
    pieces.push(piece);
  }
  const [only] = pieces;
  const sent = pieces.length === 1 && only !== undefined ? asBuffer(only) : Buffer.concat(pieces, length);
  return { sent, bytes: await decompressed(sent, request.headers["content-encoding"], options) };
}

const EMPTY = Buffer.alloc(0);
const unzip = promisify(gunzip);

async function decompressed(sent: Buffer, encoding: string | undefined, options: ReadOptions): Promise<Buffer> {
  if (encoding === undefined || encoding === "" || encoding === "identity" || sent.length === 0) return sent;
  if (encoding.toLowerCase() !== "gzip") {
    throw new AwsError("UnsupportedMediaTypeException", `Unsupported Content-Encoding: ${encoding}`, { status: 415 });
  }
  try {
    return await unzip(sent, { maxOutputLength: options.maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(options);
    throw new AwsError("SerializationException", "The request body is not valid gzip", { status: 400 });
  }
}

function tooLarge({ tooLarge: own, maxBytes }: ReadOptions): AwsError {
  return (
    own?.() ??
    new AwsError("RequestEntityTooLarge", `Request body must be no longer than ${maxBytes} bytes`, { status: 413 })
  );
}
