/**
 * Typed rows over the store. A table has a name, a scope (global, account, or account and region) and keys made of
 * parts; rows are plain data (strings, numbers, booleans, null, undefined, arrays, objects, Uint8Array), encoded as MessagePack.
 */
import { Packr } from "msgpackr";
import type { Store } from "./store.ts";

/** Whom a row belongs to: everybody (S3's bucket names), an account (IAM), an account in a region (most). */
export type TableScope = "global" | "account" | "region";

/** What a service declares once: `export const queues = defineTable<Queue>("sqs.queues")`. */
export interface TableDefinition<Row> {
  readonly name: string;
  readonly scope: TableScope;
  /** Never set: carries the row's type. */
  readonly row?: Row;
}

/** Declares a table; names are unique in the cloud and begin with the service's name. */
export function defineTable<Row>(name: string, scope: TableScope = "region"): TableDefinition<Row> {
  return { name, scope };
}

/** Whose rows are meant. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

export type KeyPart = string | number;

export interface ListOptions {
  /** Continue after this key (the parts that follow the prefix), itself excluded; before it when `reverse`. */
  readonly after?: readonly KeyPart[];
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Table<Row> {
  get(...key: readonly KeyPart[]): Row | undefined;
  has(...key: readonly KeyPart[]): boolean;
  put(key: readonly KeyPart[], row: Row): void;
  remove(...key: readonly KeyPart[]): void;
  /** The first of the rows whose key begins with these parts. */
  first(prefix: readonly KeyPart[]): Row | undefined;
  /** The rows whose key begins with these parts, in key order. */
  list(prefix?: readonly KeyPart[], options?: ListOptions): Iterable<Row>;
  /** The same with each row's key parts after the table's own name; numbers come back as numbers. */
  entries(prefix?: readonly KeyPart[], options?: ListOptions): Iterable<readonly [key: KeyPart[], row: Row]>;
  /**
   * Rows whose key begins with `prefix` and whose next part begins with the text `beginning`, from `from` (included) on:
   * what a listing with a prefix needs (S3, log streams). Only for tables whose part there is a string.
   */
  beginning(
    prefix: readonly KeyPart[],
    beginning: string,
    options?: { readonly from?: string; readonly limit?: number },
  ): Iterable<readonly [key: KeyPart[], row: Row]>;
}

const packr = new Packr({ structuredClone: false, useRecords: false, moreTypes: false });
const END = "\u0000";
const AFTER_END = "\u0001";

/** Opens a table for one owner. `owner` is not looked at for a global table. */
export function openTable<Row>(store: Store, definition: TableDefinition<Row>, owner: Owner): Table<Row> {
  const base = definition.name + END + scopePrefix(definition.scope, owner);
  const decode = (bytes: Uint8Array): Row => packr.unpack(bytes);

  function* walk(start: string, end: string, options: ListOptions): Iterable<readonly [KeyPart[], Row]> {
    const { reverse = false, limit } = options;
    for (const [key, value] of store.range({ start, end, reverse, ...(limit === undefined ? {} : { limit }) })) {
      yield [decodeKey(key.slice(base.length)), decode(value)];
    }
  }

  /** What a caller asks for may be any number: no row can have a key that `put` refuses. */
  function bytesAt(key: readonly KeyPart[]): Uint8Array | undefined {
    return key.every(isPossible) ? store.get(base + encodeKey(key)) : undefined;
  }

  /** From where to where rows lie whose key begins with these parts. */
  function boundsOf(prefix: readonly KeyPart[], options: ListOptions): { start: string; end: string } {
    const at = base + encodeKey(prefix);
    // Every key part ends with END, so that what follows a prefix lies between it and it + U+0001.
    let start = at;
    let end = prefix.length === 0 ? base.slice(0, -1) + AFTER_END : at.slice(0, -1) + AFTER_END;
    if (options.after !== undefined) {
      const mark = at + encodeKey(options.after);
      if (options.reverse) end = mark;
      else start = mark.slice(0, -1) + AFTER_END;
    }
    return { start, end };
  }

  function entries(prefix: readonly KeyPart[] = [], options: ListOptions = {}): Iterable<readonly [KeyPart[], Row]> {
    const { start, end } = boundsOf(prefix, options);
    return walk(start, end, options);
  }

  return {
    get(...key) {
      const bytes = bytesAt(key);
      return bytes === undefined ? undefined : decode(bytes);
    },
    has: (...key) => bytesAt(key) !== undefined,
    put: (key, row) => store.put(base + encodeKey(key), packr.pack(row)),
    remove(...key) {
      if (key.every(isPossible)) store.remove(base + encodeKey(key));
    },
    first(prefix) {
      for (const [, value] of store.range({ ...boundsOf(prefix, {}), limit: 1 })) return decode(value);
      return undefined;
    },
    *list(prefix = [], options = {}) {
      const { reverse = false, limit } = options;
      const range = { ...boundsOf(prefix, options), reverse, ...(limit === undefined ? {} : { limit }) };
      for (const [, value] of store.range(range)) yield decode(value);
    },
    entries,
    beginning(prefix, beginning, options = {}) {
      const at = base + encodeKey(prefix);
      const from = options.from !== undefined && options.from > beginning ? options.from : beginning;
      const end = beginning === "" ? at.slice(0, -1) + AFTER_END : at + escape(beginning) + LAST;
      return walk(at + escape(from), end, options.limit === undefined ? {} : { limit: options.limit });
    },
  };
}

/** The greatest code point, a few times over: no text that is really used sorts after its own beginning and this. */
const LAST = "\u{10FFFF}".repeat(4);

function scopePrefix(scope: TableScope, owner: Owner): string {
  switch (scope) {
    case "global":
      return "";
    case "account":
      return owner.account + END;
    case "region":
      return owner.account + END + owner.region + END;
  }
}

function encodeKey(parts: readonly KeyPart[]): string {
  let key = "";
  for (const part of parts) key += (typeof part === "number" ? encodeNumber(part) : escape(part)) + END;
  return key;
}

/** Numbers are whole and not negative; 16 digits behind a mark keep their order and tell them from text. */
function encodeNumber(value: number): string {
  if (!isPossible(value)) throw new Error(`a key part must be a whole number of 0 or more: ${value}`);
  return NUMBER + String(value).padStart(16, "0");
}

function isPossible(part: KeyPart): boolean {
  return typeof part === "string" || (Number.isSafeInteger(part) && part >= 0);
}

const NUMBER = "\u0002#";

/** Keeps U+0000 to U+0002, which have a meaning here, out of texts; order stays. */
function escape(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u0003]/.test(text)
    ? text.replace(/[\u0000-\u0003]/g, (c) => "\u0003" + String.fromCharCode(c.charCodeAt(0) + 16))
    : text;
}

function decodeKey(key: string): KeyPart[] {
  const parts = key.split(END);
  parts.pop();
  return parts.map((part) =>
    part.startsWith(NUMBER)
      ? Number(part.slice(NUMBER.length))
      : // eslint-disable-next-line no-control-regex
        part.replace(/\u0003(.)/gs, (_, c: string) => String.fromCharCode(c.charCodeAt(0) - 16)),
  );
}
