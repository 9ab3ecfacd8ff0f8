/**
 * The event types that Lambda polls, each an event source mapping and a policy for the role: SQS, Kinesis, DynamoDB here;
 * what they share with Kafka, MQ and DocumentDB, too.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { allowInRole, destinationPolicy } from "../function-role.ts";
import { isArray, isFlag, isInteger, isMap, isText, isTruthy, passThrough, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { isIntrinsic } from "../references.ts";
import { invalidEvent } from "../sam-error.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

const COMMON: PropertyTable = {
  BatchSize: typed(isInteger),
  StartingPosition: passThrough(),
  StartingPositionTimestamp: passThrough(),
  Enabled: typed(isFlag),
  MaximumBatchingWindowInSeconds: typed(isInteger),
  MaximumRetryAttempts: typed(isInteger),
  BisectBatchOnFunctionError: typed(isFlag),
  MaximumRecordAgeInSeconds: typed(isInteger),
  DestinationConfig: typed(isMap),
  ParallelizationFactor: typed(isInteger),
  Topics: typed(isArray),
  Queues: typed(isArray),
  SourceAccessConfigurations: typed(isArray),
  SecretsManagerKmsKeyId: typed(isText),
  TumblingWindowInSeconds: typed(isInteger),
  FunctionResponseTypes: typed(isArray),
  KafkaBootstrapServers: typed(isArray),
  FilterCriteria: typed(isMap),
  KmsKeyArn: passThrough(),
  ConsumerGroupId: typed(isText),
  ScalingConfig: typed(isMap),
  ProvisionedPollerConfig: typed(isMap),
  SchemaRegistryConfig: typed(isMap),
  MetricsConfig: typed(isMap),
  LoggingConfig: typed(isMap),
};

/** The properties that go into the mapping under their own name, in the original's order. */
const COPIED = [
  "StartingPosition",
  "StartingPositionTimestamp",
  "BatchSize",
  "Enabled",
  "MaximumBatchingWindowInSeconds",
  "MaximumRetryAttempts",
  "BisectBatchOnFunctionError",
  "MaximumRecordAgeInSeconds",
  "ParallelizationFactor",
  "Topics",
  "Queues",
  "SourceAccessConfigurations",
  "TumblingWindowInSeconds",
  "FunctionResponseTypes",
  "FilterCriteria",
  "KmsKeyArn",
  "ScalingConfig",
  "ProvisionedPollerConfig",
  "MetricsConfig",
  "LoggingConfig",
];

/** One type that Lambda polls. */
export interface Poller {
  readonly type: string;
  /** Its own properties. */
  readonly table: PropertyTable;
  /** The property with the ARN of what is polled; undefined where that is no AWS resource. */
  readonly source: string | undefined;
  /** The managed policy, below `service-role/`, that the function's role needs. */
  readonly managedPolicy?: string;
  /** The inline policy that the role needs. Raises SamFault. */
  readonly policy?: (event: EventInstance, context: TransformContext) => JsonObject | undefined;
  /** Further properties of the mapping. Raises SamFault. */
  readonly mapping?: (event: EventInstance) => Readonly<Record<string, Json | undefined>>;
}

/** The event source of a type that Lambda polls. */
export function poller(kind: Poller): EventSource {
  return {
    type: kind.type,
    table: { ...COMMON, ...kind.table },
    expand: (event, context) => mapping(kind, event, context),
  };
}

const STREAM: PropertyTable = { Stream: passThrough(true), StartingPosition: passThrough(true) };

const SQS: Poller = {
  type: "SQS",
  table: { Queue: passThrough(true) },
  source: "Queue",
  managedPolicy: "AWSLambdaSQSQueueExecutionRole",
};

export const sqsSource = poller(SQS);
export const kinesisSource = poller({
  type: "Kinesis",
  table: STREAM,
  source: "Stream",
  managedPolicy: "AWSLambdaKinesisExecutionRole",
});
export const dynamoDbSource = poller({
  type: "DynamoDB",
  table: STREAM,
  source: "Stream",
  managedPolicy: "AWSLambdaDynamoDBExecutionRole",
});

