/** Looks whether one resource has drifted: reads it, and compares what its template says with what is there. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { isList, isObject, type Json, type JsonObject } from "../../../template/value.ts";
import { liveRows } from "../layout.ts";
import type { ResourceRow, StackRow } from "../state.ts";
import type { EngineType, TypeRegistry } from "../types/registry.ts";
import { withoutAttached } from "./attachments.ts";
import { differencesOf, saidIn, sorted } from "./compare.ts";
import { resultOf } from "./results.ts";
import { withoutSecrets } from "./secrets.ts";
import type { ResourceDrift } from "./state.ts";

/** True when there is something outside that can be looked at. */
export function isCheckable(types: TypeRegistry, row: ResourceRow): boolean {
  const isThere = row.status !== "DELETE_COMPLETE" && row.status !== "DELETE_SKIPPED";
  return isThere && row.physicalId !== undefined && types.get(row.type)?.read !== undefined;
}

/** Reads as `context`'s principal. What cannot be read is UNKNOWN, with the reason; raises only what is a bug. */
export async function checkResource(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  row: ResourceRow,
): Promise<ResourceDrift> {
  const type = types.get(row.type);
  const physicalId = row.physicalId ?? "";
  if (type?.read === undefined) throw new Error(`${row.type} cannot be read`);
  const result = resultOf(row, context.now, idContextOf(type, row));
  try {
    const { properties, attributes } = row;
    const reading = await type.read(context, { physicalId, properties, attributes });
    if (reading === undefined) return { ...result, status: "DELETED" };
    const written = withoutPaths(row.properties, type.writeOnly ?? []);
    const others = () => liveRows(context, stack.id).filter(({ logicalId }) => logicalId !== row.logicalId);
    const live = withoutStackTags(asJson(reading.properties), written, row.tags);
    const { expected, actual } = withoutSecrets(stack, written, withoutAttached(row, written, live, others));
    const differences = differencesOf(expected, actual, type.schema);
    return {
      ...result,
      status: differences.length === 0 ? "IN_SYNC" : "MODIFIED",
      expected: JSON.stringify(sorted(expected)),
      actual: JSON.stringify(sorted(saidIn(expected, actual, type.schema))),
      differences,
    };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return { ...result, status: "UNKNOWN", reason: error.message };
  }
}

/** As JSON would carry it: dates as texts, nothing undefined. */
function asJson(properties: Readonly<Record<string, unknown>>): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(properties));
  return copy;
}

/** The identifiers that the physical id does not say (PhysicalResourceIdContext). */
function idContextOf(type: EngineType, { physicalId = "", properties }: ResourceRow): ResourceDrift["idContext"] {
  const identifiers = type.identifiers ?? [];
  if (identifiers.length < 2) return [];
  return identifiers.flatMap((Key) => {
    const Value = properties[Key];
    return typeof Value === "string" && !physicalId.includes(Value) ? [{ Key, Value }] : [];
  });
}

/** Without what the service never gives back: `Code`, `LoginProfile/Password`. */
function withoutPaths(properties: JsonObject, paths: readonly string[]): JsonObject {
  const kept = Object.entries(properties).flatMap(([name, value]): [string, Json][] => {
    if (paths.includes(name)) return [];
    const inside = paths.filter((path) => path.startsWith(`${name}/`)).map((path) => path.slice(name.length + 1));
    return [[name, isObject(value) && inside.length > 0 ? withoutPaths(value, inside) : value]];
  });
  return Object.fromEntries(kept);
}

/** The stack's own tags are on the resource because of the stack, not in spite of it. */
function withoutStackTags(
  actual: JsonObject,
  expected: JsonObject,
  tags: Readonly<Record<string, string>>,
): JsonObject {
  const { Tags: live } = actual;
  const written = expected["Tags"];
  if (!isList(live)) return actual;
  const said = new Set(isList(written) ? written.map((tag) => (isObject(tag) ? tag["Key"] : undefined)) : []);
  const own = live.filter((tag) => {
    if (!isObject(tag) || typeof tag["Key"] !== "string") return true;
    return said.has(tag["Key"]) || tags[tag["Key"]] !== tag["Value"];
  });
  return { ...actual, Tags: own };
}
