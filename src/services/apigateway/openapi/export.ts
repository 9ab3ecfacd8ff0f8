/** A deployed API as an OpenAPI document (AWS page "Export a REST API from API Gateway"). */
import type { ApiRow, Authorizer, Definition, Integration, Method, Snapshot } from "../state.ts";
import type { Json } from "./document.ts";

export interface ExportRequest {
  readonly api: ApiRow;
  readonly snapshot: Snapshot;
  readonly stageName: string;
  readonly exportType: "oas30" | "swagger";
  /** `integrations` or `apigateway`: with those of AWS's extensions; `authorizers`: with authorizers alone. */
  readonly extensions: readonly string[];
  readonly region: string;
}

export function exportDocument(request: ExportRequest): Json {
  const { api, snapshot, stageName, exportType, region } = request;
  const { definition } = snapshot;
  const host = `${api.id}.execute-api.${region}.amazonaws.com`;
  const info = { title: api.name, description: api.description, version: api.version ?? iso(api.createdAt) };
  const paths = Object.fromEntries(
    Object.values(definition.resources)
      .filter(({ methods }) => Object.keys(methods).length > 0)
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, methods }) => [path, pathItem(request, path, methods)]),
  );
  const whole = request.extensions.includes("integrations") || request.extensions.includes("apigateway");
  const extensions = whole ? apiExtensions(snapshot) : {};
  const schemas = Object.fromEntries(
    Object.values(definition.models).map(({ name = "", schema = "{}" }) => [name, modelSchema(schema, exportType)]),
  );
  const securitySchemes = schemesOf(request);
  if (exportType === "oas30") {
    const servers = [{ url: `https://${host}/{basePath}`, variables: { basePath: { default: stageName } } }];
    return defined({ openapi: "3.0.1", info, servers, paths, components: { schemas, securitySchemes }, ...extensions });
  }
  return defined({
    swagger: "2.0",
    info,
    host,
    basePath: `/${stageName}`,
    schemes: ["https"],
    paths,
    securityDefinitions: securitySchemes,
    definitions: schemas,
    ...extensions,
  });
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Without what is undefined, at any depth. */
function defined(value: Json): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same value without its gaps
  return JSON.parse(JSON.stringify(value)) as Json;
}

function modelSchema(schema: string, type: ExportRequest["exportType"]): unknown {
  const base = type === "oas30" ? "#/components/schemas/" : "#/definitions/";
  return JSON.parse(schema.replaceAll(/https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/"]+\/models\//g, base));
}

function pathItem(request: ExportRequest, path: string, methods: Readonly<Record<string, Method>>): Json {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name === "ANY" ? "x-amazon-apigateway-any-method" : name.toLowerCase(),
      operation(request, path, method),
    ]),
  );
}

const PLACES: Readonly<Record<string, string>> = { header: "header", querystring: "query", path: "path" };

function operation({ exportType, extensions, snapshot }: ExportRequest, path: string, method: Method): Json {
  const isOas = exportType === "oas30";
  const typed = isOas ? { schema: { type: "string" } } : { type: "string" };
  const { requestParameters = {}, requestModels = {}, methodResponses = {} } = method;
  const named = new Map<string, Json>();
  for (const [, name = ""] of path.matchAll(/\{([^}+]+)\+?\}/g)) {
    named.set(`path/${name}`, { name, in: "path", required: true, ...typed });
  }
  for (const [place, required] of Object.entries(requestParameters)) {
    const [, , kind = "", ...rest] = place.split(".");
    const name = rest.join(".");
    const where = PLACES[kind] ?? "header";
    named.set(`${where}/${name}`, { name, in: where, required: where === "path" || required, ...typed });
  }
  const reference = (model: string) => ({ $ref: (isOas ? "#/components/schemas/" : "#/definitions/") + model });
  const contents = (models: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(models).map(([type, model]) => [type, { schema: reference(model) }]));
  const [body] = Object.values(requestModels);
  const parameters = [...named.values()];
  if (!isOas && body !== undefined) {
    parameters.push({ in: "body", name: body, required: true, schema: reference(body) });
  }
  const responses = Object.fromEntries(
    Object.entries(methodResponses).map(([status, { responseParameters = {}, responseModels = {} }]) => {
      const headers = Object.keys(responseParameters).map((name) => [name.split(".").slice(3).join("."), typed]);
      const [model] = Object.values(responseModels);
      return [
        status,
        {
          description: `${status} response`,
          ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
          ...(model === undefined ? {} : isOas ? { content: contents(responseModels) } : { schema: reference(model) }),
        },
      ];
    }),
  );
  const whole = extensions.includes("integrations") || extensions.includes("apigateway");
  const { requestValidatorId } = method;
  const validator = requestValidatorId && snapshot.definition.requestValidators[requestValidatorId]?.name;
  return {
    operationId: method.operationName,
    ...(isOas ? {} : { consumes: listed(requestModels), produces: ["application/json"] }),
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: isOas && body !== undefined ? { content: contents(requestModels), required: true } : undefined,
    responses,
    security: securityOf(snapshot.definition, method),
    ...(whole && method.methodIntegration !== undefined
      ? {
          "x-amazon-apigateway-integration": integration(method.methodIntegration),
          "x-amazon-apigateway-request-validator": validator,
        }
      : {}),
  };
}

