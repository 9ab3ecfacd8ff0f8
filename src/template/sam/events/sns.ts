/**
 * The event type SNS: a subscription of the function, or of a queue that the function reads.
 */
import { isObject, own } from "../../value.ts";
import type { Json } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { isFlag, isMap, isText, isTruthy, oneOf, passThrough, typed } from "../property-table.ts";
import { getAtt, ref, referencedId } from "../references.ts";
import { fromTemplate } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";
import { queueMapping } from "./poller.ts";

export const snsSource: EventSource = {
  type: "SNS",
  table: {
    Topic: typed(isText, true),
    Region: typed(isText),
    FilterPolicy: passThrough(),
    FilterPolicyScope: passThrough(),
    SqsSubscription: typed(oneOf(isFlag, isMap)),
    RedrivePolicy: typed(isMap),
  },
  expand,
};

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const topic = own(event.properties, "Topic") ?? "";
  const wanted = own(event.properties, "SqsSubscription");
  if (!isTruthy(wanted)) {
    return [
      permission(event, "sns.amazonaws.com", { arn: topic }),
      subscription(event, topic, "lambda", event.target.arn),
    ];
  }
  if (typeof wanted === "boolean") {
    const queue = new Draft(`${event.id}Queue`, "AWS::SQS::Queue", event.target.attributes);
    const fifo = isFifo(topic, context);
    if (isTruthy(fifo)) queue.set({ FifoQueue: fifo });
    const arn = getAtt(queue.id, "Arn");
    return [
      ...queueMapping(event, arn, 10, context),
      queue,
      queuePolicy(event, topic, arn, ref(queue.id), undefined),
      subscription(event, topic, "sqs", arn),
    ];
  }
  if (!isObject(wanted)) throw invalidEvent(event.relativeId, "Property 'SqsSubscription' should be a map.");
  const [arn, url] = [own(wanted, "QueueArn"), own(wanted, "QueueUrl")];
  if (!isTruthy(arn) || !isTruthy(url)) throw invalidEvent(event.relativeId, "No QueueARN or QueueURL provided.");
  const batchSize = own(wanted, "BatchSize");
  return [
    ...queueMapping(event, arn, isTruthy(batchSize) ? batchSize : 10, context),
    queuePolicy(event, topic, arn, url, own(wanted, "QueuePolicyLogicalId")),
    subscription(event, topic, "sqs", arn),
  ];
}

function isFifo(topic: Json, context: TransformContext): Json {
  const id = referencedId(topic);
  const resource = id === undefined ? undefined : context.written.get(id);
  const properties = resource === undefined ? undefined : own(resource, "Properties");
  return context.withParameters((isObject(properties) ? own(properties, "FifoTopic") : undefined) ?? false);
}

function subscription(event: EventInstance, topic: Json, protocol: string, endpoint: Json): Draft {
  const { properties } = event;
  return new Draft(event.id, "AWS::SNS::Subscription", event.target.attributes).set({
    Endpoint: endpoint,
    Protocol: protocol,
    TopicArn: topic,
    Region: own(properties, "Region"),
    FilterPolicy: own(properties, "FilterPolicy"),
    FilterPolicyScope: own(properties, "FilterPolicyScope"),
    RedrivePolicy: own(properties, "RedrivePolicy"),
  });
}

function queuePolicy(event: EventInstance, topic: Json, queueArn: Json, queueUrl: Json, id: Json | undefined): Draft {
  const statement = {
    Action: "sqs:SendMessage",
    Effect: "Allow",
    Principal: "*",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": topic } },
  };
  if (isTruthy(id) && typeof id !== "string") {
    throw invalidResource(show(fromTemplate(id)), "Logical ids must be alphanumeric.");
  }
  const logicalId = isTruthy(id) ? id : `${event.id}QueuePolicy`;
  return new Draft(logicalId, "AWS::SQS::QueuePolicy", event.target.attributes).set({
    PolicyDocument: { Version: "2012-10-17", Statement: [statement] },
    Queues: [queueUrl],
  });
}
