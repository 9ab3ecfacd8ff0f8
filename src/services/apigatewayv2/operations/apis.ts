/** APIs: made, changed, shown and taken away. */
import type { Table } from "../../../kernel/table.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { autoDeploy, deploy, pointStage } from "../deploy.ts";
import { badRequest, unsupported } from "../errors.ts";
import { findApi, merged } from "../find.ts";
import { functionOfUri, newApiId, newId } from "../names.ts";
import { takePage } from "../paging.ts";
import { checkCors, checkRouteKey, completeIntegration } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { shownApi } from "../shown.ts";
import {
  all,
  apiOwners,
  apis,
  authorizers,
  deployments,
  integrations,
  mappings,
  models,
  routes,
  snapshots,
  stages,
  type ApiRow,
  type IntegrationRow,
} from "../state.ts";
import { checkTags } from "../tags.ts";

/** AWS's page "CreateApi": what an HTTP API's expressions are, whatever is given. */
const ROUTE_SELECTION = "$request.method $request.path";
const API_KEY_SELECTION = "$request.header.x-api-key";

export const CreateApi: Handler<Sdk, "CreateApi"> = (context, input) => {
  if (input.ProtocolType === "WEBSOCKET") unsupported("the protocol type WEBSOCKET", "only HTTP is there");
  if (input.DisableSchemaValidation === true)
    badRequest("DisableSchemaValidation is only supported for WEBSOCKET APIs");
  checkExpressions(input);
  if (input.CorsConfiguration !== undefined) checkCors(input.CorsConfiguration);
  const { Target, RouteKey, CredentialsArn } = input;
  if (Target === undefined && (RouteKey !== undefined || CredentialsArn !== undefined)) {
    badRequest("Quick create requires a target: routeKey and credentialsArn cannot be specified without one");
  }
  checkTags(input.Tags);
  const row = put(context, {
    ApiId: newApiId(context.random),
    Name: input.Name,
    Description: input.Description,
    Version: input.Version,
    ProtocolType: "HTTP",
    RouteSelectionExpression: ROUTE_SELECTION,
    ApiKeySelectionExpression: API_KEY_SELECTION,
    CorsConfiguration: input.CorsConfiguration,
    DisableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
    IpAddressType: input.IpAddressType ?? "ipv4",
    Tags: input.Tags ?? {},
    createdAt: context.now,
  });
  if (Target !== undefined) quickCreate(context, row, { Target, RouteKey, CredentialsArn });
  return shownApi(context, row);
};

/** Keeps a new API and whose it is. */
export function put(context: ServiceContext, row: ApiRow): ApiRow {
  context.table(apis).put([row.ApiId], row);
  context.table(apiOwners).put([row.ApiId], { account: context.account, region: context.region });
  return row;
}

interface Quick {
  readonly Target: string;
  readonly RouteKey?: string | undefined;
  readonly CredentialsArn?: string | undefined;
}

/** "Quick create": an integration, a catch-all route and a stage that deploys by itself, all managed by API Gateway. */
function quickCreate(
  context: ServiceContext,
  api: ApiRow,
  { Target, RouteKey = "$default", CredentialsArn }: Quick,
): void {
  checkRouteKey(RouteKey);
  const managed = { ApiGatewayManaged: true };
  const integration = { ...managed, ...quickIntegration(Target, CredentialsArn), IntegrationId: newId(context.random) };
  context.table(integrations).put([api.ApiId, integration.IntegrationId], integration);
  const route = {
    ...managed,
    ApiKeyRequired: false,
    AuthorizationType: "NONE" as const,
    RouteId: newId(context.random),
    RouteKey,
    Target: `integrations/${integration.IntegrationId}`,
  };
  context.table(routes).put([api.ApiId, route.RouteId], route);
  context.table(stages).put([api.ApiId, "$default"], {
    ...managed,
    StageName: "$default",
    AutoDeploy: true,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageVariables: {},
    Tags: {},
    createdAt: context.now,
    updatedAt: context.now,
  });
  const { DeploymentId } = deploy(context, api, { AutoDeployed: true });
  pointStage(context, api.ApiId, "$default", DeploymentId);
}

function quickIntegration(target: string, credentials: string | undefined): Omit<IntegrationRow, "IntegrationId"> {
  const isFunction = functionOfUri(target) !== undefined;
  return completeIntegration({
    IntegrationType: isFunction ? "AWS_PROXY" : "HTTP_PROXY",
    IntegrationUri: target,
    IntegrationMethod: isFunction ? "POST" : "ANY",
    PayloadFormatVersion: isFunction ? "2.0" : "1.0",
    CredentialsArn: credentials,
  });
}

