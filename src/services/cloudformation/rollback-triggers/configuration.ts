/** A stack's rollback configuration, as it is asked for, kept and shown ("Roll back your CloudFormation stack on alarm breach with rollback triggers"). */
import { tryParseArn } from "../../../languages/arn.ts";
import { invalid } from "../names.ts";
import type { RollbackConfigurationRow, RollbackTriggerRow } from "../state.ts";

/** As requests have it; the model holds it to 5 triggers and 180 minutes. */
export interface GivenRollbackConfiguration {
  readonly RollbackTriggers?:
    | readonly { readonly Arn?: string | undefined; readonly Type?: string | undefined }[]
    | undefined;
  readonly MonitoringTimeInMinutes?: number | undefined;
}

/** The types of triggers that AWS takes. */
const TYPES = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"] as const;

/**
 * What a stack keeps: a member that is absent stays as it was, an empty list takes the triggers away. Undefined where there is nothing to
 * watch and nothing to wait for. Raises ValidationError for what is no alarm (in Seatrial's own words, AWS does not publish its).
 */
export function rollbackConfiguration(
  given: GivenRollbackConfiguration | undefined,
  previous: RollbackConfigurationRow | undefined,
): RollbackConfigurationRow | undefined {
  const triggers = given?.RollbackTriggers?.map(trigger) ?? previous?.triggers ?? [];
  const monitoringMinutes = given?.MonitoringTimeInMinutes ?? previous?.monitoringMinutes ?? 0;
  return triggers.length === 0 && monitoringMinutes === 0 ? undefined : { triggers, monitoringMinutes };
}

function trigger({ Arn = "", Type = "" }: { Arn?: string | undefined; Type?: string | undefined }): RollbackTriggerRow {
  const type = TYPES.find((known) => known === Type);
  if (type === undefined)
    throw invalid(`Invalid rollback trigger type ${Type}. A rollback trigger is one of: ${TYPES.join(", ")}`);
  const arn = tryParseArn(Arn);
  if (arn?.service !== "cloudwatch" || !arn.resource.startsWith("alarm:"))
    throw invalid(`Invalid rollback trigger ARN ${Arn}. A rollback trigger is the ARN of a CloudWatch alarm`);
  return { arn: Arn, type };
}

/** As DescribeStacks and DescribeChangeSet show it: AWS leaves a monitoring time of 0 out. */
export function shownRollbackConfiguration(row: RollbackConfigurationRow | undefined): {
  RollbackTriggers?: { Arn: string; Type: string }[];
  MonitoringTimeInMinutes?: number;
} {
  const { triggers = [], monitoringMinutes = 0 } = row ?? {};
  return {
    ...(triggers.length === 0 ? {} : { RollbackTriggers: triggers.map(({ arn, type }) => ({ Arn: arn, Type: type })) }),
    ...(monitoringMinutes === 0 ? {} : { MonitoringTimeInMinutes: monitoringMinutes }),
  };
}
