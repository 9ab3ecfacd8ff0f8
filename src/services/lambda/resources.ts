/** Lambda's CloudFormation resource types (CloudFormation Template Reference, "AWS::Lambda"). */
import type { ResourceType } from "../../service.ts";
import { eventInvokeConfig } from "./resources/event-invoke-config.ts";
import { lambdaFunction } from "./resources/function.ts";
import { layerVersion, layerVersionPermission } from "./resources/layer.ts";
import { permission } from "./resources/permission.ts";
import { functionUrl } from "./resources/url.ts";
import { alias, version } from "./resources/version.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::Lambda::Function": lambdaFunction,
  "AWS::Lambda::Version": version,
  "AWS::Lambda::Alias": alias,
  "AWS::Lambda::Permission": permission,
  "AWS::Lambda::LayerVersion": layerVersion,
  "AWS::Lambda::LayerVersionPermission": layerVersionPermission,
  "AWS::Lambda::Url": functionUrl,
  "AWS::Lambda::EventInvokeConfig": eventInvokeConfig,
};
