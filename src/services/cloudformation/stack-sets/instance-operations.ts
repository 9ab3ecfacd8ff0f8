/** What is done with a stack set's instances, and the stopping of it. */
import { AwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { stacks } from "../state.ts";
import {
  configOf,
  invalidOperation,
  needOperation,
  needStackInstance,
  needStackSet,
  refuseOrganizations,
} from "./names.ts";
import { startOperation, stopOperation } from "./operation.ts";
import { accountsOf, importedStackIds, overrideChanges, preferencesOf, targetsOf } from "./request.ts";
import { stackInstances, type StackSetRow, type Target } from "./state.ts";
import { unsupported } from "../names.ts";

export const stackInstanceOperations = {
  async CreateStackInstances(context, input) {
    refuseOrganizations(input);
    needStackSet(context, input.StackSetName);
    const targets = targetsOf(await accountsOf(context, input), input.Regions);
    const preferences = preferencesOf(input.OperationPreferences, input.Regions);
    const operationId = context.transact(() => {
      const set = needStackSet(context, input.StackSetName);
      const overrides = overrideChanges(configOf(context, set), input.ParameterOverrides);
      return startOperation(context, set, { id: input.OperationId, work: "create", preferences, targets, overrides });
    });
    return { OperationId: operationId };
  },

  async UpdateStackInstances(context, input) {
    refuseOrganizations(input);
    needStackSet(context, input.StackSetName);
    const targets = targetsOf(await accountsOf(context, input), input.Regions);
    const preferences = preferencesOf(input.OperationPreferences, input.Regions);
    const operationId = context.transact(() => {
      const set = needStackSet(context, input.StackSetName);
      for (const { account, region } of targets) needStackInstance(context, set, account, region);
      const overrides = overrideChanges(configOf(context, set), input.ParameterOverrides);
      return startOperation(context, set, { id: input.OperationId, work: "update", preferences, targets, overrides });
    });
    return { OperationId: operationId };
  },

  async DeleteStackInstances(context, input) {
    refuseOrganizations(input);
    needStackSet(context, input.StackSetName);
    const named = targetsOf(await accountsOf(context, input), input.Regions);
    const preferences = preferencesOf(input.OperationPreferences, input.Regions);
    const operationId = context.transact(() => {
      const set = needStackSet(context, input.StackSetName);
      const there = context.table(stackInstances);
      return startOperation(context, set, {
        id: input.OperationId,
        work: "delete",
        preferences,
        // What is not there is deleted.
        targets: named.filter(({ account, region }) => there.has(set.id, account, region)),
        retainStacks: input.RetainStacks,
      });
    });
    return { OperationId: operationId };
  },

  async ImportStacksToStackSet(context, input) {
    refuseOrganizations(input);
    if ((input.OrganizationalUnitIds ?? []).length > 0)
      throw unsupported("OrganizationalUnitIds (there is no Organizations service)");
    needStackSet(context, input.StackSetName);
    const ids = await importedStackIds(context, input);
    const preferences = preferencesOf(input.OperationPreferences);
    const operationId = context.transact(() => {
      const set = needStackSet(context, input.StackSetName);
      const targets = ids.map((id) => importTarget(context, set, id));
      if (new Set(targets.map(({ account, region }) => `${account}/${region}`)).size < targets.length)
        throw invalidOperation("A StackSet can have only one stack instance in an account and region");
      return startOperation(context, set, { id: input.OperationId, work: "import", preferences, targets });
    });
    return { OperationId: operationId };
  },

  StopStackSetOperation(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    stopOperation(context, needOperation(context, set, input.OperationId));
    return {};
  },
} satisfies Operations<Sdk>;

/** Raises StackNotFoundException, and InvalidOperationException for what another instance stands for already. */
function importTarget(context: ServiceContext, set: StackSetRow, stackId: string): Target {
  const arn = tryParseArn(stackId);
  const owner = arn === undefined ? undefined : { account: arn.account, region: arn.region };
  const stack = owner === undefined ? undefined : context.table(stacks, owner).get(stackId);
  if (owner === undefined || stack === undefined || stack.status === "DELETE_COMPLETE")
    throw new AwsError("StackNotFoundException", `Stack ${stackId} does not exist`);
  const there = context.table(stackInstances).get(set.id, owner.account, owner.region);
  if (there !== undefined && there.detailedStatus !== "FAILED_IMPORT") {
    throw invalidOperation(
      `StackSet ${set.id} already has a stack instance in account ${owner.account} in region ${owner.region}`,
    );
  }
  return { ...owner, stackId };
}