/** The mapping from a queue that another event made or named. */
export function queueMapping(
  event: EventInstance,
  queueArn: Json,
  batchSize: Json,
  context: TransformContext,
): readonly Draft[] {
  const properties = { Queue: queueArn, BatchSize: batchSize, Enabled: true };
  return mapping(SQS, { ...event, type: "SQS", id: `${event.id}EventSourceMapping`, properties }, context);
}

function mapping(kind: Poller, event: EventInstance, context: TransformContext): readonly Draft[] {
  const { id, properties } = event;
  const draft = new Draft(id, "AWS::Lambda::EventSourceMapping", event.target.attributes);
  draft.set({
    EventSourceArn: kind.source === undefined ? undefined : own(properties, kind.source),
    FunctionName: event.target.name,
  });
  for (const name of COPIED) draft.set({ [name]: own(properties, name) });
  checkFilter(event);
  const servers = own(properties, "KafkaBootstrapServers");
  if (isTruthy(servers)) draft.set({ SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: servers } } });
  if (isTruthy(own(properties, "ConsumerGroupId")) && kafkaConfig(kind.type) === undefined) {
    throw invalidEvent(id, `Property ConsumerGroupId not defined for resource of type ${kind.type}.`);
  }
  draft.set(consumer(kind.type, properties));
  const destination = onFailure(event);
  draft.set({ DestinationConfig: destination.config, ...kind.mapping?.(event) });
  const arn =
    kind.managedPolicy === undefined ? undefined : context.managedPolicy(`service-role/${kind.managedPolicy}`);
  const policies = [kind.policy?.(event, context), destination.policy];
  allowInRole(
    event.role,
    arn,
    policies.filter((policy) => policy !== undefined),
  );
  return [draft];
}

/** The mapping's property for how Kafka is read. */
function kafkaConfig(type: string): string | undefined {
  if (type === "MSK") return "AmazonManagedKafkaEventSourceConfig";
  return type === "SelfManagedKafka" ? "SelfManagedKafkaEventSourceConfig" : undefined;
}

function consumer(type: string, properties: JsonObject): JsonObject {
  const name = kafkaConfig(type);
  const config: [string, Json][] = [];
  for (const property of ["ConsumerGroupId", "SchemaRegistryConfig"]) {
    const value = own(properties, property);
    if (isTruthy(value)) config.push([property, value]);
  }
  return name === undefined || config.length === 0 ? {} : { [name]: Object.fromEntries(config) };
}

function onFailure({ id, properties }: EventInstance): {
  readonly config: Json | undefined;
  readonly policy: JsonObject | undefined;
} {
  const config = own(properties, "DestinationConfig");
  if (!isTruthy(config) || !isObject(config)) return { config: undefined, policy: undefined };
  const failure = own(config, "OnFailure");
  if (!isObject(failure)) throw invalidEvent(id, "Property 'DestinationConfig.OnFailure' should be a map.");
  // `Type` is SAM's, to know which policy the role needs.
  const { Type: type, ...rest } = failure;
  if (!isTruthy(type)) return { config, policy: undefined };
  if (type !== "SQS" && type !== "SNS" && type !== "S3" && type !== "Kafka") {
    throw invalidEvent(id, "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'");
  }
  return {
    config: { ...config, OnFailure: rest },
    policy: destinationPolicy(type, own(rest, "Destination") ?? null, id),
  };
}

function checkFilter({ relativeId, properties }: EventInstance): void {
  const filter = own(properties, "FilterCriteria");
  if (!isTruthy(filter) || !isObject(filter) || isIntrinsic(filter)) return;
  const keys = Object.keys(filter);
  if (keys.length !== 1 || keys[0] !== "Filters")
    throw invalidEvent(relativeId, "FilterCriteria field has a wrong format");
}
