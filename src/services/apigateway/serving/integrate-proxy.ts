/** AWS_PROXY: the function is given the whole request and answers the whole reply. */
import { isJson } from "../openapi/document.ts";
import { headerOf, methodArn, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import { callFunction, functionArnOf } from "./lambda.ts";
import { isBinary, proxyEvent } from "./proxy-event.ts";
import { addHeader, hasHeader, type Reply } from "./reply.ts";
import type { Roles } from "./roles.ts";
import { unknownTarget, withVariables } from "./target.ts";

export async function integrateProxy(exchange: Exchange, route: Route, roles: Roles): Promise<Reply> {
  const { context, caller, lines } = exchange;
  const { methodIntegration = {} } = route.method;
  const uri = withVariables(methodIntegration.uri ?? "", exchange.variables);
  const functionArn = functionArnOf(uri);
  if (functionArn === undefined) return unknownTarget(exchange, uri);
  const { payload, functionError } = await callFunction(
    context,
    roles,
    {
      functionArn,
      payload: proxyEvent(exchange),
      sourceArn: methodArn(exchange, route.resource.path),
      credentials: methodIntegration.credentials,
      caller,
      timeoutMs: methodIntegration.timeoutInMillis ?? 29_000,
    },
    (line) => void lines.push(line),
  );
  if (functionError !== undefined) {
    lines.push(`Lambda execution failed with status 200 due to customer function error: ${payload}`);
    return malformed(exchange);
  }
  return readReply(exchange, payload) ?? malformed(exchange);
}

function malformed({ lines }: Exchange): never {
  lines.push("Execution failed due to configuration error: Malformed Lambda proxy response");
  throw new GatewayFault("API_CONFIGURATION_ERROR", "Internal server error", { status: 502 });
}

/** Beside these and `isBase64Encoded` a reply must have nothing (AWS page "Output format of a Lambda function for proxy integration"). */
const MEMBERS = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

/** Undefined for what is no reply. */
function readReply({ served, incoming }: Exchange, payload: string): Reply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!isJson(value) || Object.keys(value).some((name) => !MEMBERS.has(name))) return undefined;
  const status = Number(value["statusCode"] ?? 200);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const headers = new Map<string, string[]>();
  const { headers: single = {}, multiValueHeaders: several = {}, body = "", isBase64Encoded } = value;
  if ((!isJson(single) && single !== null) || (!isJson(several) && several !== null)) return undefined;
  for (const [name, one] of Object.entries(single ?? {})) {
    if (one !== null) addHeader(headers, name, [String(one)]);
  }
  for (const [name, all] of Object.entries(several ?? {})) {
    if (!Array.isArray(all)) return undefined;
    addHeader(headers, name, [...all.map(String), ...singleBeside(single ?? {}, name, all)]);
  }
  if (body !== null && typeof body !== "string") return undefined;
  if (!hasHeader(headers, "content-type")) headers.set("Content-Type", ["application/json"]);
  const { binaryMediaTypes } = served.snapshot;
  // Base64 is decoded where the client asks for a binary type, or the reply is of one.
  const asked = headerOf(incoming, "accept")?.split(",")[0];
  const [type] = [...headers].find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? [];
  const decodes = isBase64Encoded === true && (isBinary(binaryMediaTypes, asked) || isBinary(binaryMediaTypes, type));
  return { status, headers, body: Buffer.from(body ?? "", decodes ? "base64" : "utf8") };
}

/** "If you specify values for both headers and multiValueHeaders, API Gateway merges them". */
function singleBeside(single: Readonly<Record<string, unknown>>, name: string, all: readonly unknown[]): string[] {
  const one = Object.entries(single).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return one === undefined || one === null || all.map(String).includes(String(one)) ? [] : [String(one)];
}
