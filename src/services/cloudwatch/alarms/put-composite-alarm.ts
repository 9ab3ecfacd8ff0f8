/** PutCompositeAlarm (AWS page "PutCompositeAlarm"). */
import { AlarmRuleSyntaxError } from "../../../languages/alarm-rule.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { missing, validation } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { checkActions } from "./actions.ts";
import { childrenOf, parentsOf } from "./composite.ts";
import { findAlarm } from "./names.ts";
import { commonPart, replaced, save } from "./put.ts";
import { alarms, type CompositeAlarm, type Suppressor } from "./state.ts";
import { release } from "./suppression.ts";
import { evaluateComposite } from "./transition.ts";

/** How many composite alarms may name one alarm. */
const MOST_PARENTS = 150;

type Given = Input<Sdk, "PutCompositeAlarm">;

export const PutCompositeAlarm: Handler<Sdk, "PutCompositeAlarm"> = (context, input) => {
  if (input.ActionConfiguration !== undefined) {
    validation(
      "Seatrial's cloudwatch PutCompositeAlarm does not support ActionConfiguration: tags are not told to actions.",
    );
  }
  const before = replaced(context, input.AlarmName, "CompositeAlarm");
  checkChildren(context, input);
  const suppressor = suppressorOf(context, input);
  const common = commonPart(context, input, before);
  const { OK, ALARM, INSUFFICIENT_DATA } = common.actions;
  checkActions(context, "CompositeAlarm", [...OK, ...ALARM, ...INSUFFICIENT_DATA]);
  // What was held back by the suppressor of before is done now.
  if (before?.type === "CompositeAlarm" && before.suppression !== undefined) release(context, before);
  const alarm: CompositeAlarm = {
    type: "CompositeAlarm",
    ...common,
    rule: input.AlarmRule,
    ...(suppressor === undefined ? {} : { suppressor }),
  };
  save(context, alarm, before, input.Tags);
  evaluateComposite(context, alarm, before === undefined ? "created" : "updated");
  return {};
};

function checkChildren(context: ServiceContext, { AlarmName, AlarmRule: rule }: Given): void {
  let children: string[];
  try {
    children = childrenOf({ rule });
  } catch (error) {
    if (error instanceof AlarmRuleSyntaxError) return validation(error.message);
    throw error;
  }
  const unknown = children.filter((name) => !context.table(alarms).has(name));
  if (unknown.length > 0) {
    validation(`Could not save the composite alarm as alarms [${unknown.join(", ")}] in the alarm rule do not exist`);
  }
  for (const child of children) {
    const parents = parentsOf(context, child).filter(({ name }) => name !== AlarmName);
    if (parents.length >= MOST_PARENTS) validation(`${child} is part of more than ${MOST_PARENTS} composite alarms`);
  }
}

function suppressorOf(context: ServiceContext, input: Given): Suppressor | undefined {
  const { ActionsSuppressor: alarm, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = input;
  if (alarm === undefined) {
    if (ActionsSuppressorWaitPeriod !== undefined || ActionsSuppressorExtensionPeriod !== undefined) {
      missing("ActionsSuppressor is required when a wait period or an extension period is specified");
    }
    return undefined;
  }
  if (ActionsSuppressorWaitPeriod === undefined || ActionsSuppressorExtensionPeriod === undefined) {
    missing("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor");
  }
  if (ActionsSuppressorWaitPeriod < 0 || ActionsSuppressorExtensionPeriod < 0) {
    validation("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be greater than or equal to 0");
  }
  if (findAlarm(context, alarm) === undefined) {
    validation(`Could not save the composite alarm as the actions suppressor alarm ${alarm} does not exist`);
  }
  return {
    alarm,
    waitSeconds: ActionsSuppressorWaitPeriod,
    extensionSeconds: ActionsSuppressorExtensionPeriod,
  };
}
