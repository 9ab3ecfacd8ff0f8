/**
 * What each operation needs to be allowed: API Gateway's actions are the methods of HTTP, its resources the paths (AWS page "Actions, resources, and
 * condition keys for Amazon API Gateway Management").
 */
import type { Access } from "../../service.ts";
import type { createOperations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { arnOf } from "./state.ts";

interface Where {
  readonly account: string;
  readonly region: string;
}

type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `path` as the operation's own, with `{member}` for what the input says. */
function on<In extends object>(verb: Verb, path: string) {
  return {
    action: `apigateway:${verb}`,
    resource: (input: In, where: Where) =>
      arnOf(
        where,
        path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(Reflect.get(input, name))),
      ),
  };
}

function onTags(verb: Verb) {
  return {
    action: `apigateway:${verb}`,
    resource: ({ resourceArn }: { readonly resourceArn: string }, where: Where) =>
      arnOf(where, `/tags/${encodeURIComponent(resourceArn)}`),
  };
}

const API = "/restapis/{restApiId}";
const DEPLOYMENT = `${API}/deployments/{deploymentId}`;
const STAGE = `${API}/stages/{stageName}`;
const RESOURCE = `${API}/resources/{resourceId}`;
const METHOD = `${RESOURCE}/methods/{httpMethod}`;
const METHOD_RESPONSE = `${METHOD}/responses/{statusCode}`;
const INTEGRATION = `${METHOD}/integration`;
const INTEGRATION_RESPONSE = `${INTEGRATION}/responses/{statusCode}`;
const MODEL = `${API}/models/{modelName}`;
const VALIDATOR = `${API}/requestvalidators/{requestValidatorId}`;
const AUTHORIZER = `${API}/authorizers/{authorizerId}`;
const GATEWAY_RESPONSE = `${API}/gatewayresponses/{responseType}`;

const DOMAIN = "/domainnames/{domainName}";
const MAPPINGS = `${DOMAIN}/basepathmappings`;
const KEY = "/apikeys/{apiKey}";
const PLAN = "/usageplans/{usagePlanId}";

