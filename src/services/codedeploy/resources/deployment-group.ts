/** AWS::CodeDeploy::DeploymentGroup, as far as Lambda goes. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  choice,
  flag,
  present,
  requiredText,
  structure,
  structures,
  text,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { groupArn } from "../names.ts";
import { ALL_AT_ONCE } from "../predefined-configs.ts";
import { readTags, tagsFor, updateTags } from "./tagging.ts";

type RollbackEvent = "DEPLOYMENT_FAILURE" | "DEPLOYMENT_STOP_ON_ALARM" | "DEPLOYMENT_STOP_ON_REQUEST";
type TriggerEvent =
  | "DeploymentStart"
  | "DeploymentSuccess"
  | "DeploymentFailure"
  | "DeploymentStop"
  | "DeploymentRollback";

/** Those of servers and ECS, and `Deployment`, which CloudFormation makes for servers only. */
const ELSEWHERE = [
  "AutoScalingGroups",
  "BlueGreenDeploymentConfiguration",
  "Deployment",
  "ECSServices",
  "Ec2TagFilters",
  "Ec2TagSet",
  "LoadBalancerInfo",
  "OnPremisesInstanceTagFilters",
  "OnPremisesTagSet",
  "OutdatedInstancesStrategy",
  "TerminationHookEnabled",
];

export const deploymentGroup: ResourceType = {
  properties: [
    "AlarmConfiguration",
    "ApplicationName",
    "AutoRollbackConfiguration",
    "DeploymentConfigName",
    "DeploymentGroupName",
    "DeploymentStyle",
    "ServiceRoleArn",
    "Tags",
    "TriggerConfigurations",
    ...ELSEWHERE,
  ],
  required: ["ApplicationName", "ServiceRoleArn"],
  unsupported: ELSEWHERE,
  replaceOn: ["ApplicationName", "DeploymentGroupName"],
  nameProperty: "DeploymentGroupName",
  identifiers: ["ApplicationName", "DeploymentGroupName"],
  physicalIdOf: (_, identifiers) => identifiers["DeploymentGroupName"] ?? "",

  async create(context, request) {
    const { properties } = request;
    const applicationName = requiredText(properties, "ApplicationName");
    const deploymentGroupName = text(properties, "DeploymentGroupName") ?? request.generatedName({ maxLength: 100 });
    const input = { applicationName, deploymentGroupName, ...settingsOf(properties), tags: tagsFor(request) };
    try {
      await context.call("codedeploy", "CreateDeploymentGroup", input);
    } catch (error) {
      if (!request.retried || !isAwsError(error, "DeploymentGroupAlreadyExistsException")) throw error;
    }
    return { status: "SUCCESS", physicalId: deploymentGroupName };
  },

  async update(context, request) {
    const { properties, physicalId } = request;
    const applicationName = requiredText(properties, "ApplicationName");
    // What the template says no more is as it would be without it.
    const input = { ...NOTHING, ...settingsOf(properties) };
    await context.call("codedeploy", "UpdateDeploymentGroup", {
      applicationName,
      currentDeploymentGroupName: physicalId,
      ...input,
    });
    await updateTags(context, request, groupArn(context, applicationName, physicalId));
    return { status: "SUCCESS", physicalId };
  },

  async read(context, { physicalId, properties }) {
    const applicationName = requiredText(properties, "ApplicationName");
    return readGroup(context, applicationName, physicalId);
  },

  async delete(context, { physicalId, properties }) {
    const applicationName = requiredText(properties, "ApplicationName");
    await context.call("codedeploy", "DeleteDeploymentGroup", { applicationName, deploymentGroupName: physicalId });
    return { status: "SUCCESS" };
  },
};

const NOTHING = {
  deploymentConfigName: ALL_AT_ONCE,
  alarmConfiguration: { enabled: false, alarms: [] },
  autoRollbackConfiguration: { enabled: false, events: [] },
  triggerConfigurations: [],
};

function settingsOf(properties: Properties) {
  const alarms = structure(properties, "AlarmConfiguration");
  const rollback = structure(properties, "AutoRollbackConfiguration");
  const style = structure(properties, "DeploymentStyle");
  const configName = text(properties, "DeploymentConfigName");
  return {
    ...(configName === undefined ? {} : { deploymentConfigName: configName }),
    serviceRoleArn: requiredText(properties, "ServiceRoleArn"),
    ...(alarms === undefined
      ? {}
      : {
          alarmConfiguration: {
            enabled: flag(alarms, "Enabled"),
            ignorePollAlarmFailure: flag(alarms, "IgnorePollAlarmFailure"),
            alarms: structures(alarms, "Alarms").map((alarm) => ({ name: text(alarm, "Name") })),
          },
        }),
    ...(rollback === undefined
      ? {}
      : {
          autoRollbackConfiguration: {
            enabled: flag(rollback, "Enabled"),
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, in AWS's words
            events: (texts(rollback, "Events") ?? []) as RollbackEvent[],
          },
        }),
    ...(style === undefined
      ? {}
      : {
          deploymentStyle: {
            deploymentType: choice<"BLUE_GREEN" | "IN_PLACE">(style, "DeploymentType"),
            deploymentOption: choice<"WITH_TRAFFIC_CONTROL" | "WITHOUT_TRAFFIC_CONTROL">(style, "DeploymentOption"),
          },
        }),
    triggerConfigurations: structures(properties, "TriggerConfigurations").map((trigger) => ({
      triggerName: text(trigger, "TriggerName"),
      triggerTargetArn: text(trigger, "TriggerTargetArn"),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      triggerEvents: (texts(trigger, "TriggerEvents") ?? []) as TriggerEvent[],
    })),
  };
}

async function readGroup(context: ResourceContext, applicationName: string, deploymentGroupName: string) {
  const get = context.call("codedeploy", "GetDeploymentGroup", { applicationName, deploymentGroupName });
  const info = (await unlessMissing(get, "ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException"))
    ?.deploymentGroupInfo;
  if (info === undefined) return undefined;
  const {
    alarmConfiguration: alarms,
    autoRollbackConfiguration: rollback,
    deploymentStyle: style,
    triggerConfigurations = [],
  } = info;
  const hasAlarms = alarms !== undefined && (alarms.enabled === true || (alarms.alarms ?? []).length > 0);
  const hasRollback = rollback !== undefined && (rollback.enabled === true || (rollback.events ?? []).length > 0);
  const properties = present({
    ApplicationName: info.applicationName,
    DeploymentGroupName: info.deploymentGroupName,
    DeploymentConfigName: info.deploymentConfigName,
    ServiceRoleArn: info.serviceRoleArn,
    DeploymentStyle: style && { DeploymentType: style.deploymentType, DeploymentOption: style.deploymentOption },
    AlarmConfiguration: hasAlarms
      ? {
          Enabled: alarms.enabled,
          IgnorePollAlarmFailure: alarms.ignorePollAlarmFailure,
          Alarms: (alarms.alarms ?? []).map(({ name: Name }) => ({ Name })),
        }
      : undefined,
    AutoRollbackConfiguration: hasRollback ? { Enabled: rollback.enabled, Events: rollback.events } : undefined,
    TriggerConfigurations: unlessEmpty(
      triggerConfigurations.map(({ triggerName, triggerTargetArn, triggerEvents }) => ({
        TriggerName: triggerName,
        TriggerTargetArn: triggerTargetArn,
        TriggerEvents: triggerEvents,
      })),
    ),
    Tags: await readTags(context, groupArn(context, applicationName, deploymentGroupName)),
  });
  return { physicalId: deploymentGroupName, properties };
}
