/** Real HTTP: what HTTP and HTTP_PROXY integrations fetch from outside. */
import { queryValues, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault, misconfigured } from "./fault.ts";
import { arriving } from "./proxy-event.ts";
import { requestValues } from "./parameters.ts";
import { addHeader, type Reply } from "./reply.ts";
import { withVariables } from "./target.ts";

/** The answer of an endpoint as it came. */
export interface Fetched {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly timeoutMs: number;
}

/** Asked by nobody's client: the connection's own headers, and what fetch sets itself. */
const NOT_SENT = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "expect",
  "upgrade",
  "te",
  "trailer",
  "accept-encoding",
]);

/** Raises GatewayFault: 504 where nobody answers, or not in time. */
export async function fetched(
  exchange: Exchange,
  { url, method, headers, body, timeoutMs }: Outgoing,
): Promise<Fetched> {
  const { lines } = exchange;
  let target: URL;
  try {
    target = new URL(url);
  } catch {
    lines.push(`Execution failed due to configuration error: Invalid endpoint address ${url}`);
    return misconfigured();
  }
  const sent = new Headers();
  for (const [name, value] of headers) if (!NOT_SENT.has(name.toLowerCase())) sent.append(name, value);
  try {
    const response = await fetch(target, {
      method,
      headers: sent,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
    });
    return { status: response.status, headers: [...response.headers], body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") {
      throw new GatewayFault("INTEGRATION_TIMEOUT", "Endpoint request timed out");
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    lines.push(`Execution failed due to a network error communicating with endpoint: ${cause}`);
    throw new GatewayFault("INTEGRATION_FAILURE", "Network error communicating with endpoint");
  }
}

/** HTTP_PROXY: request and reply are handed through, but for what the integration's parameters set. */
export async function integrateHttpProxy(exchange: Exchange, route: Route): Promise<Reply> {
  const { incoming, variables } = exchange;
  const { methodIntegration = {} } = route.method;
  const method =
    methodIntegration.httpMethod === "ANY" || methodIntegration.httpMethod === undefined
      ? incoming.method
      : methodIntegration.httpMethod;
  const values = requestValues(exchange, route);
  const query = { ...queryValues(incoming.query), ...values.querystring };
  const own = Object.entries(values.header);
  const set = new Set(own.map(([name]) => name.toLowerCase()));
  const headers = [
    ...[...arriving(incoming, exchange.traceHeader)].filter(([name]) => !set.has(name.toLowerCase())),
    ...own.flatMap(([name, all]) => all.map((value) => [name, value] as const)),
  ];
  const response = await fetched(exchange, {
    url: endpointUrl(
      withVariables(methodIntegration.uri ?? "", variables),
      { ...route.parameters, ...values.path },
      query,
    ),
    method,
    headers,
    body: incoming.body,
    timeoutMs: methodIntegration.timeoutInMillis ?? 29_000,
  });
  exchange.integration = { status: response.status, latencyMs: 0 };
  return handedThrough(response);
}

function handedThrough({ status, headers: given, body }: Fetched): Reply {
  const headers = new Map<string, string[]>();
  for (const [name, value] of given) {
    // fetch has opened what came compressed.
    if (name === "content-encoding") continue;
    addHeader(headers, name, [...(headers.get(name) ?? []), value]);
  }
  return { status, headers, body };
}

/** The endpoint with path parameters (`{id}`, `{proxy}`) and query filled in. */
export function endpointUrl(
  uri: string,
  path: Readonly<Record<string, string>>,
  query: Readonly<Record<string, readonly string[]>>,
): string {
  const whole = uri.replaceAll(/\{([^}+]+)\+?\}/g, (_, name: string) =>
    (path[name] ?? "").split("/").map(encodeURIComponent).join("/"),
  );
  const search = new URLSearchParams();
  for (const [name, all] of Object.entries(query)) for (const value of all) search.append(name, value);
  if (search.size === 0) return whole;
  return whole + (whole.includes("?") ? "&" : "?") + search.toString();
}

/** For templates and selection: the type of a body that came. */
export function typeOf(headers: Fetched["headers"]): string | undefined {
  return headers.find(([name]) => name === "content-type")?.[1];
}
