/** The event of a Lambda proxy integration, format 1.0 (AWS page "Set up Lambda proxy integrations in API Gateway"), and its parts. */
import { headerOf, queryValues, type Exchange, type Incoming } from "./exchange.ts";
import { contextVariables } from "./context-variables.ts";

/** The event as text. */
export function proxyEvent(exchange: Exchange): string {
  const { incoming } = exchange;
  const { body } = incoming;
  const isBase64Encoded =
    body.length > 0 && isBinary(exchange.served.snapshot.binaryMediaTypes, headerOf(incoming, "content-type"));
  return JSON.stringify({
    ...requestParts(exchange),
    requestContext: requestContext(exchange),
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  });
}

/** What the proxy event and a REQUEST authorizer's event have in common. */
export function requestParts(exchange: Exchange) {
  const { incoming, route, variables } = exchange;
  const query = queryValues(incoming.query);
  const parameters = route?.parameters ?? {};
  return {
    resource: route?.resource.path ?? null,
    path: incoming.eventPath ?? incoming.path,
    httpMethod: incoming.method,
    ...headersOf(exchange),
    queryStringParameters: nullIfEmpty(lasts(query)),
    multiValueQueryStringParameters: nullIfEmpty(query),
    pathParameters: nullIfEmpty(parameters),
    stageVariables: nullIfEmpty(variables),
  };
}

function headersOf({ incoming, traceHeader }: Exchange) {
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of arriving(incoming, traceHeader)) (multiValueHeaders[name] ??= []).push(value);
  return { headers: nullIfEmpty(lasts(multiValueHeaders)), multiValueHeaders: nullIfEmpty(multiValueHeaders) };
}

const NOT_PASSED = new Set(["connection", "host", "transfer-encoding", "x-amzn-trace-id", "content-length", "expect"]);

/** The headers with those that API Gateway sets itself. */
export function* arriving(incoming: Incoming, traceHeader: string): Iterable<readonly [string, string]> {
  let forwarded = incoming.sourceIp;
  for (const [name, value] of incoming.headers) {
    const lower = name.toLowerCase();
    if (lower === "x-forwarded-for") forwarded = `${value}, ${incoming.sourceIp}`;
    else if (!NOT_PASSED.has(lower) && !lower.startsWith("x-forwarded-p")) yield [name, value];
  }
  const host = headerOf(incoming, "host") ?? incoming.domainName;
  yield ["Host", host];
  yield ["X-Amzn-Trace-Id", traceHeader];
  yield ["X-Forwarded-For", forwarded];
  yield ["X-Forwarded-Port", /:(\d+)$/.exec(host)?.[1] ?? "80"];
  yield ["X-Forwarded-Proto", "http"];
}

/** `requestContext` of the proxy event. */
export function requestContext(exchange: Exchange): Record<string, unknown> {
  const facts = contextVariables(exchange);
  const { authorized } = exchange;
  const { resourceId, resourcePath, httpMethod, extendedRequestId, requestTime, path, accountId, protocol } = facts;
  const { stage, domainPrefix, requestTimeEpoch, requestId, identity, domainName, deploymentId, apiId } = facts;
  return {
    resourceId,
    ...(authorized === undefined
      ? {}
      : {
          authorizer:
            authorized.claims === undefined
              ? { ...authorized.context, principalId: authorized.principalId, integrationLatency: authorized.latencyMs }
              : { claims: authorized.claims },
        }),
    resourcePath,
    httpMethod,
    extendedRequestId,
    requestTime,
    path,
    accountId,
    protocol,
    stage,
    domainPrefix,
    requestTimeEpoch,
    requestId,
    identity,
    domainName,
    deploymentId,
    apiId,
    ...(facts["isCanaryRequest"] === undefined ? {} : { isCanaryRequest: facts["isCanaryRequest"] }),
  };
}

/** Whether a type is among the API's binary ones, which may have wildcards (AWS page "Working with binary media types for REST APIs"). */
export function isBinary(types: readonly string[], contentType: string | undefined): boolean {
  if (types.length === 0) return false;
  if (types.includes("*/*")) return true;
  const given = (contentType?.split(";")[0] ?? "").trim().toLowerCase();
  return types.some((type) => type.toLowerCase() === given);
}

function lasts(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ""]));
}

function nullIfEmpty<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}
