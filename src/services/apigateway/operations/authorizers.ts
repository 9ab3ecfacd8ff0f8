/** Authorizers: functions that decide, and user pools whose tokens are believed. */
import type { Operations } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { addedOrRemoved, anyOp, patched, replaced, type Patchable } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { withoutEmpty } from "../shown.ts";
import { apiOf, definitionOf, edit, type Authorizer, type Definition } from "../state.ts";
import { newId } from "./apis.ts";

export function authorizerOf({ authorizers }: Definition, id: string): Authorizer {
  return authorizers[id] ?? notFound("Invalid Authorizer identifier specified");
}

const PATCHABLE: Patchable = {
  "/authorizerUri": replaced(),
  "/authorizerCredentials": replaced(),
  "/authorizerResultTtlInSeconds": replaced("integer"),
  "/authType": replaced(),
  "/identitySource": anyOp(),
  "/identityValidationExpression": replaced(),
  "/name": replaced(),
  "/providerARNs": addedOrRemoved("values"),
  "/type": replaced(),
};

/** AWS page "CreateAuthorizer": "The default value is 300. The maximum value is 3600". */
const USUAL_TTL_S = 300;
const MOST_TTL_S = 3600;
const HEADER = /^method\.request\.header\.[^\s,]+$/;
const SOURCE =
  /^(?:method\.request\.(?:header|querystring|multivalueheader|multivaluequerystring)|stageVariables|context)\.[^\s,]+$/;

/** Raises BadRequestException. */
function checked(definition: Definition, given: Authorizer): Authorizer {
  // Said without a value: there is none any more.
  const said = Object.entries(given).filter(([, value]: [string, unknown]) => value !== "");
  const authorizer: Authorizer = Object.fromEntries(said);
  const { id, name = "", type, authorizerUri = "", identitySource, providerARNs = [] } = authorizer;
  const { authorizerResultTtlInSeconds: ttl = USUAL_TTL_S } = authorizer;
  if (name === "") badRequest("Authorizer name must not be empty");
  if (Object.values(definition.authorizers).some((other) => other.name === name && other.id !== id)) {
    badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
  if (ttl < 0 || ttl > MOST_TTL_S) {
    badRequest(`Invalid Authorizer result TTL: ${ttl}. It must be between 0 and ${MOST_TTL_S} seconds`);
  }
  switch (type) {
    case "COGNITO_USER_POOLS":
      if (providerARNs.length === 0) badRequest("COGNITO_USER_POOLS authorizer requires provider ARNs");
      for (const arn of providerARNs) {
        if (!/^arn:[^:]+:cognito-idp:[^:]+:\d{12}:userpool\/\S+$/.test(arn)) {
          badRequest(`Invalid Cognito User Pool ARN: ${arn}`);
        }
      }
      if (identitySource === undefined || !HEADER.test(identitySource)) refuseSource(identitySource);
      break;
    case "TOKEN":
    case "REQUEST":
      if (!/^arn:[^:]+:apigateway:[^:]*:lambda:path\/./.test(authorizerUri)) {
        badRequest(
          `Invalid Authorizer URI: ${authorizerUri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
        );
      }
      if (type === "TOKEN") {
        if (identitySource === undefined || !HEADER.test(identitySource)) refuseSource(identitySource);
      } else {
        if (identitySource === undefined && ttl > 0) {
          badRequest("Identity source is required for a REQUEST authorizer whose results are cached");
        }
        for (const one of identitySource?.split(",") ?? []) if (!SOURCE.test(one.trim())) refuseSource(one);
      }
      break;
    case undefined:
    default:
      badRequest("Invalid Authorizer type specified. Valid values are: [TOKEN, REQUEST, COGNITO_USER_POOLS]");
  }
  return { ...authorizer, authorizerResultTtlInSeconds: ttl };
}

function refuseSource(source: string | undefined): never {
  return badRequest(`Invalid mapping expression specified: ${source ?? "an identity source is required"}`);
}

const AUTH_TYPES: Readonly<Record<string, string>> = { COGNITO_USER_POOLS: "cognito_user_pools" };

export const authorizerOperations = {
  CreateAuthorizer(context, { restApiId, ...given }) {
    apiOf(context, restApiId);
    return edit(context, restApiId, (definition) => {
      const id = newId(context);
      const authType = given.authType ?? AUTH_TYPES[given.type] ?? "custom";
      const authorizer = withoutEmpty(checked(definition, { id, ...given, authType }));
      definition.authorizers[id] = authorizer;
      return authorizer;
    });
  },

  GetAuthorizer: (context, { restApiId, authorizerId }) => authorizerOf(definitionOf(context, restApiId), authorizerId),

  GetAuthorizers(context, { restApiId, ...page }) {
    return pageOf(Object.values(definitionOf(context, restApiId).authorizers), page);
  },

  UpdateAuthorizer: (context, { restApiId, authorizerId, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const changed = patched(authorizerOf(definition, authorizerId), patchOperations, PATCHABLE);
      const authorizer = withoutEmpty(checked(definition, changed));
      definition.authorizers[authorizerId] = authorizer;
      return authorizer;
    }),

  DeleteAuthorizer: (context, { restApiId, authorizerId }) =>
    edit(context, restApiId, (definition) => {
      authorizerOf(definition, authorizerId);
      for (const { path, methods } of Object.values(definition.resources)) {
        for (const [httpMethod, method] of Object.entries(methods)) {
          if (method.authorizerId !== authorizerId) continue;
          conflict(`Cannot delete authorizer '${authorizerId}', is referenced in method: ${path}/${httpMethod}`);
        }
      }
      delete definition.authorizers[authorizerId];
      return {};
    }),
} satisfies Operations<Sdk>;
