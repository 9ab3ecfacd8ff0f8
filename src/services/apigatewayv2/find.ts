/** Finding APIs and their parts, with AWS's words for what is not there, and changing rows by what an update gives. */
import type { TableDefinition } from "../../kernel/table.ts";
import type { ServiceContext } from "../../service.ts";
import { notFound } from "./errors.ts";
import {
  apis,
  authorizers,
  deployments,
  integrations,
  models,
  routes,
  stages,
  type ApiRow,
  type AuthorizerRow,
  type DeploymentRow,
  type IntegrationRow,
  type ModelRow,
  type RouteRow,
  type StageRow,
} from "./state.ts";

export function findApi(context: ServiceContext, apiId: string): ApiRow {
  const row = context.table(apis).get(apiId);
  if (row === undefined) throw notFound("Api", `Invalid API identifier specified ${context.account}:${apiId}`);
  return row;
}

function finder<Row>(table: TableDefinition<Row>, kind: string) {
  return (context: ServiceContext, apiId: string, id: string): Row => {
    findApi(context, apiId);
    const row = context.table(table).get(apiId, id);
    if (row === undefined) throw notFound(kind, `Invalid ${kind} identifier specified ${id}`);
    return row;
  };
}

type Finder<Row> = (context: ServiceContext, apiId: string, id: string) => Row;

export const findRoute: Finder<RouteRow> = finder(routes, "Route");
export const findIntegration: Finder<IntegrationRow> = finder(integrations, "Integration");
export const findAuthorizer: Finder<AuthorizerRow> = finder(authorizers, "Authorizer");
export const findModel: Finder<ModelRow> = finder(models, "Model");
export const findDeployment: Finder<DeploymentRow> = finder(deployments, "Deployment");

export function findStage(context: ServiceContext, apiId: string, name: string): StageRow {
  findApi(context, apiId);
  const row = context.table(stages).get(apiId, name);
  if (row === undefined) throw notFound("Stage", "Invalid stage identifier specified");
  return row;
}

/** The row with what `changes` gives; what it leaves out stays. */
export function merged<Row extends object>(row: Row, changes: { [K in keyof Row]?: Row[K] | undefined }): Row {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...row, ...Object.fromEntries(given) };
}

/** A map as an update changes it: the keys that it gives, and away with those that it gives as an empty text; undefined when none is left. */
export function mergedMap(
  before: Readonly<Record<string, string>> | undefined,
  changes: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined {
  if (changes === undefined) return before;
  const left = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== "");
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
