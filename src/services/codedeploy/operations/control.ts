/** What is done to a deployment that is at work: stopped, answered by its hooks, told to go on. */
import type { Handler } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { deploymentWith } from "../names.ts";
import { done, end, isOver } from "../run/course.ts";
import { hookFailed } from "../run/hook.ts";
import type { Sdk } from "../sdk.ts";
import type { Deployment } from "../state.ts";

/** A deployment that has come to nothing yet is stopped at once; traffic that was moved stays where it is unless it is rolled back. */
export const StopDeployment: Handler<Sdk, "StopDeployment"> = (context, { deploymentId, autoRollbackEnabled }) => {
  const deployment = unlessOver(deploymentWith(context, deploymentId));
  const message = "The deployment was stopped by the user.";
  end(context, deployment, { status: "Stopped", code: "MANUAL_STOP", message, rollsBack: autoRollbackEnabled });
  return { status: "Succeeded", statusMessage: "The deployment was stopped." };
};

function unlessOver(deployment: Deployment): Deployment {
  if (isOver(deployment))
    refuse("DeploymentAlreadyCompletedException", `Deployment ${deployment.id} has already completed`);
  return deployment;
}

export const PutLifecycleEventHookExecutionStatus: Handler<Sdk, "PutLifecycleEventHookExecutionStatus"> = (
  context,
  input,
) => {
  const { lifecycleEventHookExecutionId: executionId, status } = input;
  const deployment = deploymentWith(context, input.deploymentId);
  if (status !== "Succeeded" && status !== "Failed") {
    refuse(
      "InvalidLifecycleEventHookExecutionStatusException",
      "The result of a Lambda validation function that verifies a lifecycle event is invalid. It should return Succeeded or Failed.",
    );
  }
  const event = deployment.events.find((one) => executionId !== undefined && one.executionId === executionId);
  if (event === undefined || executionId === undefined) {
    refuse(
      "InvalidLifecycleEventHookExecutionIdException",
      "A lifecycle event hook is invalid. Review the hooks section in your AppSpec file to ensure the lifecycle events and hooks functions are valid.",
    );
  }
  if (event.status !== "InProgress")
    refuse(
      "LifecycleEventAlreadyCompletedException",
      "An attempt to return the status of an already completed lifecycle event occurred.",
    );
  if (status === "Succeeded") done(context, deployment, event.name);
  else hookFailed(context, deployment, event.name);
  return { lifecycleEventHookExecutionId: executionId };
};

/** Only servers and ECS wait to be told. */
export const ContinueDeployment: Handler<Sdk, "ContinueDeployment"> = (context, { deploymentId }) => {
  const deployment = unlessOver(deploymentWith(context, deploymentId));
  refuse(
    "UnsupportedActionForDeploymentTypeException",
    `The deployment ${deployment.id} is of the Lambda compute platform, whose deployments do not wait to be continued.`,
  );
};

export const SkipWaitTimeForInstanceTermination: Handler<Sdk, "SkipWaitTimeForInstanceTermination"> = (
  context,
  { deploymentId },
) => {
  const deployment = unlessOver(deploymentWith(context, deploymentId));
  refuse(
    "UnsupportedActionForDeploymentTypeException",
    `The deployment ${deployment.id} is of the Lambda compute platform, whose deployments terminate no instances.`,
  );
};
