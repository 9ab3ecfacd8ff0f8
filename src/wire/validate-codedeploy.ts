/** CodeDeploy has exceptions of its own for the members that it checks (its API reference, "Errors" of each operation), and their words. */
import { AwsError } from "../kernel/errors.ts";
import type { Finding } from "./validation-finding.ts";

type Refusal = readonly [code: string, message: string];

/** Of a member that must be there. */
const MISSING: Readonly<Record<string, Refusal>> = {
  applicationName: ["ApplicationNameRequired", "The minimum number of required application names was not specified."],
  applicationNames: ["ApplicationNameRequired", "The minimum number of required application names was not specified."],
  deploymentGroupName: ["DeploymentGroupNameRequired", "The deployment group name was not specified."],
  currentDeploymentGroupName: ["DeploymentGroupNameRequired", "The deployment group name was not specified."],
  deploymentGroupNames: ["DeploymentGroupNameRequired", "The deployment group name was not specified."],
  deploymentConfigName: ["DeploymentConfigNameRequired", "The deployment configuration name was not specified."],
  deploymentId: ["DeploymentIdRequired", "At least one deployment ID must be specified."],
  deploymentIds: ["DeploymentIdRequired", "At least one deployment ID must be specified."],
  targetId: ["DeploymentTargetIdRequired", "A deployment target ID was not provided."],
  targetIds: ["DeploymentTargetIdRequired", "A deployment target ID was not provided."],
  instanceId: ["InstanceIdRequired", "The instance ID was not specified."],
  instanceIds: ["InstanceIdRequired", "The instance ID was not specified."],
  serviceRoleArn: ["RoleRequired", "The role ID was not specified."],
  revision: ["RevisionRequired", "RevisionLocation must be specified"],
  revisions: ["RevisionRequired", "RevisionLocation must be specified"],
  resourceArn: ["ResourceArnRequired", "The ARN of a resource is required, but was not found."],
  tags: ["TagRequired", "A tag was not specified."],
  tagKeys: ["TagRequired", "A tag was not specified."],
};

const APPLICATION_NAME: Refusal = [
  "InvalidApplicationName",
  "The application name was specified in an invalid format.",
];
const GROUP_NAME: Refusal = [
  "InvalidDeploymentGroupName",
  "The deployment group name was specified in an invalid format.",
];
const ALARMS: Refusal = ["InvalidAlarmConfig", "The format of the alarm configuration is invalid."];

/** Of a member that has another value than it may. */
const INVALID: Readonly<Record<string, Refusal>> = {
  applicationName: APPLICATION_NAME,
  newApplicationName: APPLICATION_NAME,
  applicationNames: APPLICATION_NAME,
  deploymentGroupName: GROUP_NAME,
  currentDeploymentGroupName: GROUP_NAME,
  newDeploymentGroupName: GROUP_NAME,
  deploymentGroupNames: GROUP_NAME,
  deploymentConfigName: [
    "InvalidDeploymentConfigName",
    "The deployment configuration name was specified in an invalid format.",
  ],
  computePlatform: [
    "InvalidComputePlatform",
    "The computePlatform is invalid. The computePlatform should be Lambda, Server, or ECS.",
  ],
  revision: ["InvalidRevision", "The revision was specified in an invalid format."],
  revisions: ["InvalidRevision", "The revision was specified in an invalid format."],
  sortBy: ["InvalidSortBy", "The column name to sort by is either not present or was specified in an invalid format."],
  sortOrder: ["InvalidSortOrder", "The sort order was specified in an invalid format."],
  deployed: ["InvalidDeployedStateFilter", "The deployed state filter was specified in an invalid format."],
  includeOnlyStatuses: [
    "InvalidDeploymentStatus",
    "The specified deployment status doesn't exist or cannot be determined.",
  ],
  fileExistsBehavior: [
    "InvalidFileExistsBehavior",
    'An invalid fileExistsBehavior option was specified. Valid values include "DISALLOW," "OVERWRITE," and "RETAIN."',
  ],
  deploymentWaitType: ["InvalidDeploymentWaitType", "The wait type is invalid."],
  targetFilters: ["InvalidTargetFilterName", "The target filter name is invalid."],
  status: [
    "InvalidLifecycleEventHookExecutionStatus",
    "The result of a Lambda validation function that verifies a lifecycle event is invalid. It should return Succeeded or Failed.",
  ],
  "deploymentStyle.deploymentOption": [
    "InvalidDeploymentStyle",
    "Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL",
  ],
  "deploymentStyle.deploymentType": ["InvalidDeploymentStyle", "Deployment type can only be IN_PLACE or BLUE_GREEN"],
  autoRollbackConfiguration: [
    "InvalidAutoRollbackConfig",
    "The automatic rollback configuration was specified in an invalid format: an invalid triggering event type was listed.",
  ],
  alarmConfiguration: ALARMS,
  overrideAlarmConfiguration: ALARMS,
  triggerConfigurations: ["InvalidTriggerConfig", "The trigger was specified in an invalid format."],
  trafficRoutingConfig: [
    "InvalidTrafficRoutingConfiguration",
    "The configuration that specifies how traffic is routed during a deployment is invalid.",
  ],
  minimumHealthyHosts: [
    "InvalidMinimumHealthyHostValue",
    "The minimum healthy instance value was specified in an invalid format.",
  ],
  tags: ["InvalidTagsToAdd", "The specified tags are not valid."],
};

/** Raises the member's exception; returns where it has none. */
export function refuseForCodeDeploy({ path, isMissing }: Finding): void {
  const [top = ""] = path.split(".");
  const refusal = (isMissing ? MISSING : INVALID)[path] ?? INVALID[path] ?? INVALID[top];
  if (refusal !== undefined) throw new AwsError(`${refusal[0]}Exception`, refusal[1], { status: 400 });
}
