/** Deployments: the API as it is, kept; and those that stages with AutoDeploy get at each change. */
import type { ServiceContext } from "../../service.ts";
import { badRequest } from "./errors.ts";
import { newId } from "./names.ts";
import {
  all,
  authorizers,
  deployments,
  integrations,
  routes,
  snapshots,
  stages,
  type ApiRow,
  type DeploymentRow,
} from "./state.ts";

const NO_ROUTES = "Unable to deploy API because no routes exist in this API";

/** Inside a transaction. Raises BadRequestException for an API without routes. */
export function deploy(
  context: ServiceContext,
  { ApiId, CorsConfiguration: cors }: ApiRow,
  described: Pick<DeploymentRow, "AutoDeployed" | "Description">,
): DeploymentRow {
  const snapshot = {
    routes: all(context.table(routes).list([ApiId])),
    integrations: all(context.table(integrations).list([ApiId])),
    authorizers: all(context.table(authorizers).list([ApiId])),
    cors,
  };
  if (snapshot.routes.length === 0) badRequest(NO_ROUTES);
  const row: DeploymentRow = {
    ...described,
    DeploymentId: newId(context.random),
    DeploymentStatus: "DEPLOYED",
    createdAt: context.now,
  };
  context.table(deployments).put([ApiId, row.DeploymentId], row);
  context.table(snapshots).put([ApiId, row.DeploymentId], snapshot);
  return row;
}

/** Inside a transaction: a stage serves this deployment from now on. */
export function pointStage(context: ServiceContext, apiId: string, stageName: string, deploymentId: string): void {
  const table = context.table(stages);
  const stage = table.get(apiId, stageName);
  if (stage === undefined) return;
  table.put([apiId, stageName], {
    ...stage,
    DeploymentId: deploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deploymentId}'`,
    updatedAt: context.now,
  });
}

/** Inside the transaction that changed the API: its stages with AutoDeploy serve it as it is now. */
export function autoDeploy(context: ServiceContext, api: ApiRow): void {
  const table = context.table(stages);
  const following = all(table.list([api.ApiId])).filter(({ AutoDeploy }) => AutoDeploy === true);
  if (following.length === 0) return;
  if (context.table(routes).first([api.ApiId]) === undefined) {
    for (const stage of following) {
      table.put([api.ApiId, stage.StageName], {
        ...stage,
        LastDeploymentStatusMessage: `Deployment attempt failed: ${NO_ROUTES}`,
      });
    }
    return;
  }
  for (const { StageName, DeploymentId: superseded } of following) {
    const Description = "Automatic deployment triggered by changes to the Api configuration";
    const { DeploymentId } = deploy(context, api, { AutoDeployed: true, Description });
    pointStage(context, api.ApiId, StageName, DeploymentId);
    forget(context, api.ApiId, superseded);
  }
}

/** A deployment that was made automatically goes with the last stage that serves it: each would keep the whole API. */
function forget(context: ServiceContext, apiId: string, deploymentId: string | undefined): void {
  if (deploymentId === undefined) return;
  const row = context.table(deployments).get(apiId, deploymentId);
  if (row?.AutoDeployed !== true) return;
  const isServed = all(context.table(stages).list([apiId])).some(({ DeploymentId }) => DeploymentId === deploymentId);
  if (!isServed) removeDeployment(context, apiId, deploymentId);
}

/** Inside a transaction. */
export function removeDeployment(context: ServiceContext, apiId: string, deploymentId: string): void {
  context.table(deployments).remove(apiId, deploymentId);
  context.table(snapshots).remove(apiId, deploymentId);
}
