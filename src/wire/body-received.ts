/** A request's body as it is sent: every way of taking it in begins here. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";

/** The bytes as they are sent, held to `Content-Length`. A client that hangs up leaves an incomplete body. */
export async function* received(
  request: HttpRequest,
  contentLength: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let count = 0;
  try {
    // Leaving the loop must not destroy the request: that would cut the connection that the error is answered on.
    for await (const piece of request.body.iterator({ destroyOnReturn: false })) {
      const bytes = bytesOf(piece);
      count += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw terminated();
  }
  if (contentLength !== undefined && count !== contentLength) {
    throw new AwsError(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
      { status: 400 },
    );
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError("a request's body must be a stream of bytes");
}

/** The body ended before its time. */
export function terminated(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}

/** The same bytes, not a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
