/**
 * What happens to a template as a whole before its resources are expanded one by one: it is checked, implicit APIs are
 * added and Globals merged into the resources, in the original's order.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { fixOpenApiVersion, mergeApiGlobals } from "./api/api-globals.ts";
import { addImplicitApi } from "./api/implicit-api.ts";
import { implicitHttpApi } from "./api/implicit-http-api.ts";
import { implicitRestApi } from "./api/implicit-rest-api.ts";
import { countsAsPython27 } from "./api/python27.ts";
import { SwaggerEditor } from "./api/swagger-editor.ts";
import { OpenApiEditor } from "./http-api/openapi-editor.ts";
import { awaitApplications, findApplications } from "./application.ts";
import { connectorResources } from "./connector/embedded.ts";
import type { TransformScope } from "./context.ts";
import { mergeGlobals, readGlobals } from "./globals.ts";
import type { Globals } from "./globals.ts";
import { awsManagedPolicyArn } from "./managed-policies.ts";
import { isTruthy } from "./property-table.ts";
import { dictFromTemplate, isTrue } from "./python/dict.ts";
import type { Dict, IsDecimal } from "./python/dict.ts";
import type { KeyOrder } from "./python/key-order.ts";
import { invalidResource, invalidTemplate } from "./sam-error.ts";
import type { SamFault } from "./sam-error.ts";
import { TemplateResources } from "./template-resources.ts";
import type { TransformOptions } from "./transform-options.ts";

const API_TYPES = ["AWS::Serverless::Api", "AWS::Serverless::HttpApi"];

/** The types that the first checks and Globals are about. */
const PREPARED_TYPES = new Set([
  ...API_TYPES,
  ...["Function", "SimpleTable", "Application", "LayerVersion", "WebSocketApi", "StateMachine", "CapacityProvider"].map(
    (name) => `AWS::Serverless::${name}`,
  ),
]);

/** A template ready to be expanded, and what was found wrong in its connectors. */
export interface Prepared {
  readonly scope: TransformScope;
  readonly faults: readonly SamFault[];
  /** Waits for the templates of nested applications. Raises SamFault. */
  readonly finish: () => void;
}

/** Prepares a template. Raises SamFault and DocumentFault. */
export function prepare(template: JsonObject, options: TransformOptions): Prepared {
  const parameters = parameterValues(template, options);
  const isPython27 = countsAsPython27(template);
  const resources = readResources(template, isPython27);
  const mappings = own(template, "Mappings") ?? {};
  if (!isObject(mappings) || own(template, "Mappings") === null) {
    throw invalidTemplate("'Mappings' or 'Parameters' is either null or not a valid dictionary.");
  }
  const conditions = own(template, "Conditions");
  const made = new Map<string, Json>(isObject(conditions) ? Object.entries(conditions) : []);
  const applications = findApplications(resources, { parameters, mappings, options });
  const apis = new Map<string, Dict>();
  const eventOrders = new Map<string, KeyOrder>();
  addDefinitions(resources, apis, options.isDecimal);
  const globals = own(template, "Globals");
  const implicit = { resources, apis, conditions: made, eventOrders, globals: isObject(globals) ? globals : {} };
  addImplicitApi(implicitRestApi, implicit);
  addImplicitApi(implicitHttpApi, implicit);
  mergeAllGlobals(resources, apis, readGlobals(globals), options.isDecimal);
  for (const [id, resource] of resources) {
    const properties = apis.get(id);
    if (properties !== undefined && own(resource, "Type") === "AWS::Serverless::Api") fixOpenApiVersion(properties);
  }
  const faults = connectorResources(resources);
  return {
    faults,
    finish: () => {
      awaitApplications(applications.asked, options);
    },
    scope: {
      partition: options.partition,
      region: options.region,
      parameters,
      mappings,
      conditions: made,
      hasConditions: isObject(conditions) || made.size > 0,
      written: resources,
      apis,
      eventOrders,
      applications: applications.states,
      passesConditions: options.passDeploymentConditions ?? false,
      isOpenApiVersionNormalized: options.normalizeOpenApiVersion ?? false,
      now: options.now,
      managedPolicyArn: (name) => options.managedPolicyArn?.(name) ?? awsManagedPolicyArn(name, options.partition),
      onResource: options.onResource?.bind(options),
      isPython27,
    },
  };
}

