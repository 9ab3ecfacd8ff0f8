/** Rows as the API shows them. */
import type {
  ApplicationInfo,
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  DeploymentOverview,
  DeploymentTarget,
  GenericRevisionInfo,
  LastDeploymentInfo,
  LifecycleEvent as ShownEvent,
  TargetStatus,
  TrafficRoutingConfig,
} from "@aws-sdk/client-codedeploy";
import { tryParseArn } from "../../languages/arn.ts";
import type { ServiceContext } from "../../service.ts";
import type { AnyConfig } from "./names.ts";
import { revisionKey } from "./revision-key.ts";
import {
  groups,
  type Alarms,
  type Application,
  type AutoRollback,
  type Deployment,
  type Group,
  type LastDeployment,
  type LifecycleEvent,
  type Plan,
  type RevisionRow,
} from "./state.ts";
import type { Routing } from "./traffic.ts";

const date = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));

/** Lambda's only one. */
const STYLE = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
/** The order in which AWS shows them, whatever order they were given in. */
const ROLLBACK_EVENTS = ["DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE"] as const;

export function applicationInfo({ id, name, createdAt }: Application): ApplicationInfo {
  return {
    applicationId: id,
    applicationName: name,
    createTime: date(createdAt),
    linkedToGitHub: false,
    computePlatform: "Lambda",
  };
}

export function configInfo({ kind, config }: AnyConfig): DeploymentConfigInfo {
  const { id: deploymentConfigId, name: deploymentConfigName, routing } = config;
  const trafficRoutingConfig = routing === undefined ? undefined : routingInfo(routing);
  if (kind === "own")
    return {
      deploymentConfigId,
      deploymentConfigName,
      createTime: date(config.createdAt),
      computePlatform: "Lambda",
      trafficRoutingConfig,
    };
  const { platform: computePlatform, minimumHealthyHosts } = config;
  return { deploymentConfigId, deploymentConfigName, minimumHealthyHosts, computePlatform, trafficRoutingConfig };
}

function routingInfo(routing: Routing): TrafficRoutingConfig {
  switch (routing.type) {
    case "AllAtOnce":
      return { type: "AllAtOnce" };
    case "TimeBasedCanary":
      return {
        type: routing.type,
        timeBasedCanary: { canaryPercentage: routing.percentage, canaryInterval: routing.intervalMinutes },
      };
    case "TimeBasedLinear":
      return {
        type: routing.type,
        timeBasedLinear: { linearPercentage: routing.percentage, linearInterval: routing.intervalMinutes },
      };
  }
}

export function groupInfo(group: Group): DeploymentGroupInfo {
  return {
    applicationName: group.application,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: group.configName,
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    serviceRoleArn: group.serviceRoleArn,
    targetRevision: group.targetRevision,
    triggerConfigurations: [...group.triggers],
    alarmConfiguration: alarmInfo(group.alarms),
    autoRollbackConfiguration: rollbackConfiguration(group.autoRollback),
    deploymentStyle: STYLE,
    lastSuccessfulDeployment: lastInfo(group.lastSuccessful),
    lastAttemptedDeployment: lastInfo(group.lastAttempted),
    computePlatform: "Lambda",
  };
}

function alarmInfo(alarms: Alarms | undefined) {
  if (alarms === undefined) return undefined;
  const { enabled, ignorePollAlarmFailure, names } = alarms;
  return { enabled, ignorePollAlarmFailure, alarms: names.map((name) => ({ name })) };
}

function rollbackConfiguration(configuration: AutoRollback | undefined) {
  if (configuration === undefined) return undefined;
  const { enabled, events } = configuration;
  return { enabled, events: ROLLBACK_EVENTS.filter((event) => events.includes(event)) };
}

function lastInfo(last: LastDeployment | undefined): LastDeploymentInfo | undefined {
  if (last === undefined) return undefined;
  return { deploymentId: last.id, status: last.status, endTime: date(last.endedAt), createTime: date(last.createdAt) };
}

