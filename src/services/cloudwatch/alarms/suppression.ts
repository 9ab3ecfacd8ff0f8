/** A composite alarm's suppressor: holds its actions back while it is in ALARM, before (wait) and after (extension) (AWS page "Alarm suppression"). */
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import type { Deadline } from "../../../kernel/deadlines.ts";
import { act } from "./actions.ts";
import { composites } from "./composite.ts";
import { remember } from "./history.ts";
import { alarmName, findAlarm } from "./names.ts";
import { alarms, type AnyAlarm, type CompositeAlarm, type StateValue, type Suppression } from "./state.ts";

const DEADLINE = "suppression";

/** Inside a transaction: the alarm, whose state has just become another one, with its actions held back where its suppressor wants it. */
export function holdBack(context: ServiceContext, alarm: CompositeAlarm, before: StateValue): CompositeAlarm {
  const { suppressor, suppression } = alarm;
  // Held back already: whatever comes of it, it is decided at the end.
  if (suppressor === undefined || suppression !== undefined) return alarm;
  if (isActive(context, suppressor.alarm)) return hold(context, alarm, "Alarm", before);
  if (suppressor.waitSeconds === 0) return alarm;
  endAfter(context, alarm.name, suppressor.waitSeconds);
  return hold(context, alarm, "WaitPeriod", before);
}

/** Inside a transaction, after `changed` has become what it is: those whose suppressor it is. */
export function followSuppressor(context: ServiceContext, changed: AnyAlarm): void {
  for (const alarm of composites(context)) {
    if (alarm.suppressor !== undefined && alarmName(alarm.suppressor.alarm) === changed.name) follow(context, alarm);
  }
}

function follow(context: ServiceContext, alarm: CompositeAlarm): void {
  const { name, suppressor, suppression } = alarm;
  if (suppressor === undefined) return;
  if (isActive(context, suppressor.alarm)) {
    if (suppression === undefined || suppression.by === "Alarm") return;
    context.deadlines.cancel({ name: DEADLINE, key: name });
    context.table(alarms).put([name], hold(context, alarm, "Alarm", suppression.performedFor));
    return;
  }
  if (suppression?.by !== "Alarm") return;
  if (suppressor.extensionSeconds === 0) return release(context, alarm);
  endAfter(context, name, suppressor.extensionSeconds);
  context.table(alarms).put([name], hold(context, alarm, "ExtensionPeriod", suppression.performedFor));
}

function hold(
  context: ServiceContext,
  alarm: CompositeAlarm,
  by: Suppression["by"],
  performedFor: StateValue,
): CompositeAlarm {
  const summary = `Actions suppressed by ${by}`;
  const data = JSON.stringify({ version: "1.0", actionsSuppressedBy: by, actionsSuppressor: alarm.suppressor?.alarm });
  remember(context, alarm, { kind: "Action", summary, data });
  return { ...alarm, suppression: { by, performedFor } };
}

function endAfter(context: ServiceContext, key: string, seconds: number): void {
  context.deadlines.set({ name: DEADLINE, key, due: context.now + seconds * 1000 });
}

function isActive(context: ServiceContext, suppressor: string): boolean {
  return findAlarm(context, suppressor)?.state.value === "ALARM";
}

/** Inside a transaction. The actions are performed now, where the state is not the one that they were last performed for. */
export function release(context: ServiceContext, { suppression, ...alarm }: CompositeAlarm): void {
  context.deadlines.cancel({ name: DEADLINE, key: alarm.name });
  context.table(alarms).put([alarm.name], alarm);
  if (suppression === undefined || suppression.performedFor === alarm.state.value) return;
  act(context, alarm, { ...alarm.state, value: suppression.performedFor });
}

/** Inside a transaction. */
export function cancelSuppression(context: ServiceContext, name: string): void {
  context.deadlines.cancel({ name: DEADLINE, key: name });
}

/** The wait or the extension is over. */
export const suppression: DeadlineHandler = (context, { key }: Deadline) => {
  const alarm = context.table(alarms).get(key);
  if (alarm?.type === "CompositeAlarm" && alarm.suppression !== undefined) release(context, alarm);
};
