/** AWS's event stream framing (`application/vnd.amazon.eventstream`): events out as binary messages with two CRCs. */
import { crc32 } from "node:zlib";
import { AwsError } from "../kernel/errors.ts";
import { encodeCbor } from "./cbor.ts";
import { toJson } from "./json-codec.ts";
import type { Member, Protocol, StructureShape } from "./model.ts";
import { contentTypeOf } from "./reply-headers.ts";
import { writeXmlMembers } from "./xml-codec.ts";

type Structure = Record<string, unknown>;

/**
 * Writes the values of an event stream union, each one `{ EventName: { …members } }`, as messages. An AwsError out of
 * the iterable becomes the stream's last message, an exception. `initial` is the rest of an RPC operation's output,
 * which travels as the event `initial-response`.
 */
export async function* encodeEventStream(
  union: StructureShape,
  protocol: Protocol,
  events: AsyncIterable<Structure>,
  initial?: Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (initial !== undefined) {
    yield encodeMessage(eventHeaders("initial-response", typeOf(protocol)), initial);
  }
  try {
    for await (const event of events) {
      for (const member of union.members.values()) {
        const value = event[member.name];
        if (value !== undefined && value !== null) yield encodeEvent(member, protocol, value);
      }
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    yield encodeException(union, protocol, error);
  }
}

/** Event bodies have the protocol's content type, save that S3's XML goes by its older name. */
function typeOf(protocol: Protocol): string {
  return protocol === "restXml" ? "text/xml" : contentTypeOf(protocol);
}

function eventHeaders(eventType: string, contentType: string | undefined): Map<string, string> {
  const headers = new Map([
    [":message-type", "event"],
    [":event-type", eventType],
  ]);
  if (contentType !== undefined) headers.set(":content-type", contentType);
  return headers;
}

function encodeEvent(event: Member, protocol: Protocol, value: unknown): Uint8Array {
  const { shape, name } = event;
  if (shape.type !== "structure" || typeof value !== "object" || value === null) {
    throw new Error(`The event ${name} is not a structure`);
  }
  const source: Structure = { ...value };
  const headers = eventHeaders(name, undefined);
  let payload: Uint8Array | undefined;
  for (const member of shape.members.values()) {
    const content = source[member.name];
    if (content === undefined || content === null) continue;
    if (member.eventHeader === true) headers.set(member.name, String(content));
    if (member.eventPayload !== true) continue;
    if (content instanceof Uint8Array) {
      headers.set(":content-type", "application/octet-stream");
      payload = content;
    } else if (typeof content === "string") {
      headers.set(":content-type", "text/plain");
      payload = Buffer.from(content, "utf8");
    } else {
      headers.set(":content-type", typeOf(protocol));
      payload = encodeBody(member.shape.type === "structure" ? member.shape : shape, protocol, content);
    }
  }
  const hasPayloadMember = [...shape.members.values()].some((member) => member.eventPayload === true);
  if (payload === undefined && !hasPayloadMember && shape.members.size > 0) {
    headers.set(":content-type", typeOf(protocol));
    payload = encodeBody(shape, protocol, source);
  }
  return encodeMessage(headers, payload ?? new Uint8Array());
}

function encodeBody(shape: StructureShape, protocol: Protocol, value: unknown): Uint8Array {
  const source: Structure = typeof value === "object" && value !== null ? { ...value } : {};
  if (protocol === "rpcv2Cbor") return encodeCbor(shape, source);
  if (protocol === "restXml" || protocol === "awsQuery") {
    return Buffer.from(`<${shape.name}>${writeXmlMembers(shape, source)}</${shape.name}>`, "utf8");
  }
  return Buffer.from(JSON.stringify(toJson(shape, source)), "utf8");
}

/** A modelled error is an exception with a body; any other is an error with a code and a message. */
function encodeException(union: StructureShape, protocol: Protocol, error: AwsError): Uint8Array {
  const member = union.members.get(error.code);
  if (member?.shape.type !== "structure") {
    const headers = new Map([
      [":message-type", "error"],
      [":error-code", error.code],
      [":error-message", error.message],
    ]);
    return encodeMessage(headers, new Uint8Array());
  }
  const headers = new Map([
    [":message-type", "exception"],
    [":exception-type", error.code],
    [":content-type", typeOf(protocol)],
  ]);
  const body = { message: error.message, Message: error.message, ...error.details.members };
  return encodeMessage(headers, encodeBody(member.shape, protocol, body));
}

/** One message: total and header length with their CRC, headers (all of type string, 7), payload, CRC of everything. */
export function encodeMessage(headers: ReadonlyMap<string, string>, payload: Uint8Array): Uint8Array {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    const nameBytes = Buffer.from(name, "utf8");
    const valueBytes = Buffer.from(value, "utf8");
    const lengths = Buffer.allocUnsafe(3);
    lengths.writeUInt8(7);
    lengths.writeUInt16BE(valueBytes.length, 1);
    parts.push(Buffer.from([nameBytes.length]), nameBytes, lengths, valueBytes);
  }
  const headerBytes = Buffer.concat(parts);
  const message = Buffer.alloc(12 + headerBytes.length + payload.length + 4);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headerBytes.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headerBytes.copy(message, 12);
  message.set(payload, 12 + headerBytes.length);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  return message;
}
