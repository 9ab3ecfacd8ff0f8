/** API Gateway's own replies (AWS page "Troubleshooting issues with HTTP APIs"). */
import { flatHeaders, type ProxyReply } from "../../../languages/proxy/reply.ts";
import type { HttpReply } from "../../../service.ts";
import type { Visit } from "./visit.ts";

/** Headers that are the gateway's own matter. */
const HELD = new Set(["apigw-requestid", "connection", "content-length", "date", "keep-alive", "transfer-encoding"]);

export const NOT_FOUND = "Not Found";

/** A refusal, noted for the access log. `type` is a gateway response type, such as `UNAUTHORIZED`. */
export function refuse(
  visit: Visit,
  status: number,
  message: string,
  {
    type = "DEFAULT",
    headers = {},
    authorizer,
  }: { type?: string; headers?: Record<string, string>; authorizer?: string } = {},
): ProxyReply {
  visit.failure = { message, type, ...(authorizer === undefined ? {} : { authorizer }) };
  return plain(status, message, headers);
}

export function plain(status: number, message: string, headers: Readonly<Record<string, string>> = {}): ProxyReply {
  const all = Object.entries({ "content-type": "application/json", ...headers });
  return {
    status,
    headers: new Map(all.map(([name, value]) => [name, [value]])),
    body: JSON.stringify({ message }),
  };
}

/** As it goes out. */
export function asHttp({ status, headers, body }: ProxyReply, requestId: string): HttpReply {
  return { status, headers: { ...flatHeaders(headers, HELD), "apigw-requestid": requestId }, body };
}
