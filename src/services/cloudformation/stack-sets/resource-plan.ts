/** What AWS::CloudFormation::StackSet does to a stack set's instances: from groups to single instances, and from a difference to operations. */
import {
  number,
  pairs,
  requiredText,
  structure,
  structures,
  text,
  texts,
  type Properties,
  choice,
} from "../../../resource.ts";
import type { Input, ServiceContext } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { accountsOf } from "./request.ts";
import type { ParameterValue } from "./state.ts";

type PreferencesInput = NonNullable<Input<Sdk, "CreateStackInstances">["OperationPreferences"]>;

/** An instance as a template declares it. */
export interface DeclaredInstance {
  readonly account: string;
  readonly region: string;
  readonly overrides: readonly ParameterValue[];
}

/** One operation of the plan, on all these accounts in all these regions. */
export interface PlannedOperation {
  readonly work: "set" | "create" | "update" | "delete";
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly overrides: readonly ParameterValue[];
}

/** The StackInstancesGroup, one by one. Raises ValidationError for what needs an organization. */
export async function declaredInstances(
  context: Pick<ServiceContext, "call">,
  properties: Properties,
): Promise<readonly DeclaredInstance[]> {
  const declared: DeclaredInstance[] = [];
  for (const group of structures(properties, "StackInstancesGroup")) {
    const overrides = parametersOf(group, "ParameterOverrides");
    const targets = structure(group, "DeploymentTargets") ?? {};
    const accounts = await accountsOf(context, {
      DeploymentTargets: {
        Accounts: texts(targets, "Accounts"),
        AccountsUrl: text(targets, "AccountsUrl"),
        OrganizationalUnitIds: texts(targets, "OrganizationalUnitIds"),
        AccountFilterType: choice(targets, "AccountFilterType"),
      },
    });
    for (const region of texts(group, "Regions") ?? []) {
      for (const account of accounts) declared.push({ account, region, overrides });
    }
  }
  return declared;
}

/** A list of `{ ParameterKey, ParameterValue }`. */
export function parametersOf(properties: Properties, name: string): readonly ParameterValue[] {
  return structures(properties, name).map((pair) => ({
    key: requiredText(pair, "ParameterKey"),
    text: requiredText(pair, "ParameterValue"),
  }));
}

/** In the order of AWS's own handler: what goes, what comes, what changes. */
export function instancePlan(
  before: readonly DeclaredInstance[],
  after: readonly DeclaredInstance[],
): readonly PlannedOperation[] {
  const key = ({ account, region }: DeclaredInstance): string => `${account}/${region}`;
  const old = new Map(before.map((instance) => [key(instance), instance]));
  const kept = new Set(after.map(key));
  const changed = after.filter((instance) => {
    const was = old.get(key(instance));
    return was !== undefined && JSON.stringify(was.overrides) !== JSON.stringify(instance.overrides);
  });
  const plain = before.filter((instance) => !kept.has(key(instance))).map((one) => ({ ...one, overrides: [] }));
  return [
    ...grouped(plain, "delete"),
    ...grouped(
      after.filter((instance) => !old.has(key(instance))),
      "create",
    ),
    ...grouped(changed, "update"),
  ];
}

/** As few operations as do it: those accounts together that have the same regions and parameters. */
function grouped(instances: readonly DeclaredInstance[], work: PlannedOperation["work"]): readonly PlannedOperation[] {
  const byAccount = new Map<string, { account: string; overrides: readonly ParameterValue[]; regions: string[] }>();
  for (const { account, region, overrides } of instances) {
    const name = `${account} ${JSON.stringify(overrides)}`;
    const there = byAccount.get(name);
    if (there === undefined) byAccount.set(name, { account, overrides, regions: [region] });
    else there.regions.push(region);
  }
  const groups = new Map<string, { overrides: readonly ParameterValue[]; regions: string[]; accounts: string[] }>();
  for (const { account, overrides, regions } of byAccount.values()) {
    const name = JSON.stringify([regions, overrides]);
    const there = groups.get(name);
    if (there === undefined) groups.set(name, { overrides, regions, accounts: [account] });
    else there.accounts.push(account);
  }
  return [...groups.values()].map((group) => ({ work, ...group }));
}

/** For each operation: of the order of regions, those that it has. All of it for an operation on whatever there is. */
export function preferencesFor(
  properties: Properties,
  regions: readonly string[] | undefined,
): PreferencesInput | undefined {
  const given = structure(properties, "OperationPreferences");
  if (given === undefined) return undefined;
  const order = texts(given, "RegionOrder")?.filter((region) => regions?.includes(region) !== false);
  return {
    RegionConcurrencyType: choice(given, "RegionConcurrencyType"),
    RegionOrder: order,
    FailureToleranceCount: number(given, "FailureToleranceCount"),
    FailureTolerancePercentage: number(given, "FailureTolerancePercentage"),
    MaxConcurrentCount: number(given, "MaxConcurrentCount"),
    MaxConcurrentPercentage: number(given, "MaxConcurrentPercentage"),
    ConcurrencyMode: choice(given, "ConcurrencyMode"),
  };
}

/** The resource's own tags over the stack's. */
export function tagsFor(properties: Properties, inherited: Readonly<Record<string, string>>) {
  const tags = new Map(Object.entries(inherited).filter(([key]) => !key.startsWith("aws:")));
  for (const [key, value] of Object.entries(pairs(properties, "Tags"))) tags.set(key, value);
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
