/** Deployment configurations ("CreateDeploymentConfig", "AWS CodeDeploy quotas"). */
import type { Handler, Input } from "../../../service.ts";
import { lambdaOnly, refuse } from "../errors.ts";
import { checkName, configNamed } from "../names.ts";
import { takePage } from "../paging.ts";
import { PREDEFINED, PREFIX } from "../predefined-configs.ts";
import type { Sdk } from "../sdk.ts";
import { configInfo } from "../shown.ts";
import { configs, groups } from "../state.ts";
import { minutesOf, type Routing } from "../traffic.ts";

/** "Maximum number of minutes between the first and last traffic shift". */
const MOST_MINUTES = 2880;
const MOST_CONFIGS = 200;

export const CreateDeploymentConfig: Handler<Sdk, "CreateDeploymentConfig"> = (context, input) => {
  const { deploymentConfigName: name, computePlatform = "Server" } = input;
  checkName(name, "InvalidDeploymentConfigNameException", "deployment configuration");
  if (name.startsWith(PREFIX))
    refuse("InvalidDeploymentConfigNameException", `Names of deployment configurations cannot begin with ${PREFIX}`);
  if (computePlatform !== "Lambda")
    lambdaOnly(`a configuration of the platform ${computePlatform} cannot be made; give computePlatform=Lambda`);
  if (input.minimumHealthyHosts !== undefined)
    refuse(
      "InvalidMinimumHealthyHostValueException",
      "The Lambda compute platform does not support minimumHealthyHosts.",
    );
  if (input.zonalConfig !== undefined)
    refuse(
      "InvalidZonalDeploymentConfigurationException",
      "The Lambda compute platform does not support a zonal configuration.",
    );
  const routing = routingOf(input.trafficRoutingConfig);
  if (context.table(configs).has(name))
    refuse("DeploymentConfigAlreadyExistsException", `Deployment Configuration already exists: ${name}`);
  if (Array.from(context.table(configs).list()).length >= MOST_CONFIGS)
    refuse(
      "DeploymentConfigLimitExceededException",
      `The limit of ${MOST_CONFIGS} deployment configurations was exceeded.`,
    );
  const id = context.random.uuid();
  context.table(configs).put([name], { id, name, createdAt: context.now, routing });
  return { deploymentConfigId: id };
};

/** Raises InvalidTrafficRoutingConfigurationException. */
function routingOf(given: Input<Sdk, "CreateDeploymentConfig">["trafficRoutingConfig"]): Routing {
  const { type, timeBasedCanary, timeBasedLinear } = given ?? {};
  switch (type) {
    case "AllAtOnce":
      if (timeBasedCanary !== undefined || timeBasedLinear !== undefined)
        invalid("An AllAtOnce configuration has neither timeBasedCanary nor timeBasedLinear.");
      return { type };
    case "TimeBasedCanary":
      if (timeBasedCanary === undefined || timeBasedLinear !== undefined)
        invalid("A TimeBasedCanary configuration must have timeBasedCanary, and it alone.");
      return timed(type, timeBasedCanary.canaryPercentage, timeBasedCanary.canaryInterval);
    case "TimeBasedLinear":
      if (timeBasedLinear === undefined || timeBasedCanary !== undefined)
        invalid("A TimeBasedLinear configuration must have timeBasedLinear, and it alone.");
      return timed(type, timeBasedLinear.linearPercentage, timeBasedLinear.linearInterval);
    case undefined:
      return invalid("A configuration of the Lambda compute platform must have a trafficRoutingConfig with a type.");
  }
}

function timed(
  type: "TimeBasedCanary" | "TimeBasedLinear",
  percentage: number | undefined,
  intervalMinutes: number | undefined,
): Routing {
  if (percentage === undefined || !Number.isInteger(percentage) || percentage < 1 || percentage > 99)
    invalid("The percentage must be a whole number from 1 to 99.");
  if (intervalMinutes === undefined || !Number.isInteger(intervalMinutes) || intervalMinutes < 1)
    invalid("The interval must be a whole number of minutes, 1 at least.");
  const routing: Routing = { type, percentage, intervalMinutes };
  if (minutesOf(routing) > MOST_MINUTES)
    invalid(`There can be at most ${MOST_MINUTES} minutes between the first and the last traffic shift.`);
  return routing;
}

function invalid(message: string): never {
  refuse("InvalidTrafficRoutingConfigurationException", message);
}

export const GetDeploymentConfig: Handler<Sdk, "GetDeploymentConfig"> = (context, { deploymentConfigName }) => ({
  deploymentConfigInfo: configInfo(configNamed(context, deploymentConfigName)),
});

export const ListDeploymentConfigs: Handler<Sdk, "ListDeploymentConfigs"> = (context, { nextToken }) => {
  const names = [...PREDEFINED.keys(), ...Array.from(context.table(configs).list(), ({ name }) => name)];
  const { page, rest } = takePage(names, nextToken, (name) => name);
  return { deploymentConfigsList: page, ...rest };
};

export const DeleteDeploymentConfig: Handler<Sdk, "DeleteDeploymentConfig"> = (
  context,
  { deploymentConfigName: name },
) => {
  if (PREDEFINED.has(name))
    refuse("InvalidOperationException", `Predefined deployment configurations cannot be deleted: ${name}`);
  checkName(name, "InvalidDeploymentConfigNameException", "deployment configuration");
  const config = context.table(configs).get(name);
  const user = Array.from(context.table(groups).list()).find(({ configName }) => configName === name);
  if (config !== undefined && user !== undefined)
    refuse(
      "DeploymentConfigInUseException",
      `Deployment configuration ${config.id} is in use by Deployment Group ${user.id}`,
    );
  context.table(configs).remove(name);
  return {};
};
