/** The two ends of the wire: an HTTP request as it came, and a reply as it will go. No AWS meaning yet. */
import type { Readable } from "node:stream";

/** A request as `node:http` gave it; nothing decoded. */
export interface HttpRequest {
  readonly method: string;
  /** The raw path, still percent-encoded, without the query: `/bucket/a%20b`. */
  readonly path: string;
  /** The raw query without its `?`; "" when there is none. */
  readonly query: string;
  /** Header names in lower case; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values by turns, as they came: with the sender's spelling, and each of the repeated ones. */
  readonly rawHeaders?: readonly string[];
  /** The body as it arrives (still aws-chunked where the client sent it so). */
  readonly body: Readable;
}

/** A reply, ready to be written. */
export interface HttpReply {
  readonly status: number;
  /** Header names as they will be written. */
  readonly headers: Record<string, string>;
  /** Headers with several values, each on a line of its own (`Set-Cookie`). */
  readonly repeated?: Record<string, string[]>;
  readonly body: Uint8Array | string | Readable | undefined;
}