export const access: Access<Sdk, ReturnType<typeof createOperations>> = {
  GetAccount: on("GET", "/account"),
  UpdateAccount: on("PATCH", "/account"),
  CreateApiKey: on("POST", "/apikeys"),
  ImportApiKeys: on("POST", "/apikeys"),
  GetApiKey: on("GET", KEY),
  GetApiKeys: on("GET", "/apikeys"),
  UpdateApiKey: on("PATCH", KEY),
  DeleteApiKey: on("DELETE", KEY),
  CreateDomainName: on("POST", "/domainnames"),
  GetDomainName: on("GET", DOMAIN),
  GetDomainNames: on("GET", "/domainnames"),
  UpdateDomainName: on("PATCH", DOMAIN),
  DeleteDomainName: on("DELETE", DOMAIN),
  CreateBasePathMapping: on("POST", MAPPINGS),
  GetBasePathMapping: on("GET", `${MAPPINGS}/{basePath}`),
  GetBasePathMappings: on("GET", MAPPINGS),
  UpdateBasePathMapping: on("PATCH", `${MAPPINGS}/{basePath}`),
  DeleteBasePathMapping: on("DELETE", `${MAPPINGS}/{basePath}`),
  CreateUsagePlan: on("POST", "/usageplans"),
  GetUsagePlan: on("GET", PLAN),
  GetUsagePlans: on("GET", "/usageplans"),
  UpdateUsagePlan: on("PATCH", PLAN),
  DeleteUsagePlan: on("DELETE", PLAN),
  CreateUsagePlanKey: on("POST", `${PLAN}/keys`),
  GetUsagePlanKey: on("GET", `${PLAN}/keys/{keyId}`),
  GetUsagePlanKeys: on("GET", `${PLAN}/keys`),
  DeleteUsagePlanKey: on("DELETE", `${PLAN}/keys/{keyId}`),
  GetUsage: on("GET", `${PLAN}/usage`),
  UpdateUsage: on("PATCH", `${PLAN}/keys/{keyId}/usage`),
  CreateRestApi: on("POST", "/restapis"),
  ImportRestApi: on("POST", "/restapis"),
  PutRestApi: on("PUT", API),
  GetRestApi: on("GET", API),
  GetRestApis: on("GET", "/restapis"),
  UpdateRestApi: on("PATCH", API),
  DeleteRestApi: on("DELETE", API),
  GetExport: on("GET", `${STAGE}/exports/{exportType}`),
  CreateDeployment: on("POST", `${API}/deployments`),
  GetDeployment: on("GET", DEPLOYMENT),
  GetDeployments: on("GET", `${API}/deployments`),
  UpdateDeployment: on("PATCH", DEPLOYMENT),
  DeleteDeployment: on("DELETE", DEPLOYMENT),
  CreateStage: on("POST", `${API}/stages`),
  GetStage: on("GET", STAGE),
  GetStages: on("GET", `${API}/stages`),
  UpdateStage: on("PATCH", STAGE),
  DeleteStage: on("DELETE", STAGE),
  TagResource: onTags("PUT"),
  UntagResource: onTags("DELETE"),
  GetTags: onTags("GET"),
  CreateResource: on("POST", `${API}/resources/{parentId}`),
  GetResource: on("GET", RESOURCE),
  GetResources: on("GET", `${API}/resources`),
  UpdateResource: on("PATCH", RESOURCE),
  DeleteResource: on("DELETE", RESOURCE),
  PutMethod: on("PUT", METHOD),
  GetMethod: on("GET", METHOD),
  UpdateMethod: on("PATCH", METHOD),
  DeleteMethod: on("DELETE", METHOD),
  PutMethodResponse: on("PUT", METHOD_RESPONSE),
  GetMethodResponse: on("GET", METHOD_RESPONSE),
  UpdateMethodResponse: on("PATCH", METHOD_RESPONSE),
  DeleteMethodResponse: on("DELETE", METHOD_RESPONSE),
  PutIntegration: on("PUT", INTEGRATION),
  GetIntegration: on("GET", INTEGRATION),
  UpdateIntegration: on("PATCH", INTEGRATION),
  DeleteIntegration: on("DELETE", INTEGRATION),
  PutIntegrationResponse: on("PUT", INTEGRATION_RESPONSE),
  GetIntegrationResponse: on("GET", INTEGRATION_RESPONSE),
  UpdateIntegrationResponse: on("PATCH", INTEGRATION_RESPONSE),
  DeleteIntegrationResponse: on("DELETE", INTEGRATION_RESPONSE),
  CreateModel: on("POST", `${API}/models`),
  GetModel: on("GET", MODEL),
  GetModels: on("GET", `${API}/models`),
  UpdateModel: on("PATCH", MODEL),
  DeleteModel: on("DELETE", MODEL),
  CreateRequestValidator: on("POST", `${API}/requestvalidators`),
  GetRequestValidator: on("GET", VALIDATOR),
  GetRequestValidators: on("GET", `${API}/requestvalidators`),
  UpdateRequestValidator: on("PATCH", VALIDATOR),
  DeleteRequestValidator: on("DELETE", VALIDATOR),
  CreateAuthorizer: on("POST", `${API}/authorizers`),
  GetAuthorizer: on("GET", AUTHORIZER),
  GetAuthorizers: on("GET", `${API}/authorizers`),
  UpdateAuthorizer: on("PATCH", AUTHORIZER),
  DeleteAuthorizer: on("DELETE", AUTHORIZER),
  PutGatewayResponse: on("PUT", GATEWAY_RESPONSE),
  GetGatewayResponse: on("GET", GATEWAY_RESPONSE),
  GetGatewayResponses: on("GET", `${API}/gatewayresponses`),
  UpdateGatewayResponse: on("PATCH", GATEWAY_RESPONSE),
  DeleteGatewayResponse: on("DELETE", GATEWAY_RESPONSE),
  TestInvokeMethod: on("POST", METHOD),
  TestInvokeAuthorizer: on("POST", AUTHORIZER),
  FlushStageCache: on("DELETE", `${STAGE}/cache/data`),
  FlushStageAuthorizersCache: on("DELETE", `${STAGE}/cache/authorizers`),
};
