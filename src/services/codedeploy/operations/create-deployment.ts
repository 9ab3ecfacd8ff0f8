/** CreateDeployment: what is asked for is held against the group, and the deployment is there; it begins by a deadline that is due now. */
import type { Handler, Input } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { applicationNamed, groupNamed, lambdaConfig } from "../names.ts";
import { checkedRevision } from "../revision-key.ts";
import { newDeployment } from "../run/new-deployment.ts";
import type { Sdk } from "../sdk.ts";
import { alarmsOf, autoRollbackOf } from "../settings.ts";
import { running } from "../state.ts";

const LONGEST_DESCRIPTION = 256;

/**
 * As on AWS, whoever creates a deployment also needs GetDeploymentConfig, GetApplicationRevision and RegisterApplicationRevision ("AWS CodeDeploy
 * permissions reference"): they are called.
 */
export const CreateDeployment: Handler<Sdk, "CreateDeployment"> = async (context, input) => {
  const { applicationName, deploymentGroupName, description } = input;
  applicationNamed(context, applicationName);
  if (deploymentGroupName === undefined)
    refuse("DeploymentGroupNameRequiredException", "The deployment group name was not specified.");
  const group = groupNamed(context, applicationName, deploymentGroupName);
  refuseServerSettings(input);
  if ((description ?? "").length > LONGEST_DESCRIPTION)
    refuse("DescriptionTooLongException", `The description is longer than ${LONGEST_DESCRIPTION} characters.`);
  const revision = checkedRevision("CreateDeployment", input.revision ?? group.targetRevision);
  const configName = input.deploymentConfigName ?? group.configName;
  const { routing } = lambdaConfig(context, configName);
  const { autoRollbackConfiguration, overrideAlarmConfiguration, fileExistsBehavior } = input;
  const autoRollback =
    autoRollbackConfiguration === undefined ? group.autoRollback : autoRollbackOf(autoRollbackConfiguration);
  const alarms = overrideAlarmConfiguration === undefined ? group.alarms : alarmsOf(overrideAlarmConfiguration);

  await context.call("codedeploy", "GetDeploymentConfig", { deploymentConfigName: configName });
  await context.call("codedeploy", "RegisterApplicationRevision", { applicationName, revision });
  await context.call("codedeploy", "GetApplicationRevision", { applicationName, revision });

  return context.transact(() => {
    const now = groupNamed(context, applicationName, deploymentGroupName);
    const atWork = context.table(running).get(now.id);
    if (atWork !== undefined) {
      refuse(
        "DeploymentLimitExceededException",
        `The Deployment Group '${now.name}' already has an active Deployment '${atWork}'`,
      );
    }
    const { id } = newDeployment(context, now, {
      configName,
      routing,
      revision,
      description,
      creator: "user",
      fileExistsBehavior,
      autoRollback,
      alarms,
      overridesAlarms: overrideAlarmConfiguration !== undefined,
    });
    return { deploymentId: id };
  });
};

/** Raises for what belongs to servers. */
function refuseServerSettings(input: Input<Sdk, "CreateDeployment">): void {
  if (input.ignoreApplicationStopFailures === true)
    refuse(
      "InvalidIgnoreApplicationStopFailuresValueException",
      "The IgnoreApplicationStopFailures value is invalid. For Lambda deployments, false is expected.",
    );
  if (input.updateOutdatedInstancesOnly === true)
    refuse(
      "InvalidUpdateOutdatedInstancesOnlyValueException",
      "The UpdateOutdatedInstancesOnly value is invalid. For Lambda deployments, false is expected.",
    );
  if (input.targetInstances !== undefined)
    refuse(
      "InvalidTargetInstancesException",
      "targetInstances cannot be specified for a deployment of the Lambda compute platform.",
    );
}
