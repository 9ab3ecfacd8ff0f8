/**
 * The event types CloudWatchEvent and EventBridgeRule: an EventBridge rule with a pattern; and what Schedule shares.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { isFlag, isMap, isText, isTruthy, typed } from "../property-table.ts";
import { getAtt, ref } from "../references.ts";
import { invalidEvent } from "../sam-error.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const cloudWatchEventSource: EventSource = {
  type: "CloudWatchEvent",
  table: {
    EventBusName: typed(isText),
    RuleName: typed(isText),
    Pattern: typed(isMap),
    DeadLetterConfig: typed(isMap),
    RetryPolicy: typed(isMap),
    Input: typed(isText),
    InputPath: typed(isText),
    Target: typed(isMap),
    Enabled: typed(isFlag),
    State: typed(isText),
    InputTransformer: typed(isMap),
  },
  expand,
};

export const eventBridgeRuleSource: EventSource = { ...cloudWatchEventSource, type: "EventBridgeRule" };

function expand(event: EventInstance): readonly Draft[] {
  const { properties } = event;
  const queue = deadLetter(event);
  const target = own(properties, "Target");
  const rule = new Draft(event.id, "AWS::Events::Rule", event.target.attributes).set({
    EventBusName: own(properties, "EventBusName"),
    EventPattern: own(properties, "Pattern"),
    Name: own(properties, "RuleName"),
    State: ruleState(event),
    Targets: [
      {
        Arn: event.target.arn,
        Id: (isObject(target) ? own(target, "Id") : undefined) ?? targetId(event.id),
        ...given(properties, "Input", "InputPath"),
        ...queue.config,
        ...given(properties, "RetryPolicy", "InputTransformer"),
      },
    ],
  });
  return [...queue.drafts, rule, rulePermission(event)];
}

/** The members of these names that are set. */
export function given(properties: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (own(properties, name) === undefined ? [] : [[name, own(properties, name) ?? null]])),
  );
}

/** The permission for the rule to call the function. */
export function rulePermission(event: EventInstance): Draft {
  return permission(event, "events.amazonaws.com", { arn: getAtt(event.id, "Arn") });
}

/** A target's id, which may be 64 characters long. */
export function targetId(id: string, suffix = "LambdaTarget"): string {
  return id.slice(0, 64 - suffix.length) + suffix;
}

/** State, or Enabled as a state. Raises SamFault when both are given. */
export function ruleState({
  relativeId,
  properties,
}: Pick<EventInstance, "relativeId" | "properties">): Json | undefined {
  const state = own(properties, "State");
  const enabled = own(properties, "Enabled");
  if (isTruthy(state) && enabled !== undefined) {
    throw invalidEvent(relativeId, "State and Enabled Properties cannot both be specified.");
  }
  if (enabled !== undefined) return isTruthy(enabled) ? "ENABLED" : "DISABLED";
  return isTruthy(state) ? state : undefined;
}

/** Checks that a DeadLetterConfig names a queue or a type, and not both. Raises SamFault. */
export function checkDeadLetter(id: string, config: JsonObject): void {
  const [arn, type] = [own(config, "Arn"), own(config, "Type")];
  if (arn !== undefined && type !== undefined) {
    throw invalidEvent(id, "You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
  }
  if (type !== undefined && type !== "SQS") {
    throw invalidEvent(id, "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
  }
  if (arn === undefined && type === undefined) {
    throw invalidEvent(id, "No 'Arn' or 'Type' property provided for DeadLetterConfig.");
  }
}

/** A rule's dead-letter queue: the one that is named, or one that is made, with its policy. Raises SamFault. */
export function deadLetter(event: {
  readonly id: string;
  readonly properties: JsonObject;
  readonly target: { readonly attributes: JsonObject };
}): { readonly config: JsonObject; readonly drafts: readonly Draft[] } {
  const config = own(event.properties, "DeadLetterConfig");
  if (!isObject(config)) return { config: {}, drafts: [] };
  checkDeadLetter(event.id, config);
  const [arn, queueId] = [own(config, "Arn"), own(config, "QueueLogicalId")];
  if (arn !== undefined && arn !== null) return { config: { DeadLetterConfig: { Arn: arn } }, drafts: [] };
  if (queueId !== undefined && typeof queueId !== "string")
    throw invalidEvent(event.id, "QueueLogicalId must be a string");
  const queue = new Draft(isTruthy(queueId) ? queueId : `${event.id}Queue`, "AWS::SQS::Queue", event.target.attributes);
  const queueArn = getAtt(queue.id, "Arn");
  const statement = {
    Action: "sqs:SendMessage",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": getAtt(event.id, "Arn") } },
  };
  const policy = new Draft(`${event.id}QueuePolicy`, "AWS::SQS::QueuePolicy", event.target.attributes).set({
    PolicyDocument: { Version: "2012-10-17", Statement: [statement] },
    Queues: [ref(queue.id)],
  });
  return { config: { DeadLetterConfig: { Arn: queueArn } }, drafts: [queue, policy] };
}
