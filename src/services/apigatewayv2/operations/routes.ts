/** Routes: what a request's method and path lead to, and who may come that way. */
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { autoDeploy } from "../deploy.ts";
import { badRequest, conflict } from "../errors.ts";
import { findApi, findRoute, merged } from "../find.ts";
import { newId } from "../names.ts";
import { takePage } from "../paging.ts";
import { checkRouteKey } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { authorizers, integrations, routes, type RouteRow } from "../state.ts";

export const CreateRoute: Handler<Sdk, "CreateRoute"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  checkSupported(input);
  const row = putRoute(context, input.ApiId, { ...definedOf(input), RouteKey: input.RouteKey });
  autoDeploy(context, api);
  return row;
};

/** A new route of an API, with a new id unless one is given; inside a transaction. Raises BadRequestException and ConflictException. */
export function putRoute(
  context: ServiceContext,
  apiId: string,
  given: Omit<RouteRow, "RouteId">,
  id = newId(context.random),
): RouteRow {
  const row: RouteRow = {
    ...given,
    ApiKeyRequired: false,
    AuthorizationType: given.AuthorizationType ?? "NONE",
    RouteId: id,
  };
  check(context, apiId, row);
  context.table(routes).put([apiId, row.RouteId], row);
  return row;
}

function definedOf(input: Partial<Input<Sdk, "UpdateRoute">>) {
  const { AuthorizationScopes, AuthorizationType, AuthorizerId, OperationName, Target } = input;
  return { AuthorizationScopes, AuthorizationType, AuthorizerId, OperationName, Target };
}

/** Raises BadRequestException for what only WebSocket APIs have. */
function checkSupported(input: Omit<Input<Sdk, "UpdateRoute">, "RouteId">): void {
  if (input.ApiKeyRequired === true) badRequest("API keys are not supported for HTTP APIs");
  const { ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression } = input;
  const sockets = { ModelSelectionExpression, RequestModels, RequestParameters, RouteResponseSelectionExpression };
  for (const [name, value] of Object.entries(sockets)) {
    const isEmpty = typeof value === "object" && Object.keys(value).length === 0;
    if (value !== undefined && !isEmpty) badRequest(`${name} is not supported for HTTP APIs`);
  }
}

function check(context: ServiceContext, apiId: string, row: RouteRow): void {
  checkRouteKey(row.RouteKey);
  for (const other of context.table(routes).list([apiId])) {
    if (other.RouteKey === row.RouteKey && other.RouteId !== row.RouteId) {
      conflict(`Route with key ${row.RouteKey} already exists for this API`);
    }
  }
  if (row.Target !== undefined) {
    const id = /^integrations\/([^/]+)$/.exec(row.Target)?.[1];
    if (id === undefined)
      badRequest(`Invalid target specified: ${row.Target}. Format should be integrations/<INTEGRATION ID>`);
    if (!context.table(integrations).has(apiId, id)) badRequest(`Invalid Integration identifier specified ${id}`);
  }
  checkAuthorization(context, apiId, row);
}

function checkAuthorization(context: ServiceContext, apiId: string, row: RouteRow): void {
  const { AuthorizationType: type, AuthorizerId: id, AuthorizationScopes: scopes = [] } = row;
  if (scopes.length > 0 && type !== "JWT") badRequest("Authorization scopes are only supported for JWT authorizers");
  if (type !== "JWT" && type !== "CUSTOM") {
    if (id !== undefined) badRequest(`An authorizer cannot be specified with the authorization type ${type}`);
    return;
  }
  const kind = id === undefined ? undefined : context.table(authorizers).get(apiId, id)?.AuthorizerType;
  if (kind === (type === "JWT" ? "JWT" : "REQUEST")) return;
  badRequest(
    `Invalid authorizer ID specified. Setting the authorization type to ${type} requires a valid ${type === "JWT" ? "JWT " : ""}authorizer.`,
  );
}

export const UpdateRoute: Handler<Sdk, "UpdateRoute"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const before = findRoute(context, input.ApiId, input.RouteId);
  checkSupported(input);
  const row = tidied(merged(before, { ...definedOf(input), RouteKey: input.RouteKey }));
  check(context, input.ApiId, row);
  context.table(routes).put([input.ApiId, row.RouteId], row);
  autoDeploy(context, api);
  return row;
};

/** What an empty text takes away; and a route that asks nobody has no authorizer. */
function tidied(row: RouteRow): RouteRow {
  const asks = row.AuthorizationType === "JWT" || row.AuthorizationType === "CUSTOM";
  return {
    ...row,
    AuthorizerId: asks && row.AuthorizerId !== "" ? row.AuthorizerId : undefined,
    AuthorizationScopes: row.AuthorizationType === "JWT" ? row.AuthorizationScopes : undefined,
    OperationName: row.OperationName === "" ? undefined : row.OperationName,
    Target: row.Target === "" ? undefined : row.Target,
  };
}

export const GetRoute: Handler<Sdk, "GetRoute"> = (context, { ApiId, RouteId }) => findRoute(context, ApiId, RouteId);

export const GetRoutes: Handler<Sdk, "GetRoutes"> = (context, input) => {
  findApi(context, input.ApiId);
  const { page, rest } = takePage(context.table(routes).list([input.ApiId]), ({ RouteId }) => RouteId, input);
  return { Items: page, ...rest };
};

export const DeleteRoute: Handler<Sdk, "DeleteRoute"> = (context, { ApiId, RouteId }) => {
  const api = findApi(context, ApiId);
  findRoute(context, ApiId, RouteId);
  context.table(routes).remove(ApiId, RouteId);
  autoDeploy(context, api);
  return {};
};
