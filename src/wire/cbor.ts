/** CBOR (RFC 8949) as Smithy's RPC v2 uses it: bytes → tree, and a shaped value → bytes. */
import { AwsError } from "../kernel/errors.ts";
import type { Shape } from "./model.ts";
import { put } from "./put.ts";

const MAX_DEPTH = 128;
const BREAK = Symbol("break");

/**
 * Reads one CBOR item: maps are plain objects, tag 1 (epoch time) is a Date, byte strings are Uint8Array.
 * Raises SerializationException when the bytes are not one whole item.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes);
  const value = reader.item(0);
  if (value === BREAK || reader.at !== bytes.length) throw malformed();
  return value;
}

function malformed(): AwsError {
  return new AwsError("SerializationException", "The request body is not valid CBOR");
}

class CborReader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(length: number): Buffer {
    const end = this.at + length;
    if (!(end <= this.#bytes.length)) throw malformed();
    const part = this.#bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  /** The head's argument; -1 means 'of indefinite length'. */
  #argument(info: number): number {
    switch (info) {
      case 24:
        return this.#take(1).readUInt8();
      case 25:
        return this.#take(2).readUInt16BE();
      case 26:
        return this.#take(4).readUInt32BE();
      case 27:
        return Number(this.#take(8).readBigUInt64BE());
      case 31:
        return -1;
      default:
        if (info > 27) throw malformed();
        return info;
    }
  }

  item(depth: number): unknown {
    if (depth > MAX_DEPTH) throw malformed();
    const head = this.#take(1).readUInt8();
    const major = head >> 5;
    const info = head & 31;
    if (major === 7) return this.#simple(info);
    const argument = this.#argument(info);
    switch (major) {
      case 0:
      case 1:
        if (argument < 0) throw malformed();
        return major === 0 ? argument : -1 - argument;
      case 2:
        return argument < 0 ? Buffer.concat(this.#pieces(2)) : Uint8Array.from(this.#take(argument));
      case 3:
        return (argument < 0 ? Buffer.concat(this.#pieces(3)) : this.#take(argument)).toString("utf8");
      case 4:
        return this.#list(argument, depth);
      case 5:
        return this.#map(argument, depth);
      default:
        return this.#tagged(argument, depth);
    }
  }

  #pieces(major: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (;;) {
      const head = this.#take(1).readUInt8();
      if (head === 0xff) return pieces;
      const length = this.#argument(head & 31);
      if (head >> 5 !== major || length < 0) throw malformed();
      pieces.push(this.#take(length));
    }
  }

  #list(length: number, depth: number): unknown[] {
    const items: unknown[] = [];
    while (length < 0 || items.length < length) {
      const item = this.item(depth + 1);
      if (item === BREAK) {
        if (length < 0) return items;
        throw malformed();
      }
      items.push(item);
    }
    return items;
  }

  #map(length: number, depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let read = 0; length < 0 || read < length; read += 1) {
      const key = this.item(depth + 1);
      if (key === BREAK && length < 0) return map;
      const value = this.item(depth + 1);
      if (typeof key !== "string" || value === BREAK) throw malformed();
      put(map, key, value);
    }
    return map;
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.item(depth + 1);
    if (value === BREAK) throw malformed();
    if (tag !== 1) return value;
    const date = typeof value === "number" ? new Date(Math.round(value * 1000)) : undefined;
    if (date === undefined || Number.isNaN(date.getTime())) throw malformed();
    return date;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        return half(this.#take(2).readUInt16BE());
      case 26:
        return this.#take(4).readFloatBE();
      case 27:
        return this.#take(8).readDoubleBE();
      case 31:
        return BREAK;
      default:
        throw malformed();
    }
  }
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** Writes a value of `shape`; structure members that are undefined or null are left out. */
export function encodeCbor(shape: Shape, value: unknown, extra?: Readonly<Record<string, string>>): Uint8Array {
  const parts: Uint8Array[] = [];
  write(parts, shape, value, extra ?? {});
  return Buffer.concat(parts);
}

function write(parts: Uint8Array[], shape: Shape, value: unknown, extra: Readonly<Record<string, string>>): void {
  switch (shape.type) {
    case "structure":
    case "union": {
      const source = isRecord(value) ? value : {};
      const members = [...shape.members.values()].filter(
        (m) => source[m.name] !== undefined && source[m.name] !== null,
      );
      parts.push(head(5, members.length + Object.keys(extra).length));
      for (const [name, text] of Object.entries(extra)) parts.push(textOf(name), textOf(text));
      for (const member of members) {
        parts.push(textOf(member.name));
        write(parts, member.shape, source[member.name], {});
      }
      return;
    }
    case "list": {
      const items: unknown[] = Array.isArray(value) ? value : [];
      parts.push(head(4, items.length));
      for (const item of items) write(parts, shape.member.shape, item, {});
      return;
    }
    case "map": {
      const entries = Object.entries(isRecord(value) ? value : {}).filter(([, v]) => v !== undefined && v !== null);
      parts.push(head(5, entries.length));
      for (const [key, content] of entries) {
        parts.push(textOf(key));
        write(parts, shape.value.shape, content, {});
      }
      return;
    }
    case "timestamp":
      parts.push(Uint8Array.of(0xc1), double(value instanceof Date ? value.getTime() / 1000 : Number(value)));
      return;
    case "number":
      parts.push(shape.integer === true ? integer(Number(value)) : double(Number(value)));
      return;
    case "string":
      parts.push(textOf(String(value)));
      return;
    case "blob":
    case "boolean":
    case "document":
      untyped(parts, value);
      return;
  }
}

function untyped(parts: Uint8Array[], value: unknown): void {
  if (value instanceof Uint8Array) parts.push(head(2, value.length), value);
  else if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "number") parts.push(Number.isInteger(value) ? integer(value) : double(value));
  else if (typeof value === "string") parts.push(textOf(value));
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) untyped(parts, item);
  } else if (isRecord(value)) {
    const entries = Object.entries(value);
    parts.push(head(5, entries.length));
    for (const [key, content] of entries) {
      parts.push(textOf(key));
      untyped(parts, content);
    }
  } else parts.push(Uint8Array.of(0xf6));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function integer(value: number): Uint8Array {
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function double(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(0xfb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  if (argument < 0x100) return Uint8Array.of(type | 24, argument);
  const wide = argument >= 0x1_0000_0000;
  const bytes = Buffer.allocUnsafe(argument < 0x1_0000 ? 3 : wide ? 9 : 5);
  bytes.writeUInt8(type | (bytes.length === 3 ? 25 : wide ? 27 : 26));
  if (bytes.length === 3) bytes.writeUInt16BE(argument, 1);
  else if (wide) bytes.writeBigUInt64BE(BigInt(argument), 1);
  else bytes.writeUInt32BE(argument, 1);
  return bytes;
}
