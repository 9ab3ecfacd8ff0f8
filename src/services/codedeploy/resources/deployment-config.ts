/** AWS::CodeDeploy::DeploymentConfig: every change makes a new one. */
import { isAwsError } from "../../../kernel/errors.ts";
import { choice, number, present, structure, text, unlessMissing, type Properties } from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";

export const deploymentConfig: ResourceType = {
  properties: ["ComputePlatform", "DeploymentConfigName", "MinimumHealthyHosts", "TrafficRoutingConfig", "ZonalConfig"],
  // Both belong to servers.
  unsupported: ["MinimumHealthyHosts", "ZonalConfig"],
  replaceOn: ["ComputePlatform", "DeploymentConfigName", "MinimumHealthyHosts", "TrafficRoutingConfig", "ZonalConfig"],
  nameProperty: "DeploymentConfigName",
  identifiers: ["DeploymentConfigName"],

  async create(context, request) {
    const { properties } = request;
    const deploymentConfigName = text(properties, "DeploymentConfigName") ?? request.generatedName({ maxLength: 100 });
    const computePlatform = choice<"Lambda">(properties, "ComputePlatform");
    const trafficRoutingConfig = routingOf(structure(properties, "TrafficRoutingConfig"));
    try {
      await context.call("codedeploy", "CreateDeploymentConfig", {
        deploymentConfigName,
        computePlatform,
        trafficRoutingConfig,
      });
    } catch (error) {
      if (!request.retried || !isAwsError(error, "DeploymentConfigAlreadyExistsException")) throw error;
    }
    return { status: "SUCCESS", physicalId: deploymentConfigName };
  },

  update: async (_, { physicalId }) => ({ status: "SUCCESS", physicalId }),

  async read(context, { physicalId }) {
    const get = context.call("codedeploy", "GetDeploymentConfig", { deploymentConfigName: physicalId });
    const info = (await unlessMissing(get, "DeploymentConfigDoesNotExistException"))?.deploymentConfigInfo;
    if (info === undefined) return undefined;
    const { type: Type, timeBasedCanary: canary, timeBasedLinear: linear } = info.trafficRoutingConfig ?? {};
    const TrafficRoutingConfig = {
      Type,
      TimeBasedCanary: canary && { CanaryPercentage: canary.canaryPercentage, CanaryInterval: canary.canaryInterval },
      TimeBasedLinear: linear && { LinearPercentage: linear.linearPercentage, LinearInterval: linear.linearInterval },
    };
    const { deploymentConfigName: DeploymentConfigName, computePlatform: ComputePlatform } = info;
    return { physicalId, properties: present({ ComputePlatform, DeploymentConfigName, TrafficRoutingConfig }) };
  },

  async delete(context, { physicalId: deploymentConfigName }) {
    await context.call("codedeploy", "DeleteDeploymentConfig", { deploymentConfigName });
    return { status: "SUCCESS" };
  },
};

function routingOf(routing: Properties | undefined) {
  if (routing === undefined) return undefined;
  const canary = structure(routing, "TimeBasedCanary");
  const linear = structure(routing, "TimeBasedLinear");
  return {
    type: choice<"AllAtOnce" | "TimeBasedCanary" | "TimeBasedLinear">(routing, "Type"),
    timeBasedCanary: canary && {
      canaryPercentage: number(canary, "CanaryPercentage"),
      canaryInterval: number(canary, "CanaryInterval"),
    },
    timeBasedLinear: linear && {
      linearPercentage: number(linear, "LinearPercentage"),
      linearInterval: number(linear, "LinearInterval"),
    },
  };
}
