/** AWS::ApiGateway::*: REST APIs' resource types, gathered. */
import type { ResourceType } from "../../service.ts";
import { account } from "./resources/account.ts";
import { deployment } from "./resources/deployment.ts";
import { restApi } from "./resources/rest-api.ts";
import { stage } from "./resources/stage.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::ApiGateway::Account": account,
  "AWS::ApiGateway::Deployment": deployment,
  "AWS::ApiGateway::RestApi": restApi,
  "AWS::ApiGateway::Stage": stage,
};
