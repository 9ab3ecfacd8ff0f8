/** Whether a resource's properties may be handed to its type: AWS's schema first, then what Seatrial's own type supports of it. */
import { propertiesFailure, type Fault } from "../../../template/schema/fault.ts";
import { faultsOf } from "../../../template/schema/faults.ts";
import { isAbsent, isGiven, type ValueForm } from "../../../template/schema/presence.ts";
import type { ResourceSchema } from "../../../template/schema/resource-schema.ts";
import type { ResourceDeclaration } from "../../../template/sections.ts";
import type { JsonObject } from "../../../template/value.ts";
import type { StackConfig } from "../state.ts";
import type { EngineType } from "./registry.ts";

/** What is wrong with a resource's properties when all of them are known; undefined when nothing is. In CloudFormation's words. */
export function propertyFaults(
  type: EngineType,
  name: string,
  logicalId: string,
  properties: JsonObject,
): string | undefined {
  return failure(type, name, logicalId, properties, { form: "resolved" });
}

/** The same from the template as it is written, before any resource that it refers to is there. */
export function writtenFaults(
  type: EngineType,
  { type: name, properties }: ResourceDeclaration,
  logicalId: string,
  { conditions, parameters }: Pick<StackConfig, "conditions" | "parameters">,
): string | undefined {
  return failure(type, name, logicalId, properties, {
    form: "written",
    conditions: new Map(Object.entries(conditions)),
    parameters: new Map(parameters.map(({ key, value }) => [key, value])),
  });
}

function failure(
  type: EngineType,
  name: string,
  logicalId: string,
  properties: JsonObject,
  form: ValueForm,
): string | undefined {
  const { schema, unsupported = [] } = type;
  const present = Object.keys(properties).filter((key) => !isAbsent(form, properties[key]));
  if (type.open === true || schema === undefined) return withoutSchema(type, logicalId, present);
  const faults = [...unsaid(type, schema, present), ...faultsOf(schema, properties, form)];
  if (faults.length > 0) return propertiesFailure(logicalId, faults);
  const lacking = [
    ...present.filter((key) => !type.properties.includes(key) && Object.hasOwn(schema.properties, key)),
    ...unsupported.filter((path) => isGiven(form, properties, path.split("."))),
  ];
  return lacking.length === 0
    ? undefined
    : `Seatrial's ${name} does not support these properties of AWS's yet: [${lacking.join(", ")}]`;
}

/** What the schema lets be left out and the service itself does not. */
function unsaid({ required = [] }: EngineType, schema: ResourceSchema, present: readonly string[]): readonly Fault[] {
  return required
    .filter((key) => schema.properties[key]?.required !== true && !present.includes(key))
    .map((key) => ({ kind: "required", path: [], key, message: `#: required key [${key}] not found` }));
}

/** A custom resource, or a type that AWS does not publish: what the type says of itself. */
function withoutSchema(type: EngineType, logicalId: string, present: readonly string[]): string | undefined {
  const faults = (type.required ?? [])
    .filter((key) => !present.includes(key))
    .map((key) => `#: required key [${key}] not found`);
  const extra = type.open === true ? [] : present.filter((key) => !type.properties.includes(key));
  faults.push(...extra.map((key) => `#: extraneous key [${key}] is not permitted`));
  return faults.length === 0
    ? undefined
    : `Properties validation failed for resource ${logicalId} with message:\n${faults.join("\n")}`;
}
