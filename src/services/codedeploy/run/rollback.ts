/** Taking a deployment back: another deployment, of the version before, all at once, without hooks and whatever the alarms say. */
import type { ServiceContext } from "../../../service.ts";
import { writeAppspec } from "../appspec.ts";
import { ALL_AT_ONCE } from "../predefined-configs.ts";
import { contentRevision } from "../revision-key.ts";
import { deployments, groups, type Deployment, type Plan } from "../state.ts";
import { newDeployment } from "./new-deployment.ts";

/** Inside a transaction. A deployment that never came to touch its alias has nothing to take back. */
export function startRollback(context: ServiceContext, failed: Deployment): void {
  const group = context.table(groups).get(failed.application, failed.group);
  if (group === undefined || failed.plan === undefined) return;
  const { currentVersion, targetVersion } = failed.plan;
  const plan: Plan = { ...failed.plan, currentVersion: targetVersion, targetVersion: currentVersion, hooks: {} };
  const rollback = newDeployment(context, group, {
    configName: ALL_AT_ONCE,
    routing: { type: "AllAtOnce" },
    revision: contentRevision(writeAppspec(plan)),
    creator: "codeDeployRollback",
    autoRollback: failed.autoRollback,
    overridesAlarms: false,
    rollsBack: failed.id,
    plan,
  });
  context.table(deployments).put([failed.id], { ...failed, rolledBackBy: rollback.id });
}
