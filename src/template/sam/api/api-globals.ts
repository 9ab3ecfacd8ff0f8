/**
 * The Globals of APIs, merged into their properties as Python's dictionaries are merged.
 */
import { isList, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { checkIgnored } from "../globals.ts";
import { Dict, isTrue, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { print } from "../python/print.ts";
import { str } from "../python/text.ts";
import { isTruthy } from "../property-table.ts";
import { isIntrinsicData, isOpenApi3 } from "./definition-editor.ts";

/** An API's properties with the global ones below them. Raises SamFault for a wrong IgnoreGlobals. */
export function mergeApiGlobals(id: string, resource: JsonObject, properties: Dict, globals: Dict): Dict {
  const merged = mergeData(withoutIgnored(id, globals, own(resource, "IgnoreGlobals")), properties);
  return merged instanceof Dict ? merged : properties;
}

function withoutIgnored(id: string, globals: Dict, ignored: Json | undefined): Dict {
  if (!isTruthy(ignored)) return globals;
  if (ignored === "*") return new Dict("plain");
  checkIgnored(id, ignored, (key) => globals.has(key));
  const copy = globals.deepCopy();
  for (const key of isList(ignored) ? ignored : []) if (typeof key === "string") copy.delete(key);
  return copy;
}

function mergeData(global: Data, local: Data): Data {
  if (Array.isArray(global) && Array.isArray(local)) return [...global, ...local];
  if (!(global instanceof Dict) || !(local instanceof Dict) || isIntrinsicData(global) || isIntrinsicData(local)) {
    return local;
  }
  const merged = global.copy();
  for (const [key, value] of local.entries()) {
    const below = merged.get(key.text);
    merged.set(key, below === undefined ? value : mergeData(below, value));
  }
  return merged;
}

/** Gives the definition of an API without one of its own the version that OpenApiVersion says. */
export function fixOpenApiVersion(properties: Dict): void {
  const version = properties.get("OpenApiVersion");
  if (version === undefined || !properties.has("__MANAGE_SWAGGER") || !isOpenApi3(version)) return;
  const text = textOf(version) === undefined ? str(print(version)) : version;
  properties.set("OpenApiVersion", text);
  const body = properties.get("DefinitionBody");
  if (!(body instanceof Dict)) return;
  body.set("openapi", text);
  if (isTrue(body.get("swagger"))) body.delete("swagger");
}
