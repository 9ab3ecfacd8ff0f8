/** What AWS::CloudFormation::StackSet is now, for drift and import. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Properties } from "../../../resource.ts";
import type { ResourceContext, ResourceRead, ResourceReading } from "../../../service.ts";
import { declaredInstances, grouped, instancePlan, type DeclaredInstance } from "./resource-plan.ts";

/** In the template's own form; groups that say the same as the declared ones are given as these are. Undefined when it is gone. */
export async function readStackSet(
  context: ResourceContext,
  { physicalId, properties }: ResourceRead,
): Promise<ResourceReading | undefined> {
  try {
    const { StackSet: set } = await context.call("cloudformation", "DescribeStackSet", { StackSetName: physicalId });
    const live = await liveInstances(context, physicalId);
    return {
      physicalId,
      attributes: { StackSetId: physicalId },
      properties: {
        StackSetId: physicalId,
        StackSetName: set?.StackSetName,
        PermissionModel: set?.PermissionModel,
        AdministrationRoleARN: set?.AdministrationRoleARN,
        ExecutionRoleName: set?.ExecutionRoleName,
        ...(set?.Description === undefined ? {} : { Description: set.Description }),
        Capabilities: set?.Capabilities ?? [],
        ManagedExecution: { Active: set?.ManagedExecution?.Active ?? false },
        Parameters: (set?.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => ({
          ParameterKey,
          ParameterValue,
        })),
        Tags: (set?.Tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
        TemplateBody: set?.TemplateBody,
        StackInstancesGroup: await groupsOf(context, properties, live),
      },
    };
  } catch (error) {
    if (isAwsError(error, "StackSetNotFoundException")) return undefined;
    throw error;
  }
}

async function liveInstances(context: ResourceContext, StackSetName: string): Promise<readonly DeclaredInstance[]> {
  const live: DeclaredInstance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await context.call("cloudformation", "ListStackInstances", { StackSetName, NextToken });
    for (const { Account: account, Region: region } of page.Summaries ?? []) {
      if (account === undefined || region === undefined) continue;
      const one = { StackSetName, StackInstanceAccount: account, StackInstanceRegion: region };
      const { StackInstance } = await context.call("cloudformation", "DescribeStackInstance", one);
      const overrides = (StackInstance?.ParameterOverrides ?? []).map(
        ({ ParameterKey: key = "", ParameterValue: text = "" }) => ({ key, text }),
      );
      live.push({ account, region, overrides });
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return live;
}

async function groupsOf(context: ResourceContext, properties: Properties, live: readonly DeclaredInstance[]) {
  const declared = await declaredInstances(context, properties);
  if (declared.length > 0 && instancePlan(declared, live).length === 0) return properties["StackInstancesGroup"];
  return grouped(live, "create").map(({ accounts, regions, overrides }) => ({
    DeploymentTargets: { Accounts: [...accounts] },
    Regions: [...regions],
    ParameterOverrides: overrides.map(({ key, text }) => ({ ParameterKey: key, ParameterValue: text })),
  }));
}
