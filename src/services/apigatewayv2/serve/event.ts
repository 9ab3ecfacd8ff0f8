/**
 * What functions are told of a request: payload formats 2.0 and 1.0 (AWS page "Create AWS Lambda proxy integrations for HTTP APIs"), to integrations and,
 * without a body, to authorizers.
 */
import { commonLogTime, isText, multiValueParameters } from "../../../languages/proxy/request.ts";
import { iamIdentity } from "../../../service.ts";
import type { Visit } from "./visit.ts";

type Json = Record<string, unknown>;

/** The event of an integration as text. */
export function integrationEvent(visit: Visit, body: Uint8Array): string {
  const version = visit.integration?.PayloadFormatVersion;
  const event = version === "2.0" ? version2(visit) : version1(visit);
  const text = isText(visit.headers["content-type"]);
  const content = body.length === 0 ? undefined : Buffer.from(body).toString(text ? "utf8" : "base64");
  return JSON.stringify({
    ...event,
    ...(content === undefined && version === "2.0" ? {} : { body: content ?? null }),
    isBase64Encoded: content !== undefined && !text,
  });
}

/** Format 2.0 but for the body; `routeArn` and the rest of an authorizer's event are the authorizer's. */
export function version2(visit: Visit): Json {
  const { api, context, request, route, stage } = visit;
  const parameters = multiValueParameters(request.query);
  const { cookie, ...headers } = visit.headers;
  const cookies = cookie?.split(/;\s*|,\s*(?=[^;=]+=)/).filter((one) => one !== "");
  const variables = stage.StageVariables ?? {};
  return {
    version: "2.0",
    routeKey: route?.RouteKey,
    rawPath: visit.rawPath,
    rawQueryString: request.query,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(parameters === undefined ? {} : { queryStringParameters: joined(parameters) }),
    requestContext: {
      accountId: context.account,
      apiId: api.ApiId,
      ...authorizer2(visit),
      domainName: visit.domainName,
      domainPrefix: visit.domainName.split(".")[0],
      http: {
        method: request.method,
        path: visit.rawPath,
        protocol: "HTTP/1.1",
        sourceIp: visit.sourceIp,
        userAgent: visit.headers["user-agent"] ?? "",
      },
      requestId: visit.requestId,
      routeKey: route?.RouteKey,
      stage: stage.StageName,
      time: commonLogTime(visit.receivedAt),
      timeEpoch: visit.receivedAt,
    },
    ...(visit.pathParameters === undefined ? {} : { pathParameters: visit.pathParameters }),
    ...(Object.keys(variables).length === 0 ? {} : { stageVariables: variables }),
  };
}

function joined(parameters: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values.join(",")]));
}

function authorizer2({ authorized }: Visit): Json {
  switch (authorized?.type) {
    case undefined:
      return {};
    case "jwt":
      return { authorizer: { jwt: { claims: authorized.claims, scopes: authorized.scopes } } };
    case "lambda":
      return { authorizer: { lambda: authorized.values } };
    case "iam":
      return { authorizer: { iam: iamIdentity(authorized.caller) } };
  }
}

/** Format 1.0 but for the body. */
export function version1(visit: Visit): Json {
  const { api, context, request, route, stage } = visit;
  const resource = resourceOf(visit);
  const parameters = multiValueParameters(request.query);
  const last = (values: readonly string[]): string => values.at(-1) ?? "";
  const single = (multiple: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
    Object.fromEntries(Object.entries(multiple).map(([name, values]) => [name, last(values)]));
  const variables = stage.StageVariables ?? {};
  // With a domain name the path has the mapping's key, which rawPath does not.
  const path = visit.mappingKey ? `/${visit.mappingKey}${visit.rawPath}` : visit.rawPath;
  return {
    version: "1.0",
    resource,
    path,
    httpMethod: request.method,
    headers: single(visit.multiValueHeaders),
    multiValueHeaders: visit.multiValueHeaders,
    queryStringParameters: parameters === undefined ? null : single(parameters),
    multiValueQueryStringParameters: parameters ?? null,
    requestContext: {
      accountId: context.account,
      apiId: api.ApiId,
      ...authorizer1(visit),
      domainName: visit.domainName,
      domainPrefix: visit.domainName.split(".")[0],
      extendedRequestId: visit.requestId,
      httpMethod: request.method,
      identity: identity1(visit),
      path,
      protocol: "HTTP/1.1",
      requestId: visit.requestId,
      requestTime: commonLogTime(visit.receivedAt),
      requestTimeEpoch: visit.receivedAt,
      resourceId: route?.RouteKey,
      resourcePath: resource,
      stage: stage.StageName,
    },
    pathParameters: visit.pathParameters ?? null,
    stageVariables: Object.keys(variables).length === 0 ? null : variables,
  };
}

/** The route's path, `$default` for that route. */
export function resourceOf({ route }: Visit): string {
  const key = route?.RouteKey ?? "";
  return key.slice(key.indexOf(" ") + 1);
}

function authorizer1({ authorized }: Visit): Json {
  switch (authorized?.type) {
    case undefined:
    case "iam":
      return {};
    case "jwt":
      return { authorizer: { claims: authorized.claims, scopes: authorized.scopes } };
    case "lambda": {
      const { principalId, values } = authorized;
      return { authorizer: { ...values, ...(principalId === undefined ? {} : { principalId }) } };
    }
  }
}

function identity1({ authorized, headers, sourceIp }: Visit): Json {
  const caller = authorized?.type === "iam" ? authorized.caller : undefined;
  const id = caller === undefined ? null : "userId" in caller ? caller.userId : caller.account;
  return {
    accessKey: caller !== undefined && "accessKeyId" in caller ? caller.accessKeyId : null,
    accountId: caller?.account ?? null,
    caller: id,
    cognitoAmr: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: id,
    userAgent: headers["user-agent"] ?? "",
    userArn: caller?.arn ?? null,
  };
}
