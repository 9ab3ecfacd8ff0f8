/**
 * The event type IoTRule: a topic rule whose action is the function.
 */
import { own } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { isText, typed } from "../property-table.ts";
import { ref } from "../references.ts";
import { given } from "./event-bridge-rule.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const iotRuleSource: EventSource = {
  type: "IoTRule",
  table: { Sql: typed(isText, true), AwsIotSqlVersion: typed(isText) },
  expand,
};

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const arn = `arn:${context.partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${RuleName}`;
  const allow = permission(event, "iot.amazonaws.com", {
    arn: { "Fn::Sub": [arn, { RuleName: ref(event.id) }] },
    account: { "Fn::Sub": "${AWS::AccountId}" },
  });
  const rule = new Draft(event.id, "AWS::IoT::TopicRule", event.target.attributes).set({
    TopicRulePayload: {
      Sql: own(event.properties, "Sql") ?? "",
      RuleDisabled: false,
      Actions: [{ Lambda: { FunctionArn: event.target.arn } }],
      ...given(event.properties, "AwsIotSqlVersion"),
    },
  });
  return [allow, rule];
}
