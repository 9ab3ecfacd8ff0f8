/**
 * The event types that Lambda polls: SQS, Kinesis, DynamoDB, each an event source mapping and a policy for the role.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { allowInRole, destinationPolicy } from "../function-role.ts";
import { isArray, isFlag, isInteger, isMap, isText, isTruthy, passThrough, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { isIntrinsic } from "../references.ts";
import { invalidEvent, unsupported } from "../sam-error.ts";
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

function poller(type: string, source: string, policy: string, isStream: boolean): EventSource {
  const position: PropertyTable = isStream ? { StartingPosition: passThrough(true) } : {};
  return {
    type,
    table: { ...COMMON, [source]: passThrough(true), ...position },
    expand: (event, context) => mapping(event, own(event.properties, source) ?? "", policy, context),
  };
}

export const sqsSource = poller("SQS", "Queue", "AWSLambdaSQSQueueExecutionRole", false);
export const kinesisSource = poller("Kinesis", "Stream", "AWSLambdaKinesisExecutionRole", true);
export const dynamoDbSource = poller("DynamoDB", "Stream", "AWSLambdaDynamoDBExecutionRole", true);

/** The mapping from a queue that another event made or named. */
export function queueMapping(
  event: EventInstance,
  queueArn: Json,
  batchSize: Json,
  context: TransformContext,
): readonly Draft[] {
  const inner = { ...event, id: `${event.id}EventSourceMapping`, properties: { BatchSize: batchSize, Enabled: true } };
  return mapping(inner, queueArn, "AWSLambdaSQSQueueExecutionRole", context);
}

function mapping(event: EventInstance, sourceArn: Json, policy: string, context: TransformContext): readonly Draft[] {
  const { id, type, properties } = event;
  checkFilter(event);
  if (isTruthy(own(properties, "ConsumerGroupId"))) {
    throw invalidEvent(id, `Property ConsumerGroupId not defined for resource of type ${type}.`);
  }
  if (isTruthy(own(properties, "KafkaBootstrapServers"))) throw unsupported(id, "Property 'KafkaBootstrapServers'");
  const draft = new Draft(id, "AWS::Lambda::EventSourceMapping", event.target.attributes);
  draft.set({ EventSourceArn: sourceArn, FunctionName: event.target.name });
  for (const name of COPIED) draft.set({ [name]: own(properties, name) });
  const destination = onFailure(event);
  draft.set({ DestinationConfig: destination.config });
  const arn = context.managedPolicy(`service-role/${policy}`);
  allowInRole(event.role, arn, destination.policy === undefined ? [] : [destination.policy]);
  return [draft];
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
