/** What a Lambda deployment does not have on AWS either: instances. */
import type { Handler } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { deploymentWith } from "../names.ts";
import type { Sdk } from "../sdk.ts";

const refuseInstances = (id: string): never =>
  refuse(
    "InvalidComputePlatformException",
    `The deployment ${id} is of the Lambda compute platform, which has no instances: its targets are told by the operations for deployment targets.`,
  );

export const GetDeploymentInstance: Handler<Sdk, "GetDeploymentInstance"> = (context, { deploymentId }) =>
  refuseInstances(deploymentWith(context, deploymentId).id);

export const BatchGetDeploymentInstances: Handler<Sdk, "BatchGetDeploymentInstances"> = (context, { deploymentId }) =>
  refuseInstances(deploymentWith(context, deploymentId).id);

export const ListDeploymentInstances: Handler<Sdk, "ListDeploymentInstances"> = (context, { deploymentId }) =>
  refuseInstances(deploymentWith(context, deploymentId).id);
