/** Composite alarms: which alarms they name, and what these make them. */
import { evaluateRule, parseRule, ruleAlarms } from "../../../languages/alarm-rule.ts";
import type { ServiceContext } from "../../../service.ts";
import { alarmName, findAlarm } from "./names.ts";
import { alarms, type CompositeAlarm } from "./state.ts";

/** The names of the alarms that the rule names. */
export function childrenOf({ rule }: Pick<CompositeAlarm, "rule">): string[] {
  return [...new Set(ruleAlarms(parseRule(rule)).map(alarmName))];
}

/** The composite alarms whose rule names this one. */
export function parentsOf(context: ServiceContext, name: string): CompositeAlarm[] {
  return composites(context).filter((alarm) => childrenOf(alarm).includes(name));
}

export function composites(context: ServiceContext): CompositeAlarm[] {
  return Array.from(context.table(alarms).list()).filter((alarm) => alarm.type === "CompositeAlarm");
}

/** What the rule makes of the alarms as they are. */
export function compositeValue(context: ServiceContext, { rule }: CompositeAlarm): "OK" | "ALARM" {
  return evaluateRule(parseRule(rule), (name) => findAlarm(context, name)?.state.value) ? "ALARM" : "OK";
}
