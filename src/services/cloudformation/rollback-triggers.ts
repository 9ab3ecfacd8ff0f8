/**
 * RollbackConfiguration: alarms that take an operation back when they go into ALARM while it runs, and for a time after everything has been
 * made (AWS page "Roll back your CloudFormation stack on alarm breach with rollback triggers").
 */
import { isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { EventListener, ServiceContext } from "../../service.ts";
import { halt } from "./halting.ts";
import { invalid } from "./names.ts";
import { settle } from "./phases.ts";
import { operations, stacks, type Operation, type RollbackSettings, type StackRow } from "./state.ts";

const TYPES = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
const MOST_TRIGGERS = 5;
const LONGEST_MINUTES = 180;

/** A request's RollbackConfiguration. */
export interface GivenRollback {
  readonly RollbackTriggers?:
    | readonly { readonly Arn?: string | undefined; readonly Type?: string | undefined }[]
    | undefined;
  readonly MonitoringTimeInMinutes?: number | undefined;
}

/** What is not said again stays as it was. Raises ValidationError. */
export function readRollback(
  given: GivenRollback | undefined,
  previous: RollbackSettings | undefined,
): RollbackSettings | undefined {
  if (given === undefined) return previous;
  const { RollbackTriggers, MonitoringTimeInMinutes: minutes = previous?.monitoringMinutes ?? 0 } = given;
  if (minutes < 0 || minutes > LONGEST_MINUTES) {
    throw invalid(`MonitoringTimeInMinutes must be between 0 and ${LONGEST_MINUTES}`);
  }
  const triggers = RollbackTriggers?.map(({ Arn = "", Type = "" }) => ({ arn: Arn, type: Type }));
  if ((triggers ?? []).length > MOST_TRIGGERS)
    throw invalid(`At most ${MOST_TRIGGERS} rollback triggers can be specified`);
  for (const { arn, type } of triggers ?? []) {
    if (!TYPES.includes(type)) throw invalid(`Rollback trigger type ${type} is not supported`);
    const parsed = tryParseArn(arn);
    if (parsed?.service !== "cloudwatch" || !parsed.resource.startsWith("alarm:")) {
      throw invalid(`Invalid rollback trigger ARN: ${arn}`);
    }
  }
  return { triggers: triggers ?? previous?.triggers ?? [], monitoringMinutes: minutes };
}

/** Why the operation cannot begin well: a trigger that is not there, or is in ALARM already. Asked as the caller. */
export async function triggerFault(
  context: ServiceContext,
  settings: RollbackSettings | undefined,
): Promise<string | undefined> {
  for (const { arn } of settings?.triggers ?? []) {
    const name = tryParseArn(arn)?.resource.replace(/^alarm:/, "") ?? arn;
    try {
      const found = await context.call("cloudwatch", "DescribeAlarms", {
        AlarmNames: [name],
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      });
      const [alarm] = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
      if (alarm?.AlarmArn !== arn) return `Rollback trigger ${arn} does not exist`;
      if (alarm.StateValue === "ALARM") return breached(arn);
    } catch (error) {
      if (!isAwsError(error)) throw error;
      return `Rollback trigger ${arn} cannot be monitored: ${error.message}`;
    }
  }
  return undefined;
}

function breached(arn: string): string {
  return `Rollback trigger ${arn} is in ALARM state`;
}

/** Hears `CloudWatch Alarm State Change`, as a transaction. */
export const hearAlarm: EventListener = (context, { resources: [arn = ""], detail: { state } }) => {
  if (typeof state !== "object" || state === null || !("value" in state) || state.value !== "ALARM") return;
  const concerned: { stack: StackRow; operation: Operation }[] = [];
  for (const stack of context.table(stacks).list()) {
    const { triggers = [] } = stack.config?.rollback ?? {};
    if (!triggers.some((trigger) => trigger.arn === arn)) continue;
    const operation = context.table(operations).get(stack.id);
    const runs = operation?.phase === "forward" && operation.kind !== "DELETE" && !operation.halted;
    if (operation !== undefined && runs) concerned.push({ stack, operation });
  }
  for (const { stack, operation } of concerned) {
    if (stack.status !== "CREATE_IN_PROGRESS" && stack.status !== "UPDATE_IN_PROGRESS") continue;
    settle(context, stack, halt(context, stack, operation, `${breached(arn)}.`));
  }
};
