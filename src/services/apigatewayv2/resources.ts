/** API Gateway v2's resource types (CloudFormation Template Reference). */
import type { ResourceType } from "../../service.ts";
import { api } from "./resources/api.ts";
import { authorizer } from "./resources/authorizer.ts";
import { apiMapping, domainName } from "./resources/domain.ts";
import { integration } from "./resources/integration.ts";
import { route } from "./resources/route.ts";
import { deployment, stage } from "./resources/stage.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::ApiGatewayV2::Api": api,
  "AWS::ApiGatewayV2::ApiMapping": apiMapping,
  "AWS::ApiGatewayV2::Authorizer": authorizer,
  "AWS::ApiGatewayV2::Deployment": deployment,
  "AWS::ApiGatewayV2::DomainName": domainName,
  "AWS::ApiGatewayV2::Integration": integration,
  "AWS::ApiGatewayV2::Route": route,
  "AWS::ApiGatewayV2::Stage": stage,
};
