/**
 * ImportExistingResources: what a template names and is there already is taken over instead of made ("Import AWS resources into a
 * CloudFormation stack automatically"). A rollback leaves it where it is.
 */
import type { Progress, ServiceContext } from "../../../service.ts";
import { presentResources } from "../../../template/graph.ts";
import { isObject, type Json, type JsonObject } from "../../../template/value.ts";
import { takesTags } from "../begin-apply.ts";
import { ResourceFailure } from "../failure.ts";
import { liveRows } from "../layout.ts";
import type { Prepared } from "../prepared.ts";
import type { ImportTarget } from "../change-set-state.ts";
import type { StackRow } from "../state.ts";
import type { EngineType, TypeRegistry } from "../types/registry.ts";
import { ownerOf } from "./import-checks.ts";

type Update = Parameters<EngineType["update"]>[1];

/** What is there of the resources that are to be added; why they cannot be taken over as a text. */
export async function existingResources(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  { template, config }: Prepared,
): Promise<readonly ImportTarget[] | string> {
  const live = new Set(liveRows(context, stack.id).map(({ logicalId }) => logicalId));
  const found: ImportTarget[] = [];
  const unguarded: string[] = [];
  for (const [logicalId, declaration] of presentResources(
    template.resources,
    new Map(Object.entries(config.conditions)),
  )) {
    const type = types.get(declaration.type);
    const identifiers = namesOf(type, declaration.properties);
    if (live.has(logicalId) || type?.read === undefined || identifiers === undefined) continue;
    const physicalId = type.physicalIdOf?.(context, identifiers) ?? Object.values(identifiers).join("|");
    const reading = await type.read(context, { physicalId, properties: identifiers, attributes: {} });
    if (reading === undefined) continue;
    const owner = ownerOf(context, declaration.type, reading.physicalId);
    if (owner !== undefined) return `${Object.values(identifiers).join("|")} already exists in stack ${owner}`;
    found.push({ logicalId, type: declaration.type, physicalId: reading.physicalId, identifiers });
    if (declaration.deletionPolicy === "Retain" || declaration.deletionPolicy === "RetainExceptOnCreate") continue;
    const named = Object.entries(identifiers).map(([key, value]) => `${key}=${value}`);
    unguarded.push(`${logicalId} ({${named.join(", ")}})`);
  }
  if (unguarded.length === 0) return found;
  return `CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are ${unguarded.join(", ")}`;
}

/** The identifying properties, when the template gives each of them a name of its own. */
function namesOf(type: EngineType | undefined, properties: JsonObject): Record<string, string> | undefined {
  const keys = type?.identifiers ?? [];
  const names: [string, string][] = [];
  for (const key of keys) {
    const name = properties[key];
    if (typeof name === "string" && name !== "") names.push([key, name]);
  }
  return names.length === 0 || names.length < keys.length ? undefined : Object.fromEntries(names);
}

/** Instead of a create: the resource as it is, given the stack's tags. */
export async function adopt(
  context: ServiceContext,
  type: EngineType,
  target: ImportTarget,
  request: Omit<Update, "physicalId" | "previousProperties" | "previousTags" | "attributes">,
): Promise<Progress> {
  const reading = await type.read?.(context, {
    physicalId: target.physicalId,
    properties: target.identifiers,
    attributes: {},
  });
  if (reading === undefined) {
    const named = Object.values(target.identifiers).join("|");
    throw new ResourceFailure(`Resource of type '${target.type}' with identifier '${named}' was not found.`);
  }
  const attributes = asJson(reading.attributes ?? {});
  if (takesTags(type)) {
    const live = Object.entries(reading.properties).filter(([key]) => type.properties.includes(key));
    const properties = Object.fromEntries(live);
    const tagged = await type.update(context, {
      ...request,
      properties,
      previousProperties: properties,
      previousTags: {},
      physicalId: reading.physicalId,
      attributes,
    });
    if (tagged.status === "IN_PROGRESS") return tagged;
  }
  const { physicalId, ref } = reading;
  return { status: "SUCCESS", physicalId, attributes, ...(ref === undefined ? {} : { ref }) };
}

function asJson(value: Readonly<Record<string, unknown>>): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value));
  return isObject(parsed) ? parsed : {};
}
