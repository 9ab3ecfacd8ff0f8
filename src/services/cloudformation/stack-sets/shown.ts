/** Stack sets, instances, operations and results as the API shows them. */
import type { Output, ServiceContext } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { configOf, stackSetArn } from "./names.ts";
import {
  stackInstances,
  stackSetOperations,
  stackSetResults,
  type Preferences,
  type ResultRow,
  type StackInstanceRow,
  type StackSetOperationRow,
  type StackSetRow,
} from "./state.ts";

type StackSetShape = NonNullable<Output<Sdk, "DescribeStackSet">["StackSet"]>;
type OperationShape = NonNullable<Output<Sdk, "DescribeStackSetOperation">["StackSetOperation"]>;
type InstanceSummaryShape = NonNullable<Output<Sdk, "ListStackInstances">["Summaries"]>[number];
type ResultShape = NonNullable<Output<Sdk, "ListStackSetOperationResults">["Summaries"]>[number];
type PreferencesShape = NonNullable<OperationShape["OperationPreferences"]>;

const MASK = "****";

export function shownStackSet(context: ServiceContext, set: StackSetRow): StackSetShape {
  const config = configOf(context, set);
  const regions = [...context.table(stackInstances).list([set.id])].map(({ region }) => region);
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    StackSetARN: stackSetArn(context, set.id),
    Description: set.description,
    Status: set.status,
    TemplateBody: config.template,
    Parameters: config.parameters.map(({ key, text, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho ? MASK : text,
    })),
    Capabilities: config.capabilities.filter(isCapability),
    Tags: config.tags.map(({ Key, Value }) => ({ Key, Value })),
    AdministrationRoleARN: config.administrationRoleArn,
    ExecutionRoleName: config.executionRoleName,
    StackSetDriftDetectionDetails: lastDriftDetails(context, set),
    OrganizationalUnitIds: [],
    PermissionModel: "SELF_MANAGED",
    ManagedExecution: { Active: set.managedExecution },
    Regions: [...new Set(regions)].toSorted(),
  };
}

function isCapability(text: string): text is "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND" {
  return text === "CAPABILITY_IAM" || text === "CAPABILITY_NAMED_IAM" || text === "CAPABILITY_AUTO_EXPAND";
}

type DriftDetails = StackSetShape["StackSetDriftDetectionDetails"];

function lastDriftDetails(context: ServiceContext, set: StackSetRow): DriftDetails {
  const { driftOperationId: id } = set;
  const operation = id === undefined ? undefined : context.table(stackSetOperations).get(set.id, id);
  if (operation === undefined) return { DriftStatus: "NOT_CHECKED", TotalStackInstancesCount: 0 };
  return driftDetails(context, set, operation);
}

/** Counted over the instances as they were last looked at. */
function driftDetails(context: ServiceContext, set: StackSetRow, operation: StackSetOperationRow): DriftDetails {
  const instances = [...context.table(stackInstances).list([set.id])];
  const count = (status: string): number => instances.filter(({ driftStatus }) => driftStatus === status).length;
  const results = [...context.table(stackSetResults).list([set.id, operation.id])];
  const open = results.filter(({ status }) => status === "PENDING" || status === "RUNNING").length;
  return {
    DriftStatus: count("DRIFTED") > 0 ? "DRIFTED" : count("IN_SYNC") > 0 ? "IN_SYNC" : "NOT_CHECKED",
    DriftDetectionStatus: detectionStatus(operation),
    LastDriftCheckTimestamp: new Date(operation.endedAt ?? operation.createdAt),
    TotalStackInstancesCount: instances.length,
    DriftedStackInstancesCount: count("DRIFTED"),
    InSyncStackInstancesCount: count("IN_SYNC"),
    InProgressStackInstancesCount: open,
    FailedStackInstancesCount: operation.failedInstances,
  };
}

function detectionStatus({ status, failedInstances }: StackSetOperationRow) {
  if (status === "QUEUED" || status === "RUNNING" || status === "STOPPING") return "IN_PROGRESS";
  if (status === "SUCCEEDED") return failedInstances > 0 ? "PARTIAL_SUCCESS" : "COMPLETED";
  return status;
}

export function shownOperationSummary(operation: StackSetOperationRow) {
  return {
    OperationId: operation.id,
    Action: actionOf(operation),
    Status: operation.status,
    StatusReason: operation.reason,
    CreationTimestamp: new Date(operation.createdAt),
    EndTimestamp: operation.endedAt === undefined ? undefined : new Date(operation.endedAt),
    StatusDetails: { FailedStackInstancesCount: operation.failedInstances },
    OperationPreferences: shownPreferences(operation.preferences),
  };
}

export function shownOperation(context: ServiceContext, set: StackSetRow, row: StackSetOperationRow): OperationShape {
  return {
    ...shownOperationSummary(row),
    StackSetId: set.id,
    RetainStacks: row.retainStacks,
    AdministrationRoleARN: row.administrationRoleArn,
    ExecutionRoleName: row.executionRoleName,
    DeploymentTargets: undefined,
    StackSetDriftDetectionDetails: row.work === "drift" ? driftDetails(context, set, row) : undefined,
  };
}

function actionOf({ work }: StackSetOperationRow): "CREATE" | "UPDATE" | "DELETE" | "DETECT_DRIFT" {
  switch (work) {
    case "create":
    case "import":
      return "CREATE";
    case "update":
      return "UPDATE";
    case "delete":
      return "DELETE";
    case "drift":
      return "DETECT_DRIFT";
  }
}

function shownPreferences(preferences: Preferences): PreferencesShape {
  return {
    RegionConcurrencyType: preferences.regionConcurrencyType,
    RegionOrder: [...preferences.regionOrder],
    FailureToleranceCount: preferences.failureToleranceCount,
    FailureTolerancePercentage: preferences.failureTolerancePercentage,
    MaxConcurrentCount: preferences.maxConcurrentCount,
    MaxConcurrentPercentage: preferences.maxConcurrentPercentage,
    ConcurrencyMode: preferences.concurrencyMode,
  };
}

export function shownInstanceSummary(set: StackSetRow, row: StackInstanceRow): InstanceSummaryShape {
  return {
    StackSetId: set.id,
    Region: row.region,
    Account: row.account,
    StackId: row.stackId,
    Status: row.status,
    StatusReason: row.reason,
    StackInstanceStatus: { DetailedStatus: row.detailedStatus },
    OrganizationalUnitId: "",
    DriftStatus: row.driftStatus,
    LastDriftCheckTimestamp: row.driftCheckedAt === undefined ? undefined : new Date(row.driftCheckedAt),
    LastOperationId: row.lastOperationId,
  };
}

/** With its own parameters; what the set calls secret stays so. */
export function shownInstance(context: ServiceContext, set: StackSetRow, row: StackInstanceRow) {
  const secret = new Set(configOf(context, set).parameters.flatMap(({ key, noEcho }) => (noEcho ? [key] : [])));
  return {
    ...shownInstanceSummary(set, row),
    ParameterOverrides: row.overrides.map(({ key, text }) => ({
      ParameterKey: key,
      ParameterValue: secret.has(key) ? MASK : text,
    })),
  };
}

export function shownResult(row: ResultRow): ResultShape {
  return {
    Account: row.account,
    Region: row.region,
    Status: row.status,
    StatusReason: row.reason,
    AccountGateResult: row.gate === undefined ? undefined : { Status: row.gate.status, StatusReason: row.gate.reason },
    OrganizationalUnitId: "",
  };
}
