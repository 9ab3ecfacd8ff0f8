/** Deployments, read. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { checkDeploymentId, deploymentWith, groupNamed } from "../names.ts";
import { checkBatch, takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { deploymentInfo } from "../shown.ts";
import { deployments, history, type Deployment } from "../state.ts";

export const GetDeployment: Handler<Sdk, "GetDeployment"> = (context, { deploymentId }) => ({
  deploymentInfo: deploymentInfo(deploymentWith(context, deploymentId)),
});

/** Those that are not there are left out. "The maximum number of deployment IDs you can specify is 25." */
export const BatchGetDeployments: Handler<Sdk, "BatchGetDeployments"> = (context, { deploymentIds }) => {
  checkBatch(deploymentIds, ["DeploymentIdRequiredException", "At least one deployment ID must be specified."], 25);
  for (const id of deploymentIds) checkDeploymentId(id);
  const found = deploymentIds.flatMap((id) => context.table(deployments).get(id) ?? []);
  return { deploymentsInfo: found.map(deploymentInfo) };
};

/** The newest first. */
export const ListDeployments: Handler<Sdk, "ListDeployments"> = (context, input) => {
  const { includeOnlyStatuses = [], createTimeRange, externalId, nextToken } = input;
  const { start, end } = createTimeRange ?? {};
  if (start !== undefined && end !== undefined && start > end)
    refuse("InvalidTimeRangeException", "The start of the time range is after its end.");
  const isWanted = ({ status, createdAt }: Deployment): boolean =>
    (includeOnlyStatuses.length === 0 || includeOnlyStatuses.some((one) => one === status)) &&
    (start === undefined || createdAt >= start.getTime()) &&
    (end === undefined || createdAt <= end.getTime()) &&
    // No deployment here is linked to something of the outside.
    externalId === undefined;
  const { page, rest } = takePage(candidates(context, input), nextToken, ({ id }) => id, isWanted);
  return { deployments: page.map(({ id }) => id), ...rest };
};

function candidates(
  context: ServiceContext,
  {
    applicationName,
    deploymentGroupName,
  }: { applicationName?: string | undefined; deploymentGroupName?: string | undefined },
): Deployment[] {
  if (applicationName === undefined) {
    if (deploymentGroupName !== undefined)
      refuse("ApplicationNameRequiredException", "The application name was not specified.");
    const all = Array.from(context.table(deployments).list());
    return all.sort((a, b) => b.createdAt - a.createdAt || b.ordinal - a.ordinal);
  }
  if (deploymentGroupName === undefined)
    refuse("DeploymentGroupNameRequiredException", "The deployment group name was not specified.");
  const { id } = groupNamed(context, applicationName, deploymentGroupName);
  const ids = Array.from(context.table(history).list([id], { reverse: true }));
  return ids.flatMap((one) => context.table(deployments).get(one) ?? []);
}
