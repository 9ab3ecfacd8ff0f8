/** What a deployment group and a deployment may say of alarms, rollbacks and triggers, checked; and what only servers and ECS may say. */
import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  DeploymentStyle,
  TriggerConfig,
} from "@aws-sdk/client-codedeploy";
import { refuse } from "./errors.ts";
import type { Alarms, AutoRollback } from "./state.ts";

/** "AlarmConfiguration": "A maximum of 10 alarms can be added." */
const MOST_ALARMS = 10;
const MOST_TRIGGERS = 10;

/** Raises InvalidAlarmConfigException, AlarmsLimitExceededException. */
export function alarmsOf(given: AlarmConfiguration): Alarms {
  const { enabled = false, ignorePollAlarmFailure = false, alarms = [] } = given;
  const names = alarms.map(({ name }) =>
    name === undefined || name === "" || name.length > 255
      ? refuse("InvalidAlarmConfigException", "The alarm name is empty or null or exceeds the limit of 255 characters.")
      : name,
  );
  if (new Set(names).size < names.length)
    refuse("InvalidAlarmConfigException", "Two alarms with the same name have been specified.");
  if (enabled && names.length === 0)
    refuse("InvalidAlarmConfigException", "The alarm configuration is enabled, but the alarm list is empty.");
  if (names.length > MOST_ALARMS)
    refuse(
      "AlarmsLimitExceededException",
      `The maximum number of alarms for a deployment group (${MOST_ALARMS}) was exceeded.`,
    );
  return { enabled, ignorePollAlarmFailure, names };
}

/** Raises InvalidAutoRollbackConfigException. */
export function autoRollbackOf({ enabled = false, events = [] }: AutoRollbackConfiguration): AutoRollback {
  if (enabled && events.length === 0)
    refuse("InvalidAutoRollbackConfigException", "Automatic rollback is enabled, but no event types were listed.");
  return { enabled, events: [...new Set(events)] };
}

/** Raises InvalidTriggerConfigException, TriggerTargetsLimitExceededException. */
export function triggersOf(given: readonly TriggerConfig[]): TriggerConfig[] {
  if (given.length > MOST_TRIGGERS)
    refuse(
      "TriggerTargetsLimitExceededException",
      `The maximum allowed number of triggers (${MOST_TRIGGERS}) was exceeded.`,
    );
  const names = given.map(({ triggerName, triggerTargetArn, triggerEvents = [] }) => {
    if (triggerName === undefined || triggerName === "")
      refuse("InvalidTriggerConfigException", "A trigger has no name.");
    if (triggerTargetArn === undefined || !/^arn:aws:sns:[a-z0-9-]+:\d{12}:.+$/.test(triggerTargetArn))
      refuse(
        "InvalidTriggerConfigException",
        `The target of the trigger ${triggerName} must be the ARN of an Amazon SNS topic.`,
      );
    if (triggerEvents.length === 0)
      refuse("InvalidTriggerConfigException", `The trigger ${triggerName} has no events.`);
    return triggerName;
  });
  if (new Set(names).size < names.length)
    refuse("InvalidTriggerConfigException", "Two triggers with the same name have been specified.");
  return [...given];
}

interface ServerSettings {
  readonly ec2TagFilters?: readonly unknown[] | undefined;
  readonly onPremisesInstanceTagFilters?: readonly unknown[] | undefined;
  readonly autoScalingGroups?: readonly unknown[] | undefined;
  readonly ec2TagSet?: object | undefined;
  readonly onPremisesTagSet?: object | undefined;
  readonly ecsServices?: readonly unknown[] | undefined;
  readonly loadBalancerInfo?: object | undefined;
  readonly blueGreenDeploymentConfiguration?: object | undefined;
  readonly outdatedInstancesStrategy?: string | undefined;
  readonly terminationHookEnabled?: boolean | undefined;
  readonly deploymentStyle?: DeploymentStyle | undefined;
}

/** Raises for what a Lambda deployment group cannot have, with the exception that AWS has for it. */
export function refuseServerSettings(input: ServerSettings): void {
  const refuseGiven = (name: keyof ServerSettings, code: Parameters<typeof refuse>[0]): void => {
    const value = input[name];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return;
    refuse(code, `${name} cannot be specified for a deployment group of the Lambda compute platform.`);
  };
  refuseGiven("ec2TagFilters", "InvalidEC2TagException");
  refuseGiven("ec2TagSet", "InvalidEC2TagException");
  refuseGiven("onPremisesInstanceTagFilters", "InvalidTagException");
  refuseGiven("onPremisesTagSet", "InvalidTagException");
  refuseGiven("autoScalingGroups", "InvalidAutoScalingGroupException");
  refuseGiven("ecsServices", "InvalidECSServiceException");
  refuseGiven("loadBalancerInfo", "InvalidLoadBalancerInfoException");
  refuseGiven("blueGreenDeploymentConfiguration", "InvalidBlueGreenDeploymentConfigurationException");
  refuseGiven("outdatedInstancesStrategy", "InvalidInputException");
  refuseGiven("terminationHookEnabled", "InvalidInputException");
  if (input.deploymentStyle === undefined) return;
  const { deploymentType, deploymentOption } = input.deploymentStyle;
  if (deploymentType === undefined || deploymentOption === undefined)
    refuse("InvalidDeploymentStyleException", "Deployment type or deployment option cannot be null or empty");
  if (deploymentType !== "BLUE_GREEN" || deploymentOption !== "WITH_TRAFFIC_CONTROL") {
    refuse(
      "InvalidDeploymentStyleException",
      "A deployment group of the Lambda compute platform has the deployment type BLUE_GREEN and the deployment option WITH_TRAFFIC_CONTROL.",
    );
  }
}
