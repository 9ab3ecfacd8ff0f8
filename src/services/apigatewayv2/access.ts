/**
 * What each operation needs to be allowed: an HTTP verb on the path of what it is about (AWS page "Actions, resources, and condition keys for
 * Amazon API Gateway Management V2").
 */
import type { Access, AccessRule } from "../../service.ts";
import { managementArn } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";

/** A rule whose path has the input's members in braces. */
function rule(verb: "DELETE" | "GET" | "PATCH" | "POST" | "PUT", path: string): AccessRule<object> {
  return {
    action: `apigateway:${verb}`,
    resource: (input, where) => {
      const members = new Map<string, unknown>(Object.entries(input));
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(members.get(name) ?? ""));
      return managementArn(where, filled);
    },
  };
}

const API = "/apis/{ApiId}";
const ROUTE = `${API}/routes/{RouteId}`;
const INTEGRATION = `${API}/integrations/{IntegrationId}`;
const AUTHORIZER = `${API}/authorizers/{AuthorizerId}`;
const STAGE = `${API}/stages/{StageName}`;
const DEPLOYMENT = `${API}/deployments/{DeploymentId}`;
const MODEL = `${API}/models/{ModelId}`;
const DOMAIN = "/domainnames/{DomainName}";
const MAPPING = `${DOMAIN}/apimappings/{ApiMappingId}`;
const TAGS = "/tags/{ResourceArn}";

export const access: Access<Sdk, ReturnType<typeof operations>> = {
  CreateApi: rule("POST", "/apis"),
  ImportApi: rule("PUT", "/apis"),
  ReimportApi: rule("PUT", API),
  ExportApi: rule("GET", `${API}/exports/{Specification}`),
  UpdateApi: rule("PATCH", API),
  GetApi: rule("GET", API),
  GetApis: rule("GET", "/apis"),
  DeleteApi: rule("DELETE", API),
  DeleteCorsConfiguration: rule("DELETE", `${API}/cors`),
  CreateRoute: rule("POST", `${API}/routes`),
  UpdateRoute: rule("PATCH", ROUTE),
  GetRoute: rule("GET", ROUTE),
  GetRoutes: rule("GET", `${API}/routes`),
  DeleteRoute: rule("DELETE", ROUTE),
  CreateIntegration: rule("POST", `${API}/integrations`),
  UpdateIntegration: rule("PATCH", INTEGRATION),
  GetIntegration: rule("GET", INTEGRATION),
  GetIntegrations: rule("GET", `${API}/integrations`),
  DeleteIntegration: rule("DELETE", INTEGRATION),
  CreateAuthorizer: rule("POST", `${API}/authorizers`),
  UpdateAuthorizer: rule("PATCH", AUTHORIZER),
  GetAuthorizer: rule("GET", AUTHORIZER),
  GetAuthorizers: rule("GET", `${API}/authorizers`),
  DeleteAuthorizer: rule("DELETE", AUTHORIZER),
  CreateStage: rule("POST", `${API}/stages`),
  UpdateStage: rule("PATCH", STAGE),
  GetStage: rule("GET", STAGE),
  GetStages: rule("GET", `${API}/stages`),
  DeleteStage: rule("DELETE", STAGE),
  DeleteAccessLogSettings: rule("DELETE", `${STAGE}/accesslogsettings`),
  ResetAuthorizersCache: rule("DELETE", `${STAGE}/cache/authorizers`),
  DeleteRouteSettings: rule("DELETE", `${STAGE}/routesettings/{RouteKey}`),
  CreateDeployment: rule("POST", `${API}/deployments`),
  UpdateDeployment: rule("PATCH", DEPLOYMENT),
  GetDeployment: rule("GET", DEPLOYMENT),
  GetDeployments: rule("GET", `${API}/deployments`),
  DeleteDeployment: rule("DELETE", DEPLOYMENT),
  CreateModel: rule("POST", `${API}/models`),
  UpdateModel: rule("PATCH", MODEL),
  GetModel: rule("GET", MODEL),
  GetModelTemplate: rule("GET", `${MODEL}/template`),
  GetModels: rule("GET", `${API}/models`),
  DeleteModel: rule("DELETE", MODEL),
  CreateDomainName: rule("POST", "/domainnames"),
  UpdateDomainName: rule("PATCH", DOMAIN),
  GetDomainName: rule("GET", DOMAIN),
  GetDomainNames: rule("GET", "/domainnames"),
  DeleteDomainName: rule("DELETE", DOMAIN),
  CreateApiMapping: rule("POST", `${DOMAIN}/apimappings`),
  UpdateApiMapping: rule("PATCH", MAPPING),
  GetApiMapping: rule("GET", MAPPING),
  GetApiMappings: rule("GET", `${DOMAIN}/apimappings`),
  DeleteApiMapping: rule("DELETE", MAPPING),
  TagResource: rule("POST", TAGS),
  UntagResource: rule("DELETE", TAGS),
  GetTags: rule("GET", TAGS),
};
