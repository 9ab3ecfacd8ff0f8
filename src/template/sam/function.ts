/**
 * AWS::Serverless::Function: a function with its role, version, alias, URL, destinations and event sources.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "./context.ts";
import { Draft, tagList } from "./draft.ts";
import { eventInvokeConfig } from "./event-invoke-config.ts";
import { checkEvents, expandEvents } from "./events/function-events.ts";
import { checkPackageType, functionCode } from "./function-code.ts";
import { capacityProvider } from "./function-capacity.ts";
import { FUNCTION_PROPERTIES } from "./function-properties.ts";
import { chooseRole, functionRole } from "./function-role.ts";
import { functionUrl } from "./function-url.ts";
import { publish } from "./function-version.ts";
import type { Published } from "./function-version.ts";
import { withFilledPolicies } from "./policies.ts";
import { isTruthy } from "./property-table.ts";
import { isIntrinsic } from "./references.ts";
import { reservedTag } from "./reserved-tags.ts";
import { EventFault, invalidResource } from "./sam-error.ts";

export const functionPlugin: SamPlugin = {
  type: "AWS::Serverless::Function",
  table: FUNCTION_PROPERTIES,
  derived: {
    Alias: "AWS::Lambda::Alias",
    Version: "AWS::Lambda::Version",
    DestinationTopic: "AWS::SNS::Topic",
    DestinationQueue: "AWS::SQS::Queue",
  },
  rank: 0,
  complete: withFilledPolicies,
  check: (resource, context) => {
    checkEvents(resource.id, own(resource.properties, "Events"), context);
  },
  expand: expandFunction,
};

function expandFunction(resource: SamResource, context: TransformContext): Expansion {
  const { id, properties } = resource;
  checkCombinations(resource);
  const lambda = makeLambda(resource, context);
  const drafts: Draft[] = [lambda];
  if (isTruthy(own(properties, "ProvisionedConcurrencyConfig")) && !isTruthy(own(properties, "AutoPublishAlias"))) {
    throw invalidResource(id, "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function");
  }
  const published = publish(resource, lambda, context);
  if (published !== undefined) drafts.push(published.version, published.alias);
  drafts.push(...functionUrl(resource, published?.alias));
  prefer(resource, published, context);
  const invoke = eventInvokeConfig(resource, published, context);
  drafts.push(...invoke.drafts);
  const role = functionRole(resource, context, functionTags(resource), [
    ...deadLetterPolicy(resource),
    ...invoke.policies,
  ]);
  const choice = chooseRole(resource, role, context);
  lambda.set({ Role: choice.role });
  if (choice.isGenerated) drafts.push(role);
  try {
    drafts.push(...expandEvents(resource, { lambda, alias: published?.alias, role }, context));
  } catch (error) {
    if (error instanceof EventFault) throw invalidResource(id, error.message, error.path);
    throw error;
  }
  const tags = own(properties, "Tags");
  if (isTruthy(own(properties, "PropagateTags")) && isObject(tags) && isTruthy(tags)) {
    for (const draft of drafts) draft.assignTags(tags);
  }
  return { drafts };
}

function checkCombinations(resource: SamResource): void {
  const { id, properties } = resource;
  const has = (name: string): boolean => own(properties, name) !== undefined;
  const wrong: string[] = [];
  for (const other of ["ProvisionedConcurrencyConfig", "VpcConfig"]) {
    if (has("CapacityProviderConfig") && has(other))
      wrong.push(`Cannot specify 'CapacityProviderConfig' and '${other}' together.`);
  }
  if (has("FunctionScalingConfig") && !has("CapacityProviderConfig"))
    wrong.push("'FunctionScalingConfig' requires 'CapacityProviderConfig'.");
  if (has("VersionDeletionPolicy") && !has("AutoPublishAlias"))
    wrong.push("'VersionDeletionPolicy' requires 'AutoPublishAlias'.");
  if (wrong.length > 0) throw invalidResource(id, wrong.join("\n"));
  checkDeadLetterQueue(id, own(properties, "DeadLetterQueue"));
  checkTenancy(resource);
}

const QUEUE_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["SQS", "sqs:SendMessage"],
  ["SNS", "sns:Publish"],
]);

function checkDeadLetterQueue(id: string, queue: Json | undefined): void {
  if (!isTruthy(queue) || !isObject(queue)) return;
  const type = own(queue, "Type");
  if (!isTruthy(type) || !isTruthy(own(queue, "TargetArn"))) {
    throw invalidResource(id, "'DeadLetterQueue' requires Type and TargetArn properties to be specified.");
  }
  if (typeof type !== "string") throw invalidResource(id, "Property 'DeadLetterQueue.Type' should be a string.");
  if (!QUEUE_ACTIONS.has(type)) throw invalidResource(id, "'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
}

function deadLetterPolicy({ properties }: SamResource): readonly JsonObject[] {
  const queue = own(properties, "DeadLetterQueue");
  const type = isObject(queue) ? own(queue, "Type") : undefined;
  const action = typeof type === "string" ? QUEUE_ACTIONS.get(type) : undefined;
  if (!isObject(queue) || action === undefined) return [];
  const statement = { Action: action, Resource: own(queue, "TargetArn") ?? "", Effect: "Allow" };
  return [{ PolicyName: "DeadLetterQueuePolicy", PolicyDocument: { Version: "2012-10-17", Statement: [statement] } }];
}

function checkTenancy({ id, properties }: SamResource): void {
  if (!isTruthy(own(properties, "TenancyConfig"))) return;
  const refuse = (what: string): never => {
    throw invalidResource(id, `${what} is not supported for functions enabled with tenancy configuration.`);
  };
  if (isTruthy(own(properties, "ProvisionedConcurrencyConfig"))) refuse("Provisioned concurrency");
  if (isTruthy(own(properties, "FunctionUrlConfig"))) refuse("Function URL");
  if (isTruthy(own(properties, "SnapStart"))) refuse("SnapStart");
  const events = own(properties, "Events");
  for (const event of isObject(events) ? Object.values(events) : []) {
    const type = isObject(event) ? own(event, "Type") : undefined;
    if (type !== "Api" && type !== "HttpApi") {
      throw invalidResource(
        id,
        `Event source '${String(type)}' is not supported for functions enabled with tenancy configuration. Only Api and HttpApi event sources are supported.`,
      );
    }
  }
}

function makeLambda(resource: SamResource, context: TransformContext): Draft {
  const { id, properties, attributes, dependsOn } = resource;
  const lambda = new Draft(id, "AWS::Lambda::Function", attributes, dependsOn);
  const given = (name: string): Json | undefined => own(properties, name);
  const truthy = (name: string): Json | undefined => (isTruthy(given(name)) ? given(name) : undefined);
  const code = functionCode(id, properties);
  const queue = given("DeadLetterQueue");
  const tracing = given("Tracing");
  const isTraced = isTruthy(tracing) && context.withParameters(tracing) !== "Disabled";
  lambda.set({
    Code: code,
    PackageType: given("PackageType"),
    DeadLetterConfig: isObject(queue) && isTruthy(queue) ? { TargetArn: own(queue, "TargetArn") ?? "" } : undefined,
    Description: given("Description"),
    FunctionName: truthy("FunctionName"),
    Handler: given("Handler"),
    MemorySize: given("MemorySize"),
    Role: given("Role"),
    Runtime: given("Runtime"),
    Timeout: given("Timeout"),
    VpcConfig: given("VpcConfig"),
    Environment: given("Environment"),
    Tags: functionTags(resource),
    TracingConfig: isTraced ? { Mode: tracing } : undefined,
    KmsKeyArn: given("KmsKeyArn"),
    Layers: given("Layers"),
    ReservedConcurrentExecutions: given("ReservedConcurrentExecutions"),
    FileSystemConfigs: given("FileSystemConfigs"),
    CodeSigningConfigArn: given("CodeSigningConfigArn"),
    ImageConfig: given("ImageConfig"),
    Architectures: given("Architectures"),
    SnapStart: given("SnapStart"),
    EphemeralStorage: given("EphemeralStorage"),
    RuntimeManagementConfig: given("RuntimeManagementConfig"),
    LoggingConfig: given("LoggingConfig"),
    RecursiveLoop: given("RecursiveLoop"),
    CapacityProviderConfig: capacityProvider(id, given("CapacityProviderConfig")),
    FunctionScalingConfig: truthy("FunctionScalingConfig"),
    PublishToLatestPublished: given("PublishToLatestPublished"),
    TenancyConfig: given("TenancyConfig"),
    DurableConfig: given("DurableConfig"),
  });
  checkPackageType(lambda, code);
  return lambda;
}

/** SAM's own tag first, then the function's. Raises SamFault for a tag that is reserved. */
function functionTags({ id, properties }: SamResource): readonly Json[] {
  const tags = own(properties, "Tags");
  const given = isObject(tags) ? tags : {};
  reservedTag(id, given);
  return [...tagList({ "lambda:createdBy": "SAM" }), ...tagList(given)];
}

