/** An OpenAPI document as data: read from JSON or YAML, and looked into without trusting its form. */
import { parse } from "yaml";
import { badRequest } from "../errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Raises BadRequestException for what is no OpenAPI 3.0 document. */
export function readDocument(text: string): Fields {
  let value: unknown;
  try {
    value = text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text);
  } catch (error) {
    badRequest(`Unable to parse API definition: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isFields(value)) badRequest("Unable to parse API definition because of a malformed document");
  const version = value["openapi"];
  if (typeof version !== "string" || !version.startsWith("3.0")) {
    badRequest("Invalid OpenAPI input: HTTP APIs are imported from OpenAPI 3.0 definitions only");
  }
  return value;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object inside another; empty where it is absent. */
export function fieldsOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

/** Undefined where it is absent; numbers and booleans are written as text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  const read = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

export function flagOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  return value === true || value === "true";
}

/** A list of texts; a single text counts as a list of one. */
export function textsOf(fields: Fields, name: string): string[] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map(String);
}

export function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}

/** An object of texts. */
export function textMapOf(fields: Fields, name: string): Record<string, string> | undefined {
  const value = fields[name];
  if (!isFields(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
}
