/** Stack sets, their instances and their operations by name, and the errors that say what there is not. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { invalid, unsupported, type Where } from "../names.ts";
import {
  stackInstances,
  stackSetConfigs,
  stackSetNames,
  stackSetOperations,
  stackSets,
  type StackInstanceRow,
  type StackSetConfig,
  type StackSetOperationRow,
  type StackSetRow,
} from "./state.ts";

/** `arn:aws:cloudformation:REGION:ACCOUNT:stackset/NAME:UUID` */
export function stackSetArn({ partition, region, account }: Where, id: string): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stackset/${id}`;
}

/** What access rules call a stack set: a name stands for every id. */
export function stackSetResource(where: Omit<Where, "partition">, nameOrId: string): string {
  const id = idWithin(nameOrId);
  return stackSetArn({ partition: "aws", ...where }, id.includes(":") ? id : `${id}:*`);
}

/** Of an ARN, the id in it. */
function idWithin(nameOrId: string): string {
  return nameOrId.startsWith("arn:") ? nameOrId.slice(nameOrId.indexOf("/") + 1) : nameOrId;
}

/** By name, the set that has it now; by id or ARN also one that is deleted. */
export function findStackSet(context: ServiceContext, nameOrId: string): StackSetRow | undefined {
  const given = idWithin(nameOrId);
  const id = given.includes(":") ? given : context.table(stackSetNames).get(given);
  return id === undefined ? undefined : context.table(stackSets).get(id);
}

/** Raises StackSetNotFoundException, for one that is deleted too. */
export function needStackSet(context: ServiceContext, nameOrId: string): StackSetRow {
  const found = findStackSet(context, nameOrId);
  if (found?.status === "ACTIVE") return found;
  throw new AwsError("StackSetNotFoundException", `StackSet ${nameOrId} not found`);
}

/** What the set is made from at a revision, the present one unless told. */
export function configOf(context: ServiceContext, set: StackSetRow, revision = set.revision): StackSetConfig {
  const config = context.table(stackSetConfigs).get(set.id, revision);
  if (config === undefined) throw new Error(`the stack set ${set.id} has no revision ${revision}`);
  return config;
}

/** Raises StackInstanceNotFoundException. */
export function needStackInstance(
  context: ServiceContext,
  set: StackSetRow,
  account: string,
  region: string,
): StackInstanceRow {
  const found = context.table(stackInstances).get(set.id, account, region);
  if (found !== undefined) return found;
  throw new AwsError(
    "StackInstanceNotFoundException",
    `Stack instance for account ${account} in region ${region} of StackSet ${set.id} not found`,
  );
}

/** Raises OperationNotFoundException. */
export function needOperation(context: ServiceContext, set: StackSetRow, id: string): StackSetOperationRow {
  const found = context.table(stackSetOperations).get(set.id, id);
  if (found !== undefined) return found;
  throw new AwsError("OperationNotFoundException", `Operation ${id} not found for StackSet ${set.id}`);
}

/** CloudFormation's code for what a stack set does not bear now. */
export function invalidOperation(message: string): AwsError {
  return new AwsError("InvalidOperationException", message);
}

/** What needs an organization is refused by name. Raises ValidationError. */
export function refuseOrganizations(input: {
  readonly CallAs?: string | undefined;
  readonly PermissionModel?: string | undefined;
  readonly AutoDeployment?: object | undefined;
}): void {
  if (input.PermissionModel === "SERVICE_MANAGED") {
    throw unsupported("stack sets with SERVICE_MANAGED permissions (there is no Organizations service)");
  }
  if (input.CallAs === "DELEGATED_ADMIN") {
    throw unsupported("CallAs DELEGATED_ADMIN (there is no Organizations service)");
  }
  if (input.AutoDeployment !== undefined) {
    throw invalid("AutoDeployment can only be specified for stack sets with SERVICE_MANAGED permissions");
  }
}
