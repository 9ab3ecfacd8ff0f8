/** Writes an AwsError as the HTTP reply of the protocol that its caller speaks. */
import type { AwsError } from "../kernel/errors.ts";
import { encodeCbor } from "./cbor.ts";
import type { Spoken } from "./claim.ts";
import { statusOfCode } from "./error-statuses.ts";
import type { HttpReply } from "./http.ts";
import { toJson } from "./json-codec.ts";
import type { ErrorModel, Protocol, ServiceModel, Shape } from "./model.ts";
import { contentTypeOf, hostIdOf, requestIdHeaders } from "./reply-headers.ts";
import { escapeXml, writeXmlMember } from "./xml-codec.ts";

/** An error with everything that its reply tells. */
interface Failure {
  readonly model: ErrorModel | undefined;
  /** The shape's name in JSON and CBOR, the Query code in Query, S3's code. */
  readonly code: string;
  readonly queryCode: string;
  readonly status: number;
  readonly message: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * The reply of failure. `spoken` is the claim or, where there is none, what `spokenBy` tells. The error's code may be
 * the modelled shape's name or its Query code; each protocol gets the one that it knows.
 */
export function renderError(spoken: Spoken, error: AwsError, requestId: string): HttpReply {
  const { protocol, model, method } = spoken;
  const failure = failureOf(protocol, model, error);
  const headers = requestIdHeaders(protocol, requestId);
  const { status } = failure;
  let body: HttpReply["body"];
  headers["Content-Type"] = contentTypeOf(protocol);
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      addQueryError(headers, model, failure);
      body = JSON.stringify({ __type: failure.code, ...jsonMembers(failure) });
      break;
    case "restJson1":
      headers["x-amzn-ErrorType"] = failure.code;
      body = JSON.stringify(jsonMembers(failure));
      break;
    case "rpcv2Cbor":
      headers["smithy-protocol"] = "rpc-v2-cbor";
      addQueryError(headers, model, failure);
      body = encodeCbor(cborShape(failure), namedMembers(failure), { __type: failure.code });
      break;
    case "awsQuery":
      body = queryError(model?.xmlNamespace, failure, requestId);
      break;
    case "restXml":
      body = s3Error(failure, requestId);
      break;
  }
  Object.assign(headers, error.details.headers);
  if (method === "HEAD" || status === 304) {
    delete headers["Content-Type"];
    body = undefined;
  }
  return { status, headers, body };
}

function failureOf(protocol: Protocol, model: ServiceModel | undefined, error: AwsError): Failure {
  const modelled = model === undefined ? undefined : errorModelOf(model, error.code);
  const { details, message } = error;
  const queryCode = modelled?.queryCode ?? error.code;
  const modelStatus = protocol === "awsQuery" ? (modelled?.queryStatus ?? modelled?.status) : modelled?.status;
  return {
    model: modelled,
    code: protocol === "awsQuery" ? queryCode : protocol === "restXml" ? error.code : (modelled?.name ?? error.code),
    queryCode,
    status: details.status ?? modelStatus ?? statusOfCode(protocol, error.code),
    message,
    members: details.members ?? {},
  };
}

const byQueryCode = new WeakMap<ServiceModel, ReadonlyMap<string, ErrorModel>>();

function errorModelOf(model: ServiceModel, code: string): ErrorModel | undefined {
  const named = model.errors.get(code);
  if (named !== undefined) return named;
  let codes = byQueryCode.get(model);
  if (codes === undefined) {
    const withCode = [...model.errors.values()].filter((one) => one.queryCode !== undefined);
    codes = new Map(withCode.map((one) => [one.queryCode ?? one.name, one]));
    byQueryCode.set(model, codes);
  }
  return codes.get(code);
}

/** `x-amzn-query-error` tells clients of a service that once spoke Query the code that they knew. */
function addQueryError(headers: Record<string, string>, model: ServiceModel | undefined, failure: Failure): void {
  if (model?.awsQueryCompatible === true) headers["x-amzn-query-error"] = `${failure.queryCode};${faultOf(failure)}`;
}

function faultOf({ status }: Failure): "Sender" | "Receiver" {
  return status >= 500 ? "Receiver" : "Sender";
}

/** The members with the message under the name that the shape has for it (`message` or `Message`). */
function namedMembers(failure: Failure): Record<string, unknown> {
  const shape = failure.model?.shape;
  const named = shape?.members.has("Message") === true ? "Message" : "message";
  const members: Record<string, unknown> = { [named]: failure.message };
  // Lambda's errors say whose fault they are.
  if (shape?.members.has("Type") === true) members["Type"] = failure.status >= 500 ? "Service" : "User";
  return { ...members, ...failure.members };
}

function jsonMembers(failure: Failure): Record<string, unknown> {
  const members = namedMembers(failure);
  for (const [name, member] of failure.model?.shape.members ?? []) {
    if (members[name] !== undefined) members[name] = toJson(member.shape, members[name]);
    // What a REST error binds to a header is not in its body; no service reads it there.
    if (member.binding?.in === "header") delete members[name];
  }
  return members;
}

function cborShape(failure: Failure): Shape {
  const document: Shape = { type: "document" };
  const members = new Map(failure.model?.shape.members);
  for (const name of Object.keys(namedMembers(failure))) {
    if (!members.has(name)) members.set(name, { name, shape: document, required: false });
  }
  return { type: "structure", name: failure.code, members };
}

function queryError(namespace: string | undefined, failure: Failure, requestId: string): string {
  const xmlns = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return (
    `<ErrorResponse${xmlns}><Error><Type>${faultOf(failure)}</Type><Code>${escapeXml(failure.code)}</Code>` +
    `<Message>${messageXml(failure)}</Message>${extraMembers(failure)}</Error>` +
    `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`
  );
}

function s3Error(failure: Failure, requestId: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(failure.code)}</Code>` +
    `<Message>${messageXml(failure)}</Message>${extraMembers(failure)}` +
    `<RequestId>${escapeXml(requestId)}</RequestId><HostId>${escapeXml(hostIdOf(requestId))}</HostId></Error>`
  );
}

/** The message without what no XML may hold, not even as a reference ("2.2 Characters" of XML 1.0): it may quote the request. */
function messageXml({ message }: Failure): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to be taken out
  return escapeXml(message.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD"));
}

function extraMembers({ model, members }: Failure): string {
  let xml = "";
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null) continue;
    const member = model?.shape.members.get(name) ?? { name, shape: { type: "string" } as const, required: false };
    xml += writeXmlMember(member, member.xmlName ?? name, value);
  }
  return xml;
}
