/**
 * EventInvokeConfig: what becomes of asynchronous invocations, and the queue or topic that SAM makes where none is named.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf } from "./draft.ts";
import { destinationPolicy } from "./function-role.ts";
import { hashedId } from "./logical-id.ts";
import { isTruthy } from "./property-table.ts";
import { fromTemplate } from "./python/dict.ts";
import { show } from "./python/print.ts";
import { getAtt, ifArguments, isNoValue, MALFORMED_IF, ref, whenCondition } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

/** The resources, and the inline policies that the function's role then needs. */
export interface InvokeConfig {
  readonly drafts: readonly Draft[];
  readonly policies: readonly JsonObject[];
}

const TYPES = ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"];

/** Makes the AWS::Lambda::EventInvokeConfig of a function. Raises SamFault. */
export function eventInvokeConfig(
  resource: SamResource,
  published: { readonly alias: Draft; readonly aliasName: string } | undefined,
  context: TransformContext,
): InvokeConfig {
  const written = own(resource.properties, "EventInvokeConfig");
  if (!isTruthy(written)) return { drafts: [], policies: [] };
  const config = context.withParameters(written);
  if (!isObject(config)) throw invalidResource(resource.id, "Property 'EventInvokeConfig' should be a map.");
  const id = `${resource.id}EventInvokeConfig`;
  const drafts: Draft[] = [];
  const policies: JsonObject[] = [];
  const destinations: [string, Json][] = [];
  const wanted = own(config, "DestinationConfig");
  if (isTruthy(wanted)) {
    if (!isObject(wanted))
      throw invalidResource(resource.id, "Property 'EventInvokeConfig.DestinationConfig' should be a map.");
    for (const event of ["OnSuccess", "OnFailure"]) {
      const destination = own(wanted, event);
      if (destination === undefined || destination === null) continue;
      if (!isObject(destination)) {
        throw invalidResource(resource.id, `Property 'EventInvokeConfig.DestinationConfig.${event}' should be a map.`);
      }
      const made = makeDestination(resource, destination, `${id}${event}`, id, context);
      if (made.draft !== undefined) drafts.push(made.draft);
      if (made.policy !== undefined) policies.push(made.policy);
      destinations.push([event, { Destination: made.target }]);
    }
  }
  const invoke = new Draft(
    id,
    "AWS::Lambda::EventInvokeConfig",
    resource.attributes,
    published === undefined ? undefined : [published.alias.id],
  );
  invoke.set({
    DestinationConfig: Object.fromEntries(destinations),
    FunctionName: ref(resource.id),
    MaximumEventAgeInSeconds: own(config, "MaximumEventAgeInSeconds"),
    MaximumRetryAttempts: own(config, "MaximumRetryAttempts"),
    Qualifier: published?.aliasName ?? "$LATEST",
  });
  return { drafts: [...drafts, invoke], policies };
}

interface Destination {
  readonly draft: Draft | undefined;
  readonly target: Json;
  readonly policy: JsonObject | undefined;
}

function makeDestination(
  resource: SamResource,
  config: JsonObject,
  id: string,
  configId: string,
  context: TransformContext,
): Destination {
  const type = own(config, "Type");
  if (typeof type !== "string" || !TYPES.includes(type)) {
    const list = TYPES.map((name) => `'${name}'`).join(", ");
    throw invalidResource(resource.id, `'Type: ${show(fromTemplate(type ?? null))}' must be one of [${list}]`);
  }
  const given = own(config, "Destination");
  const half = halfGiven(given, configId, context);
  if (isAbsent(given) || half !== undefined) {
    if (type !== "SQS" && type !== "SNS")
      throw invalidResource(resource.id, "Destination is required if Type is not ['SQS', 'SNS']");
    const attributes = passThroughOf(resource.attributes);
    const draft =
      type === "SQS"
        ? new Draft(`${id}Queue`, "AWS::SQS::Queue", attributes)
        : new Draft(`${id}Topic`, "AWS::SNS::Topic", attributes);
    const condition = bothConditions(own(attributes, "Condition"), half?.condition, resource.id, context);
    if (condition !== undefined) draft.attributes.set("Condition", condition);
    const arn = type === "SQS" ? getAtt(draft.id, "Arn") : ref(draft.id);
    const target = half === undefined ? arn : whenCondition(half.condition, arn, half.arn);
    return { draft, target, policy: destinationPolicy(type, target, id) };
  }
  const target = given ?? null;
  return { draft: undefined, target, policy: destinationPolicy(type, target, id) };
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

/**
 * A destination that is given on one side of a Fn::If only: the condition under which a queue or topic is to be made, and
 * the ARN that is given for the other case.
 */
function halfGiven(
  destination: Json | undefined,
  configId: string,
  context: TransformContext,
): { readonly condition: string; readonly arn: Json } | undefined {
  const branches = ifArguments(destination);
  if (branches === undefined) return undefined;
  if (branches === "malformed") throw invalidResource(configId, `Malformed 'Destination' property: ${MALFORMED_IF}.`);
  const [name, whenTrue = null, whenFalse = null] = branches;
  const condition = typeof name === "string" ? name : "";
  if (isNoValue(whenTrue) === isNoValue(whenFalse)) return undefined;
  if (isNoValue(whenTrue)) return { condition, arn: whenFalse };
  const opposite = hashedId(`NOT${condition}`, configId);
  context.conditions.set(opposite, { "Fn::Not": [{ Condition: condition }] });
  return { condition: opposite, arn: whenTrue };
}

function bothConditions(
  ofResource: Json | undefined,
  ofProperty: string | undefined,
  functionId: string,
  context: TransformContext,
): string | undefined {
  if (typeof ofResource !== "string") return ofProperty;
  if (ofProperty === undefined) return ofResource;
  const name = hashedId(`${ofResource}AND${ofProperty}`, functionId);
  context.conditions.set(name, { "Fn::And": [{ Condition: ofResource }, { Condition: ofProperty }] });
  return name;
}