export function deploymentInfo(deployment: Deployment): DeploymentInfo {
  return {
    applicationName: deployment.application,
    deploymentGroupName: deployment.group,
    deploymentConfigName: deployment.configName,
    deploymentId: deployment.id,
    previousRevision: deployment.previousRevision,
    revision: deployment.revision,
    status: deployment.status,
    errorInformation: deployment.error,
    createTime: date(deployment.createdAt),
    startTime: date(deployment.startedAt),
    completeTime: date(deployment.endedAt),
    deploymentOverview: overviewOf(deployment),
    description: deployment.description,
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: rollbackConfiguration(deployment.autoRollback),
    updateOutdatedInstancesOnly: false,
    rollbackInfo: rollbackInfo(deployment),
    deploymentStyle: STYLE,
    instanceTerminationWaitTimeStarted: false,
    // "This is also the default behavior if no option is specified."
    fileExistsBehavior: deployment.fileExistsBehavior ?? "DISALLOW",
    deploymentStatusMessages: [],
    computePlatform: "Lambda",
    ...(deployment.overridesAlarms ? { overrideAlarmConfiguration: alarmInfo(deployment.alarms) } : {}),
  };
}

/** AWS's words, on either side. */
function rollbackInfo({ id, rolledBackBy, rollsBack }: Deployment): NonNullable<DeploymentInfo["rollbackInfo"]> {
  if (rollsBack !== undefined) {
    return {
      rollbackTriggeringDeploymentId: rollsBack,
      rollbackMessage: `Deployment ${id} is triggered to roll back deployment ${rollsBack}.`,
    };
  }
  if (rolledBackBy === undefined) return {};
  return {
    rollbackDeploymentId: rolledBackBy,
    rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rolledBackBy}.`,
  };
}

/** A Lambda deployment has one target. */
export function targetStatus({ status }: Deployment): TargetStatus {
  switch (status) {
    case "Created":
      return "Pending";
    case "InProgress":
      return "InProgress";
    case "Succeeded":
      return "Succeeded";
    case "Failed":
    case "Stopped":
      return "Failed";
  }
}

function overviewOf(deployment: Deployment): DeploymentOverview {
  const none = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  return { ...none, [targetStatus(deployment)]: 1 };
}

/** `FUNCTION:ALIAS`: what a Lambda deployment's one target is called. */
export function targetId({ functionName, alias }: Plan): string {
  return `${nameOf(functionName)}:${alias}`;
}

function nameOf(functionName: string): string {
  const arn = tryParseArn(functionName);
  return arn === undefined ? functionName : arn.resource.replace(/^function:/, "");
}

export function targetInfo(context: ServiceContext, deployment: Deployment, plan: Plan): DeploymentTarget {
  const { account, region } = context;
  const { currentVersion, targetVersion, alias: functionAlias } = plan;
  return {
    deploymentTargetType: "LambdaTarget",
    lambdaTarget: {
      deploymentId: deployment.id,
      targetId: targetId(plan),
      targetArn: `arn:aws:lambda:${region}:${account}:function:${targetId(plan)}`,
      status: targetStatus(deployment),
      lastUpdatedAt: date(deployment.updatedAt),
      lifecycleEvents: deployment.events.map(eventInfo),
      lambdaFunctionInfo: {
        functionName: nameOf(plan.functionName),
        functionAlias,
        currentVersion,
        targetVersion,
        // A share, as AWS gives it: 1 is all.
        targetVersionWeight: deployment.percent / 100,
      },
    },
  };
}

function eventInfo({ name, status, startedAt, endedAt, diagnostics }: LifecycleEvent): ShownEvent {
  return { lifecycleEventName: name, diagnostics, startTime: date(startedAt), endTime: date(endedAt), status };
}

export function revisionInfo(context: ServiceContext, application: string, row: RevisionRow): GenericRevisionInfo {
  return {
    description: row.description,
    deploymentGroups: targetGroups(context, application, row),
    firstUsedTime: date(row.firstUsedAt),
    lastUsedTime: date(row.lastUsedAt),
    registerTime: date(row.registeredAt),
  };
}

/** The groups whose target the revision is now. */
export function targetGroups(context: ServiceContext, application: string, { revision }: RevisionRow): string[] {
  const key = revisionKey(revision);
  return Array.from(context.table(groups).list([application])).flatMap(({ name, targetRevision }) =>
    targetRevision !== undefined && revisionKey(targetRevision) === key ? [name] : [],
  );
}
