/** Scalars as text: in Query parameters, XML elements, headers, labels and URL queries. */
import type { AwsError } from "../kernel/errors.ts";
import type { Shape, TimestampFormat } from "./model.ts";
import { formatTimestamp, parseTimestamp } from "./timestamps.ts";

/** Makes the error for a text that does not say a value of the shape's type. */
export type Refusal = (text: string, typeName: string) => AwsError;

/**
 * Reads a scalar from its text. Lists, maps and structures have no text: they are a mistake of the caller's.
 * Raises what `refuse` makes when the text is not a value of the shape's type.
 */
export function readScalar(shape: Shape, text: string, timestamps: TimestampFormat, refuse: Refusal): unknown {
  switch (shape.type) {
    case "string":
    case "document":
      return text;
    case "number":
      return readNumber(text, shape.integer === true, refuse);
    case "boolean": {
      const lower = text.trim().toLowerCase();
      if (lower === "true") return true;
      if (lower === "false") return false;
      throw refuse(text, "Boolean");
    }
    case "timestamp": {
      const date = parseTimestamp(text, shape.timestampFormat ?? timestamps);
      if (date === undefined) throw refuse(text, "Timestamp");
      return date;
    }
    case "blob": {
      const bytes = readBase64(text);
      if (bytes === undefined) throw refuse(text, "Blob");
      return bytes;
    }
    case "list":
    case "map":
    case "structure":
    case "union":
      throw new Error(`A ${shape.type} has no form as one text`);
  }
}

/** Writes a scalar as text; the counterpart of {@link readScalar}. */
export function writeScalar(shape: Shape, value: unknown, timestamps: TimestampFormat): string {
  if (value instanceof Date) {
    const format = shape.type === "timestamp" ? shape.timestampFormat : undefined;
    return formatTimestamp(value, format ?? timestamps);
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  const text = String(value);
  // AWS writes a whole double as 1.0; from 1e21 on JavaScript writes an exponent by itself.
  return shape.type === "number" && shape.integer !== true && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function readNumber(text: string, integer: boolean, refuse: Refusal): number {
  const trimmed = text.trim();
  const value = trimmed === "" ? Number.NaN : Number(trimmed);
  if (integer ? !/^[-+]?\d+$/.test(trimmed) : Number.isNaN(value) && trimmed !== "NaN") {
    throw refuse(text, integer ? "Integer" : "Double");
  }
  return value;
}

/** The bytes of a base64 text (padding may be missing, white space may be in it), or undefined when it is none. */
export function readBase64(text: string): Uint8Array | undefined {
  const compact = /\s/.test(text) ? text.replaceAll(/\s+/g, "") : text;
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, "base64");
}
