/** HTTP_PROXY: another server answers. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { multiValueHeaders } from "../../../languages/proxy/request.ts";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import { refuse } from "./answer.ts";
import { mapRequest } from "./mapping.ts";
import { within } from "./time-limit.ts";
import { withStageVariables } from "./variables.ts";
import type { Visit } from "./visit.ts";

/** AWS page "Quotas for configuring and running an HTTP API": payload size, in bytes. */
const MOST_BYTES = 10 * 2 ** 20;

export async function callServer(visit: Visit, body: Uint8Array): Promise<ProxyReply> {
  const { IntegrationMethod = "ANY", TimeoutInMillis = 30_000 } = visit.integration ?? {};
  const { visit: mapped, path } = mapRequest(visit, body);
  const url = urlOf(mapped, path);
  if (url === undefined) return failed(visit, 500, "Internal Server Error", "Invalid endpoint address");
  const method = IntegrationMethod === "ANY" ? visit.request.method : IntegrationMethod;
  const abort = new AbortController();
  try {
    const options = { method, headers: headersFor(mapped, url, body), signal: abort.signal };
    const reply = await within(TimeoutInMillis, exchange(url, options, body));
    if (reply === undefined) {
      abort.abort();
      return failed(visit, 504, "Gateway Timeout", "Endpoint request timed out");
    }
    visit.integrated.integrationStatus = reply.status;
    visit.integrated.status = reply.status;
    return reply;
  } catch (error) {
    return failed(visit, 503, "Service Unavailable", error instanceof Error ? error.message : String(error));
  }
}

/** The integration's URI with the route's variables; the catch-all route hands its path on. */
function urlOf(visit: Visit, overwritten: string | undefined): URL | undefined {
  const uri = withStageVariables(visit.integration?.IntegrationUri ?? "", visit).replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => (visit.pathParameters?.[name] ?? "").split("/").map(encodeURIComponent).join("/"),
  );
  if (!URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (overwritten !== undefined) url.pathname = overwritten;
  else if (visit.route?.RouteKey === "$default") url.pathname = url.pathname.replace(/\/$/, "") + visit.path;
  const query = [url.search.slice(1), visit.request.query].filter((part) => part !== "").join("&");
  url.search = query;
  return url;
}

function headersFor(visit: Visit, url: URL, body: Uint8Array): Record<string, string | string[]> {
  const { host, "content-length": _, ...others } = visit.multiValueHeaders;
  const headers = Object.fromEntries(Object.entries(others).map(([name, values]) => [name, [...values]]));
  // A mapping may have set the host; the API's own name is not the server's.
  const [given] = host ?? [];
  const forwarded = `by=127.0.0.1;for=${visit.sourceIp};host=${visit.domainName};proto=http`;
  return {
    ...headers,
    host: given === undefined || given === visit.domainName ? url.host : given,
    forwarded,
    ...(body.length === 0 && /^(GET|HEAD|OPTIONS|DELETE)$/.test(visit.request.method)
      ? {}
      : { "content-length": String(body.length) }),
  };
}

function exchange(url: URL, options: RequestOptions, body: Uint8Array): Promise<ProxyReply> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const outgoing = send(url, options, (incoming) => {
      read(incoming).then(resolve, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function read(incoming: IncomingMessage): Promise<ProxyReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new Error("The integration's response is larger than 10 MB");
    chunks.push(bytes);
  }
  const headers = new Map(Object.entries(multiValueHeaders(incoming.rawHeaders)));
  return { status: incoming.statusCode ?? 502, headers, body: Buffer.concat(chunks) };
}

function failed(visit: Visit, status: number, message: string, why: string): ProxyReply {
  visit.integrated.error = why;
  return refuse(visit, status, message, { type: status === 504 ? "INTEGRATION_TIMEOUT" : "INTEGRATION_FAILURE" });
}
