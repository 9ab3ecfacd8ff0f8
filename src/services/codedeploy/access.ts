/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS CodeDeploy"). */
import type { Access, ServiceContext } from "../../service.ts";
import { applicationArn, configArn, groupArn } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { deployments } from "./state.ts";

type Asked = Pick<ServiceContext, "account" | "region" | "table">;

const onApplication = (name: string) => ({
  action: `codedeploy:${name}`,
  resource: ({ applicationName = "*" }: { readonly applicationName?: string | undefined }, where: Asked) =>
    applicationArn(where, applicationName),
});
const onGroup = (name: string) => ({
  action: `codedeploy:${name}`,
  resource: (input: { readonly applicationName: string; readonly deploymentGroupName: string }, where: Asked) =>
    groupArn(where, input.applicationName, input.deploymentGroupName),
});
const onConfig = (name: string) => ({
  action: `codedeploy:${name}`,
  resource: (input: { readonly deploymentConfigName: string }, where: Asked) =>
    configArn(where, input.deploymentConfigName),
});
const onAll = (name: string) => ({ action: `codedeploy:${name}`, resource: () => "*" });
const onArn = (name: string) => ({
  action: `codedeploy:${name}`,
  resource: ({ ResourceArn }: { readonly ResourceArn: string }) => ResourceArn,
});
/** Of a deployment it is the group that is named. */
const onDeployment = (name: string) => ({
  action: `codedeploy:${name}`,
  resource: ({ deploymentId }: { readonly deploymentId?: string | undefined }, where: Asked) =>
    groupOf(deploymentId, where),
});

/** Where there is no such deployment, any group's will do: the operation says that it is not there. */
function groupOf(id: string | undefined, where: Asked): string {
  const deployment = id === undefined ? undefined : where.table(deployments).get(id);
  return groupArn(where, deployment?.application ?? "*", deployment?.group ?? "*");
}

export const access: Access<Sdk, typeof operations> = {
  CreateApplication: {
    action: ({ tags = [] }) =>
      tags.length > 0 ? ["codedeploy:CreateApplication", "codedeploy:TagResource"] : "codedeploy:CreateApplication",
    resource: ({ applicationName }, where) => applicationArn(where, applicationName),
  },
  GetApplication: onApplication("GetApplication"),
  BatchGetApplications: {
    action: "codedeploy:BatchGetApplications",
    resource: ({ applicationNames }, where) => applicationNames.map((name) => applicationArn(where, name)),
  },
  ListApplications: onAll("ListApplications"),
  UpdateApplication: onApplication("UpdateApplication"),
  DeleteApplication: onApplication("DeleteApplication"),

  CreateDeploymentConfig: onConfig("CreateDeploymentConfig"),
  GetDeploymentConfig: onConfig("GetDeploymentConfig"),
  ListDeploymentConfigs: onAll("ListDeploymentConfigs"),
  DeleteDeploymentConfig: onConfig("DeleteDeploymentConfig"),

  CreateDeploymentGroup: {
    action: ({ tags = [] }) =>
      tags.length > 0
        ? ["codedeploy:CreateDeploymentGroup", "codedeploy:TagResource"]
        : "codedeploy:CreateDeploymentGroup",
    resource: (input, where) => groupArn(where, input.applicationName, input.deploymentGroupName),
  },
  UpdateDeploymentGroup: {
    action: "codedeploy:UpdateDeploymentGroup",
    resource: (input, where) => groupArn(where, input.applicationName, input.currentDeploymentGroupName),
  },
  GetDeploymentGroup: onGroup("GetDeploymentGroup"),
  BatchGetDeploymentGroups: {
    action: "codedeploy:BatchGetDeploymentGroups",
    resource: ({ applicationName, deploymentGroupNames }, where) =>
      deploymentGroupNames.map((name) => groupArn(where, applicationName, name)),
  },
  ListDeploymentGroups: onApplication("ListDeploymentGroups"),
  DeleteDeploymentGroup: onGroup("DeleteDeploymentGroup"),

  RegisterApplicationRevision: onApplication("RegisterApplicationRevision"),
  GetApplicationRevision: onApplication("GetApplicationRevision"),
  BatchGetApplicationRevisions: onApplication("BatchGetApplicationRevisions"),
  ListApplicationRevisions: onApplication("ListApplicationRevisions"),

  CreateDeployment: {
    // "If you specify an overrideAlarmConfiguration, you need the UpdateDeploymentGroup IAM permission".
    action: ({ overrideAlarmConfiguration }) =>
      overrideAlarmConfiguration === undefined
        ? "codedeploy:CreateDeployment"
        : ["codedeploy:CreateDeployment", "codedeploy:UpdateDeploymentGroup"],
    resource: (input, where) => groupArn(where, input.applicationName, input.deploymentGroupName ?? "*"),
  },
  GetDeployment: onDeployment("GetDeployment"),
  BatchGetDeployments: {
    action: "codedeploy:BatchGetDeployments",
    resource: ({ deploymentIds }, where) => deploymentIds.map((id) => groupOf(id, where)),
  },
  ListDeployments: {
    action: "codedeploy:ListDeployments",
    resource: ({ applicationName = "*", deploymentGroupName = "*" }, where) =>
      groupArn(where, applicationName, deploymentGroupName),
  },
  GetDeploymentTarget: onDeployment("GetDeploymentTarget"),
  BatchGetDeploymentTargets: onDeployment("BatchGetDeploymentTargets"),
  ListDeploymentTargets: onDeployment("ListDeploymentTargets"),
  StopDeployment: onDeployment("StopDeployment"),
  ContinueDeployment: onDeployment("ContinueDeployment"),
  SkipWaitTimeForInstanceTermination: onDeployment("SkipWaitTimeForInstanceTermination"),
  PutLifecycleEventHookExecutionStatus: onDeployment("PutLifecycleEventHookExecutionStatus"),
  GetDeploymentInstance: onDeployment("GetDeploymentInstance"),
  BatchGetDeploymentInstances: onDeployment("BatchGetDeploymentInstances"),
  ListDeploymentInstances: onDeployment("ListDeploymentInstances"),

  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
  ListTagsForResource: onArn("ListTagsForResource"),
};