function listed(models: Readonly<Record<string, string>>): string[] | undefined {
  const types = Object.keys(models);
  return types.length === 0 ? undefined : types;
}

function integration(given: Integration): Json {
  const {
    type = "",
    passthroughBehavior = "",
    integrationResponses,
    cacheKeyParameters: _,
    cacheNamespace: __,
    ...rest
  } = given;
  const responses = Object.values(integrationResponses ?? {}).map(({ selectionPattern = "", ...response }) => [
    selectionPattern === "" ? "default" : selectionPattern,
    response,
  ]);
  return {
    ...rest,
    type: type.toLowerCase(),
    passthroughBehavior: passthroughBehavior.toLowerCase(),
    responses: responses.length === 0 ? undefined : Object.fromEntries(responses),
  };
}

function securityOf({ authorizers }: Definition, method: Method): Json[] | undefined {
  const found: Json[] = [];
  const { authorizationType, authorizerId, authorizationScopes = [], apiKeyRequired } = method;
  const name = authorizerId === undefined ? undefined : authorizers[authorizerId]?.name;
  if (name !== undefined) found.push({ [name]: authorizationScopes });
  if (authorizationType === "AWS_IAM") found.push({ sigv4: [] });
  if (apiKeyRequired === true) found.push({ api_key: [] });
  return found.length === 0 ? undefined : found;
}

function schemesOf({ snapshot, extensions }: ExportRequest): Json | undefined {
  const { definition } = snapshot;
  const methods = Object.values(definition.resources).flatMap((node) => Object.values(node.methods));
  const found: Record<string, Json> = {};
  if (methods.some(({ apiKeyRequired }) => apiKeyRequired === true)) {
    found["api_key"] = { type: "apiKey", name: "x-api-key", in: "header" };
  }
  if (methods.some(({ authorizationType }) => authorizationType === "AWS_IAM")) {
    const sigv4 = { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" };
    found["sigv4"] = sigv4;
  }
  const withAuthorizers = ["authorizers", "apigateway"].some((name) => extensions.includes(name));
  for (const one of Object.values(definition.authorizers)) {
    const header = /^method\.request\.header\.([^\s,]+)$/.exec(one.identitySource ?? "")?.[1];
    const scheme = {
      type: "apiKey",
      // As AWS names what is no single header.
      name: header ?? "Unused",
      in: "header",
      "x-amazon-apigateway-authtype": one.authType ?? "custom",
    };
    found[one.name ?? ""] = withAuthorizers ? { ...scheme, "x-amazon-apigateway-authorizer": authorizer(one) } : scheme;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function authorizer({ id: _, name: __, authType: ___, type, ...rest }: Authorizer): Json {
  return { ...rest, type: type?.toLowerCase() };
}

function apiExtensions(snapshot: Snapshot): Json {
  const { definition, policy, apiKeySource, binaryMediaTypes, minimumCompressionSize } = snapshot;
  const responses = Object.entries(definition.gatewayResponses).map(
    ([type, { statusCode, responseParameters, responseTemplates }]) => [
      type,
      { statusCode, responseParameters, responseTemplates },
    ],
  );
  const validators = Object.values(definition.requestValidators).map(
    ({ name = "", validateRequestBody, validateRequestParameters }) => [
      name,
      { validateRequestBody, validateRequestParameters },
    ],
  );
  return {
    ...(responses.length === 0 ? {} : { "x-amazon-apigateway-gateway-responses": Object.fromEntries(responses) }),
    ...(validators.length === 0 ? {} : { "x-amazon-apigateway-request-validators": Object.fromEntries(validators) }),
    ...(binaryMediaTypes.length === 0 ? {} : { "x-amazon-apigateway-binary-media-types": binaryMediaTypes }),
    ...(apiKeySource === "HEADER" ? {} : { "x-amazon-apigateway-api-key-source": apiKeySource }),
    "x-amazon-apigateway-minimum-compression-size": minimumCompressionSize,
    "x-amazon-apigateway-policy": policy === undefined ? undefined : (JSON.parse(policy) as unknown),
  };
}
