/** Methods and their responses: what a resource takes, of whom, and what it may answer. */
import type { Operations } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { addedOrRemoved, anyOp, patched, replaced, type Patchable } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { withoutEmpty } from "../shown.ts";
import {
  definitionOf,
  edit,
  methodOf,
  resourceOf,
  type Definition,
  type Method,
  type MethodResponse,
} from "../state.ts";

const VERBS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];
const AUTHORIZATIONS = ["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"];

const METHOD: Patchable = {
  "/authorizationScopes": addedOrRemoved("values"),
  "/authorizationType": replaced(),
  "/authorizerId": replaced(),
  "/apiKeyRequired": replaced("boolean"),
  "/operationName": replaced(),
  "/requestParameters/*": anyOp("boolean"),
  "/requestModels/*": anyOp(),
  "/requestValidatorId": replaced(),
};

const RESPONSE: Patchable = { "/responseModels/*": anyOp(), "/responseParameters/*": anyOp("boolean") };

/** In the words of AWS's check of mappings. */
export function invalidMapping(expression: string): never {
  return badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${expression}]`,
  );
}

/** Raises BadRequestException, or NotFoundException for what it refers to and is not there. */
function checkedMethod(definition: Definition, method: Method): Method {
  const { authorizationType = "NONE", authorizationScopes, requestParameters = {}, requestModels = {} } = method;
  // Said without a value: there is none any more.
  const authorizerId = method.authorizerId === "" ? undefined : method.authorizerId;
  const requestValidatorId = method.requestValidatorId === "" ? undefined : method.requestValidatorId;
  if (!AUTHORIZATIONS.includes(authorizationType)) {
    badRequest(`Invalid Authorization type specified. Valid options are ${AUTHORIZATIONS.join(", ")}`);
  }
  const needsAuthorizer = authorizationType === "CUSTOM" || authorizationType === "COGNITO_USER_POOLS";
  const type = definition.authorizers[authorizerId ?? ""]?.type;
  if (needsAuthorizer && (type === "COGNITO_USER_POOLS") !== (authorizationType === "COGNITO_USER_POOLS")) {
    refuseAuthorizer();
  }
  if (needsAuthorizer && type === undefined) refuseAuthorizer();
  if (authorizationType !== "COGNITO_USER_POOLS" && (authorizationScopes?.length ?? 0) > 0) {
    badRequest("Authorization scopes are supported for COGNITO_USER_POOLS authorization type only");
  }
  for (const place of Object.keys(requestParameters)) {
    if (
      !/^method\.request\.(?:header|querystring|path|multivalueheader|multivaluequerystring)\.[^.\s][^\s]*$/.test(place)
    ) {
      invalidMapping(place);
    }
  }
  checkModels(definition, requestModels);
  if (requestValidatorId !== undefined && definition.requestValidators[requestValidatorId] === undefined) {
    badRequest("Invalid Request Validator identifier specified");
  }
  return { ...method, authorizationType, authorizerId, requestValidatorId };
}

function refuseAuthorizer(): never {
  return badRequest(
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
  );
}

function checkModels(definition: Definition, models: Readonly<Record<string, string>>): void {
  for (const name of Object.values(models)) {
    if (definition.models[name] === undefined) badRequest(`Invalid model identifier specified: ${name}`);
  }
}

function checkedResponse(definition: Definition, response: MethodResponse): MethodResponse {
  for (const place of Object.keys(response.responseParameters ?? {})) {
    if (!/^method\.response\.header\.[^.\s]+$/.test(place)) invalidMapping(place);
  }
  checkModels(definition, response.responseModels ?? {});
  return response;
}

function responseOf({ methodResponses = {} }: Method, statusCode: string): MethodResponse {
  return methodResponses[statusCode] ?? notFound("Invalid Response status code specified");
}

export const methodOperations = {
  PutMethod: (context, { restApiId, resourceId, ...given }) =>
    edit(context, restApiId, (definition) => {
      const { methods } = resourceOf(definition, resourceId);
      const { httpMethod, apiKeyRequired = false } = given;
      if (!VERBS.includes(httpMethod)) {
        badRequest(`Invalid HttpMethod specified. Valid options are ${VERBS.join(",")}`);
      }
      if (methods[httpMethod] !== undefined) conflict("Method already exists for this resource");
      const method = withoutEmpty(checkedMethod(definition, { ...given, apiKeyRequired }));
      methods[httpMethod] = method;
      return method;
    }),

  GetMethod: (context, { restApiId, resourceId, httpMethod }) =>
    methodOf(definitionOf(context, restApiId), resourceId, httpMethod),

  UpdateMethod: (context, { restApiId, resourceId, httpMethod, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const before = methodOf(definition, resourceId, httpMethod);
      const method = withoutEmpty(checkedMethod(definition, patched(before, patchOperations, METHOD)));
      resourceOf(definition, resourceId).methods[httpMethod] = method;
      return method;
    }),

  DeleteMethod: (context, { restApiId, resourceId, httpMethod }) =>
    edit(context, restApiId, (definition) => {
      methodOf(definition, resourceId, httpMethod);
      delete resourceOf(definition, resourceId).methods[httpMethod];
      return {};
    }),

  PutMethodResponse: (context, { restApiId, resourceId, httpMethod, ...given }) =>
    edit(context, restApiId, (definition) => {
      const method = methodOf(definition, resourceId, httpMethod);
      const { statusCode } = given;
      if (method.methodResponses?.[statusCode] !== undefined) conflict("Response already exists for this resource");
      const response = withoutEmpty(checkedResponse(definition, given));
      method.methodResponses = { ...method.methodResponses, [statusCode]: response };
      return response;
    }),

  GetMethodResponse: (context, { restApiId, resourceId, httpMethod, statusCode }) =>
    responseOf(methodOf(definitionOf(context, restApiId), resourceId, httpMethod), statusCode),

  UpdateMethodResponse: (context, { restApiId, resourceId, httpMethod, statusCode, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const method = methodOf(definition, resourceId, httpMethod);
      const changed = patched(responseOf(method, statusCode), patchOperations, RESPONSE);
      const response = withoutEmpty(checkedResponse(definition, changed));
      method.methodResponses = { ...method.methodResponses, [statusCode]: response };
      return response;
    }),

  DeleteMethodResponse: (context, { restApiId, resourceId, httpMethod, statusCode }) =>
    edit(context, restApiId, (definition) => {
      const method = methodOf(definition, resourceId, httpMethod);
      responseOf(method, statusCode);
      const { [statusCode]: _, ...rest } = method.methodResponses ?? {};
      method.methodResponses = Object.keys(rest).length === 0 ? undefined : rest;
      return {};
    }),
} satisfies Operations<Sdk>;
