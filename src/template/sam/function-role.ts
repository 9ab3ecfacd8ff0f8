/**
 * The execution role that SAM makes for a function that names none.
 */
import { isList, isObject, own, sameJson } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf } from "./draft.ts";
import { inlinePolicy, trustPolicy } from "./policy-document.ts";
import { readPolicies } from "./policies.ts";
import { isTruthy } from "./property-table.ts";
import { ifArguments, isNoValue, MALFORMED_IF, whenCondition, getAtt } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

/** What a destination's type allows the function's role to do; undefined for types that need nothing. */
export function destinationPolicy(type: string, target: Json, id: string): JsonObject | undefined {
  const allow = (action: string, suffix: string): JsonObject =>
    inlinePolicy(`${id}${suffix}`, [{ Action: action, Effect: "Allow", Resource: target }]);
  switch (type) {
    case "SQS":
      return allow("sqs:SendMessage", "SQSPolicy");
    case "SNS":
      return allow("sns:publish", "SNSPolicy");
    case "EventBridge":
      return allow("events:PutEvents", "EventBridgePolicy");
    case "Lambda":
      return allow("lambda:InvokeFunction", "LambdaPolicy");
    case "S3":
    case "S3Bucket":
      return inlinePolicy(`${id}S3Policy`, [
        { Action: "s3:PutObject", Effect: "Allow", Resource: { "Fn::Join": ["/", [target, "*"]] } },
        { Action: "s3:ListBucket", Effect: "Allow", Resource: target },
      ]);
    default:
      return undefined;
  }
}

/** Makes the role draft of a function; `extra` are inline policies that other properties call for. Raises SamFault. */
export function functionRole(
  resource: SamResource,
  context: TransformContext,
  tags: readonly Json[],
  extra: readonly Json[],
): Draft {
  const { id, properties } = resource;
  const role = new Draft(`${id}Role`, "AWS::IAM::Role", passThroughOf(resource.attributes));
  const arns: Json[] = [context.managedPolicy(basicPolicy(properties))];
  const tracing = own(properties, "Tracing");
  if (isTruthy(tracing) && context.withParameters(tracing) !== "Disabled") {
    arns.push(context.managedPolicy(xrayPolicy(context.partition)));
  }
  if (isTruthy(own(properties, "VpcConfig")))
    arns.push(context.managedPolicy("service-role/AWSLambdaVPCAccessExecutionRole"));
  return withPolicies(role, own(properties, "Policies"), { id, arns, documents: extra }, context).set({
    AssumeRolePolicyDocument: own(properties, "AssumeRolePolicyDocument") ?? trustPolicy("lambda.amazonaws.com"),
    Path: own(properties, "RolePath"),
    PermissionsBoundary: own(properties, "PermissionsBoundary"),
    Tags: tags,
  });
}

/** Gives a role its policies: those that its resource always needs, and what Policies says. Raises SamFault. */
export function withPolicies(
  role: Draft,
  policies: Json | undefined,
  needed: { readonly id: string; readonly arns: readonly Json[]; readonly documents: readonly Json[] },
  context: TransformContext,
): Draft {
  const arns = [...needed.arns];
  const documents = [...needed.documents];
  for (const [index, entry] of readPolicies(needed.id, policies).entries()) {
    switch (entry.kind) {
      case "document":
        documents.push(namedDocument(entry.raw, `${role.id}Policy${index}`));
        break;
      case "managed": {
        const arn = managedArn(entry.raw, context);
        if (!arns.some((known) => sameJson(known, arn))) arns.push(arn);
        break;
      }
      case "template":
      case "unknown":
        throw invalidResource(needed.id, `Policy at index ${index} in the 'Policies' property is not valid`);
    }
  }
  return role.set({ ManagedPolicyArns: arns, Policies: documents.length > 0 ? documents : undefined });
}

/** The managed policy for writing traces. */
export function xrayPolicy(partition: string): string {
  return partition === "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess";
}

function basicPolicy(properties: JsonObject): string {
  return isTruthy(own(properties, "DurableConfig"))
    ? "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
    : "service-role/AWSLambdaBasicExecutionRole";
}

/** The branches of a Fn::If changed one by one, AWS::NoValue left alone; any other value changed itself. */
function inBranches(value: Json, change: (branch: Json) => Json): Json {
  const branches = ifArguments(value);
  if (branches === undefined || branches === "malformed") return change(value);
  const [condition = null, whenTrue = null, whenFalse = null] = branches;
  const each = (branch: Json): Json => (isNoValue(branch) ? branch : change(branch));
  return { "Fn::If": [condition, each(whenTrue), each(whenFalse)] };
}

function namedDocument(document: Json, name: string): Json {
  return inBranches(document, (PolicyDocument) => ({ PolicyName: name, PolicyDocument }));
}

function managedArn(policy: Json, context: TransformContext): Json {
  // What no map knows stays as it is: an ARN, a customer's own policy, or IAM's error to come.
  return inBranches(policy, (name) => (typeof name === "string" ? (context.managedPolicyArn(name) ?? name) : name));
}

/** What a function's Role comes to, and whether a role is to be made for it. */
export interface RoleChoice {
  readonly role: Json;
  readonly isGenerated: boolean;
}

/**
 * Decides which role a function gets: its own, the generated one, or one of them by a condition, in which case the
 * generated one gets that condition. Raises SamFault for a malformed Fn::If.
 */
export function chooseRole(resource: SamResource, generated: Draft, context: TransformContext): RoleChoice {
  const given = own(resource.properties, "Role");
  const arn = getAtt(generated.id, "Arn");
  if (given === undefined) return { role: arn, isGenerated: true };
  if (ifArguments(given) === undefined) return { role: given, isGenerated: false };
  const branches = ifArguments(context.withParameters(given));
  if (branches === "malformed" || branches === undefined) {
    throw invalidResource(resource.id, `Malformed 'Role' property: ${MALFORMED_IF}.`);
  }
  const [condition, whenTrue = null, whenFalse = null] = branches;
  const name = typeof condition === "string" ? condition : "";
  if (isNoValue(whenTrue) && isNoValue(whenFalse)) return { role: arn, isGenerated: true };
  if (isNoValue(whenTrue)) {
    generated.attributes.set("Condition", name);
    return { role: whenCondition(name, arn, whenFalse), isGenerated: true };
  }
  if (isNoValue(whenFalse)) {
    generated.attributes.set("Condition", `NOT${name}`);
    context.conditions.set(`NOT${name}`, { "Fn::Not": [{ Condition: name }] });
    return { role: whenCondition(name, whenTrue, arn), isGenerated: true };
  }
  return { role: { "Fn::If": branches }, isGenerated: false };
}

/** Adds what an event source needs to a role: a managed policy, inline policies. What is there already is not repeated. */
export function allowInRole(role: Draft, managedPolicyArn: Json | undefined, policies: readonly JsonObject[]): void {
  const arns = role.get("ManagedPolicyArns");
  if (managedPolicyArn !== undefined && isList(arns) && !arns.some((arn) => sameJson(arn, managedPolicyArn))) {
    role.set({ ManagedPolicyArns: [...arns, managedPolicyArn] });
  }
  for (const policy of policies) {
    const present = role.get("Policies");
    const list = isList(present) ? present : [];
    const document = own(policy, "PolicyDocument");
    const isThere = list.some((known) => isObject(known) && sameJson(own(known, "PolicyDocument"), document));
    if (!isThere) role.set({ Policies: [...list, policy] });
  }
}
