/**
 * The monitoring of an operation's rollback triggers: a first look before anything is made, then whatever the alarms tell (hearing.ts), until
 * the monitoring time after the last resource is over. Only then are the old resources taken away.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { ServiceContext } from "../../../service.ts";
import { operations, type Operation, type RollbackTriggerRow, type StackRow } from "../state.ts";

/** Why an operation is stopped, in Seatrial's own words: AWS's are not published. */
export const breached = (arn: string): string => `Rollback trigger ${arn} is in ALARM state`;
export const missing = (arn: string): string => `Rollback trigger ${arn} does not exist`;

/**
 * Looks at the alarms with the operation's powers. Answers why the operation may not go on: an alarm is missing, is in ALARM already, or
 * may not be looked at.
 */
export async function triggerFault(
  context: ServiceContext,
  triggers: readonly RollbackTriggerRow[],
): Promise<string | undefined> {
  if (triggers.length === 0) return undefined;
  const there = new Map<string | undefined, string | undefined>();
  try {
    const asked = { AlarmNames: triggers.map(({ arn }) => nameOf(arn)), MaxRecords: 100 };
    const { MetricAlarms = [], CompositeAlarms = [] } = await context.call("cloudwatch", "DescribeAlarms", {
      ...asked,
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
    });
    for (const alarm of MetricAlarms) there.set(`AWS::CloudWatch::Alarm ${alarm.AlarmArn}`, alarm.StateValue);
    for (const alarm of CompositeAlarms)
      there.set(`AWS::CloudWatch::CompositeAlarm ${alarm.AlarmArn}`, alarm.StateValue);
  } catch (error) {
    if (isAwsError(error)) return `Rollback triggers cannot be monitored: ${error.message}`;
    throw error;
  }
  const states = triggers.map(({ arn, type }) => ({ arn, state: there.get(`${type} ${arn}`) }));
  const lost = states.find(({ state }) => state === undefined);
  if (lost !== undefined) return missing(lost.arn);
  const inAlarm = states.find(({ state }) => state === "ALARM");
  return inAlarm === undefined ? undefined : breached(inAlarm.arn);
}

function nameOf(arn: string): string {
  return tryParseArn(arn)?.resource.replace(/^alarm:/, "") ?? arn;
}

/**
 * Inside a transaction, when the last resource is there: true while the monitoring time is not over, whose end is a deadline of the stack's
 * own.
 */
export function isMonitored(context: ServiceContext, stack: StackRow, operation: Operation): boolean {
  const { monitoring } = operation;
  if (monitoring === undefined || monitoring.monitoringMinutes === 0 || monitoring.period === "over") return false;
  if (monitoring.period === "begun") return true;
  context.table(operations).put([stack.id], { ...operation, monitoring: { ...monitoring, period: "begun" } });
  const due = context.now + monitoring.monitoringMinutes * 60_000;
  context.deadlines.set({ name: "monitoring", key: stack.id, due });
  return true;
}

/** Inside a transaction: nothing of the operation is waited for any more. */
export function stopMonitoring(context: ServiceContext, stackId: string): void {
  context.deadlines.cancel({ name: "monitoring", key: stackId });
}
