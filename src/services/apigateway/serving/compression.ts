/** Content coding: bodies that come compressed, and replies that are large enough to be (AWS page "Payload compression for REST APIs"). */
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { hasHeader, type Reply } from "./reply.ts";

/** A compressed body is opened where the API compresses at all; what cannot be opened is left as it is. */
export function inflated(body: Buffer, encoding: string | undefined, minimum: number | undefined): Buffer {
  if (minimum === undefined || encoding === undefined || body.length === 0) return body;
  try {
    if (encoding === "gzip") return gunzipSync(body);
    return encoding === "deflate" ? inflateSync(body) : body;
  } catch {
    return body;
  }
}

/** `minimum` in bytes; undefined where the API does not compress. */
export function compressed(reply: Reply, minimum: number | undefined, accepted: string | undefined): Reply {
  if (minimum === undefined || reply.body.length < minimum || reply.body.length === 0) return reply;
  if (accepted === undefined || hasHeader(reply.headers, "content-encoding")) return reply;
  const codings = accepted.split(",").map((one) => one.split(";")[0]?.trim().toLowerCase());
  const coding = codings.find((one) => one === "gzip" || one === "deflate");
  if (coding === undefined) return reply;
  const headers = new Map(reply.headers).set("Content-Encoding", [coding]);
  return { ...reply, headers, body: coding === "gzip" ? gzipSync(reply.body) : deflateSync(reply.body) };
}
