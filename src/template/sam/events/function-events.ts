/**
 * The Events of a function: the table of the event types that are supported, and their expansion in the original's order.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { SamResource, TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { getAtt, ref } from "../references.ts";
import { orderOf } from "../api/implicit-api.ts";
import { alexaSkillSource } from "./alexa-skill.ts";
import { apiSource } from "./api.ts";
import { logsSource } from "./cloudwatch-logs.ts";
import { cloudWatchEventSource, eventBridgeRuleSource } from "./event-bridge-rule.ts";
import { documentDbSource, mqSource, mskSource, selfManagedKafkaSource } from "./broker.ts";
import { cognitoSource } from "./cognito.ts";
import type { EventSource, Target } from "./event-source.ts";
import { httpApiSource } from "./http-api.ts";
import { iotRuleSource } from "./iot-rule.ts";
import { dynamoDbSource, kinesisSource, sqsSource } from "./poller.ts";
import { readEvent } from "./read-event.ts";
import { s3Source } from "./s3.ts";
import { scheduleSource } from "./schedule.ts";
import { scheduleV2Source } from "./schedule-v2.ts";
import { snsSource } from "./sns.ts";

const SOURCES: ReadonlyMap<string, EventSource> = new Map(
  [
    apiSource,
    httpApiSource,
    cognitoSource,
    scheduleV2Source,
    s3Source,
    snsSource,
    scheduleSource,
    cloudWatchEventSource,
    eventBridgeRuleSource,
    logsSource,
    alexaSkillSource,
    iotRuleSource,
    sqsSource,
    kinesisSource,
    dynamoDbSource,
    mskSource,
    selfManagedKafkaSource,
    mqSource,
    documentDbSource,
  ].map((source) => [source.type, source]),
);

/** Expands every event of a function, in the original's order. Raises SamFault. */
export function expandEvents(
  resource: SamResource,
  made: { readonly lambda: Draft; readonly alias: Draft | undefined; readonly role: Draft },
  context: TransformContext,
): readonly Draft[] {
  const events = own(resource.properties, "Events");
  if (!isObject(events)) return [];
  const target: Target =
    made.alias === undefined
      ? {
          id: made.lambda.id,
          name: ref(made.lambda.id),
          arn: getAtt(made.lambda.id, "Arn"),
          attributes: made.lambda.passThrough(),
        }
      : { id: made.alias.id, name: ref(made.alias.id), arn: ref(made.alias.id), attributes: made.alias.passThrough() };
  return eventsInOrder(resource.id, events, context)
    .map(([relativeId, event]) => ({ relativeId, event, key: orderKey(relativeId, event) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .flatMap(({ relativeId, event }) =>
      expandEvent(resource.id, relativeId, event, { target, role: made.role }, context),
    );
}

/** The events in the order of Python 2.7's dictionaries where the template counts with them. */
export function eventsInOrder(
  callerId: string,
  events: JsonObject,
  context: TransformContext,
): readonly (readonly [string, Json])[] {
  if (!context.scope.isPython27) return Object.entries(events);
  const order = context.scope.eventOrders.get(callerId) ?? orderOf(Object.keys(events));
  return order.keys().map(({ text }) => [text, own(events, text) ?? null] as const);
}

/** Events are ordered by their path where they have one, else by their id. */
function orderKey(relativeId: string, event: Json): string {
  const properties = isObject(event) ? own(event, "Properties") : undefined;
  const path = isObject(properties) ? own(properties, "Path") : undefined;
  return typeof path === "string" ? path : relativeId;
}

/** Checks the events of a function before the function itself is expanded, as the original does. Raises SamFault. */
export function checkEvents(functionId: string, events: Json | undefined, context: TransformContext): void {
  if (!isObject(events)) return;
  for (const [relativeId, event] of eventsInOrder(functionId, events, context)) {
    const { type: source, properties } = readEvent(functionId, relativeId, event, SOURCES);
    source.check?.({ id: functionId + relativeId, relativeId, properties }, context);
  }
}

function expandEvent(
  functionId: string,
  relativeId: string,
  event: Json,
  made: { readonly target: Target; readonly role: Draft },
  context: TransformContext,
): readonly Draft[] {
  const { type: source, properties } = readEvent(functionId, relativeId, event, SOURCES);
  return source.expand(
    { id: functionId + relativeId, functionId, relativeId, type: source.type, properties, ...made },
    context,
  );
}
