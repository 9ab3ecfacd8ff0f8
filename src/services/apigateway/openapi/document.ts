/** Reading an OpenAPI document: text to data, and members of the wanted kind out of it. */
import { parse } from "yaml";
import { badRequest } from "../errors.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A document in JSON or YAML. Raises BadRequestException. */
export function readDocument(text: string): Json {
  let value: unknown;
  try {
    value = text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text);
  } catch (error) {
    return badRequest(`Invalid OpenAPI input: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJson(value)) return badRequest("Invalid OpenAPI input.");
  const swagger = value["swagger"];
  const openapi = value["openapi"];
  if (String(swagger) !== "2.0" && !(typeof openapi === "string" && openapi.startsWith("3."))) {
    return badRequest("Invalid OpenAPI input: it must say swagger 2.0 or openapi 3.0.x");
  }
  return value;
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object there; an empty one where there is none. */
export function child(value: Json, name: string): Json {
  const found = value[name];
  return isJson(found) ? found : {};
}

export function children(value: Json, name: string): (readonly [string, Json])[] {
  return Object.entries(child(value, name)).flatMap(([key, one]) => (isJson(one) ? [[key, one] as const] : []));
}

export function list(value: Json, name: string): readonly unknown[] {
  const found = value[name];
  return Array.isArray(found) ? found : [];
}

export function text(value: Json, name: string): string | undefined {
  const found = value[name];
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

export function flag(value: Json, name: string): boolean | undefined {
  const found = value[name];
  if (typeof found === "boolean") return found;
  return found === "true" ? true : found === "false" ? false : undefined;
}

export function count(value: Json, name: string): number | undefined {
  const found = value[name];
  const read = typeof found === "string" && found !== "" ? Number(found) : found;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

/** An object of texts; undefined where there is none. */
export function texts(value: Json, name: string): Record<string, string> | undefined {
  const found = value[name];
  if (!isJson(found)) return undefined;
  return Object.fromEntries(
    Object.entries(found).map(([key, one]) => [key, typeof one === "string" ? one : JSON.stringify(one)]),
  );
}

export function textList(value: Json, name: string): string[] | undefined {
  const found = value[name];
  return Array.isArray(found) ? found.map(String) : undefined;
}

/** One of AWS's few words, in whatever case it is written. Raises BadRequestException for another. */
export function word<Word extends string>(value: Json, name: string, words: readonly Word[]): Word | undefined {
  const found = text(value, name);
  if (found === undefined) return undefined;
  const meant = words.find((one) => one.toLowerCase() === found.toLowerCase());
  return meant ?? badRequest(`Invalid OpenAPI input: ${name} must be one of ${words.join(", ")}, not ${found}`);
}

/** What a `$ref` within the document leads to, or the value itself. */
export function followed(document: Json, value: unknown): Json {
  if (!isJson(value)) return {};
  const reference = value["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/")) return value;
  let found: unknown = document;
  for (const part of reference.slice(2).split("/")) {
    found = isJson(found) ? found[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return isJson(found) ? found : badRequest(`Invalid OpenAPI input: unable to find ${reference}`);
}
