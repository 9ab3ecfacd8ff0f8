/** The alarms of a deployment: asked for as the service role when it begins, before each step, and whenever one of them changes. */
import type { EventListener, ServiceContext } from "../../../service.ts";
import { DeploymentFault, faultOf } from "../errors.ts";
import { groupArn } from "../names.ts";
import { deployments, groups, running, type Deployment } from "../state.ts";
import { end, isOver } from "./course.ts";
import { failed } from "./failed.ts";
import { asServiceRole } from "./service-role.ts";

/** AWS's words for a Lambda deployment that an alarm stops. */
export const ABORTED = "the deployment is cancelled due to an abort request";

/**
 * True when one of the deployment's alarms is in ALARM. Raises DeploymentFault when nobody can tell, unless the configuration says that this does not matter.
 */
export async function isAlarmed(
  role: ServiceContext,
  { alarms, rollsBack }: Deployment,
  roleArn: string,
): Promise<boolean> {
  // What is taken back is taken back because something is wrong.
  if (alarms?.enabled !== true || alarms.names.length === 0 || rollsBack !== undefined) return false;
  try {
    const AlarmNames = [...alarms.names];
    const request = { AlarmNames, AlarmTypes: ["MetricAlarm" as const, "CompositeAlarm" as const] };
    const { MetricAlarms = [], CompositeAlarms = [] } = await role.call("cloudwatch", "DescribeAlarms", request);
    const found = [...MetricAlarms, ...CompositeAlarms];
    if (found.some(({ StateValue }) => StateValue === "ALARM")) return true;
    const missing = AlarmNames.filter((name) => !found.some(({ AlarmName }) => AlarmName === name));
    if (missing.length > 0 && !alarms.ignorePollAlarmFailure) {
      throw new DeploymentFault(
        "INTERNAL_ERROR",
        `The state of the alarms ${missing.join(", ")} cannot be retrieved: there are no such alarms.`,
      );
    }
    return false;
  } catch (error) {
    const fault = faultOf(error, "AmazonCloudWatch", roleArn);
    if (alarms.ignorePollAlarmFailure) return false;
    throw fault;
  }
}

/** Inside a transaction. */
export function stopOnAlarm(context: ServiceContext, deployment: Deployment): void {
  end(context, deployment, { status: "Stopped", code: "ALARM_ACTIVE", message: ABORTED });
}

/** Hears "CloudWatch Alarm State Change". */
export const alarmChanged: EventListener = async (context, { detail }) => {
  const name = String(detail["alarmName"]);
  for (const id of Array.from(context.table(running).list())) {
    const deployment = context.table(deployments).get(id);
    if (deployment?.status === "InProgress" && deployment.alarms?.names.includes(name) === true)
      await look(context, deployment);
  }
};

async function look(context: ServiceContext, { id, application, group: groupName }: Deployment): Promise<void> {
  const group = context.table(groups).get(application, groupName);
  const deployment = context.table(deployments).get(id);
  if (group === undefined || deployment === undefined) return;
  let outcome: boolean | DeploymentFault;
  try {
    const role = await asServiceRole(context, group.serviceRoleArn, groupArn(context, application, groupName));
    outcome = await isAlarmed(role, deployment, group.serviceRoleArn);
  } catch (error) {
    if (!(error instanceof DeploymentFault)) throw error;
    outcome = error;
  }
  if (outcome === false) return;
  context.transact(() => {
    const now = context.table(deployments).get(id);
    if (now === undefined || isOver(now)) return;
    if (outcome === true) stopOnAlarm(context, now);
    else failed(context, now, outcome);
  });
}
