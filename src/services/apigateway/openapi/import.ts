/**
 * An OpenAPI document becomes an API's definition, or a part of it (AWS pages "ImportRestApi" and "PutRestApi"). What AWS keeps of a document as
 * documentation is not kept here, and the warnings say so.
 */
import { createHash } from "node:crypto";
import type { ApiRow, Definition, GatewayResponse, ResourceNode } from "../state.ts";
import { badRequest } from "../errors.ts";
import { GATEWAY_RESPONSE_TYPES } from "../gateway-responses.ts";
import { child, children, count, flag, isJson, list, text, textList, texts, word, type Json } from "./document.ts";
import { readMethods } from "./methods.ts";
import { readAuthorizers, schemesOf } from "./security.ts";

export interface ImportOptions {
  readonly apiId: string;
  readonly rootResourceId: string;
  /** What is merged into; an empty definition to overwrite. */
  readonly into: Definition;
  /** Makes an id of six letters and digits. */
  newId(): string;
  /** `ignore`, `prepend` or `split`. */
  readonly basePath: string;
}

export interface Imported {
  readonly definition: Definition;
  /** What the document says of the API itself. */
  readonly settings: Partial<ApiRow> & { readonly name: string };
  /** What AWS, too, would warn of. */
  readonly warnings: readonly string[];
  /** What AWS would keep and Seatrial does not. */
  readonly omissions: readonly string[];
}

/** Raises BadRequestException. */
export function importDocument(document: Json, options: ImportOptions): Imported {
  const definition = structuredClone(options.into);
  const warnings: string[] = [];
  const schemes = schemesOf(document);
  const authorizers = new Map<string, string>();
  for (const [name, authorizer] of readAuthorizers(schemes)) {
    const known = Object.values(definition.authorizers).find((one) => one.name === name)?.id;
    const id = known ?? options.newId();
    definition.authorizers[id] = { ...authorizer, id };
    authorizers.set(name, id);
  }
  const validators = readValidators(document, definition, options);
  readModels(document, definition, options);
  for (const [type, response] of readGatewayResponses(document)) definition.gatewayResponses[type] = response;

  const reading = { document, schemes, modelOf: (schema: unknown) => modelOf(schema, definition, options) };
  for (const [path, item] of children(document, "paths")) {
    if (!path.startsWith("/")) continue;
    const node = resourceAt(definition, prefixed(document, path, options.basePath), options);
    const methods = readMethods(reading, item, node.id);
    for (const [httpMethod, method] of Object.entries(methods)) {
      const { authorizerId, requestValidatorId } = method;
      const validator = requestValidatorId === undefined ? undefined : validators.get(requestValidatorId);
      if (requestValidatorId !== undefined && validator === undefined) {
        badRequest(`Invalid OpenAPI input: there is no request validator ${requestValidatorId}`);
      }
      node.methods[httpMethod] = {
        ...method,
        authorizerId: authorizerId === undefined ? undefined : authorizers.get(authorizerId),
        requestValidatorId: validator,
      };
    }
  }
  return { definition, settings: readSettings(document), warnings, omissions: omitted(document) };
}

/** The resource of a path, made with those above it where they are not there. */
function resourceAt(definition: Definition, path: string, { rootResourceId, newId }: ImportOptions): ResourceNode {
  const root = definition.resources[rootResourceId];
  if (root === undefined) throw new Error("an API has a root resource");
  let node = root;
  for (const pathPart of path.split("/").filter(Boolean)) {
    const { id: parentId } = node;
    const found = Object.values(definition.resources).find(
      (one) => one.parentId === parentId && one.pathPart === pathPart,
    );
    node = found ?? {
      id: newId(),
      parentId,
      pathPart,
      path: `${node.path.replace(/\/$/, "")}/${pathPart}`,
      methods: {},
    };
    definition.resources[node.id] = node;
  }
  return node;
}

function prefixed(document: Json, path: string, mode: string): string {
  const server = list(document, "servers").find(isJson);
  const base = (text(document, "basePath") ?? basePathOf(server)).replace(/\/$/, "");
  switch (mode) {
    case "prepend":
      return base + path;
    case "split":
      return base.replace(/^\/[^/]*/, "") + path;
    default:
      return path;
  }
}

