/** AllowTraffic: each step of the shift sets the weights of the alias, as the service role. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { DeploymentFault, faultOf } from "../errors.ts";
import { stepsOf } from "../traffic.ts";
import { deployments, type Deployment, type Plan } from "../state.ts";
import { isAlarmed, stopOnAlarm } from "./alarms.ts";
import { eventOf, isOver, stepTaken } from "./course.ts";
import { working } from "./work.ts";

/** How often the alias may be changed by others between looking and setting. */
const MOST_TRIES = 5;

export const shift = working(
  (deployment) => eventOf(deployment, "AllowTraffic").status === "InProgress",
  async ({ deployment, role, roleArn }) => {
    if (await isAlarmed(role, deployment, roleArn)) return stopOnAlarm;
    const { plan, stepsTaken } = deployment;
    const percent = stepsOf(deployment.routing)[stepsTaken]?.percent ?? 100;
    if (plan !== undefined) {
      try {
        await setShare(role, deployment, plan, percent);
      } catch (error) {
        throw faultOf(error, "AWSLambda", roleArn);
      }
    }
    return (context, now) => {
      // A step that was made twice (the cloud was killed in between) counts once.
      if (now.stepsTaken === stepsTaken) stepTaken(context, now);
    };
  },
);

/**
 * Sends `percent` of the alias's calls to the target version. The alias's revision is looked at and given, so that a step that comes late cannot undo what
 * a rollback has set meanwhile.
 */
async function setShare(
  role: ServiceContext,
  { id, rollsBack }: Deployment,
  plan: Plan,
  percent: number,
): Promise<void> {
  const { functionName: FunctionName, alias: Name, currentVersion, targetVersion } = plan;
  for (let tries = 1; ; tries++) {
    const { FunctionVersion, RevisionId } = await role.call("lambda", "GetAlias", { FunctionName, Name });
    const now = role.table(deployments).get(id);
    if (now === undefined || isOver(now)) return;
    if (rollsBack === undefined && FunctionVersion !== currentVersion && FunctionVersion !== targetVersion) {
      throw new DeploymentFault(
        "INVALID_LAMBDA_CONFIGURATION",
        `The deployment failed because the Lambda function alias ${Name} was changed to the version ${FunctionVersion} during the deployment.`,
      );
    }
    const to =
      percent === 100
        ? { FunctionVersion: targetVersion, RoutingConfig: { AdditionalVersionWeights: {} } }
        : {
            FunctionVersion: currentVersion,
            RoutingConfig: { AdditionalVersionWeights: { [targetVersion]: percent / 100 } },
          };
    try {
      await role.call("lambda", "UpdateAlias", { FunctionName, Name, RevisionId, ...to });
      return;
    } catch (error) {
      if (!isAwsError(error, "PreconditionFailedException") || tries === MOST_TRIES) throw error;
    }
  }
}
