/** CodeDeploy's CloudFormation resource types (CloudFormation Template Reference, "AWS::CodeDeploy"). */
import type { ResourceType } from "../../service.ts";
import { application } from "./resources/application.ts";
import { deploymentConfig } from "./resources/deployment-config.ts";
import { deploymentGroup } from "./resources/deployment-group.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::CodeDeploy::Application": application,
  "AWS::CodeDeploy::DeploymentConfig": deploymentConfig,
  "AWS::CodeDeploy::DeploymentGroup": deploymentGroup,
};