function prefer(resource: SamResource, published: Published | undefined, context: TransformContext): void {
  const { id, properties, attributes } = resource;
  const written = own(properties, "DeploymentPreference");
  if (!isTruthy(written) || !isObject(written)) return;
  const put = (name: string): JsonObject => {
    const value = own(written, name);
    return value === undefined ? {} : { [name]: context.withParametersAndMappings(value) };
  };
  const passed = own(written, "PassthroughCondition");
  const preference: JsonObject = {
    ...written,
    ...put("Enabled"),
    ...put("Type"),
    PassthroughCondition:
      passed === undefined ? context.passesConditions : flag(id, context.withParametersAndMappings(passed)),
  };
  const tags = own(properties, "Tags");
  const isPropagated = isTruthy(own(properties, "PropagateTags")) && isObject(tags) && isTruthy(tags);
  const isEnabled = context.preferences.add(
    id,
    preference,
    own(attributes, "Condition"),
    isPropagated ? tags : undefined,
  );
  if (!isEnabled) return;
  if (published === undefined) {
    throw invalidResource(id, "'DeploymentPreference' requires AutoPublishAlias property to be specified.");
  }
  published.alias.attributes.set("UpdatePolicy", context.preferences.updatePolicy(id));
}

function flag(id: string, value: Json): boolean {
  if (value === true || value === "true" || value === "True") return true;
  if (value === false || value === "false" || value === "False") return false;
  if (isIntrinsic(value)) {
    throw invalidResource(
      id,
      "Unsupported intrinsic: the only intrinsic functions supported for property PassthroughCondition are FindInMap and parameter Refs.",
    );
  }
  throw invalidResource(id, "Invalid value for property PassthroughCondition.");
}
