/** REST APIs themselves: made, changed, imported, and taken away with all that is theirs. */
import { LOWER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Input, Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, unsupported } from "../errors.ts";
import { readDocument } from "../openapi/document.ts";
import { importDocument, type Imported } from "../openapi/import.ts";
import { exportDocument } from "../openapi/export.ts";
import { pageOf } from "../paging.ts";
import { anyOp, members, patched, replaced, type Patchable } from "../patch.ts";
import { checkPolicy } from "../resource-policy.ts";
import type { Sdk } from "../sdk.ts";
import {
  apiOf,
  apis,
  authorizerFlushes,
  definitionOf,
  definitions,
  deployments,
  mappings,
  owners,
  snapshots,
  stageOf,
  stages,
  type ApiRow,
  type Definition,
} from "../state.ts";
import { USUAL_MODELS } from "../usual-models.ts";
import { forgetStages } from "./usage-plans.ts";

export const newId = (context: ServiceContext, length = 6): string => context.random.text(length, LOWER_AND_DIGITS);

export function shownApi({ createdAt, ...row }: ApiRow): Output<Sdk, "GetRestApi"> {
  const binaryMediaTypes = row.binaryMediaTypes?.length === 0 ? undefined : row.binaryMediaTypes;
  return { ...row, binaryMediaTypes, createdDate: new Date(createdAt) };
}

const PATCHABLE: Patchable = {
  "/name": replaced(),
  "/description": anyOp(),
  "/apiKeySource": replaced(),
  "/policy": anyOp(),
  "/disableExecuteApiEndpoint": replaced("boolean"),
  "/minimumCompressionSize": anyOp("count"),
  "/binaryMediaTypes/*": members,
  "/endpointConfiguration/types/*": members,
  "/endpointConfiguration/ipAddressType": replaced(),
  "/endpointConfiguration/vpcEndpointIds/*": members,
};

/** AWS page "Amazon API Gateway quotas": 0 to 10 MB. */
const MOST_COMPRESSION = 10_485_760;

function checked(row: ApiRow): ApiRow {
  const { minimumCompressionSize: size, endpointConfiguration, policy } = row;
  if (row.name === "") badRequest("API name must not be empty");
  if (size !== undefined && (size < 0 || size > MOST_COMPRESSION)) {
    badRequest("Invalid minimum compression size, must be between 0 and 10485760");
  }
  if (endpointConfiguration?.types?.includes("PRIVATE")) unsupported("private APIs", "there are no VPC endpoints");
  if (row.apiKeySource !== undefined && row.apiKeySource !== "HEADER" && row.apiKeySource !== "AUTHORIZER") {
    badRequest("Invalid API Key Source. Valid values are: [HEADER, AUTHORIZER]");
  }
  if (policy === undefined || policy === "") {
    const { policy: _, ...rest } = row;
    return rest;
  }
  checkPolicy(policy);
  return row;
}

/** An empty definition with its root, and with the models that every new API has. */
function emptyDefinition(rootId: string): Definition {
  const root = { id: rootId, path: "/", methods: {} };
  return { resources: { [rootId]: root }, models: {}, requestValidators: {}, authorizers: {}, gatewayResponses: {} };
}

function usualModels(context: ServiceContext): Definition["models"] {
  return Object.fromEntries(USUAL_MODELS.map((model) => [model.name, { id: newId(context), ...model }]));
}

function put(context: ServiceContext, row: ApiRow, definition: Definition): void {
  const { account, region } = context;
  context.table(owners).put([row.id], { account, region });
  context.table(apis).put([row.id], row);
  context.table(definitions).put([row.id], definition);
}

function freshRow(context: ServiceContext, name: string): ApiRow {
  return {
    id: newId(context, 10),
    name,
    createdAt: context.now,
    apiKeySource: "HEADER",
    endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4" },
    tags: {},
    disableExecuteApiEndpoint: false,
    rootResourceId: newId(context, 10),
  };
}

type BodyInput = Pick<Input<Sdk, "PutRestApi">, "body" | "parameters" | "failOnWarnings">;

function read(context: ServiceContext, row: ApiRow, into: Definition, input: BodyInput): Imported {
  const { parameters = {} } = input;
  const imported = importDocument(readDocument(Buffer.from(input.body).toString()), {
    apiId: row.id,
    rootResourceId: row.rootResourceId,
    into,
    newId: () => newId(context),
    basePath: parameters["basepath"] ?? parameters["basePath"] ?? "ignore",
  });
  if (input.failOnWarnings === true && imported.warnings.length > 0) badRequest(imported.warnings.join("\n"));
  return imported;
}

const shownWarnings = ({ warnings, omissions }: Imported): { warnings?: string[] } =>
  warnings.length + omissions.length === 0 ? {} : { warnings: [...warnings, ...omissions] };

