/**
 * What an OpenAPI 3.0 document says of an HTTP API (AWS page "Use OpenAPI definitions for HTTP APIs", "OpenAPI extensions for API Gateway"):
 * its routes with their integrations and authorizers, CORS, tags.
 */
import type { Cors } from "@aws-sdk/client-apigatewayv2";
import { badRequest } from "../errors.ts";
import type { IntegrationRow } from "../state.ts";
import { fieldsOf, flagOf, isFields, listOf, numberOf, textMapOf, textOf, textsOf, type Fields } from "./document.ts";
import { authorizersOf, guardOf, type AuthorizerPart, type Guard } from "./security.ts";
import { basePathOf, isEndpointDisabled, type BasePath } from "./servers.ts";

export type IntegrationPart = Omit<IntegrationRow, "IntegrationId">;

export interface RoutePart {
  readonly key: string;
  readonly operationName: string | undefined;
  /** Routes with the same shared one of `components` have one integration. */
  readonly integration: IntegrationPart | undefined;
  readonly guard: Guard;
}

export interface Definition {
  readonly name: string;
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly disableExecuteApiEndpoint: boolean | undefined;
  readonly cors: Cors | undefined;
  readonly tags: Record<string, string>;
  readonly routes: readonly RoutePart[];
  readonly authorizers: readonly AuthorizerPart[];
  readonly warnings: string[];
}

const METHODS = new Set(["delete", "get", "head", "options", "patch", "post", "put"]);
const ANY = "x-amazon-apigateway-any-method";

/** Raises BadRequestException for what cannot be an HTTP API. */
export function definitionOf(document: Fields, basePath: BasePath): Definition {
  const warnings: string[] = [];
  const info = fieldsOf(document, "info");
  const name = textOf(info, "title");
  if (name === undefined || name === "")
    badRequest("Invalid OpenAPI input: info.title is required, it is the API's name");
  const authorizers = authorizersOf(document, warnings);
  const prefix = basePathOf(document, basePath);
  const shared = new Map<string, IntegrationPart>();
  const routes = Object.entries(fieldsOf(document, "paths")).flatMap(([path, item]) =>
    !isFields(item)
      ? []
      : Object.entries(item).flatMap(([method, operation]): RoutePart[] => {
          if (!isFields(operation) || (method !== ANY && !METHODS.has(method.toLowerCase()))) return [];
          const key = keyOf(prefix, path, method);
          return [
            {
              key,
              operationName: textOf(operation, "operationId"),
              integration: integrationOf(document, operation, shared, key, warnings),
              guard: guardOf(document, operation, authorizers, key, warnings),
            },
          ];
        }),
  );
  return {
    name,
    version: textOf(info, "version"),
    description: textOf(info, "description"),
    disableExecuteApiEndpoint: isEndpointDisabled(document),
    cors: corsOf(document),
    tags: tagsOf(document),
    routes,
    authorizers,
    warnings,
  };
}

function keyOf(prefix: string, path: string, method: string): string {
  if (/^\/?\$default$/.test(path)) return "$default";
  return `${method === ANY ? "ANY" : method.toUpperCase()} ${prefix}${path}`;
}

function corsOf(document: Fields): Cors | undefined {
  const given = document["x-amazon-apigateway-cors"];
  if (!isFields(given)) return undefined;
  const cors: Cors = {
    AllowCredentials: flagOf(given, "allowCredentials"),
    AllowHeaders: textsOf(given, "allowHeaders"),
    AllowMethods: textsOf(given, "allowMethods"),
    AllowOrigins: textsOf(given, "allowOrigins"),
    ExposeHeaders: textsOf(given, "exposeHeaders"),
    MaxAge: numberOf(given, "maxAge"),
  };
  return Object.fromEntries(Object.entries(cors).filter(([, value]) => value !== undefined));
}

function tagsOf(document: Fields): Record<string, string> {
  const pairs = listOf(document, "tags").flatMap((tag): [string, string][] => {
    if (!isFields(tag)) return [];
    const [name, value] = [textOf(tag, "name"), textOf(tag, "x-amazon-apigateway-tag-value")];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(pairs);
}

const EXTENSION = "x-amazon-apigateway-integration";

function integrationOf(
  document: Fields,
  operation: Fields,
  shared: Map<string, IntegrationPart>,
  key: string,
  warnings: string[],
): IntegrationPart | undefined {
  const given = operation[EXTENSION];
  if (!isFields(given)) {
    warnings.push(`Route ${key} has no ${EXTENSION}: it is imported without a target`);
    return undefined;
  }
  const reference = textOf(given, "$ref");
  if (reference === undefined) return readIntegration(given);
  const known = shared.get(reference);
  if (known !== undefined) return known;
  const name = /^#\/components\/x-amazon-apigateway-integrations\/(.+)$/.exec(reference)?.[1] ?? "";
  const found = fieldsOf(fieldsOf(document, "components"), "x-amazon-apigateway-integrations")[name];
  if (!isFields(found)) badRequest(`Invalid OpenAPI input: ${reference} is not there`);
  const read = readIntegration(found);
  shared.set(reference, read);
  return read;
}

const TYPES: Readonly<Record<string, IntegrationPart["IntegrationType"]>> = {
  aws: "AWS",
  aws_proxy: "AWS_PROXY",
  http: "HTTP",
  http_proxy: "HTTP_PROXY",
  mock: "MOCK",
};

function readIntegration(given: Fields): IntegrationPart {
  const type = TYPES[(textOf(given, "type") ?? "").toLowerCase()];
  if (type === undefined) badRequest(`Invalid integration type specified: ${textOf(given, "type")}`);
  const responses = given["responseParameters"];
  const tls = textOf(fieldsOf(given, "tlsConfig"), "serverNameToVerify");
  const part: IntegrationPart = {
    IntegrationType: type,
    IntegrationUri: textOf(given, "uri"),
    IntegrationMethod: textOf(given, "httpMethod")?.toUpperCase().replace("X-AMAZON-APIGATEWAY-ANY-METHOD", "ANY"),
    IntegrationSubtype: textOf(given, "integrationSubtype"),
    PayloadFormatVersion: textOf(given, "payloadFormatVersion"),
    TimeoutInMillis: numberOf(given, "timeoutInMillis"),
    CredentialsArn: textOf(given, "credentials"),
    ConnectionId: textOf(given, "connectionId"),
    ConnectionType: textOf(given, "connectionType") === "VPC_LINK" ? "VPC_LINK" : undefined,
    Description: textOf(given, "description"),
    RequestParameters: textMapOf(given, "requestParameters"),
    ResponseParameters: isFields(responses)
      ? Object.fromEntries(Object.keys(responses).map((status) => [status, textMapOf(responses, status) ?? {}]))
      : undefined,
    TlsConfig: tls === undefined ? undefined : { ServerNameToVerify: tls },
  };
  return part;
}
