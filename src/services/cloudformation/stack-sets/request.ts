/** What operations on stack instances are asked: where, with which preferences, with which parameters of their own. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Input, ServiceContext } from "../../../service.ts";
import { invalid, unsupported } from "../names.ts";
import { readS3Text } from "../s3-text.ts";
import type { Sdk } from "../sdk.ts";
import { invalidOperation } from "./names.ts";
import type { OverrideChange, Preferences, StackSetConfig, Target } from "./state.ts";

type InstancesInput = Pick<Input<Sdk, "CreateStackInstances">, "Accounts" | "DeploymentTargets" | "ParameterOverrides">;

/** The accounts that are named. Raises ValidationError, also for what needs an organization. */
export async function accountsOf(
  context: Pick<ServiceContext, "call">,
  { Accounts, DeploymentTargets }: Pick<InstancesInput, "Accounts" | "DeploymentTargets">,
): Promise<readonly string[]> {
  if (Accounts !== undefined && Accounts.length > 0) {
    if (DeploymentTargets !== undefined) throw invalid("You can specify Accounts or DeploymentTargets, but not both.");
    return unique(Accounts, "Accounts");
  }
  if (DeploymentTargets === undefined) return [];
  const { AccountsUrl, OrganizationalUnitIds, AccountFilterType, Accounts: targets = [] } = DeploymentTargets;
  if ((OrganizationalUnitIds ?? []).length > 0)
    throw unsupported("OrganizationalUnitIds (there is no Organizations service)");
  if (AccountFilterType !== undefined) throw unsupported("AccountFilterType (there is no Organizations service)");
  if (AccountsUrl === undefined) return unique(targets, "Accounts");
  if (targets.length > 0) throw invalid("You can specify Accounts or AccountsUrl, but not both.");
  return unique(listIn(await readS3Text(context, AccountsUrl, "AccountsUrl")), "Accounts");
}

/** A list in a file, separated by commas or new lines. */
export function listIn(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((item) => item.replaceAll('"', ""))
    .filter((item) => item !== "");
}

/** Raises ValidationError for one that is there twice. */
export function unique(list: readonly string[], name: "Accounts" | "Regions"): readonly string[] {
  if (new Set(list).size < list.length) throw invalid(`${name} list cannot have duplicate entries`);
  const strange = name === "Accounts" ? list.find((account) => !/^\d{12}$/.test(account)) : undefined;
  if (strange !== undefined) {
    throw invalid(
      `1 validation error detected: Value '[${strange}]' at 'accounts' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular expression pattern: ^[0-9]{12}$]`,
    );
  }
  return list;
}

/** Every account in every region. Raises ValidationError where either is missing. */
export function targetsOf(accounts: readonly string[], regions: readonly string[]): readonly Target[] {
  if (accounts.length === 0) throw invalid("At least one account must be specified in Accounts or DeploymentTargets");
  if (regions.length === 0) throw invalid("At least one region must be specified in Regions");
  return unique(regions, "Regions").flatMap((region) => accounts.map((account) => ({ account, region })));
}

type PreferencesInput = Input<Sdk, "CreateStackInstances">["OperationPreferences"];

/** Raises ValidationError where a count and a percentage are given for the same, and for regions that are none of the request's. */
export function preferencesOf(given: PreferencesInput, regions?: readonly string[]): Preferences {
  const strange = (given?.RegionOrder ?? []).filter((region) => regions?.includes(region) === false);
  if (strange.length > 0)
    throw invalid(`RegionOrder must only contain regions of the request: [${strange.join(", ")}]`);
  const { FailureToleranceCount, FailureTolerancePercentage, MaxConcurrentCount, MaxConcurrentPercentage } =
    given ?? {};
  if (FailureToleranceCount !== undefined && FailureTolerancePercentage !== undefined)
    throw invalid("You can specify either FailureToleranceCount or FailureTolerancePercentage, but not both.");
  if (MaxConcurrentCount !== undefined && MaxConcurrentPercentage !== undefined)
    throw invalid("You can specify either MaxConcurrentCount or MaxConcurrentPercentage, but not both.");
  return {
    regionConcurrencyType: given?.RegionConcurrencyType,
    regionOrder: [...(given?.RegionOrder ?? [])],
    failureToleranceCount: FailureToleranceCount,
    failureTolerancePercentage: FailureTolerancePercentage,
    maxConcurrentCount: MaxConcurrentCount,
    maxConcurrentPercentage: MaxConcurrentPercentage,
    concurrencyMode: given?.ConcurrencyMode,
  };
}

/** Undefined leaves each instance what it has. Raises ValidationError for parameters that the stack set does not have. */
export function overrideChanges(
  { parameters }: StackSetConfig,
  given: InstancesInput["ParameterOverrides"],
): readonly OverrideChange[] | undefined {
  if (given === undefined) return undefined;
  const changes = given.map(({ ParameterKey: key, ParameterValue: text, UsePreviousValue }) => {
    if (key === undefined) throw invalid("Parameter without a ParameterKey.");
    if (UsePreviousValue !== true && text === undefined) throw invalid(`ParameterValue for ${key} is required`);
    if (UsePreviousValue === true && text !== undefined) {
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
    return { key, text };
  });
  const keys = changes.map(({ key }) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) throw invalid(`Duplicate input parameter key ${twice}`);
  const unknown = keys.filter((key) => !parameters.some((parameter) => parameter.key === key));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  return changes;
}

/** "Importing a stack into StackSets": ten at a time. Raises InvalidOperationException and ValidationError. */
export async function importedStackIds(
  context: ServiceContext,
  { StackIds, StackIdsUrl }: Input<Sdk, "ImportStacksToStackSet">,
): Promise<readonly string[]> {
  if (StackIds !== undefined && StackIdsUrl !== undefined)
    throw invalid("You can specify StackIds or StackIdsUrl, but not both.");
  const ids = StackIds ?? (StackIdsUrl === undefined ? [] : listIn(await readList(context, StackIdsUrl)));
  if (ids.length === 0) throw invalid("You must specify either StackIds or StackIdsUrl.");
  if (StackIdsUrl === undefined && ids.length > 10)
    throw invalidOperation("At most 10 stacks can be imported at a time");
  if (new Set(ids).size < ids.length) throw invalidOperation("StackIds list cannot have duplicate entries");
  return ids;
}

async function readList(context: ServiceContext, url: string): Promise<string> {
  try {
    return await readS3Text(context, url, "StackIdsUrl");
  } catch (error) {
    throw isAwsError(error) ? invalid(error.message) : error;
  }
}