export const apiOperations = {
  CreateRestApi(context, input) {
    const { cloneFrom, ...settings } = input;
    if (settings.securityPolicy !== undefined) unsupported("securityPolicy", "there is no TLS here");
    if (settings.endpointAccessMode !== undefined) unsupported("endpointAccessMode", "there is no TLS here");
    const usual = freshRow(context, input.name);
    const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const row = checked({ ...usual, ...said });
    const fresh = emptyDefinition(row.rootResourceId);
    fresh.models = usualModels(context);
    if (cloneFrom === undefined) put(context, row, fresh);
    else {
      // Its root keeps the id of the one that it was cloned from: both are the API's own.
      const source = apiOf(context, cloneFrom);
      row.rootResourceId = source.rootResourceId;
      put(context, row, definitionOf(context, cloneFrom));
    }
    return shownApi(row);
  },

  ImportRestApi(context, input) {
    const row = freshRow(context, "");
    const imported = read(context, row, emptyDefinition(row.rootResourceId), input);
    const types = input.parameters?.["endpointConfigurationTypes"];
    const said = types === undefined ? {} : { endpointConfiguration: { types: [endpointType(types)] } };
    const whole = checked({ ...row, ...imported.settings, ...said });
    put(context, whole, imported.definition);
    return { ...shownApi(whole), ...shownWarnings(imported) };
  },

  PutRestApi(context, input) {
    const row = apiOf(context, input.restApiId);
    const overwrite = input.mode === "overwrite";
    const into = overwrite ? keptIds(row, definitionOf(context, row.id)) : definitionOf(context, row.id);
    const imported = read(context, row, into, input);
    const { name, ...settings } = imported.settings;
    // The version is the document's alone.
    const { version: _, ...kept } = row;
    const whole = checked({ ...(overwrite ? kept : row), ...settings, ...(overwrite ? { name } : {}) });
    context.table(apis).put([row.id], whole);
    context.table(definitions).put([row.id], overwrite ? withoutEmpty(imported.definition) : imported.definition);
    return { ...shownApi(whole), ...shownWarnings(imported) };
  },

  GetRestApi: (context, input) => shownApi(apiOf(context, input.restApiId)),

  GetRestApis(context, input) {
    const { items, position } = pageOf(context.table(apis).list(), input);
    return { items: items.map(shownApi), position };
  },

  UpdateRestApi(context, input) {
    const row = checked(patched(apiOf(context, input.restApiId), input.patchOperations, PATCHABLE));
    context.table(apis).put([row.id], row);
    return shownApi(row);
  },

  DeleteRestApi(context, input) {
    const { id } = apiOf(context, input.restApiId);
    for (const [, mapping] of context.table(mappings).entries()) {
      if (mapping.restApiId === id) {
        badRequest(
          "Please remove all base path mappings related to the API's stages in your domains before deleting it",
        );
      }
    }
    for (const table of [authorizerFlushes, deployments, snapshots, stages]) {
      for (const [key] of context.table<unknown>(table).entries([id]))
        context.table<unknown>(table).remove(id, ...key.slice(1));
    }
    forgetStages(context, id);
    context.table(owners).remove(id);
    context.table(apis).remove(id);
    context.table(definitions).remove(id);
    return {};
  },

  GetExport(context, input) {
    const { restApiId, stageName, exportType, parameters = {}, accepts } = input;
    const stage = stageOf(context, restApiId, stageName);
    const snapshot = context.table(snapshots).get(restApiId, stage.deploymentId);
    if (snapshot === undefined) throw new Error(`stage ${stageName} of ${restApiId} has no deployment`);
    if (exportType !== "oas30" && exportType !== "swagger") {
      badRequest(`No API exporter for type '${exportType}'`);
    }
    if (accepts !== undefined && accepts !== "application/json" && accepts !== "*/*") {
      unsupported(`exports as ${accepts}`, "they are JSON only");
    }
    const extensions = (parameters["extensions"] ?? "").split(",").filter(Boolean);
    const api = apiOf(context, restApiId);
    const document = exportDocument({ api, snapshot, stageName, exportType, extensions, region: context.region });
    return {
      contentType: "application/json",
      contentDisposition: `attachment; filename="${exportType}_${String(api.createdAt)}.json"`,
      body: Buffer.from(JSON.stringify(document, undefined, 2)),
    };
  },
} satisfies Operations<Sdk>;

function endpointType(text: string): "EDGE" | "REGIONAL" | "PRIVATE" {
  if (text === "EDGE" || text === "REGIONAL" || text === "PRIVATE") return text;
  return badRequest(`Invalid endpoint configuration type: ${text}`);
}

/** The same resources without their methods, so that a path that is there again keeps its id. */
function keptIds(row: ApiRow, definition: Definition): Definition {
  const resources = Object.fromEntries(
    Object.entries(definition.resources).map(([id, node]) => [id, { ...node, methods: {} }]),
  );
  return { ...emptyDefinition(row.rootResourceId), resources };
}

/** Without the resources that the new document has no path to. */
function withoutEmpty(definition: Definition): Definition {
  const needed = new Set<string>();
  for (const node of Object.values(definition.resources)) {
    if (node.parentId !== undefined && Object.keys(node.methods).length === 0) continue;
    for (let at: typeof node | undefined = node; at !== undefined; at = definition.resources[at.parentId ?? ""]) {
      needed.add(at.id);
    }
  }
  const resources = Object.fromEntries(Object.entries(definition.resources).filter(([id]) => needed.has(id)));
  return { ...definition, resources };
}
