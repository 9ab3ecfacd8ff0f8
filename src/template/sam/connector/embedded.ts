/**
 * The Connectors attribute: connectors that are written within their source become resources of their own.
 */
import { isObject, own } from "../../value.ts";
import type { JsonObject } from "../../value.ts";
import { readProperties } from "../property-table.ts";
import { invalidResource, SamFault } from "../sam-error.ts";
import type { TemplateResources } from "../template-resources.ts";
import { connectorPlugin } from "./connector.ts";

const ATTRIBUTES = ["DependsOn", "DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

/** Makes the connectors and takes the attribute away; answers what is wrong with them. */
export function connectorResources(resources: TemplateResources): readonly SamFault[] {
  const faults: SamFault[] = [];
  const made = new Map<string, JsonObject>();
  for (const [id, resource] of resources) {
    if (!Object.hasOwn(resource, "Connectors")) continue;
    const connectors = own(resource, "Connectors");
    if (!isObject(connectors)) {
      faults.push(invalidResource(id, `Attribute '${id}.Connectors' should be a map.`));
      continue;
    }
    for (const [name, connector] of Object.entries(connectors)) {
      try {
        const connectorId = id + name;
        const read = readConnector(id, name, connectorId, isObject(connector) ? connector : undefined);
        if (resources.has(connectorId)) throw duplicate(id, connectorId);
        made.set(connectorId, read);
      } catch (error) {
        if (!(error instanceof SamFault)) throw error;
        faults.push(error);
      }
    }
  }
  resources.update(made);
  for (const [id, resource] of resources) {
    if (!Object.hasOwn(resource, "Connectors")) continue;
    const { Connectors: _, ...rest } = resource;
    resources.set(id, rest);
  }
  return faults;
}

function duplicate(id: string, connectorId: string): SamFault {
  return new SamFault(
    `Transforming resource with id [${id}] attempts to create a new resource with id [${connectorId}] and type "AWS::Serverless::Connector". ` +
      "A resource with that id already exists within this template. Please use a different id for that resource.",
    id,
    ["Resources", id],
  );
}

function readConnector(
  sourceId: string,
  name: string,
  connectorId: string,
  connector: JsonObject | undefined,
): JsonObject {
  if (connector === undefined) throw invalidResource(connectorId, `${sourceId}.${connectorId} should be a map.`);
  const written = own(connector, "Properties");
  if (!isObject(written)) {
    throw invalidResource(sourceId, `Attribute 'Connectors.${name}.Properties' should be a map.`);
  }
  const { SourceReference: reference, ...properties } = written;
  if (reference !== undefined && !isObject(reference)) {
    throw invalidResource(sourceId, `Property 'Connectors.${name}.Properties.SourceReference' should be a map.`);
  }
  if (reference !== undefined && Object.hasOwn(reference, "Id")) {
    throw invalidResource(name, "'Id' shouldn't be defined in 'SourceReference'.");
  }
  const source = { Id: sourceId, ...reference };
  if (!/^[A-Za-z0-9]+$/.test(connectorId)) throw invalidResource(connectorId, "Logical ids must be alphanumeric.");
  const attributes = Object.entries(connector).filter(([key]) => ATTRIBUTES.includes(key));
  return {
    Type: connectorPlugin.type,
    ...Object.fromEntries(attributes),
    Properties: readProperties(
      connectorId,
      connectorPlugin.type,
      { ...properties, Source: source },
      connectorPlugin.table,
    ),
  };
}
