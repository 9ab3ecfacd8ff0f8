/**
 * The event type CloudWatchLogs: a subscription filter on a log group.
 */
import { own } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { isText, typed } from "../property-table.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const logsSource: EventSource = {
  type: "CloudWatchLogs",
  table: { LogGroupName: typed(isText, true), FilterPattern: typed(isText, true) },
  expand,
};

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const group = own(event.properties, "LogGroupName") ?? "";
  const arn = `arn:${context.partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`;
  const allow = permission(event, "logs.amazonaws.com", { arn: { "Fn::Sub": [arn, { __LogGroupName__: group }] } });
  const filter = new Draft(event.id, "AWS::Logs::SubscriptionFilter", event.target.attributes, [allow.id]).set({
    LogGroupName: group,
    FilterPattern: own(event.properties, "FilterPattern"),
    DestinationArn: event.target.arn,
  });
  return [allow, filter];
}
