/** Authorizers: JSON Web Tokens, and functions that decide. */
import type { Handler } from "../../../service.ts";
import { autoDeploy } from "../deploy.ts";
import { badRequest, conflict } from "../errors.ts";
import { findApi, findAuthorizer, merged } from "../find.ts";
import { newId } from "../names.ts";
import { takePage } from "../paging.ts";
import { completeAuthorizer } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { authorizers, routes, type AuthorizerRow } from "../state.ts";
import type { ServiceContext } from "../../../service.ts";

export const CreateAuthorizer: Handler<Sdk, "CreateAuthorizer"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const { ApiId, ...given } = input;
  const row = { ...completeAuthorizer(given), AuthorizerId: newId(context.random) };
  checkName(context, ApiId, row);
  context.table(authorizers).put([ApiId, row.AuthorizerId], row);
  autoDeploy(context, api);
  return row;
};

function checkName(context: ServiceContext, apiId: string, { AuthorizerId, Name }: AuthorizerRow): void {
  for (const other of context.table(authorizers).list([apiId])) {
    if (other.Name === Name && other.AuthorizerId !== AuthorizerId) {
      badRequest(`Authorizer name must be unique. Authorizer ${Name} already exists in this API.`);
    }
  }
}

export const UpdateAuthorizer: Handler<Sdk, "UpdateAuthorizer"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const before = findAuthorizer(context, input.ApiId, input.AuthorizerId);
  const { ApiId, AuthorizerId, ...changes } = input;
  const changed = merged(before, changes);
  const credentials = changed.AuthorizerCredentialsArn === "" ? undefined : changed.AuthorizerCredentialsArn;
  const row = { ...completeAuthorizer({ ...changed, AuthorizerCredentialsArn: credentials }), AuthorizerId };
  checkName(context, ApiId, row);
  context.table(authorizers).put([ApiId, AuthorizerId], row);
  autoDeploy(context, api);
  return row;
};

export const GetAuthorizer: Handler<Sdk, "GetAuthorizer"> = (context, { ApiId, AuthorizerId }) =>
  findAuthorizer(context, ApiId, AuthorizerId);

export const GetAuthorizers: Handler<Sdk, "GetAuthorizers"> = (context, input) => {
  findApi(context, input.ApiId);
  const rows = context.table(authorizers).list([input.ApiId]);
  const { page, rest } = takePage(rows, ({ AuthorizerId }) => AuthorizerId, input);
  return { Items: page, ...rest };
};

export const DeleteAuthorizer: Handler<Sdk, "DeleteAuthorizer"> = (context, { ApiId, AuthorizerId }) => {
  const api = findApi(context, ApiId);
  findAuthorizer(context, ApiId, AuthorizerId);
  for (const route of context.table(routes).list([ApiId])) {
    if (route.AuthorizerId === AuthorizerId) {
      conflict(`Cannot delete Authorizer '${AuthorizerId}'. Authorizer is referenced by the route ${route.RouteKey}`);
    }
  }
  context.table(authorizers).remove(ApiId, AuthorizerId);
  autoDeploy(context, api);
  return {};
};
