/** Deployment groups. */
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { checkName, groupArn, groupNamed, applicationNamed, lambdaConfig } from "../names.ts";
import { checkBatch, takePage } from "../paging.ts";
import { ALL_AT_ONCE } from "../predefined-configs.ts";
import { end } from "../run/course.ts";
import { checkServiceRole } from "../run/service-role.ts";
import type { Sdk } from "../sdk.ts";
import { groupInfo } from "../shown.ts";
import { deployments, groups, history, running, type Group } from "../state.ts";
import { withTags } from "../tags.ts";
import { alarmsOf, autoRollbackOf, refuseServerSettings, triggersOf } from "../settings.ts";

export const CreateDeploymentGroup: Handler<Sdk, "CreateDeploymentGroup"> = async (context, input) => {
  const { applicationName: application, deploymentGroupName: name, serviceRoleArn } = input;
  checkName(name, "InvalidDeploymentGroupNameException", "deployment group");
  applicationNamed(context, application);
  refuseServerSettings(input);
  const configName = input.deploymentConfigName ?? ALL_AT_ONCE;
  lambdaConfig(context, configName);
  const settings = settingsOf(input);
  const tags = withTags({}, input.tags, context);
  if (context.table(groups).has(application, name)) alreadyThere(name);
  await checkServiceRole(context, serviceRoleArn, groupArn(context, application, name));
  return context.transact(() => {
    applicationNamed(context, application);
    if (context.table(groups).has(application, name)) alreadyThere(name);
    const id = context.random.uuid();
    const group: Group = { id, application, name, configName, serviceRoleArn, triggers: [], ...settings, tags };
    context.table(groups).put([application, name], group);
    return { deploymentGroupId: id };
  });
};

function alreadyThere(name: string): never {
  refuse("DeploymentGroupAlreadyExistsException", `Deployment Group already exists: ${name}`);
}

/** What both operations may say. */
function settingsOf(
  input: Pick<
    Input<Sdk, "UpdateDeploymentGroup">,
    "triggerConfigurations" | "alarmConfiguration" | "autoRollbackConfiguration"
  >,
) {
  const { triggerConfigurations, alarmConfiguration, autoRollbackConfiguration } = input;
  return {
    ...(triggerConfigurations === undefined ? {} : { triggers: triggersOf(triggerConfigurations) }),
    ...(alarmConfiguration === undefined ? {} : { alarms: alarmsOf(alarmConfiguration) }),
    ...(autoRollbackConfiguration === undefined ? {} : { autoRollback: autoRollbackOf(autoRollbackConfiguration) }),
  };
}

/** What is not said stays as it was. */
export const UpdateDeploymentGroup: Handler<Sdk, "UpdateDeploymentGroup"> = async (context, input) => {
  const {
    applicationName: application,
    currentDeploymentGroupName: current,
    serviceRoleArn,
    deploymentConfigName: configName,
  } = input;
  groupNamed(context, application, current);
  refuseServerSettings(input);
  if (configName !== undefined) lambdaConfig(context, configName);
  const settings = settingsOf(input);
  const name = input.newDeploymentGroupName ?? current;
  checkName(name, "InvalidDeploymentGroupNameException", "deployment group");
  if (serviceRoleArn !== undefined)
    await checkServiceRole(context, serviceRoleArn, groupArn(context, application, name));
  return context.transact(() => {
    const before = groupNamed(context, application, current);
    if (name !== current && context.table(groups).has(application, name)) alreadyThere(name);
    const group: Group = {
      ...before,
      name,
      ...(configName === undefined ? {} : { configName }),
      ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
      ...settings,
    };
    context.table(groups).remove(application, current);
    context.table(groups).put([application, name], group);
    if (name !== current) renameDeployments(context, group);
    return { hooksNotCleanedUp: [] };
  });
};

function renameDeployments(context: ServiceContext, { id, name }: Group): void {
  for (const deploymentId of Array.from(context.table(history).list([id]))) {
    const deployment = context.table(deployments).get(deploymentId);
    if (deployment !== undefined) context.table(deployments).put([deploymentId], { ...deployment, group: name });
  }
}

export const GetDeploymentGroup: Handler<Sdk, "GetDeploymentGroup"> = (context, input) => ({
  deploymentGroupInfo: groupInfo(groupNamed(context, input.applicationName, input.deploymentGroupName)),
});

export const BatchGetDeploymentGroups: Handler<Sdk, "BatchGetDeploymentGroups"> = (context, input) => {
  const { applicationName, deploymentGroupNames } = input;
  checkBatch(deploymentGroupNames, [
    "DeploymentGroupNameRequiredException",
    "The deployment group name was not specified.",
  ]);
  applicationNamed(context, applicationName);
  for (const name of deploymentGroupNames) checkName(name, "InvalidDeploymentGroupNameException", "deployment group");
  const found = deploymentGroupNames.flatMap((name) => context.table(groups).get(applicationName, name) ?? []);
  const missing = deploymentGroupNames.filter((name) => !found.some((group) => group.name === name));
  return {
    deploymentGroupsInfo: found.map(groupInfo),
    ...(missing.length === 0 ? {} : { errorMessage: `No Deployment Group found for name: ${missing.join(", ")}` }),
  };
};

export const ListDeploymentGroups: Handler<Sdk, "ListDeploymentGroups"> = (context, { applicationName, nextToken }) => {
  applicationNamed(context, applicationName);
  const { page, rest } = takePage(context.table(groups).list([applicationName]), nextToken, ({ name }) => name);
  return { applicationName, deploymentGroups: page.map(({ name }) => name), ...rest };
};

/** What is not there is deleted. */
export const DeleteDeploymentGroup: Handler<Sdk, "DeleteDeploymentGroup"> = (context, input) => {
  const { applicationName, deploymentGroupName: name } = input;
  checkName(applicationName, "InvalidApplicationNameException", "application");
  checkName(name, "InvalidDeploymentGroupNameException", "deployment group");
  const group = context.table(groups).get(applicationName, name);
  const message = `The deployment failed because the deployment group ${name} was deleted.`;
  if (group !== undefined) removeGroup(context, group, { code: "DEPLOYMENT_GROUP_MISSING", message });
  return { hooksNotCleanedUp: [] };
};

/**
 * Inside a transaction. A deployment that is at work fails, for nobody is there any more whose role it could use; then all deployments are forgotten
 * ("Delete a deployment group with CodeDeploy": "all details associated with that deployment group will also be deleted").
 */
export function removeGroup(
  context: ServiceContext,
  group: Group,
  why: { readonly code: "APPLICATION_MISSING" | "DEPLOYMENT_GROUP_MISSING"; readonly message: string },
): void {
  context.table(groups).remove(group.application, group.name);
  const atWork = context.table(running).get(group.id);
  const deployment = atWork === undefined ? undefined : context.table(deployments).get(atWork);
  if (deployment !== undefined) end(context, deployment, { status: "Failed", ...why });
  context.table(running).remove(group.id);
  for (const [[, when = 0, ordinal = 0], id] of Array.from(context.table(history).entries([group.id]))) {
    context.table(deployments).remove(id);
    context.table(history).remove(group.id, when, ordinal);
  }
}
