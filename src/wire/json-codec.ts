/** Values of the tables' shapes as JSON or CBOR trees: what a parser gave → typed input, and typed output → a JSON text. */
import { AwsError } from "../kernel/errors.ts";
import type { Shape, StructureShape } from "./model.ts";
import { put } from "./put.ts";
import { readBase64, writeScalar } from "./scalar-text.ts";
import { fromEpochSeconds, parseTimestamp } from "./timestamps.ts";

type Structure = Record<string, unknown>;
type Reader = (value: unknown) => unknown;

const readers = new WeakMap<Shape, Reader>();

/**
 * Reads a parsed JSON or CBOR value as a structure; members that the shape does not have and nulls are left out.
 * Raises SerializationException, in AWS's words, for a value of the wrong type.
 */
export function readTree(shape: StructureShape, value: unknown): Structure {
  if (!isPlainObject(value)) throw wrongType(value, "Structure");
  return readStructure(shape, value);
}

/** Reads a parsed value of any shape (a REST payload can be a list or a document). */
export function readTreeValue(shape: Shape, value: unknown): unknown {
  return readerOf(shape)(value);
}

function readStructure(shape: StructureShape, value: Structure): Structure {
  const result: Structure = {};
  const members = membersByJsonName(shape);
  for (const name of Object.keys(value)) {
    const content = value[name];
    if (content === null || content === undefined) continue;
    const member = members.get(name);
    if (member !== undefined) result[member.name] = member.read(content);
  }
  if (shape.type === "union" && Object.keys(result).length > 1) {
    throw new AwsError("SerializationException", `Union ${shape.name} must have exactly one member set`);
  }
  return result;
}

interface NamedReader {
  readonly name: string;
  readonly read: Reader;
}

const byJsonName = new WeakMap<StructureShape, Map<string, NamedReader>>();

function membersByJsonName(shape: StructureShape): Map<string, NamedReader> {
  let members = byJsonName.get(shape);
  if (members === undefined) {
    members = new Map();
    byJsonName.set(shape, members);
    for (const member of shape.members.values()) {
      members.set(member.jsonName ?? member.name, { name: member.name, read: readerOf(member.shape) });
    }
  }
  return members;
}

function readerOf(shape: Shape): Reader {
  let reader = readers.get(shape);
  if (reader === undefined) {
    reader = makeReader(shape);
    readers.set(shape, reader);
  }
  return reader;
}

function makeReader(shape: Shape): Reader {
  switch (shape.type) {
    case "string":
      return (value) => {
        if (typeof value !== "string") throw wrongType(value, "String");
        return value;
      };
    case "number":
      return shape.integer === true ? readInteger : readDouble;
    case "boolean":
      return (value) => {
        if (typeof value !== "boolean") throw wrongType(value, "Boolean");
        return value;
      };
    case "timestamp":
      return readTimestamp;
    case "blob":
      return readBlob;
    case "document":
      return (value) => value;
    case "structure":
    case "union":
      return (value) => {
        if (!isPlainObject(value)) throw wrongType(value, "Structure");
        return readStructure(shape, value);
      };
    case "list":
      return (value) => {
        if (!Array.isArray(value)) throw wrongType(value, "List");
        const read = readerOf(shape.member.shape);
        return value.map((item: unknown) => {
          if (item === null || item === undefined) throw wrongType(item, "List member");
          return read(item);
        });
      };
    case "map":
      return (value) => {
        if (!isPlainObject(value)) throw wrongType(value, "Map");
        const read = readerOf(shape.value.shape);
        const result: Structure = {};
        for (const key of Object.keys(value)) {
          const content = value[key];
          if (content !== null && content !== undefined) put(result, key, read(content));
        }
        return result;
      };
  }
}

function readInteger(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "number") throw wrongType(value, "Integer");
  // Coral, AWS's server, cuts the fraction off.
  return Math.trunc(value);
}

function readDouble(value: unknown): unknown {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  throw wrongType(value, "Double");
}

function readTimestamp(value: unknown): unknown {
  if (value instanceof Date) return value;
  const date =
    typeof value === "number"
      ? fromEpochSeconds(value)
      : typeof value === "string"
        ? parseTimestamp(value, "date-time")
        : undefined;
  if (date === undefined) throw wrongType(value, "Timestamp");
  return date;
}

function readBlob(value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  const bytes = typeof value === "string" ? readBase64(value) : undefined;
  if (bytes === undefined) throw wrongType(value, "Blob");
  return bytes;
}

function isPlainObject(value: unknown): value is Structure {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function wrongType(value: unknown, wanted: string): AwsError {
  if (Array.isArray(value)) return serialization("Start of list found where not expected");
  if (isPlainObject(value)) return serialization("Start of structure or map found where not expected.");
  return serialization(`${tokenOf(value)} cannot be converted to ${wanted}`);
}

function tokenOf(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  if (typeof value === "number" || typeof value === "bigint") return "NUMBER_VALUE";
  return value instanceof Date ? "TIMESTAMP_VALUE" : value instanceof Uint8Array ? "BLOB_VALUE" : "NULL_VALUE";
}

function serialization(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/** The value as `JSON.stringify` may take it: timestamps in epoch seconds, blobs in base64, undefined and null left out. */
export function toJson(shape: Shape, value: unknown): unknown {
  switch (shape.type) {
    case "structure":
    case "union":
      return isPlainObject(value) ? structureToJson(shape, value) : undefined;
    case "list":
      return Array.isArray(value) ? value.map((item: unknown) => toJson(shape.member.shape, item)) : undefined;
    case "map": {
      if (!isPlainObject(value)) return undefined;
      const result: Structure = {};
      for (const key of Object.keys(value)) {
        if (value[key] !== undefined && value[key] !== null) put(result, key, toJson(shape.value.shape, value[key]));
      }
      return result;
    }
    case "timestamp":
      if (!(value instanceof Date)) return value;
      return (shape.timestampFormat ?? "epoch-seconds") === "epoch-seconds"
        ? value.getTime() / 1000
        : writeScalar(shape, value, "date-time");
    case "blob":
      return value instanceof Uint8Array ? writeScalar(shape, value, "epoch-seconds") : value;
    case "number":
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    case "string":
    case "boolean":
    case "document":
      return value;
  }
}

/** The members of a structure as {@link toJson} writes them, under the names that JSON has for them. */
export function structureToJson(
  shape: StructureShape,
  value: Structure,
  only?: (name: string) => boolean,
): Record<string, unknown> {
  const result: Structure = {};
  for (const member of shape.members.values()) {
    const content = value[member.name];
    if (content === undefined || content === null || only?.(member.name) === false) continue;
    result[member.jsonName ?? member.name] = toJson(member.shape, content);
  }
  return result;
}
