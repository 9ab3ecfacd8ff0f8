/** AWS::ApiGateway::*: REST APIs' resource types, gathered. */
import type { ResourceType } from "../../service.ts";
import { account } from "./resources/account.ts";
import { authorizer } from "./resources/authorizer.ts";
import { apiKey } from "./resources/api-key.ts";
import { deployment } from "./resources/deployment.ts";
import { basePathMapping, domainName } from "./resources/domain-name.ts";
import { gatewayResponse } from "./resources/gateway-response.ts";
import { method } from "./resources/method.ts";
import { model } from "./resources/model.ts";
import { requestValidator } from "./resources/request-validator.ts";
import { resource } from "./resources/resource.ts";
import { restApi } from "./resources/rest-api.ts";
import { stage } from "./resources/stage.ts";
import { usagePlan, usagePlanKey } from "./resources/usage-plan.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::ApiGateway::Account": account,
  "AWS::ApiGateway::Authorizer": authorizer,
  "AWS::ApiGateway::ApiKey": apiKey,
  "AWS::ApiGateway::BasePathMapping": basePathMapping,
  "AWS::ApiGateway::Deployment": deployment,
  "AWS::ApiGateway::DomainName": domainName,
  "AWS::ApiGateway::GatewayResponse": gatewayResponse,
  "AWS::ApiGateway::Method": method,
  "AWS::ApiGateway::Model": model,
  "AWS::ApiGateway::RequestValidator": requestValidator,
  "AWS::ApiGateway::Resource": resource,
  "AWS::ApiGateway::RestApi": restApi,
  "AWS::ApiGateway::Stage": stage,
  "AWS::ApiGateway::UsagePlan": usagePlan,
  "AWS::ApiGateway::UsagePlanKey": usagePlanKey,
};
