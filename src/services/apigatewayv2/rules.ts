/** What may be a route, an integration, an authorizer, a stage: pure decisions, in AWS's words. */
import type { Cors } from "@aws-sdk/client-apigatewayv2";
import { badRequest, unsupported } from "./errors.ts";
import { functionOfUri } from "./names.ts";
import type { AuthorizerRow, IntegrationRow, StageRow } from "./state.ts";

const METHODS = new Set(["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/** Raises BadRequestException for what is neither `$default` nor a method and a path. */
export function checkRouteKey(key: string): void {
  if (key === "$default") return;
  const [, method = "", path = ""] = /^(\S+) (\/\S*)$/.exec(key) ?? [];
  if (!METHODS.has(method) || !isPath(path)) {
    badRequest(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    );
  }
}

/** Variables are whole segments, the greedy one the last. */
function isPath(path: string): boolean {
  const parts = path.slice(1).split("/");
  return parts.every((part, index) => {
    if (!part.includes("{") && !part.includes("}"))
      return part !== "" || parts.length === 1 || index === parts.length - 1;
    const [, greedy] = /^\{[\w.:-]+(\+?)\}$/.exec(part) ?? [];
    return greedy === "" || (greedy === "+" && index === parts.length - 1);
  });
}

const SOCKETS_ONLY = [
  "ContentHandlingStrategy",
  "PassthroughBehavior",
  "RequestTemplates",
  "TemplateSelectionExpression",
] as const;

/** What an integration is where nothing is said of it. Raises BadRequestException, and NotImplemented for what is not there. */
export function completeIntegration(
  given: Omit<IntegrationRow, "IntegrationId">,
): Omit<IntegrationRow, "IntegrationId"> {
  const { IntegrationType: type, IntegrationUri: uri = "" } = given;
  if (type !== "AWS_PROXY" && type !== "HTTP_PROXY") {
    badRequest(
      "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
    );
  }
  for (const name of SOCKETS_ONLY) {
    if (given[name] !== undefined) badRequest(`${name} is not supported for HTTP APIs`);
  }
  if (given.IntegrationSubtype !== undefined) {
    unsupported(
      `the integration subtype ${given.IntegrationSubtype}`,
      "its service is not there; call it from a function",
    );
  }
  if (given.ConnectionType === "VPC_LINK" || given.ConnectionId !== undefined) {
    unsupported("VPC links", "there is no VPC; an integration's URL may be any that this machine reaches");
  }
  const version = given.PayloadFormatVersion ?? "1.0";
  if (version !== "1.0" && !(version === "2.0" && type === "AWS_PROXY")) {
    badRequest(`Unsupported payload format version ${version} for integration type ${type}`);
  }
  checkUri(type, uri);
  checkParameters(given);
  const IntegrationMethod = type === "AWS_PROXY" ? (given.IntegrationMethod ?? "POST") : given.IntegrationMethod;
  if (IntegrationMethod === undefined) badRequest("HttpMethod is required for integration type HTTP_PROXY");
  return {
    ...given,
    ConnectionType: "INTERNET",
    IntegrationMethod,
    PayloadFormatVersion: version,
    TimeoutInMillis: given.TimeoutInMillis ?? 30_000,
  };
}

function checkUri(type: string, uri: string): void {
  if (uri.includes("${stageVariables.")) return;
  if (type === "AWS_PROXY" && functionOfUri(uri) === undefined) {
    badRequest("For AWS_PROXY integrations the integration URI must be the ARN of a Lambda function");
  }
  if (type === "HTTP_PROXY" && !/^https?:\/\/[^/]+/.test(uri)) badRequest("Invalid HTTP endpoint specified for URI");
}

/** AWS page "Transform API requests and responses for HTTP APIs", "Reserved headers". */
const RESERVED =
  /^(access-control-|apigw-|authorization$|connection$|content-encoding$|content-length$|content-location$|forwarded$|keep-alive$|origin$|proxy-authenticate$|proxy-authorization$|te$|trailers$|transfer-encoding$|upgrade$|x-amz-|x-amzn-|x-forwarded-for$|x-forwarded-host$|x-forwarded-proto$|via$)/i;

function checkParameters({ RequestParameters = {}, ResponseParameters = {} }: Partial<IntegrationRow>): void {
  for (const key of Object.keys(RequestParameters)) {
    const known = /^(append|overwrite|remove):(header|querystring)\.(.+)$/.exec(key);
    if (known === null && key !== "overwrite:path") badRequest(`Invalid mapping expression specified: ${key}`);
    if (known?.[2] === "header" && RESERVED.test(known[3] ?? "")) {
      badRequest(
        `Invalid mapping expression parameter specified: ${key}. Operations on header ${known[3]} are restricted`,
      );
    }
  }
  for (const [status, mappings] of Object.entries(ResponseParameters)) {
    if (!/^[2-5]\d\d$/.test(status)) badRequest(`Invalid status code specified: ${status}`);
    for (const key of Object.keys(mappings)) {
      const known = /^(append|overwrite|remove):header\.(.+)$/.exec(key);
      if (known === null && key !== "overwrite:statuscode") badRequest(`Invalid mapping expression specified: ${key}`);
      if (RESERVED.test(known?.[2] ?? "")) {
        badRequest(
          `Invalid mapping expression parameter specified: ${key}. Operations on header ${known?.[2]} are restricted`,
        );
      }
    }
  }
}

/** What an authorizer is where nothing is said of it. Raises BadRequestException. */
export function completeAuthorizer(given: Omit<AuthorizerRow, "AuthorizerId">): Omit<AuthorizerRow, "AuthorizerId"> {
  if (given.AuthorizerType === "JWT") {
    const { JwtConfiguration: jwt, IdentitySource: sources = [] } = given;
    if (jwt?.Issuer === undefined || jwt.Issuer === "") badRequest("Issuer is required for JWT authorizers");
    if ((jwt.Audience ?? []).length === 0) badRequest("Audience is required for JWT authorizers");
    if (sources.length !== 1) badRequest("JWT authorizers must have exactly one identity source");
    checkSources(sources);
    return given;
  }
  if (functionOfUri(given.AuthorizerUri ?? "") === undefined) badRequest("Invalid Authorizer URI specified");
  const version = given.AuthorizerPayloadFormatVersion;
  if (version !== "1.0" && version !== "2.0") {
    badRequest("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer: 1.0 or 2.0");
  }
  if (given.EnableSimpleResponses === true && version === "1.0") {
    badRequest("EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0");
  }
  const { IdentitySource: sources = [], AuthorizerResultTtlInSeconds: ttl = 0 } = given;
  if (ttl > 0 && sources.length === 0) badRequest("An identity source is required when authorizer caching is enabled");
  checkSources(sources);
  return {
    ...given,
    AuthorizerResultTtlInSeconds: ttl,
    EnableSimpleResponses: given.EnableSimpleResponses ?? false,
  };
}

function checkSources(sources: readonly string[]): void {
  for (const source of sources) {
    if (!/^\$(request\.(header|querystring)\.\S+|context\.\S+|stageVariables\.\S+)$/.test(source)) {
      badRequest(`Invalid identity source specified: ${source}`);
    }
  }
}

export function checkCors({ AllowCredentials, AllowOrigins = [] }: Cors): void {
  if (AllowCredentials === true && AllowOrigins.includes("*")) {
    badRequest("Unable to set CORS: allow-credentials is not supported when allow-origins is *");
  }
  for (const origin of AllowOrigins) {
    if (origin !== "*" && !/^([\w+.-]+:\/\/)[^\s/]+$/.test(origin)) badRequest(`Invalid format for origin ${origin}`);
  }
}

/** Raises BadRequestException for a name that no stage can have. */
export function checkStageName(name: string): void {
  if (name === "$default" || /^[\w-]+$/.test(name)) return;
  badRequest("Stage name only allows a-zA-Z0-9_-, or $default");
}

/** Stage settings that this kind of API does not have. */
export function checkStage({ ClientCertificateId, DefaultRouteSettings, RouteSettings = {} }: Partial<StageRow>): void {
  if (ClientCertificateId !== undefined) badRequest("ClientCertificateId is not supported for HTTP APIs");
  for (const settings of [DefaultRouteSettings, ...Object.values(RouteSettings)]) {
    const { LoggingLevel, DataTraceEnabled } = settings ?? {};
    if ((LoggingLevel !== undefined && LoggingLevel !== "OFF") || DataTraceEnabled === true) {
      badRequest("Execution logs are not supported on protocolType HTTP");
    }
  }
}
