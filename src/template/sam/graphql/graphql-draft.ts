/**
 * A GraphQL API while it is put together, as its parts see it.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { Draft } from "../draft.ts";

/** A GraphQL API at work. */
export interface GraphQlApi {
  readonly id: string;
  readonly properties: JsonObject;
  /** A resource of the API, which has the API's attributes. */
  draft(id: string, type: string): Draft;
  readonly apiId: Json;
}

/** A member that is a mapping, empty where it is not there. */
export function mapOf(value: JsonObject, name: string): JsonObject {
  const member = own(value, name);
  return isObject(member) ? member : {};
}
