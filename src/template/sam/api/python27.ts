/**
 * When the original counts with Python 2.7's dictionaries ("py27hash_fix"): the ids of such templates' deployments had been
 * made from their order.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isTruthy } from "../property-table.ts";

/** Whether a template has a REST API, or an HTTP API with a default authorizer. */
export function countsAsPython27(template: JsonObject): boolean {
  const resources = Object.values(mapOf(own(template, "Resources"))).filter(isObject);
  if (
    resources.some((resource) => own(resource, "Type") === "AWS::Serverless::Api" || hasEvent(resource, "Api", CALLERS))
  ) {
    return true;
  }
  const isDefaultGlobal = hasDefaultAuthorizer(own(mapOf(own(template, "Globals")), "HttpApi"));
  return resources.some((resource) => {
    const isHttpApi = own(resource, "Type") === "AWS::Serverless::HttpApi";
    if (isHttpApi && (isDefaultGlobal || hasDefaultAuthorizer(own(resource, "Properties")))) return true;
    return isDefaultGlobal && hasEvent(resource, "HttpApi", ["AWS::Serverless::Function"]);
  });
}

const CALLERS = ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"];

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function hasDefaultAuthorizer(properties: Json | undefined): boolean {
  return isTruthy(own(mapOf(own(mapOf(properties), "Auth")), "DefaultAuthorizer"));
}

function hasEvent(resource: JsonObject, type: string, callers: readonly string[]): boolean {
  const caller = own(resource, "Type");
  if (typeof caller !== "string" || !callers.includes(caller)) return false;
  const events = mapOf(own(mapOf(own(resource, "Properties")), "Events"));
  return Object.values(events).some((event) => own(mapOf(event), "Type") === type);
}
