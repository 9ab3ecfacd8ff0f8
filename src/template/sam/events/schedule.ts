/**
 * The event type Schedule: an EventBridge rule that fires by the clock.
 */
import { own } from "../../value.ts";
import { Draft } from "../draft.ts";
import { isFlag, isMap, isText, typed } from "../property-table.ts";
import { deadLetter, given, rulePermission, ruleState, targetId } from "./event-bridge-rule.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const scheduleSource: EventSource = {
  type: "Schedule",
  table: {
    Schedule: typed(isText, true),
    RuleName: typed(isText),
    Input: typed(isText),
    Enabled: typed(isFlag),
    State: typed(isText),
    Name: typed(isText),
    Description: typed(isText),
    DeadLetterConfig: typed(isMap),
    RetryPolicy: typed(isMap),
  },
  expand,
};

function expand(event: EventInstance): readonly Draft[] {
  const { properties } = event;
  const state = ruleState(event);
  const queue = deadLetter(event);
  const rule = new Draft(event.id, "AWS::Events::Rule", event.target.attributes).set({
    Description: own(properties, "Description"),
    Name: own(properties, "Name"),
    ScheduleExpression: own(properties, "Schedule"),
    State: state,
    Targets: [
      {
        Arn: event.target.arn,
        Id: targetId(event.id),
        ...given(properties, "Input"),
        ...queue.config,
        ...given(properties, "RetryPolicy"),
      },
    ],
  });
  return [rule, ...queue.drafts, rulePermission(event)];
}
