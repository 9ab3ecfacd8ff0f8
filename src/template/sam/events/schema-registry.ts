/**
 * SchemaRegistryConfig of a Kafka event: which registry has the schemas of the records, and the permission to read them.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { isTruthy } from "../property-table.ts";
import { invalidEvent } from "../sam-error.ts";
import { readSecret, statement } from "./access-configurations.ts";
import type { EventInstance } from "./event-source.ts";

/** The statements that the role needs. Raises SamFault. */
export function registryStatements(event: EventInstance, context: TransformContext): readonly JsonObject[] {
  const config = own(event.properties, "SchemaRegistryConfig");
  if (!isTruthy(config)) return [];
  const access = checkedAccess(event.relativeId, config);
  const secrets = access.map((item) => readSecret(own(item, "URI") ?? null));
  const uri = (isObject(config) ? own(config, "SchemaRegistryURI") : undefined) ?? null;
  const name = registryName(uri, context);
  if (name === undefined) return secrets;
  const schemas = `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:schema/${name}/*`;
  return [
    ...secrets,
    statement(["glue:GetRegistry"], uri),
    { ...statement(["glue:GetSchemaVersion"], [{ "Fn::Sub": schemas }]) },
  ];
}

function checkedAccess(id: string, config: Json): readonly JsonObject[] {
  const refuse = (message: string): never => {
    throw invalidEvent(id, message);
  };
  if (!isObject(config)) return refuse("Property 'SchemaRegistryConfig' should be a map.");
  for (const field of ["SchemaRegistryURI", "EventRecordFormat", "SchemaValidationConfigs"]) {
    if (!Object.hasOwn(config, field)) refuse(`Missing required field ${field} in SchemaRegistryConfig`);
  }
  const format = own(config, "EventRecordFormat");
  if (format !== "JSON" && format !== "SOURCE") {
    refuse("EventRecordFormat in SchemaRegistryConfig must be either 'JSON' or 'SOURCE'");
  }
  if (!isList(own(config, "SchemaValidationConfigs"))) refuse("SchemaValidationConfigs must be a list");
  const access = own(config, "AccessConfigs");
  if (!isTruthy(access)) return [];
  if (!isList(access)) return refuse("AccessConfigs in SchemaRegistryConfig must be a list");
  return access.map((item) => {
    if (isObject(item) && Object.hasOwn(item, "Type") && Object.hasOwn(item, "URI")) return item;
    return refuse("Each AccessConfig must be a dict with 'Type' and 'URI' fields");
  });
}

/** The name of a Glue registry, from its ARN. */
function registryName(uri: Json, context: TransformContext): string | undefined {
  const resolved = isObject(uri) ? context.withParameters(uri) : uri;
  const arn = isObject(resolved) ? own(resolved, "Fn::Sub") : resolved;
  if (typeof arn !== "string" || !arn.startsWith("arn")) return undefined;
  const resource = arn.split(":")[5];
  return resource?.startsWith("registry/") === true ? resource.slice("registry/".length) : undefined;
}
