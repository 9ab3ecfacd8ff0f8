/**
 * What a connector between two types of resources comes to ("AWS SAM connector reference"). The data is the
 * serverless-application-model project's (Apache-2.0).
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import profiles from "./profiles.json" with { type: "json" };

const DATA: JsonObject = profiles;

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** One kind of connection. */
export interface Profile {
  readonly type: string;
  readonly properties: JsonObject;
}

/** The profile of a connection, undefined where the types cannot be connected. */
export function connectorProfile(sourceType: string, destinationType: string): Profile | undefined {
  const profile = own(mapOf(own(mapOf(own(DATA, "Permissions")), sourceType)), destinationType);
  if (!isObject(profile)) return undefined;
  return { type: String(own(profile, "Type")), properties: mapOf(own(profile, "Properties")) };
}

/** Where a type has its role, and what its ARN, name and so on are for the resource of that id. */
export function resourceProfile(
  type: string,
  id: string,
): { readonly inputs: JsonObject; readonly outputs: JsonObject } {
  const properties = own(mapOf(own(DATA, "CfnResourceProperties")), type);
  const filled = mapOf(fillProfile(mapOf(properties), new Map([["logicalId", id]])));
  return { inputs: mapOf(own(filled, "Inputs")), outputs: mapOf(own(filled, "Outputs")) };
}

/** Raised when a profile needs something that the resource does not have. */
export class MissingVariable extends Error {
  override readonly name = "MissingVariable";
}

/** Puts values in for `%{Name}` in every text: alone as they are, in a longer text by Fn::Sub. Raises MissingVariable. */
export function fillProfile(value: Json, variables: ReadonlyMap<string, Json | undefined>): Json {
  if (isList(value)) return value.map((item) => fillProfile(item, variables));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillProfile(member, variables)]));
  }
  return typeof value === "string" ? fillText(value, variables) : value;
}

function fillText(text: string, variables: ReadonlyMap<string, Json | undefined>): Json {
  let filled = text;
  const used: [string, Json][] = [];
  for (const [name, value] of variables) {
    const pattern = `%{${name}}`;
    if (!filled.includes(pattern)) continue;
    if (value === undefined || value === null) throw new MissingVariable(`${name} is missing.`);
    if (filled === pattern) return value;
    const variable = name.replace(/[^A-Za-z0-9]/g, "");
    filled = filled.replaceAll(pattern, `\${${variable}}`);
    used.push([variable, value]);
  }
  if (!/\$\{.+\}/.test(filled)) return filled;
  return { "Fn::Sub": used.length > 0 ? [filled, Object.fromEntries(used)] : filled };
}
