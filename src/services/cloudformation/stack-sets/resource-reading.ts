/** What AWS::CloudFormation::StackSet is now, for drift and import. */
import { isAwsError } from "../../../kernel/errors.ts";
import { structures, type Properties } from "../../../resource.ts";
import { readTemplate } from "../../../template/template.ts";
import type { ResourceContext, ResourceRead, ResourceReading } from "../../../service.ts";

/** In the template's own form; what AWS's schema calls write-only (the instances too) is not told. Undefined when it is gone. */
export async function readStackSet(
  context: ResourceContext,
  { physicalId, properties }: ResourceRead,
): Promise<ResourceReading | undefined> {
  try {
    const { StackSet: set } = await context.call("cloudformation", "DescribeStackSet", { StackSetName: physicalId });
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
        Parameters: parametersIn(set?.TemplateBody ?? "", set?.Parameters ?? [], properties),
        Tags: (set?.Tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
        TemplateBody: set?.TemplateBody,
      },
    };
  } catch (error) {
    if (isAwsError(error, "StackSetNotFoundException")) return undefined;
    throw error;
  }
}

type Parameters = readonly {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
}[];

/** A stack set tells all of its template's parameters: of the defaults, only those that are declared; these first, in their order. */
function parametersIn(template: string, live: Parameters, properties: Properties) {
  const declared = structures(properties, "Parameters").map(({ ParameterKey }) => ParameterKey);
  const { parameters } = readTemplate(template);
  const place = (key: string | undefined): number => (declared.includes(key) ? declared.indexOf(key) : declared.length);
  return live
    .filter(
      ({ ParameterKey = "", ParameterValue }) =>
        declared.includes(ParameterKey) || parameters.get(ParameterKey)?.defaultValue !== ParameterValue,
    )
    .toSorted((left, right) => place(left.ParameterKey) - place(right.ParameterKey))
    .map(({ ParameterKey, ParameterValue }) => ({ ParameterKey, ParameterValue }));
}
