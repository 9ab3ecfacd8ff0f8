/**
 * The event type ScheduleV2: an EventBridge Scheduler schedule of a function or a state machine, with its role.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { inlinePolicy, trustPolicy } from "../policy-document.ts";
import { isFlag, isMap, isText, isTruthy, strict, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { getAtt } from "../references.ts";
import { invalidEvent } from "../sam-error.ts";
import { checkDeadLetter, given } from "./event-bridge-rule.ts";
import type { EventSource } from "./event-source.ts";

export const SCHEDULE_V2_PROPERTIES: PropertyTable = {
  PermissionsBoundary: typed(isText),
  ScheduleExpression: typed(isText, true),
  FlexibleTimeWindow: typed(isMap),
  Name: typed(isText),
  State: typed(isText),
  Description: typed(isText),
  StartDate: typed(isText),
  EndDate: typed(isText),
  ScheduleExpressionTimezone: typed(isText),
  GroupName: typed(isText),
  KmsKeyArn: typed(isText),
  Input: typed(isText),
  RoleArn: typed(isText),
  DeadLetterConfig: typed(isMap),
  RetryPolicy: typed(isMap),
  OmitName: strict(isFlag),
};

export const scheduleV2Source: EventSource = {
  type: "ScheduleV2",
  table: SCHEDULE_V2_PROPERTIES,
  expand: ({ id, properties, target }) =>
    schedule(
      { id, properties, attributes: target.attributes, targetArn: target.arn },
      inlinePolicy(`${id}LambdaPolicy`, [{ Action: "lambda:InvokeFunction", Effect: "Allow", Resource: target.arn }]),
    ),
};

/** A schedule to make. */
export interface Schedule {
  readonly id: string;
  readonly properties: JsonObject;
  readonly attributes: JsonObject;
  readonly targetArn: Json;
}

/** The schedule, its dead-letter queue and its role; `allow` lets the role start the target. Raises SamFault. */
export function schedule({ id, properties, attributes, targetArn }: Schedule, allow: JsonObject): readonly Draft[] {
  const truthy = (name: string): Json | undefined =>
    isTruthy(own(properties, name)) ? own(properties, name) : undefined;
  const isNameless = own(properties, "OmitName") === true;
  if (isNameless && truthy("Name") !== undefined) {
    throw invalidEvent(id, "Name cannot be set when OmitName is True");
  }
  const queue = deadLetter(id, properties, attributes);
  const role =
    truthy("RoleArn") === undefined ? executionRole(id, properties, attributes, allow, queue.arn) : undefined;
  const draft = new Draft(id, "AWS::Scheduler::Schedule", attributes).set({
    ScheduleExpression: own(properties, "ScheduleExpression"),
    FlexibleTimeWindow: truthy("FlexibleTimeWindow") ?? { Mode: "OFF" },
    Name: isNameless ? undefined : (truthy("Name") ?? id),
    State: truthy("State"),
    ...given(properties, "Description", "StartDate", "EndDate", "ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"),
    Target: {
      Arn: targetArn,
      RoleArn: role === undefined ? (truthy("RoleArn") ?? "") : getAtt(role.id, "Arn"),
      ...given(properties, "Input"),
      ...(queue.arn === undefined ? {} : { DeadLetterConfig: { Arn: queue.arn } }),
      ...given(properties, "RetryPolicy"),
    },
  });
  return [draft, ...queue.drafts, ...(role === undefined ? [] : [role])];
}

function deadLetter(
  id: string,
  properties: JsonObject,
  attributes: JsonObject,
): { readonly arn: Json | undefined; readonly drafts: readonly Draft[] } {
  const config = own(properties, "DeadLetterConfig");
  if (!isObject(config)) return { arn: undefined, drafts: [] };
  checkDeadLetter(id, config);
  const [arn, queueId] = [own(config, "Arn"), own(config, "QueueLogicalId")];
  if (arn !== undefined && arn !== null) return { arn, drafts: [] };
  if (queueId !== undefined && typeof queueId !== "string") throw invalidEvent(id, "QueueLogicalId must be a string");
  const queue = new Draft(isTruthy(queueId) ? queueId : `${id}Queue`, "AWS::SQS::Queue", attributes);
  return { arn: getAtt(queue.id, "Arn"), drafts: [queue] };
}

function executionRole(
  id: string,
  properties: JsonObject,
  attributes: JsonObject,
  allow: JsonObject,
  queueArn: Json | undefined,
): Draft {
  const send = inlinePolicy(`${id}SQSPolicy`, [
    { Action: "sqs:SendMessage", Effect: "Allow", Resource: queueArn ?? "" },
  ]);
  const boundary = own(properties, "PermissionsBoundary");
  return new Draft(`${id}Role`, "AWS::IAM::Role", attributes).set({
    AssumeRolePolicyDocument: trustPolicy("scheduler.amazonaws.com"),
    Policies: queueArn === undefined ? [allow] : [allow, send],
    PermissionsBoundary: isTruthy(boundary) ? boundary : undefined,
  });
}