/** HTTP APIs have those that they have. */
function checkExpressions(given: {
  readonly RouteSelectionExpression?: string | undefined;
  readonly ApiKeySelectionExpression?: string | undefined;
}): void {
  const { RouteSelectionExpression: route, ApiKeySelectionExpression: key } = given;
  if (route !== undefined && route.replaceAll(/[{}]/g, "") !== ROUTE_SELECTION) {
    badRequest(`HTTP APIs only support the route selection expression ${ROUTE_SELECTION}`);
  }
  if (key !== undefined && key !== API_KEY_SELECTION) {
    badRequest("ApiKeySelectionExpression is only supported for WEBSOCKET APIs");
  }
}

export const UpdateApi: Handler<Sdk, "UpdateApi"> = (context, input) => {
  const before = findApi(context, input.ApiId);
  if (input.DisableSchemaValidation === true)
    badRequest("DisableSchemaValidation is only supported for WEBSOCKET APIs");
  checkExpressions(input);
  if (input.CorsConfiguration !== undefined) checkCors(input.CorsConfiguration);
  const { Name, Description, Version, CorsConfiguration, DisableExecuteApiEndpoint, IpAddressType } = input;
  const changed = { Name, CorsConfiguration, DisableExecuteApiEndpoint, IpAddressType };
  const row: ApiRow = {
    ...merged(before, changed),
    Description: (Description ?? before.Description) || undefined,
    Version: (Version ?? before.Version) || undefined,
  };
  context.table(apis).put([row.ApiId], row);
  updateQuick(context, row, input);
  autoDeploy(context, row);
  return shownApi(context, row);
};

/** What quick create made can be changed by the API too. */
function updateQuick(
  context: ServiceContext,
  { ApiId }: ApiRow,
  input: { [K in keyof Quick]?: Quick[K] | undefined },
): void {
  const { Target, RouteKey, CredentialsArn } = input;
  if (Target === undefined && RouteKey === undefined && CredentialsArn === undefined) return;
  const integration = all(context.table(integrations).list([ApiId])).find((one) => one.ApiGatewayManaged === true);
  const route = all(context.table(routes).list([ApiId])).find((one) => one.ApiGatewayManaged === true);
  if (integration === undefined || route === undefined) {
    badRequest("Only an API that was made by quick create has a target, a routeKey and credentials of its own");
  }
  const target = Target ?? integration.IntegrationUri ?? "";
  const changed = quickIntegration(target, CredentialsArn ?? integration.CredentialsArn);
  context.table(integrations).put([ApiId, integration.IntegrationId], { ...integration, ...changed });
  if (RouteKey === undefined) return;
  checkRouteKey(RouteKey);
  context.table(routes).put([ApiId, route.RouteId], { ...route, RouteKey });
}

export const GetApi: Handler<Sdk, "GetApi"> = (context, { ApiId }) => shownApi(context, findApi(context, ApiId));

export const GetApis: Handler<Sdk, "GetApis"> = (context, input) => {
  const { page, rest } = takePage(context.table(apis).list(), ({ ApiId }) => ApiId, input);
  return { Items: page.map((row) => shownApi(context, row)), ...rest };
};

export const DeleteApi: Handler<Sdk, "DeleteApi"> = (context, { ApiId }) => {
  findApi(context, ApiId);
  for (const mapping of all(context.table(mappings).entries())) {
    if (mapping[1].ApiId === ApiId) {
      badRequest(
        `Deleting API ${ApiId} failed. Please remove all API mappings related to the domain name in your account and try again: ${mapping[0][0]}`,
      );
    }
  }
  clear(context, ApiId);
  for (const { StageName } of all(context.table(stages).list([ApiId]))) context.table(stages).remove(ApiId, StageName);
  for (const { DeploymentId } of all(context.table(deployments).list([ApiId]))) {
    context.table(deployments).remove(ApiId, DeploymentId);
    context.table(snapshots).remove(ApiId, DeploymentId);
  }
  context.table(apis).remove(ApiId);
  context.table(apiOwners).remove(ApiId);
  return {};
};

/** Takes away what an API's definition consists of; inside a transaction. */
export function clear(context: ServiceContext, ApiId: string): void {
  clearTable(context.table(routes), ApiId);
  clearTable(context.table(integrations), ApiId);
  clearTable(context.table(authorizers), ApiId);
  clearTable(context.table(models), ApiId);
}

function clearTable<Row>(table: Table<Row>, apiId: string): void {
  for (const [[, id = ""]] of all(table.entries([apiId]))) table.remove(apiId, id);
}

export const DeleteCorsConfiguration: Handler<Sdk, "DeleteCorsConfiguration"> = (context, { ApiId }) => {
  const { CorsConfiguration: _, ...row } = findApi(context, ApiId);
  context.table(apis).put([ApiId], row);
  autoDeploy(context, row);
  return {};
};
