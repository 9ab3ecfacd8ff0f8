/**
 * REST APIs' nouns and their tables. An API's resources, methods, models, authorizers … are one row, its definition, in the SDK's own shapes; a
 * deployment keeps a copy of it, and the copy is what is served. Times are epoch milliseconds.
 */
import { defineTable } from "../../kernel/table.ts";
import type { Output, ServiceContext } from "../../service.ts";
import { notFound } from "./errors.ts";
import type { Sdk } from "./sdk.ts";

type Timed<T> = Omit<T, "createdDate" | "lastUpdatedDate">;

export type Method = Output<Sdk, "GetMethod">;
export type MethodResponse = Output<Sdk, "GetMethodResponse">;
export type Integration = Output<Sdk, "GetIntegration">;
export type IntegrationResponse = Output<Sdk, "GetIntegrationResponse">;
export type Model = Output<Sdk, "GetModel">;
export type Authorizer = Output<Sdk, "GetAuthorizer">;
export type RequestValidator = Output<Sdk, "GetRequestValidator">;
export type GatewayResponse = Output<Sdk, "GetGatewayResponse">;
export type MethodSetting = NonNullable<Output<Sdk, "GetStage">["methodSettings"]>[string];

export interface ApiRow extends Timed<Output<Sdk, "GetRestApi">> {
  id: string;
  name: string;
  createdAt: number;
  rootResourceId: string;
}

export interface ResourceNode {
  id: string;
  parentId?: string;
  pathPart?: string;
  path: string;
  methods: Record<string, Method>;
}

export interface Definition {
  /** By id. */
  resources: Record<string, ResourceNode>;
  /** By name. */
  models: Record<string, Model>;
  /** By id. */
  requestValidators: Record<string, RequestValidator>;
  /** By id. */
  authorizers: Record<string, Authorizer>;
  /** Those that were customized, by type. */
  gatewayResponses: Record<string, GatewayResponse>;
}

/** What a deployment serves: the definition and those settings of the API that take effect by a deployment. */
export interface Snapshot {
  readonly definition: Definition;
  readonly binaryMediaTypes: readonly string[];
  readonly minimumCompressionSize?: number | undefined;
  readonly apiKeySource: string;
  readonly policy?: string | undefined;
}

export interface DeploymentRow {
  readonly id: string;
  description?: string | undefined;
  readonly createdAt: number;
}

export interface StageRow extends Timed<Output<Sdk, "GetStage">> {
  stageName: string;
  deploymentId: string;
  createdAt: number;
  updatedAt: number;
}

export interface ApiKeyRow extends Timed<Output<Sdk, "GetApiKey">> {
  id: string;
  value: string;
  createdAt: number;
  updatedAt: number;
}

export interface UsagePlanRow extends Output<Sdk, "GetUsagePlan"> {
  id: string;
  name: string;
}

export interface DomainRow extends Omit<Output<Sdk, "GetDomainName">, "certificateUploadDate"> {
  domainName: string;
  uploadedAt: number;
  /** Where DNS is to point to, of either type of endpoint: the domain name keeps them when its type changes. */
  endpoints: { readonly distribution: string; readonly regional: string; readonly regionalZone: string };
}

export interface MappingRow {
  /** "(none)" for the root. */
  basePath: string;
  restApiId: string;
  stage?: string | undefined;
}

export interface AccountRow {
  cloudwatchRoleArn?: string;
}

export interface Owner {
  readonly account: string;
  readonly region: string;
}

/** [api]: whose it is; an id is one API's in the whole cloud. */
export const owners = defineTable<Owner>("apigateway.owners", "global");
/** [api] */
export const apis = defineTable<ApiRow>("apigateway.apis");
/** [api] */
export const definitions = defineTable<Definition>("apigateway.definitions");
/** [api, deployment] */
export const deployments = defineTable<DeploymentRow>("apigateway.deployments");
/** [api, deployment] */
export const snapshots = defineTable<Snapshot>("apigateway.snapshots");
/** [api, stage] */
export const stages = defineTable<StageRow>("apigateway.stages");
/** [api, stage]: how often the answers of its authorizers were forgotten. */
export const authorizerFlushes = defineTable<number>("apigateway.authorizer-flushes");
/** [key] */
export const apiKeys = defineTable<ApiKeyRow>("apigateway.keys");
/** [value]: the id of the key. */
export const keyValues = defineTable<string>("apigateway.key-values");
/** [plan] */
export const usagePlans = defineTable<UsagePlanRow>("apigateway.usage-plans");
/** [plan, key]: when it was added. */
export const planKeys = defineTable<number>("apigateway.plan-keys");
/** [key, plan]: the same, the other way. */
export const keyPlans = defineTable<number>("apigateway.key-plans");
/** [plan, key, day as YYYY-MM-DD]: requests. */
export const usage = defineTable<number>("apigateway.usage");
/** [plan, key, first day of the period]: what UpdateUsage granted more. */
export const extensions = defineTable<number>("apigateway.usage-extensions");
/** [domain]: whose it is. */
export const domainOwners = defineTable<Owner>("apigateway.domain-owners", "global");
/** [domain] */
export const domains = defineTable<DomainRow>("apigateway.domains");
/** [domain, base path] */
export const mappings = defineTable<MappingRow>("apigateway.mappings");
/** ["account"] */
export const accounts = defineTable<AccountRow>("apigateway.account");

export function apiOf(context: ServiceContext, id: string): ApiRow {
  return context.table(apis).get(id) ?? notFound(`Invalid API identifier specified ${context.account}:${id}`);
}

export function definitionOf(context: ServiceContext, id: string): Definition {
  return context.table(definitions).get(id) ?? notFound(`Invalid API identifier specified ${context.account}:${id}`);
}

/** Changes an API's definition; inside a transaction. */
export function edit<T>(context: ServiceContext, id: string, change: (definition: Definition) => T): T {
  const definition = definitionOf(context, id);
  const result = change(definition);
  context.table(definitions).put([id], definition);
  return result;
}

export function stageOf(context: ServiceContext, id: string, name: string): StageRow {
  apiOf(context, id);
  return context.table(stages).get(id, name) ?? notFound("Invalid stage identifier specified");
}

export function deploymentOf(context: ServiceContext, id: string, deployment: string): DeploymentRow {
  apiOf(context, id);
  return context.table(deployments).get(id, deployment) ?? notFound("Invalid Deployment identifier specified");
}

export function resourceOf(definition: Definition, id: string): ResourceNode {
  return definition.resources[id] ?? notFound("Invalid Resource identifier specified");
}

export function methodOf(definition: Definition, resourceId: string, httpMethod: string): Method {
  return resourceOf(definition, resourceId).methods[httpMethod] ?? notFound("Invalid Method identifier specified");
}

export function integrationOf(definition: Definition, resourceId: string, httpMethod: string): Integration {
  return (
    methodOf(definition, resourceId, httpMethod).methodIntegration ??
    notFound("Invalid Integration identifier specified")
  );
}

/** The resource's ARN (AWS page "Amazon API Gateway ARN format"). */
export function arnOf({ region }: { readonly region: string }, path: string): string {
  return `arn:aws:apigateway:${region}::${path}`;
}