function readResources(template: JsonObject, isPython27: boolean): TemplateResources {
  const section = own(template, "Resources");
  if (!isObject(section) || Object.keys(section).length === 0) throw invalidTemplate("'Resources' section is required");
  const resources = new TemplateResources(isPython27);
  for (const [id, resource] of Object.entries(section)) {
    if (!isObject(resource)) {
      throw invalidTemplate("All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.");
    }
    resources.set(id, resource);
  }
  for (const [id, resource] of resources) {
    const condition = own(resource, "Condition");
    if (isTruthy(condition) && typeof condition !== "string") {
      throw invalidTemplate("Every Condition member must be a string.");
    }
    const type = own(resource, "Type");
    if (typeof type !== "string" || !PREPARED_TYPES.has(type)) continue;
    const properties = own(resource, "Properties");
    if (properties !== undefined && !isObject(properties))
      throw invalidResource(id, "Attribute 'Properties' should be a map.");
  }
  return resources;
}

/** Takes the properties of APIs out, and gives a definition to those that have none. */
function addDefinitions(resources: TemplateResources, apis: Map<string, Dict>, isDecimal?: IsDecimal): void {
  for (const [id, resource] of resources) {
    const type = own(resource, "Type");
    if (typeof type !== "string" || !API_TYPES.includes(type)) continue;
    const written = own(resource, "Properties");
    const properties = dictFromTemplate(isObject(written) ? written : {}, isDecimal, ["Resources", id, "Properties"]);
    apis.set(id, properties);
    if (isTrue(properties.get("DefinitionBody")) || isTrue(properties.get("DefinitionUri"))) continue;
    const isHttp = type === "AWS::Serverless::HttpApi";
    if (!isHttp && !isObject(written)) continue;
    properties.set("DefinitionBody", isHttp ? OpenApiEditor.skeleton() : SwaggerEditor.skeleton());
    properties.set("__MANAGE_SWAGGER", true);
  }
}

function mergeAllGlobals(
  resources: TemplateResources,
  apis: Map<string, Dict>,
  globals: Globals,
  isDecimal?: IsDecimal,
): void {
  const ofApis = new Map(
    API_TYPES.flatMap((type) => {
      const section = globals.get(type);
      if (section === undefined) return [];
      const path = ["Globals", type.replace("AWS::Serverless::", "")];
      return [[type, dictFromTemplate(section, isDecimal, path)] as const];
    }),
  );
  for (const [id, resource] of resources) {
    const type = own(resource, "Type");
    if (typeof type !== "string" || !PREPARED_TYPES.has(type)) continue;
    const properties = apis.get(id);
    if (properties === undefined) {
      const local = own(resource, "Properties") ?? {};
      if (!isObject(local)) continue;
      const merged = mergeGlobals(id, resource, local, globals);
      if (merged !== local) resources.set(id, { ...resource, Properties: merged });
      continue;
    }
    const ofApi = ofApis.get(type);
    if (ofApi !== undefined) apis.set(id, mergeApiGlobals(id, resource, properties, ofApi));
  }
}

function parameterValues(template: JsonObject, options: TransformOptions): JsonObject {
  const declared = own(template, "Parameters");
  const defaults: [string, Json][] = [];
  for (const [name, declaration] of isObject(declared) ? Object.entries(declared) : []) {
    const value = isObject(declaration) ? own(declaration, "Default") : undefined;
    if (value !== undefined) defaults.push([name, value]);
  }
  return {
    "AWS::Region": options.region,
    "AWS::Partition": options.partition,
    ...Object.fromEntries(defaults),
    ...options.parameters,
  };
}
