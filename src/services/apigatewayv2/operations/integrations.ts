/** Integrations: what answers behind a route. */
import type { Handler, Input } from "../../../service.ts";
import { autoDeploy } from "../deploy.ts";
import { conflict } from "../errors.ts";
import { findApi, findIntegration, merged, mergedMap } from "../find.ts";
import { newId } from "../names.ts";
import { takePage } from "../paging.ts";
import { completeIntegration } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { integrations, routes, type IntegrationRow } from "../state.ts";

export const CreateIntegration: Handler<Sdk, "CreateIntegration"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const { ApiId: _, TlsConfig, ...given } = input;
  const row: IntegrationRow = {
    ...completeIntegration({ ...given, ...tls(TlsConfig) }),
    IntegrationId: newId(context.random),
  };
  context.table(integrations).put([input.ApiId, row.IntegrationId], row);
  autoDeploy(context, api);
  return row;
};

/** AWS checks the name in the certificate of a private integration only. */
function tls(given: Input<Sdk, "CreateIntegration">["TlsConfig"]): Pick<IntegrationRow, "TlsConfig"> {
  return given?.ServerNameToVerify === undefined ? {} : { TlsConfig: given };
}

export const UpdateIntegration: Handler<Sdk, "UpdateIntegration"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const before = findIntegration(context, input.ApiId, input.IntegrationId);
  const { ApiId: _, IntegrationId, RequestParameters, ResponseParameters, TlsConfig, ...changes } = input;
  const { ConnectionType: __, ...kept } = before;
  const row: IntegrationRow = {
    ...completeIntegration({
      ...merged(kept, changes),
      ...tls(TlsConfig ?? before.TlsConfig),
      Description: (changes.Description ?? before.Description) || undefined,
      CredentialsArn: (changes.CredentialsArn ?? before.CredentialsArn) || undefined,
      RequestParameters: mergedMap(before.RequestParameters, RequestParameters),
      ResponseParameters: mergedResponses(before.ResponseParameters, ResponseParameters),
    }),
    IntegrationId,
  };
  context.table(integrations).put([input.ApiId, IntegrationId], row);
  autoDeploy(context, api);
  return row;
};

type Responses = IntegrationRow["ResponseParameters"];

/** By status code; one that is given with nothing in it goes. */
function mergedResponses(before: Responses, changes: Responses): Responses {
  if (changes === undefined) return before;
  const codes = Object.entries({ ...before, ...changes }).filter(([, mappings]) => Object.keys(mappings).length > 0);
  return codes.length === 0 ? undefined : Object.fromEntries(codes);
}

export const GetIntegration: Handler<Sdk, "GetIntegration"> = (context, { ApiId, IntegrationId }) =>
  findIntegration(context, ApiId, IntegrationId);

export const GetIntegrations: Handler<Sdk, "GetIntegrations"> = (context, input) => {
  findApi(context, input.ApiId);
  const rows = context.table(integrations).list([input.ApiId]);
  const { page, rest } = takePage(rows, ({ IntegrationId }) => IntegrationId, input);
  return { Items: page, ...rest };
};

export const DeleteIntegration: Handler<Sdk, "DeleteIntegration"> = (context, { ApiId, IntegrationId }) => {
  const api = findApi(context, ApiId);
  findIntegration(context, ApiId, IntegrationId);
  for (const { Target, RouteKey } of context.table(routes).list([ApiId])) {
    if (Target === `integrations/${IntegrationId}`) {
      conflict(`Cannot delete Integration '${IntegrationId}'. Integration is referenced by the route ${RouteKey}`);
    }
  }
  context.table(integrations).remove(ApiId, IntegrationId);
  autoDeploy(context, api);
  return {};
};
