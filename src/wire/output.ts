/** Writes an operation's output as the HTTP reply of the protocol that its caller speaks. */
import { Readable } from "node:stream";
import { encodeCbor } from "./cbor.ts";
import type { Claim } from "./claim.ts";
import { encodeEventStream } from "./event-stream.ts";
import type { HttpReply } from "./http.ts";
import { structureToJson, toJson } from "./json-codec.ts";
import type { Member, OperationModel, Shape, StructureShape } from "./model.ts";
import { contentTypeOf, requestIdHeaders } from "./reply-headers.ts";
import { bindingsOf, writeOutside } from "./rest-binding.ts";
import { escapeXml, writeXmlMember, writeXmlMembers } from "./xml-codec.ts";

type Structure = Record<string, unknown>;

const EVENT_STREAM = "application/vnd.amazon.eventstream";

/** The reply of success. Members that are undefined are left out; a streaming member is passed on unread. */
export function renderOutput(claim: Claim, output: Structure, requestId: string): HttpReply {
  const { operation, protocol, model } = claim;
  const headers = requestIdHeaders(protocol, requestId);
  const stream = protocol === "restJson1" || protocol === "restXml" ? undefined : eventMemberOf(operation);
  if (stream !== undefined) return renderRpcStream(claim, stream, output, headers);
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1": {
      headers["Content-Type"] = contentTypeOf(protocol);
      // A JSON 1.1 service answers nothing at all where there is no output.
      const empty = protocol === "awsJson1_1" && operation.output.members.size === 0;
      return { status: 200, headers, body: empty ? "" : JSON.stringify(structureToJson(operation.output, output)) };
    }
    case "rpcv2Cbor":
      headers["smithy-protocol"] = "rpc-v2-cbor";
      headers["Content-Type"] = contentTypeOf(protocol);
      return { status: 200, headers, body: encodeCbor(operation.output, output) };
    case "awsQuery":
      headers["Content-Type"] = contentTypeOf(protocol);
      return { status: 200, headers, body: queryEnvelope(operation, model.xmlNamespace ?? "", output, requestId) };
    case "restJson1":
    case "restXml":
      return renderRest(claim, output, headers);
  }
}

function queryEnvelope(operation: OperationModel, namespace: string, output: Structure, requestId: string): string {
  const { name } = operation;
  // An operation without output has no result element (IAM's pages show it so); one whose output is empty has an empty one.
  const body = operation.output.name === "Unit" ? "" : wrap(`${name}Result`, writeXmlMembers(operation.output, output));
  const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`;
  return `<${name}Response xmlns="${namespace}">${body}${metadata}</${name}Response>`;
}

function wrap(name: string, body: string): string {
  return body === "" ? `<${name}/>` : `<${name}>${body}</${name}>`;
}

function renderRest(claim: Claim, output: Structure, headers: Record<string, string>): HttpReply {
  const { operation, method, protocol } = claim;
  const { outside, payload, body: inBody } = bindingsOf(operation.output);
  const bound: Record<string, string> = {};
  const given = writeOutside(outside, output, bound);
  const status = given ?? (isPartial(bound) ? 206 : (operation.http?.status ?? 200));
  let body: HttpReply["body"];
  let contentType: string | undefined;
  if (payload !== undefined) {
    const value = output[payload.name];
    if (value !== undefined && value !== null) {
      contentType = payloadType(payload.shape, protocol);
      body = renderPayload(claim, payload, value);
    }
  } else if (inBody.length > 0) {
    contentType = contentTypeOf(protocol);
    body = protocol === "restXml" ? xmlDocument(claim, operation.output, output) : jsonBody(operation.output, output);
  }
  const all: Record<string, string> = { ...headers };
  if (contentType !== undefined && status !== 204) all["Content-Type"] = contentType;
  Object.assign(all, bound);
  return { status, headers: all, body: method === "HEAD" || status === 204 ? undefined : body };
}

/** S3 answers a range with 206; its model states 200 only. */
function isPartial(bound: Readonly<Record<string, string>>): boolean {
  return bound["Content-Range"] !== undefined;
}

function payloadType(shape: Shape, protocol: Claim["protocol"]): string {
  if (shape.type === "union" && shape.eventStream === true) return EVENT_STREAM;
  // Lambda answers Invoke's payload, whatever the function gave, as JSON.
  if (shape.type === "blob" && (protocol === "restXml" || shape.streaming === true)) return "application/octet-stream";
  if (shape.type === "string") return protocol === "restXml" ? "application/json" : "text/plain";
  return contentTypeOf(protocol);
}

function renderPayload(claim: Claim, member: Member, value: unknown): HttpReply["body"] {
  const { shape } = member;
  if (value instanceof Uint8Array || typeof value === "string" || value instanceof Readable) return value;
  if (shape.type === "union" && shape.eventStream === true && isEvents(value)) {
    return Readable.from(encodeEventStream(shape, claim.protocol, value), { objectMode: false });
  }
  if (claim.protocol === "restJson1") return JSON.stringify(toJson(shape, value));
  if (shape.type !== "structure" && shape.type !== "union") throw new Error(`${member.name} cannot be an XML document`);
  const root = { ...member, xmlNamespace: ["", claim.model.xmlNamespace ?? ""] as const };
  return XML_DECLARATION + writeXmlMember(root, member.xmlName ?? shape.xmlName ?? shape.name, value);
}

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

function xmlDocument(claim: Claim, shape: StructureShape, output: Structure): string {
  const name = shape.xmlName ?? shape.name;
  const start = `${XML_DECLARATION}<${name} xmlns="${claim.model.xmlNamespace ?? ""}"`;
  const location = output["LocationConstraint"];
  if (claim.operation.name === "GetBucketLocation") {
    // The only S3 reply whose one member is the text of the root (Smithy's trait s3UnwrappedXmlOutput).
    return typeof location === "string" && location !== "" ? `${start}>${escapeXml(location)}</${name}>` : `${start}/>`;
  }
  const body = writeXmlMembers(shape, output, ({ binding }) => binding === undefined);
  return body === "" ? `${start}/>` : `${start}>${body}</${name}>`;
}

function jsonBody(shape: StructureShape, output: Structure): string {
  return JSON.stringify(structureToJson(shape, output, (name) => isInBody(shape.members.get(name))));
}

/** Labels and query values are a request's: API Gateway's model has them on outputs too (`position`), which then are in the body. */
function isInBody(member: Member | undefined): boolean {
  const place = member?.binding?.in;
  return place === undefined || place === "query" || place === "label" || place === "queryParams";
}

function eventMemberOf({ output }: OperationModel): Member | undefined {
  if (output.members.size > 4) return undefined;
  for (const member of output.members.values()) {
    if (member.shape.type === "union" && member.shape.eventStream === true) return member;
  }
  return undefined;
}

function renderRpcStream(claim: Claim, member: Member, output: Structure, headers: Record<string, string>): HttpReply {
  const { protocol, operation } = claim;
  const events = output[member.name];
  if (member.shape.type !== "union" || !isEvents(events)) throw new Error(`${member.name} is not an async iterable`);
  const rest: Structure = { ...output, [member.name]: undefined };
  const initial =
    protocol === "rpcv2Cbor"
      ? encodeCbor(operation.output, rest)
      : Buffer.from(JSON.stringify(structureToJson(operation.output, rest)), "utf8");
  headers["Content-Type"] = EVENT_STREAM;
  const body = Readable.from(encodeEventStream(member.shape, protocol, events, initial), { objectMode: false });
  return { status: 200, headers, body };
}

function isEvents(value: unknown): value is AsyncIterable<Structure> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
