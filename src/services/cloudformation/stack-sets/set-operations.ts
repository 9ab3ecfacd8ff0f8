/** CreateStackSet, UpdateStackSet, DeleteStackSet: the set itself, and with an update its instances. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Operations, ServiceContext } from "../../../service.ts";
import { checkStackName, invalid } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { stackSetConfig } from "./config.ts";
import {
  configOf,
  findStackSet,
  invalidOperation,
  needStackInstance,
  needStackSet,
  refuseOrganizations,
} from "./names.ts";
import { refuseWhileBusy, startOperation, unfinished } from "./operation.ts";
import { accountsOf, preferencesOf, targetsOf } from "./request.ts";
import {
  stackInstances,
  stackSetConfigs,
  stackSetNames,
  stackSets,
  type StackSetConfig,
  type StackSetRow,
  type Target,
} from "./state.ts";

/** "StackSets quotas": in one administrator account. */
const MOST_STACK_SETS = 1000;

export const stackSetLifeOperations = {
  async CreateStackSet(context, input) {
    const { StackSetName: name, ClientRequestToken: token } = input;
    checkStackName(name, "stackSetName");
    refuseOrganizations(input);
    const there = findStackSet(context, name);
    if (there !== undefined && token !== undefined && there.clientRequestToken === token)
      return { StackSetId: there.id };
    if (there !== undefined) throw alreadyExists(name);
    const config = await newConfig(context, input);
    const row: StackSetRow = {
      id: `${name}:${context.random.uuid()}`,
      name,
      status: "ACTIVE",
      clientRequestToken: token,
      description: input.Description,
      revision: 1,
      operations: 0,
      managedExecution: input.ManagedExecution?.Active ?? false,
      driftOperationId: undefined,
    };
    context.transact(() => {
      const taken = context.table(stackSetNames);
      if (taken.has(name)) throw alreadyExists(name);
      if (Array.from(taken.list([], { limit: MOST_STACK_SETS })).length >= MOST_STACK_SETS)
        throw new AwsError("LimitExceededException", `You can have at most ${MOST_STACK_SETS} stack sets`);
      taken.put([name], row.id);
      context.table(stackSets).put([row.id], row);
      context.table(stackSetConfigs).put([row.id, row.revision], config);
    });
    return { StackSetId: row.id };
  },

  async UpdateStackSet(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const previous = configOf(context, set);
    const accounts = await accountsOf(context, input);
    const regions = input.Regions ?? [];
    if (accounts.length > 0 !== regions.length > 0) {
      throw invalid("To update stack instances of some accounts, specify both accounts and regions");
    }
    const config = await stackSetConfig(context, input, previous);
    const preferences = preferencesOf(input.OperationPreferences);
    const operationId = context.transact(() => {
      const now = needStackSet(context, set.id);
      if (now.revision !== set.revision) {
        throw new AwsError("StaleRequestException", "Another operation has been performed on this StackSet");
      }
      const managedExecution = input.ManagedExecution?.Active ?? now.managedExecution;
      if (managedExecution !== now.managedExecution && unfinished(context, set.id).length > 0) {
        throw invalidOperation("ManagedExecution cannot be modified while there are running or queued operations");
      }
      const row = {
        ...now,
        revision: now.revision + 1,
        description: input.Description ?? now.description,
        managedExecution,
      };
      const targets =
        accounts.length > 0 ? someInstances(context, row, accounts, regions) : everyInstance(context, row);
      context.table(stackSetConfigs).put([row.id, row.revision], config);
      context.table(stackSets).put([row.id], row);
      if (isChange(input, previous, config)) outdate(context, row);
      return startOperation(context, row, { id: input.OperationId, work: "update", preferences, targets });
    });
    return { OperationId: operationId };
  },

  DeleteStackSet(context, input) {
    refuseOrganizations(input);
    const set = findStackSet(context, input.StackSetName);
    // One that is not there, or no more, is deleted: the operation knows no other answer.
    if (set === undefined || set.status === "DELETED") return {};
    refuseWhileBusy(context, set);
    if (context.table(stackInstances).first([set.id]) !== undefined)
      throw new AwsError("StackSetNotEmptyException", "StackSet is not empty");
    context.table(stackSetNames).remove(set.name);
    context.table(stackSets).put([set.id], { ...set, status: "DELETED" });
    const configs = context.table(stackSetConfigs);
    for (const [[, revision]] of Array.from(configs.entries([set.id]))) configs.remove(set.id, Number(revision));
    return {};
  },
} satisfies Operations<Sdk>;

function alreadyExists(name: string): AwsError {
  return new AwsError("NameAlreadyExistsException", `StackSet ${name} already exists`);
}

/** From the request's template, or a stack's with the parameters that the request does not give. */
async function newConfig(context: ServiceContext, input: Input<Sdk, "CreateStackSet">): Promise<StackSetConfig> {
  const { StackId } = input;
  if (StackId === undefined) return stackSetConfig(context, input, undefined);
  if (input.TemplateBody !== undefined || input.TemplateURL !== undefined)
    throw invalid("You cannot specify both StackId and Template Body/Template URL.");
  const region = StackId.split(":")[3];
  const where = region === undefined ? {} : { region };
  const stack = { StackName: StackId };
  const { TemplateBody } = await context.call(
    "cloudformation",
    "GetTemplate",
    { ...stack, TemplateStage: "Original" },
    where,
  );
  const { Stacks = [] } = await context.call("cloudformation", "DescribeStacks", stack, where);
  const given = new Set((input.Parameters ?? []).map(({ ParameterKey }) => ParameterKey));
  const own = (Stacks[0]?.Parameters ?? []).filter(
    ({ ParameterKey, ParameterValue }) => !given.has(ParameterKey) && ParameterValue !== "****",
  );
  return stackSetConfig(
    context,
    { ...input, Parameters: [...(input.Parameters ?? []), ...own] },
    undefined,
    TemplateBody,
  );
}

/** "UpdateStackSet": a template or parameters in the request make all instances OUTDATED, also those that are not updated now. */
function isChange(input: Input<Sdk, "UpdateStackSet">, previous: StackSetConfig, config: StackSetConfig): boolean {
  if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) return true;
  return JSON.stringify(previous.parameters) !== JSON.stringify(config.parameters);
}

function outdate(context: ServiceContext, { id }: StackSetRow): void {
  const table = context.table(stackInstances);
  for (const instance of Array.from(table.list([id]))) {
    if (instance.status !== "CURRENT") continue;
    table.put([id, instance.account, instance.region], { ...instance, status: "OUTDATED" });
  }
}

/** All but those that a failed deletion has left: they are excluded from updates. */
function everyInstance(context: ServiceContext, { id }: StackSetRow): readonly Target[] {
  return [...context.table(stackInstances).list([id])]
    .filter(({ status }) => status !== "INOPERABLE")
    .map(({ account, region }) => ({ account, region }))
    .toSorted((left, right) => (left.region < right.region ? -1 : left.region > right.region ? 1 : 0));
}

function someInstances(
  context: ServiceContext,
  set: StackSetRow,
  accounts: readonly string[],
  regions: readonly string[],
): readonly Target[] {
  const targets = targetsOf(accounts, regions);
  return targets.filter(
    ({ account, region }) => needStackInstance(context, set, account, region).status !== "INOPERABLE",
  );
}
