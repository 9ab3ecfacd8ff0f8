/** Reads an operation's input out of a claimed request, in any protocol, into the SDK's own shape. */
import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { AwsError } from "../kernel/errors.ts";
import { decodeCbor } from "./cbor.ts";
import type { Claim } from "./claim.ts";
import type { HttpRequest } from "./http.ts";
import { readTree, readTreeValue } from "./json-codec.ts";
import type { Member, Protocol, StructureShape } from "./model.ts";
import { paramTree } from "./params.ts";
import { readQuery } from "./query-codec.ts";
import { bindingsOf, readOutside } from "./rest-binding.ts";
import { readXmlStructure } from "./xml-codec.ts";
import { malformedXml, readXmlDocument } from "./xml-reader.ts";

type Structure = Record<string, unknown>;

/**
 * The input of the claimed operation: timestamps are Date, blobs Uint8Array, a streaming body the Readable itself.
 * `body` is the decoded body (no aws-chunked, no content encoding): the stream for an operation that streams in, the
 * bytes otherwise. What the model does not know is left out, as AWS does; limits are {@link validate}'s matter.
 * Raises the protocol's error for a malformed body: SerializationException, MalformedInput, MalformedXML.
 */
export function readInput(claim: Claim, request: HttpRequest, body: Uint8Array | Readable): Structure {
  const { operation, protocol } = claim;
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1": {
      const text = textOf(body, protocol);
      return readTree(operation.input, text === "" ? {} : parseJson(text, claim));
    }
    case "rpcv2Cbor": {
      const bytes = bytesOf(body);
      return bytes.length === 0 ? {} : readTree(operation.input, decodeCbor(bytes));
    }
    case "awsQuery":
      return claim.form === undefined ? {} : readQuery(operation.input, paramTree(claim.form));
    case "restJson1":
    case "restXml":
      return readRest(claim, request, body);
  }
}

function readRest(claim: Claim, request: HttpRequest, body: Uint8Array | Readable): Structure {
  const { input: shape } = claim.operation;
  const { outside, payload, body: inBody } = bindingsOf(shape);
  const input: Structure = {};
  const { labels, query, protocol } = claim;
  const headers = protocol === "restXml" ? s3Headers(request.headers) : request.headers;
  readOutside(outside, { labels, query, headers, protocol }, input);
  if (payload !== undefined) {
    const value = readPayload(claim, payload, body);
    if (value !== undefined) input[payload.name] = value;
  } else if (inBody.length > 0) {
    const text = textOf(body, protocol);
    if (text !== "") {
      const read = protocol === "restXml" ? readXmlBody(shape, text) : readTree(unbound(shape), parseJson(text, claim));
      Object.assign(input, read);
    }
  }
  return input;
}

function readPayload(claim: Claim, member: Member, body: Uint8Array | Readable): unknown {
  const { shape } = member;
  if (shape.type === "blob") {
    if (shape.streaming === true || !(body instanceof Uint8Array)) return body;
    return body.length === 0 ? undefined : body;
  }
  const text = textOf(body, claim.protocol);
  if (text === "") return undefined;
  if (shape.type === "string") return text;
  if (claim.protocol !== "restXml") return readTreeValue(shape, parseJson(text, claim));
  if (shape.type !== "structure") throw malformedXml();
  const root = readXmlDocument(text);
  if (root.name !== (member.xmlName ?? shape.xmlName ?? shape.name)) throw malformedXml();
  return readXmlStructure(shape, root);
}

function readXmlBody(shape: StructureShape, text: string): Structure {
  return readXmlStructure(shape, readXmlDocument(text), ({ binding }) => binding === undefined);
}

const bodyShapes = new WeakMap<StructureShape, StructureShape>();

/** A REST input without the members that travel outside, so that a body cannot set those. */
function unbound(shape: StructureShape): StructureShape {
  let inBody = bodyShapes.get(shape);
  if (inBody === undefined) {
    const { name, type } = shape;
    inBody = { name, type, members: new Map([...shape.members].filter(([, { binding }]) => binding === undefined)) };
    bodyShapes.set(shape, inBody);
  }
  return inBody;
}

/** The headers as S3 means them: the length and encoding of the content itself, not of its aws-chunked wrapping. */
function s3Headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const length = headers["x-amz-decoded-content-length"];
  const encoding = headers["content-encoding"];
  if (length === undefined && encoding?.includes("aws-chunked") !== true) return headers;
  const meant = { ...headers };
  if (length !== undefined) meant["content-length"] = length;
  const rest =
    encoding
      ?.split(",")
      .filter((part) => part.trim() !== "aws-chunked")
      .join(",")
      .trim() ?? "";
  if (rest === "") delete meant["content-encoding"];
  else meant["content-encoding"] = rest;
  return meant;
}

function bytesOf(body: Uint8Array | Readable): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new Error("This operation's body has to be read before its input is");
}

/** The body as text; with stand-ins for what is no UTF-8, a request could name something else than its sender meant. */
function textOf(body: Uint8Array | Readable, protocol: Protocol): string {
  const bytes = bytesOf(body);
  if (!isUtf8(bytes)) {
    if (protocol === "restXml") throw malformedXml();
    throw new AwsError("SerializationException", "The request body is not valid UTF-8");
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function parseJson(text: string, { model }: Claim): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Lambda has an error of its own for this.
    if (model.errors.has("InvalidRequestContentException")) {
      throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${reason}`);
    }
    throw new AwsError("SerializationException", `Could not parse request body into json: ${reason}`);
  }
}
