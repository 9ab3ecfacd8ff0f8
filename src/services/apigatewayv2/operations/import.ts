/** APIs out of OpenAPI definitions. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { autoDeploy } from "../deploy.ts";
import { badRequest } from "../errors.ts";
import { findApi } from "../find.ts";
import { newApiId, newId } from "../names.ts";
import { definitionOf, type Definition, type IntegrationPart } from "../openapi/definition.ts";
import { readDocument } from "../openapi/document.ts";
import { readBasePath } from "../openapi/servers.ts";
import { checkCors, completeAuthorizer, completeIntegration } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { shownApi } from "../shown.ts";
import { all, apis, authorizers, integrations, routes, type ApiRow } from "../state.ts";
import { checkTags } from "../tags.ts";
import { clear, put } from "./apis.ts";
import { putRoute } from "./routes.ts";

interface Import {
  readonly Body: string;
  readonly Basepath?: string | undefined;
  readonly FailOnWarnings?: boolean | undefined;
}

export const ImportApi: Handler<Sdk, "ImportApi"> = (context, input) => {
  const definition = read(input);
  checkTags(definition.tags);
  const row = put(context, {
    ApiId: newApiId(context.random),
    ProtocolType: "HTTP",
    RouteSelectionExpression: "$request.method $request.path",
    ApiKeySelectionExpression: "$request.header.x-api-key",
    IpAddressType: "ipv4",
    Tags: definition.tags,
    createdAt: context.now,
    ...described(definition),
  });
  fill(context, row, definition);
  return { ...shownApi(context, row), ...warned(definition) };
};

/** The definition takes the place of all routes, integrations, authorizers and CORS settings; stages stay. */
export const ReimportApi: Handler<Sdk, "ReimportApi"> = (context, input) => {
  const before = findApi(context, input.ApiId);
  const definition = read(input);
  const row: ApiRow = { ...before, ...described(definition), Tags: { ...before.Tags, ...definition.tags } };
  context.table(apis).put([row.ApiId], row);
  fill(context, row, definition);
  autoDeploy(context, row);
  return { ...shownApi(context, row), ...warned(definition) };
};

function read({ Body, Basepath, FailOnWarnings }: Import): Definition {
  const definition = definitionOf(readDocument(Body), readBasePath(Basepath));
  if (FailOnWarnings === true && definition.warnings.length > 0) {
    badRequest(`Warnings found during import:\n\t${definition.warnings.join("\n\t")}`);
  }
  if (definition.cors !== undefined) checkCors(definition.cors);
  return definition;
}

function described({ name, description, version, cors, disableExecuteApiEndpoint }: Definition) {
  return {
    Name: name,
    Description: description,
    Version: version,
    CorsConfiguration: cors,
    DisableExecuteApiEndpoint: disableExecuteApiEndpoint ?? false,
  };
}

function warned({ warnings }: Definition): { Warnings?: string[] } {
  return warnings.length === 0 ? {} : { Warnings: warnings };
}

/** Routes and authorizers of the same key or name keep their ids. Inside a transaction. */
function fill(context: ServiceContext, { ApiId }: ApiRow, definition: Definition): void {
  const routeIds = new Map(all(context.table(routes).list([ApiId])).map((row) => [row.RouteKey, row.RouteId]));
  const names = all(context.table(authorizers).list([ApiId])).map((row) => [row.Name, row.AuthorizerId] as const);
  const authorizerIds = new Map(names);
  clear(context, ApiId);
  for (const part of definition.authorizers) {
    const AuthorizerId = authorizerIds.get(part.Name) ?? newId(context.random);
    authorizerIds.set(part.Name, AuthorizerId);
    context.table(authorizers).put([ApiId, AuthorizerId], { ...completeAuthorizer(part), AuthorizerId });
  }
  const targets = new Map<IntegrationPart, string>();
  const targetOf = (part: IntegrationPart): string => {
    const known = targets.get(part);
    if (known !== undefined) return known;
    const IntegrationId = newId(context.random);
    context.table(integrations).put([ApiId, IntegrationId], { ...completeIntegration(part), IntegrationId });
    targets.set(part, `integrations/${IntegrationId}`);
    return `integrations/${IntegrationId}`;
  };
  for (const { key, operationName, integration, guard } of definition.routes) {
    putRoute(
      context,
      ApiId,
      {
        RouteKey: key,
        OperationName: operationName,
        AuthorizationType: guard.type,
        AuthorizerId: guard.authorizer === undefined ? undefined : authorizerIds.get(guard.authorizer),
        AuthorizationScopes: guard.scopes,
        Target: integration === undefined ? undefined : targetOf(integration),
      },
      routeIds.get(key),
    );
  }
}
