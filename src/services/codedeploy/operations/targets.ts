/** Deployment targets: a Lambda deployment has one, the alias that it moves. */
import type { Handler } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { deploymentWith } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { targetId, targetInfo, targetStatus } from "../shown.ts";
import type { Deployment, Plan } from "../state.ts";

export const GetDeploymentTarget: Handler<Sdk, "GetDeploymentTarget"> = (context, input) => {
  const deployment = deploymentWith(context, input.deploymentId);
  return { deploymentTarget: targetInfo(context, deployment, planWith(deployment, input.targetId)) };
};

export const BatchGetDeploymentTargets: Handler<Sdk, "BatchGetDeploymentTargets"> = (context, input) => {
  const deployment = deploymentWith(context, input.deploymentId);
  const { targetIds } = input;
  if (targetIds.length > 1)
    refuse(
      "DeploymentTargetListSizeExceededException",
      "The target list of a Lambda deployment must have exactly one item.",
    );
  const [only] = targetIds;
  return { deploymentTargets: [targetInfo(context, deployment, planWith(deployment, only))] };
};

export const ListDeploymentTargets: Handler<Sdk, "ListDeploymentTargets"> = (context, input) => {
  const deployment = deploymentWith(context, input.deploymentId);
  const plan = planOf(deployment);
  const { TargetStatus: statuses = [], ServerInstanceLabel: labels = [] } = input.targetFilters ?? {};
  const isWanted = labels.length === 0 && (statuses.length === 0 || statuses.includes(targetStatus(deployment)));
  const { page, rest } = takePage(isWanted ? [targetId(plan)] : [], input.nextToken, (id) => id);
  return { targetIds: page, ...rest };
};

function planOf({ id, plan }: Deployment): Plan {
  return plan ?? refuse("DeploymentNotStartedException", `The deployment ${id} has not started.`);
}

function planWith(deployment: Deployment, given: string | undefined): Plan {
  if (given === undefined || given === "")
    refuse("DeploymentTargetIdRequiredException", "A deployment target ID was not provided.");
  const plan = planOf(deployment);
  // AWS's console and CLI give the function's name as well.
  if (given === targetId(plan) || given === targetId(plan).split(":")[0]) return plan;
  refuse(
    "DeploymentTargetDoesNotExistException",
    `The target ID ${given} does not belong to the deployment ${deployment.id}.`,
  );
}
