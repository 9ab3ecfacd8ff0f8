/** The nouns of HTTP APIs and their tables: what the SDK shows of them, with times as epoch milliseconds. */
import type {
  Api,
  ApiMapping,
  Authorizer,
  Deployment,
  DomainName,
  Integration,
  Model,
  Route,
  Stage,
} from "@aws-sdk/client-apigatewayv2";
import { defineTable } from "../../kernel/table.ts";

/** `T` with its members that are always there. */
type With<T, Key extends keyof T> = Omit<T, Key> & { [K in Key]-?: Exclude<T[K], undefined> };

export interface ApiRow extends Omit<
  With<Api, "ApiId" | "Name" | "ProtocolType" | "RouteSelectionExpression">,
  "CreatedDate" | "ApiEndpoint"
> {
  createdAt: number;
}
export type RouteRow = With<Route, "RouteId" | "RouteKey">;
export type IntegrationRow = With<Integration, "IntegrationId">;
export type AuthorizerRow = With<Authorizer, "AuthorizerId" | "Name">;
export interface StageRow extends Omit<With<Stage, "StageName">, "CreatedDate" | "LastUpdatedDate"> {
  createdAt: number;
  updatedAt: number;
}
export interface DeploymentRow extends Omit<With<Deployment, "DeploymentId">, "CreatedDate"> {
  createdAt: number;
}
export type ModelRow = With<Model, "ModelId" | "Name">;
export type MappingRow = With<ApiMapping, "ApiMappingId" | "ApiId" | "Stage">;
export interface DomainRow extends With<DomainName, "DomainName"> {
  readonly account: string;
  readonly region: string;
}

/** What a deployment serves: the API as it was then. */
export interface Snapshot {
  readonly routes: readonly RouteRow[];
  readonly integrations: readonly IntegrationRow[];
  readonly authorizers: readonly AuthorizerRow[];
  readonly cors: Api["CorsConfiguration"];
}

/** Whose something is that a request only names. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

/** What one request adds to AWS's metrics and to its stage's access log. */
export interface Served {
  readonly at: number;
  readonly apiId: string;
  readonly stage: string;
  /** Where the route has detailed metrics: its key. */
  readonly detailed?: string | undefined;
  readonly status: number;
  readonly latencyMs: number;
  /** Undefined where no integration was called. */
  readonly integrationLatencyMs?: number | undefined;
  readonly bytes: number;
  readonly log?: { readonly group: string; readonly line: string } | undefined;
}

/** [API id] */
export const apis = defineTable<ApiRow>("apigatewayv2.apis");
/** [API id]: whose it is */
export const apiOwners = defineTable<Owner>("apigatewayv2.api-owners", "global");
/** [API id, route id] */
export const routes = defineTable<RouteRow>("apigatewayv2.routes");
/** [API id, integration id] */
export const integrations = defineTable<IntegrationRow>("apigatewayv2.integrations");
/** [API id, authorizer id] */
export const authorizers = defineTable<AuthorizerRow>("apigatewayv2.authorizers");
/** [API id, model id] */
export const models = defineTable<ModelRow>("apigatewayv2.models");
/** [API id, stage name] */
export const stages = defineTable<StageRow>("apigatewayv2.stages");
/** [API id, deployment id] */
export const deployments = defineTable<DeploymentRow>("apigatewayv2.deployments");
/** [API id, deployment id] */
export const snapshots = defineTable<Snapshot>("apigatewayv2.snapshots");
/** [domain name] */
export const domains = defineTable<DomainRow>("apigatewayv2.domains", "global");
/** [domain name, mapping id] */
export const mappings = defineTable<MappingRow>("apigatewayv2.mappings", "global");
/** [time, random]: waiting to be published */
export const servedRequests = defineTable<Served>("apigatewayv2.served");

/** Rows to walk while their table is written to, which a listing of its own does not allow. */
export function all<Row>(rows: Iterable<Row>): readonly Row[] {
  return [...rows];
}
