/** An HTTP API as an OpenAPI 3.0 document (AWS page "Export an HTTP API"): what an import makes the same API of. */
import { ENDPOINT_EXTENSION } from "./servers.ts";
import type { ApiRow, AuthorizerRow, IntegrationRow, RouteRow, Snapshot } from "../state.ts";

type Json = Record<string, unknown>;

/** `extended` with the `x-amazon-apigateway-…` members. */
export function documentOf(api: ApiRow, snapshot: Snapshot, serverUrl: string, extended: boolean): Json {
  const { authorizers, cors, integrations, routes } = snapshot;
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const { path, method } = placeOf(route.RouteKey);
    const item = (paths[path] ??= {});
    item[method] = operationOf(route, integrations, authorizers, extended);
  }
  return pruned({
    openapi: "3.0.1",
    info: {
      title: api.Name,
      description: api.Description,
      version: api.Version ?? new Date(api.createdAt).toISOString(),
    },
    servers: [
      {
        url: serverUrl,
        [ENDPOINT_EXTENSION]:
          extended && api.DisableExecuteApiEndpoint === true ? { disableExecuteApiEndpoint: true } : undefined,
      },
    ],
    tags: extended ? tagsOf(api) : undefined,
    paths,
    components:
      extended && authorizers.length > 0
        ? { securitySchemes: Object.fromEntries(authorizers.map((one) => [one.Name, schemeOf(one)])) }
        : undefined,
    ...(extended
      ? { "x-amazon-apigateway-cors": cors && lowered({ ...cors }), "x-amazon-apigateway-importexport-version": "1.0" }
      : {}),
  });
}

function placeOf(key: string): { readonly path: string; readonly method: string } {
  if (key === "$default") return { path: "/$default", method: "x-amazon-apigateway-any-method" };
  const [method = "", path = ""] = key.split(" ");
  return { path, method: method === "ANY" ? "x-amazon-apigateway-any-method" : method.toLowerCase() };
}

function operationOf(
  route: RouteRow,
  integrations: readonly IntegrationRow[],
  authorizers: readonly AuthorizerRow[],
  extended: boolean,
): Json {
  const integration = integrations.find(({ IntegrationId }) => route.Target === `integrations/${IntegrationId}`);
  const authorizer = authorizers.find(({ AuthorizerId }) => AuthorizerId === route.AuthorizerId);
  const parameters = [...route.RouteKey.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => ({
    name,
    in: "path",
    description: `Generated path parameter for ${name}`,
    required: true,
    schema: { type: "string" },
  }));
  const security = extended && authorizer !== undefined;
  return {
    operationId: route.OperationName,
    parameters: parameters.length === 0 ? undefined : parameters,
    responses: { default: { description: `Default response for ${route.RouteKey}` } },
    security: security ? [{ [authorizer.Name]: route.AuthorizationScopes ?? [] }] : undefined,
    ...(extended
      ? {
          isDefaultRoute: route.RouteKey === "$default" ? true : undefined,
          "x-amazon-apigateway-auth": route.AuthorizationType === "AWS_IAM" ? { type: "AWS_IAM" } : undefined,
          "x-amazon-apigateway-integration": integration && integrationOf(integration),
        }
      : {}),
  };
}

function integrationOf(row: IntegrationRow): Json {
  return {
    payloadFormatVersion: row.PayloadFormatVersion,
    type: row.IntegrationType?.toLowerCase(),
    httpMethod: row.IntegrationMethod,
    uri: row.IntegrationUri,
    connectionType: row.ConnectionType,
    credentials: row.CredentialsArn,
    description: row.Description,
    requestParameters: row.RequestParameters,
    responseParameters: row.ResponseParameters,
    timeoutInMillis: row.TimeoutInMillis,
    tlsConfig: row.TlsConfig && lowered({ ...row.TlsConfig }),
  };
}

function schemeOf(row: AuthorizerRow): Json {
  const [source = ""] = row.IdentitySource ?? [];
  if (row.AuthorizerType === "JWT") {
    return {
      type: "oauth2",
      flows: {},
      "x-amazon-apigateway-authorizer": {
        identitySource: source,
        jwtConfiguration: { audience: row.JwtConfiguration?.Audience, issuer: row.JwtConfiguration?.Issuer },
        type: "jwt",
      },
    };
  }
  return {
    type: "apiKey",
    in: source.startsWith("$request.querystring.") ? "query" : "header",
    name: source.split(".").at(-1) || "Unused",
    "x-amazon-apigateway-authorizer": {
      type: "request",
      identitySource: (row.IdentitySource ?? []).join(","),
      authorizerUri: row.AuthorizerUri,
      authorizerCredentials: row.AuthorizerCredentialsArn,
      authorizerPayloadFormatVersion: row.AuthorizerPayloadFormatVersion,
      authorizerResultTtlInSeconds: row.AuthorizerResultTtlInSeconds,
      enableSimpleResponses: row.EnableSimpleResponses,
    },
  };
}

function tagsOf({ Tags = {} }: ApiRow): Json[] | undefined {
  const tags = Object.entries(Tags).map(([name, value]) => ({ name, "x-amazon-apigateway-tag-value": value }));
  return tags.length === 0 ? undefined : tags;
}

/** The members' names begin in lower case in a document. */
function lowered(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name[0]?.toLowerCase() + name.slice(1), value]),
  );
}

function pruned(fields: Json): Json {
  const text = JSON.stringify(fields);
  const read: Json = JSON.parse(text);
  return read;
}
