/**
 * Encoded authorization messages: what some denials carry, for DecodeAuthorizationMessage to read. AWS keeps its form secret; here it is the
 * message's JSON, deflated, in base 64 for URLs.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { AwsError } from "../../kernel/errors.ts";

/** More than any message; keeps a small text from unpacking into a large one. */
const MOST_BYTES = 256 * 1024;

/** Writes a message. */
export function encodeAuthorizationMessage(message: object): string {
  return deflateRawSync(JSON.stringify(message)).toString("base64url");
}

/** Reads a message back as JSON text. Raises InvalidAuthorizationMessageException for what was not written here. */
export function decodeAuthorizationMessage(encoded: string): string {
  try {
    const text = inflateRawSync(Buffer.from(encoded, "base64url"), { maxOutputLength: MOST_BYTES }).toString();
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError("InvalidAuthorizationMessageException", "Message is not valid");
  }
}
