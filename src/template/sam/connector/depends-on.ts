/**
 * How connectors order resources: who waits for a permission, and who waited for the connector itself.
 */
import { isList, isObject, own, sameJson } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { referencedId } from "../references.ts";

function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

function added(list: readonly Json[], more: readonly Json[]): readonly Json[] {
  return [
    ...list,
    ...more.filter((item, index) => !list.some((known) => sameJson(known, item)) && more.indexOf(item) === index),
  ];
}

/** Lets a resource wait for another. */
export function addDependsOn(id: string, other: string, resources: Map<string, JsonObject>): void {
  const resource = resources.get(id);
  if (resource === undefined) return;
  resources.set(id, { ...resource, DependsOn: added(listOf(own(resource, "DependsOn")), [other]) });
}

/** Whoever waits for the connector waits for what it came to. */
export function replaceDependsOn(id: string, made: readonly string[], resources: Map<string, JsonObject>): void {
  for (const [name, resource] of resources) {
    const list = listOf(own(resource, "DependsOn"));
    if (!list.includes(id)) continue;
    const left = list.filter((item) => item !== id);
    resources.set(name, { ...resource, DependsOn: added(left, made) });
  }
}

/** The event source mappings from a source to a function. */
export function eventSourceMappings(
  sourceId: string,
  functionId: string,
  resources: ReadonlyMap<string, JsonObject>,
): readonly string[] {
  return [...resources].flatMap(([id, resource]) => {
    const properties = own(resource, "Properties");
    if (own(resource, "Type") !== "AWS::Lambda::EventSourceMapping" || !isObject(properties)) return [];
    const isBetween =
      referencedId(own(properties, "FunctionName")) === functionId &&
      referencedId(own(properties, "EventSourceArn")) === sourceId;
    return isBetween ? [id] : [];
  });
}
