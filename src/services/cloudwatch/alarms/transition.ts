/**
 * An alarm's state becomes another one: told in its history, to those who hear it, to its actions, and in the same moment to the composite
 * alarms above it.
 */
import type { ServiceContext } from "../../../service.ts";
import { act } from "./actions.ts";
import { childrenOf, compositeValue, parentsOf } from "./composite.ts";
import { rememberState } from "./history.ts";
import { formatLongTime, formatTime } from "./java-number.ts";
import { alarmArn, findAlarm } from "./names.ts";
import { alarms, type AlarmState, type AnyAlarm, type CompositeAlarm } from "./state.ts";
import { followSuppressor, holdBack } from "./suppression.ts";
import { stateChange } from "./told.ts";

/**
 * Inside a transaction. Gives the alarm `next` and does all that follows where its value is another one. `trail` has the names of the
 * alarms whose change led here: a cycle of composite alarms ends where it closes.
 */
export function enter(
  context: ServiceContext,
  alarm: AnyAlarm,
  next: Pick<AlarmState, "value" | "reason" | "reasonData">,
  trail: readonly string[] = [],
): void {
  const before = alarm.state;
  const changed = before.value !== next.value;
  const state: AlarmState = {
    value: next.value,
    reason: next.reason,
    ...(next.reasonData === undefined ? {} : { reasonData: next.reasonData }),
    updatedAt: context.now,
    transitionedAt: changed ? context.now : before.transitionedAt,
  };
  const entered = { ...alarm, state };
  if (!changed) {
    context.table(alarms).put([alarm.name], entered);
    return;
  }
  const held = entered.type === "CompositeAlarm" ? holdBack(context, entered, before.value) : entered;
  context.table(alarms).put([alarm.name], held);
  rememberState(context, held, before);
  context.emit(stateChange(context, held, before));
  if (held.type === "MetricAlarm" || held.suppression === undefined) act(context, held, before);
  followSuppressor(context, held);
  const reason = `${alarmArn(context, alarm.name)} transitioned to ${state.value} at ${formatLongTime(context.now)}`;
  for (const parent of parentsOf(context, alarm.name)) {
    const path = [...trail, alarm.name];
    if (!path.includes(parent.name)) evaluate(context, parent, reason, [held], path);
  }
}

/** Inside a transaction. `verb` is what was done to the alarm. */
export function evaluateComposite(context: ServiceContext, alarm: CompositeAlarm, verb: "created" | "updated"): void {
  const value = compositeValue(context, alarm);
  const reason = `${alarmArn(context, alarm.name)} was ${verb} and its alarm rule evaluates to ${value}`;
  const children = childrenOf(alarm).flatMap((name) => findAlarm(context, name) ?? []);
  evaluate(context, alarm, reason, children, []);
}

function evaluate(
  context: ServiceContext,
  alarm: CompositeAlarm,
  reason: string,
  triggering: readonly AnyAlarm[],
  trail: readonly string[],
): void {
  const value = compositeValue(context, alarm);
  if (value === alarm.state.value) return;
  const triggeringAlarms = triggering.map(({ name, state }) => ({
    arn: alarmArn(context, name),
    state: { value: state.value, timestamp: formatTime(state.updatedAt) },
  }));
  enter(context, alarm, { value, reason, reasonData: JSON.stringify({ triggeringAlarms }) }, trail);
}