function basePathOf(server: Json | undefined): string {
  const variables = server === undefined ? {} : child(server, "variables");
  const base = text(child(variables, "basePath"), "default");
  if (base !== undefined) return base.startsWith("/") ? base : `/${base}`;
  return /^https?:\/\/[^/]+(\/[^{]*)?/.exec((server && text(server, "url")) ?? "")?.[1] ?? "";
}

function readValidators(document: Json, definition: Definition, { newId }: ImportOptions): Map<string, string> {
  const ids = new Map<string, string>();
  for (const one of Object.values(definition.requestValidators)) {
    if (one.name !== undefined && one.id !== undefined) ids.set(one.name, one.id);
  }
  for (const [name, given] of children(document, "x-amazon-apigateway-request-validators")) {
    const id = ids.get(name) ?? newId();
    ids.set(name, id);
    definition.requestValidators[id] = {
      id,
      name,
      validateRequestBody: flag(given, "validateRequestBody") ?? false,
      validateRequestParameters: flag(given, "validateRequestParameters") ?? false,
    };
  }
  return ids;
}

function readModels(document: Json, definition: Definition, options: ImportOptions): void {
  const schemas =
    document["swagger"] === undefined
      ? children(child(document, "components"), "schemas")
      : children(document, "definitions");
  for (const [name, schema] of schemas) {
    // AWS page "Amazon API Gateway important notes": "A model's name … alphanumeric".
    if (!/^[A-Za-z0-9]+$/.test(name)) badRequest(`Invalid OpenAPI input: Model name must be alphanumeric: ${name}`);
    keepModel(name, schema, definition, options);
  }
}

function keepModel(name: string, schema: Json, definition: Definition, { apiId, newId }: ImportOptions): void {
  const id = definition.models[name]?.id ?? newId();
  const description = text(schema, "description");
  const content = JSON.stringify(schema, (key, value: unknown) =>
    key === "$ref" && typeof value === "string" ? modelReference(apiId, value) : value,
  );
  definition.models[name] = { id, name, description, schema: content, contentType: "application/json" };
}

/** A reference within the document, as models refer to one another (AWS page "Data models for REST APIs"). */
function modelReference(apiId: string, reference: string): string {
  const [, name] = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/.exec(reference) ?? [];
  return name === undefined ? reference : `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`;
}

function modelOf(schema: unknown, definition: Definition, options: ImportOptions): string | undefined {
  if (!isJson(schema)) return undefined;
  const reference = text(schema, "$ref");
  if (reference !== undefined) return reference.slice(reference.lastIndexOf("/") + 1);
  const name = `MODEL${createHash("sha256").update(JSON.stringify(schema)).digest("hex").slice(0, 6)}`;
  keepModel(name, schema, definition, options);
  return name;
}

function readGatewayResponses(document: Json): [string, GatewayResponse][] {
  return children(document, "x-amazon-apigateway-gateway-responses").map(([name, given]) => {
    const responseType = word({ name }, "name", GATEWAY_RESPONSE_TYPES);
    return [
      name,
      {
        responseType,
        statusCode: text(given, "statusCode"),
        responseParameters: texts(given, "responseParameters") ?? {},
        responseTemplates: texts(given, "responseTemplates") ?? {},
        defaultResponse: false,
      },
    ];
  });
}

function readSettings(document: Json): Imported["settings"] {
  const info = child(document, "info");
  const server = list(document, "servers").find(isJson);
  const endpoint = [document, server ?? {}]
    .map((one) => child(one, "x-amazon-apigateway-endpoint-configuration"))
    .find((one) => Object.keys(one).length > 0);
  const vpcEndpointIds = endpoint && textList(endpoint, "vpcEndpointIds");
  const policy = document["x-amazon-apigateway-policy"];
  const settings = {
    name: text(info, "title") ?? "Unnamed",
    description: text(info, "description"),
    version: text(info, "version"),
    binaryMediaTypes: textList(document, "x-amazon-apigateway-binary-media-types"),
    minimumCompressionSize: count(document, "x-amazon-apigateway-minimum-compression-size"),
    apiKeySource: word(document, "x-amazon-apigateway-api-key-source", ["HEADER", "AUTHORIZER"]),
    policy: isJson(policy) ? JSON.stringify(policy) : undefined,
    disableExecuteApiEndpoint: endpoint && flag(endpoint, "disableExecuteApiEndpoint"),
    endpointConfiguration: vpcEndpointIds && { types: ["PRIVATE" as const], vpcEndpointIds },
  };
  const said = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(said), name: settings.name };
}

function omitted(document: Json): string[] {
  return document["x-amazon-apigateway-documentation"] === undefined
    ? []
    : ["Seatrial keeps no documentation parts: x-amazon-apigateway-documentation was left out"];
}
