/** What every part of a deployment that asks other services has in common: the row, the group, the role, and what becomes of a fault. */
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import { DeploymentFault } from "../errors.ts";
import { groupArn } from "../names.ts";
import { deployments, groups, type Deployment } from "../state.ts";
import { isOver } from "./course.ts";
import { failed } from "./failed.ts";
import { asServiceRole } from "./service-role.ts";

export interface Acting {
  readonly deployment: Deployment;
  /** The service's own context as the role. */
  readonly role: ServiceContext;
  readonly roleArn: string;
}

/** Written in one transaction when the asking is over, unless the deployment has ended meanwhile. */
export type Conclusion = (context: ServiceContext, now: Deployment) => void;

/**
 * A deadline's handler. `wanted` says whether the deployment still stands where the deadline was set for; `ask` calls other services, any number
 * of times the same (the cloud may be killed in between), and answers what is to be written.
 */
export function working(
  wanted: (deployment: Deployment, payload: unknown) => boolean,
  ask: (acting: Acting, payload: unknown) => Promise<Conclusion>,
): DeadlineHandler {
  return async (context, { key, payload }) => {
    const deployment = context.table(deployments).get(key);
    if (deployment === undefined || isOver(deployment) || !wanted(deployment, payload)) return;
    const conclusion = await concluded(context, deployment, payload, ask);
    context.transact(() => {
      const now = context.table(deployments).get(key);
      if (now !== undefined && !isOver(now) && wanted(now, payload)) conclusion(context, now);
    });
  };
}

async function concluded(
  context: ServiceContext,
  deployment: Deployment,
  payload: unknown,
  ask: (acting: Acting, payload: unknown) => Promise<Conclusion>,
): Promise<Conclusion> {
  const { application, group: name } = deployment;
  const group = context.table(groups).get(application, name);
  try {
    if (group === undefined)
      throw new DeploymentFault(
        "DEPLOYMENT_GROUP_MISSING",
        `The deployment failed because the deployment group ${name} was deleted.`,
      );
    const role = await asServiceRole(context, group.serviceRoleArn, groupArn(context, application, name));
    return await ask({ deployment, role, roleArn: group.serviceRoleArn }, payload);
  } catch (error) {
    if (!(error instanceof DeploymentFault)) throw error;
    return (written, now) => failed(written, now, error);
  }
}
