/** SetAlarmState, EnableAlarmActions, DisableAlarmActions, DeleteAlarms. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { validation } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { removeTags } from "../tags.ts";
import { evaluateAtNextBeat, unwatch } from "./beat.ts";
import { parentsOf } from "./composite.ts";
import { rememberConfiguration } from "./history.ts";
import { alarmArn } from "./names.ts";
import { alarms, type AnyAlarm } from "./state.ts";
import { cancelSuppression } from "./suppression.ts";
import { configurationChange } from "./told.ts";
import { enter } from "./transition.ts";

export const SetAlarmState: Handler<Sdk, "SetAlarmState"> = (context, input) => {
  const { AlarmName, StateValue: value, StateReason: reason, StateReasonData: reasonData } = input;
  const alarm = context.table(alarms).get(AlarmName);
  if (alarm === undefined) throw new AwsError("ResourceNotFound", `Unknown alarm: ${AlarmName}`);
  if (reasonData !== undefined) checkJson(reasonData);
  enter(context, alarm, { value, reason, ...(reasonData === undefined ? {} : { reasonData }) });
  // It goes back to what its metric says.
  if (alarm.type === "MetricAlarm") evaluateAtNextBeat(context, alarm);
  return {};
};

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError("InvalidFormatFault", "StateReasonData is not valid JSON");
  }
}

const enabling =
  (actionsEnabled: boolean) =>
  (context: ServiceContext, { AlarmNames }: { readonly AlarmNames: readonly string[] }): object => {
    for (const name of new Set(AlarmNames)) {
      const alarm = context.table(alarms).get(name);
      if (alarm === undefined || alarm.actionsEnabled === actionsEnabled) continue;
      const changed = { ...alarm, actionsEnabled, configuredAt: context.now };
      context.table(alarms).put([name], changed);
      rememberConfiguration(context, changed, "Update", alarm);
      context.emit(configurationChange(context, changed, "update", alarm));
    }
    return {};
  };

export const EnableAlarmActions: Handler<Sdk, "EnableAlarmActions"> = enabling(true);
export const DisableAlarmActions: Handler<Sdk, "DisableAlarmActions"> = enabling(false);

/** Names that are no alarm's are passed over, as on AWS. */
export const DeleteAlarms: Handler<Sdk, "DeleteAlarms"> = (context, { AlarmNames }) => {
  const found = [...new Set(AlarmNames)].flatMap((name) => context.table(alarms).get(name) ?? []);
  if (found.filter(({ type }) => type === "CompositeAlarm").length > 1) {
    validation("You can delete at most one composite alarm in one DeleteAlarms operation");
  }
  for (const { name } of found) {
    const parents = parentsOf(context, name).filter((parent) => !found.some((gone) => gone.name === parent.name));
    if (parents.length > 0) {
      validation(`Cannot delete ${name} as there are composite alarm(s) depending on it.`);
    }
  }
  for (const alarm of found) remove(context, alarm);
  return {};
};

function remove(context: ServiceContext, alarm: AnyAlarm): void {
  if (alarm.type === "MetricAlarm") unwatch(context, alarm);
  else cancelSuppression(context, alarm.name);
  context.table(alarms).remove(alarm.name);
  removeTags(context, alarmArn(context, alarm.name));
  rememberConfiguration(context, alarm, "Delete");
  context.emit(configurationChange(context, alarm, "delete"));
}
