/**
 * Reads one entry of Events: its type, and its properties checked against that type's table.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { typeName } from "../api/gateway-response.ts";
import { readProperties } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { fromTemplate } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";

/** The event's type and properties. Raises SamFault, about the event or about the resource that it comes to. */
export function readEvent<EventType extends { readonly table: PropertyTable }>(
  callerId: string,
  relativeId: string,
  event: Json,
  types: ReadonlyMap<string, EventType>,
): { readonly type: EventType; readonly name: string; readonly properties: JsonObject } {
  if (!isObject(event)) {
    // The original lets Python's own complaint through here.
    throw invalidEvent(relativeId, `'${typeName(fromTemplate(event))}' object has no attribute 'get'`);
  }
  const name = own(event, "Type") ?? null;
  const type = typeof name === "string" ? types.get(name) : undefined;
  if (type === undefined || typeof name !== "string") {
    throw invalidEvent(
      relativeId,
      `Resource dict has missing or invalid value for key Type. Event Type is: ${show(fromTemplate(name))}.`,
    );
  }
  const id = callerId + relativeId;
  if (!/^[A-Za-z0-9]+$/.test(id)) throw invalidResource(id, "Logical ids must be alphanumeric.");
  const properties = Object.hasOwn(event, "Properties") ? own(event, "Properties") : {};
  if (!isObject(properties)) throw invalidResource(id, "Properties of a resource must be an object.");
  return { type, name, properties: readProperties(id, name, properties, type.table) };
}
