/** The headers that every reply of a protocol has. */
import type { Protocol } from "./model.ts";

/** The header or headers that tell the request's id. */
export function requestIdHeaders(protocol: Protocol, requestId: string): Record<string, string> {
  if (protocol !== "restXml") return { "x-amzn-RequestId": requestId };
  return { "x-amz-request-id": requestId, "x-amz-id-2": hostIdOf(requestId) };
}

/** S3's second id, which says on AWS which host answered; here it says the same as the first. */
export function hostIdOf(requestId: string): string {
  return Buffer.from(`${requestId}:seatrial`, "utf8").toString("base64");
}

/** The content type of a protocol's bodies. */
export function contentTypeOf(protocol: Protocol): string {
  switch (protocol) {
    case "awsJson1_0":
      return "application/x-amz-json-1.0";
    case "awsJson1_1":
      return "application/x-amz-json-1.1";
    case "restJson1":
      return "application/json";
    case "restXml":
      return "application/xml";
    case "awsQuery":
      return "text/xml";
    case "rpcv2Cbor":
      return "application/cbor";
  }
}
