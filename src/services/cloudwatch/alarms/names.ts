/** Alarms' ARNs, and alarms by name or ARN. */
import type { ServiceContext } from "../../../service.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { alarms, type AnyAlarm } from "./state.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

export function alarmArn({ account, region }: Place, name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** The name in an alarm's ARN, or the text itself. */
export function alarmName(nameOrArn: string): string {
  const arn = nameOrArn.startsWith("arn:") ? tryParseArn(nameOrArn) : undefined;
  return arn?.service === "cloudwatch" ? arn.resource.replace(/^alarm:/, "") : nameOrArn;
}

export function findAlarm(context: ServiceContext, nameOrArn: string): AnyAlarm | undefined {
  return context.table(alarms).get(alarmName(nameOrArn));
}
