/**
 * The Source and Destination of a connector: a resource of the template by its id, or one described by its properties.
 */
import { isList, isObject, own, sameJson } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isTruthy } from "../property-table.ts";
import { ref, referencedId } from "../references.ts";
import { resourceProfile } from "./profile.ts";

/** What is known of one end of a connector. */
export interface ResourceReference {
  readonly id: string | undefined;
  readonly type: string;
  readonly arn: Json | undefined;
  readonly roleName: Json | undefined;
  readonly queueUrl: Json | undefined;
  readonly resourceId: Json | undefined;
  readonly name: Json | undefined;
  readonly qualifier: Json | undefined;
}

/** Raised when an end of a connector cannot be told. */
export class ReferenceError extends Error {
  override readonly name = "ReferenceError";
}

const CLOUDFORMATION_TYPES: ReadonlyMap<string, string> = new Map([
  ["AWS::Serverless::Function", "AWS::Lambda::Function"],
  ["AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"],
  ["AWS::Serverless::Api", "AWS::ApiGateway::RestApi"],
  ["AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"],
  ["AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"],
]);

/** Finds out about one end; `other` is the end that it is connected to. Raises ReferenceError. */
export function resourceReference(
  end: JsonObject,
  other: JsonObject,
  resources: ReadonlyMap<string, JsonObject>,
): ResourceReference {
  const isById = Object.hasOwn(end, "Id");
  const isDescribed = Object.keys(end).some((key) => key !== "Id" && key !== "Qualifier");
  if (isById === isDescribed) {
    throw new ReferenceError(
      "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other properties.",
    );
  }
  const id = own(end, "Id");
  if (!isTruthy(id)) return described(end);
  if (typeof id !== "string") throw new ReferenceError("'Id' is missing or not a string.");
  const resource = resources.get(id);
  if (!isTruthy(resource)) throw new ReferenceError(`Unable to find resource with logical ID '${id}'.`);
  const type = own(resource, "Type");
  if (typeof type !== "string" || type === "") throw new ReferenceError("'Type' is missing or not a string.");
  const written = own(resource, "Properties");
  const profile = resourceProfile(type, id);
  const role = roleOf(isObject(written) ? written : {}, own(profile.inputs, "Role"), other);
  const roleId = isTruthy(role) ? referencedId(role) : undefined;
  const { outputs } = profile;
  return {
    id,
    type,
    arn: own(outputs, "Arn"),
    roleName: roleId === undefined ? undefined : ref(roleId),
    queueUrl: own(outputs, "Url"),
    resourceId: own(outputs, "Id"),
    name: own(outputs, "Name"),
    qualifier: Object.hasOwn(end, "Qualifier") ? own(end, "Qualifier") : own(outputs, "Qualifier"),
  };
}

function described(end: JsonObject): ResourceReference {
  const type = own(end, "Type");
  if (typeof type !== "string" || type === "") throw new ReferenceError("'Type' is missing or not a string.");
  return {
    id: undefined,
    type: CLOUDFORMATION_TYPES.get(type) ?? type,
    arn: own(end, "Arn"),
    roleName: own(end, "RoleName"),
    queueUrl: own(end, "QueueUrl"),
    resourceId: own(end, "ResourceId"),
    name: own(end, "Name"),
    qualifier: own(end, "Qualifier"),
  };
}

/** The role that a resource acts with; a rule has one for each of its targets. */
function roleOf(properties: JsonObject, input: Json | undefined, other: JsonObject): Json | undefined {
  if (typeof input === "string") return own(properties, input);
  if (!isObject(input) || own(input, "Function") !== "GetEventsRuleRole") return undefined;
  const targets = own(properties, "Targets");
  const [otherId, otherArn] = [own(other, "Id"), own(other, "Arn")];
  const target = (isList(targets) ? targets : []).filter(isObject).find((candidate) => {
    const arn = own(candidate, "Arn");
    const id = referencedId(arn);
    return (id !== undefined && id === otherId) || (isTruthy(otherArn) && sameJson(arn, otherArn));
  });
  return target === undefined ? undefined : own(target, "RoleArn");
}
