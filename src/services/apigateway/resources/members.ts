/**
 * From CloudFormation's properties to the members of API Gateway's own structures, and the way there and back: the names differ in their first
 * letter alone, numbers and booleans may come as text, and what an update has to patch is the difference of two structures.
 */
import type { Properties } from "../../../resource.ts";
import type { PatchOperation } from "../patch.ts";

const BOOLEANS = new Set([
  "apiKeyRequired",
  "cacheClusterEnabled",
  "cacheDataEncrypted",
  "cachingEnabled",
  "dataTraceEnabled",
  "disableExecuteApiEndpoint",
  "enabled",
  "generateDistinctId",
  "insecureSkipVerification",
  "metricsEnabled",
  "tracingEnabled",
  "useStageCache",
  "validateRequestBody",
  "validateRequestParameters",
]);
const NUMBERS = new Set([
  "authorizerResultTtlInSeconds",
  "burstLimit",
  "cacheTtlInSeconds",
  "limit",
  "minimumCompressionSize",
  "offset",
  "percentTraffic",
  "rateLimit",
  "throttlingBurstLimit",
  "throttlingRateLimit",
  "timeoutInMillis",
]);
/** Their keys are the user's own. */
const MAPS = new Set([
  "parameters",
  "requestModels",
  "requestParameters",
  "requestTemplates",
  "responseModels",
  "responseParameters",
  "responseTemplates",
  "stageVariableOverrides",
  "throttle",
  "variables",
]);

export type Members = Readonly<Record<string, unknown>>;

/** A structure's members by API Gateway's names. The call that they are for is checked against the model, in AWS's words. */
export function membersOf<Shape extends object = Record<string, unknown>>(properties: Properties): Shape {
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    const name = key.charAt(0).toLowerCase() + key.slice(1);
    members[name] = memberOf(name, value);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return members as Shape;
}

function memberOf(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (isMembers(one) ? membersOf(one) : one));
  if (isMembers(value)) return MAPS.has(name) && !isLimit(value) ? mapOf(name, value) : membersOf(value);
  if (BOOLEANS.has(name) && typeof value === "string") return value === "true";
  if (NUMBERS.has(name) && typeof value === "string") return Number(value);
  return value;
}

/** `throttle` is a limit by itself in a usage plan, and a map of limits in one of its stages. */
function isLimit(value: Members): boolean {
  return "BurstLimit" in value || "RateLimit" in value;
}

function mapOf(name: string, value: Members): Members {
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      isMembers(one)
        ? membersOf(one)
        : name.endsWith("Parameters") && (one === "true" || one === "false")
          ? one === "true"
          : one,
    ]),
  );
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members as properties: the way back. */
export function propertiesOf(members: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]: [string, unknown]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      propertyOf(name, value),
    ]),
  );
}

function propertyOf(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (isMembers(one) ? propertiesOf(one) : one));
  if (!isMembers(value) || value instanceof Date) return value;
  if (!MAPS.has(name) || "burstLimit" in value || "rateLimit" in value) return propertiesOf(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, isMembers(one) ? propertiesOf(one) : one]));
}

/** The operations that make `after` of `before`; members of lists are added and removed one by one. */
export function patchesBetween(before: Members, after: Members, at = ""): PatchOperation[] {
  const operations: PatchOperation[] = [];
  for (const [name, value] of Object.entries(after)) {
    const path = `${at}/${escaped(name)}`;
    const old = before[name];
    if (value === undefined) continue;
    if (Array.isArray(value)) operations.push(...listPatches(Array.isArray(old) ? old : [], value, path));
    else if (isMembers(value)) operations.push(...patchesBetween(isMembers(old) ? old : {}, value, path));
    else if (String(value) !== String(old)) operations.push({ op: "replace", path, value: String(value) });
  }
  for (const [name, old] of Object.entries(before)) {
    const path = `${at}/${escaped(name)}`;
    if (old === undefined || after[name] !== undefined) continue;
    if (Array.isArray(old)) operations.push(...listPatches(old, [], path));
    else operations.push({ op: "remove", path });
  }
  return operations;
}

function listPatches(before: readonly unknown[], after: readonly unknown[], path: string): PatchOperation[] {
  const removed = before.filter((one) => !after.includes(one)).map(String);
  const added = after.filter((one) => !before.includes(one)).map(String);
  return [
    ...removed.map((one) => ({ op: "remove" as const, path: `${path}/${escaped(one)}` })),
    ...added.map((one) => ({ op: "add" as const, path: `${path}/${escaped(one)}` })),
  ];
}

export function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** These members alone. */
export function only(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(names.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]]])));
}
