/**
 * Python's dictionaries, lists and texts: what an API's definition is made of while events and the API itself change it.
 */
import { isList, isObject } from "../../value.ts";
import type { Json, JsonObject, Path } from "../../value.ts";
import { KeyOrder } from "./key-order.ts";
import { str, Text, unicode } from "./text.ts";

/** Data that can be changed, with texts and dictionaries of Python's. */
export type Data = Text | Decimal | number | boolean | null | Data[] | Dict;

/** A number that is written with a point although it is whole: `2.0`. */
export class Decimal {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  get text(): string {
    return this.value.toFixed(1);
  }
}

/** Whether the number at a path of the template is written with a point. */
export type IsDecimal = (path: Path) => boolean;

const VERSIONS: readonly Path[number][] = ["swagger", "openapi", "OpenApiVersion", "version"];

/** A guess for templates whose text is not known: a version that is a number is written `2.0`. */
const isVersion: IsDecimal = (path) => VERSIONS.includes(path.at(-1) ?? "");

/** A dictionary; `py27` ones give their keys in Python 2.7's order, `plain` ones in the order in which they came. */
export class Dict {
  readonly kind: "py27" | "plain";
  readonly #members = new Map<string, { readonly key: Text; value: Data }>();
  #order: KeyOrder | undefined;

  constructor(kind: "py27" | "plain" = "py27") {
    this.kind = kind;
    this.#order = kind === "py27" ? new KeyOrder() : undefined;
  }

  get size(): number {
    return this.#members.size;
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  get(key: string): Data | undefined {
    return this.#members.get(key)?.value;
  }

  /** Sets a member. A key that is there stays the text that it was; a new one given as a string is the transform's own. */
  set(key: Text | string, value: Data): this {
    const text = typeof key === "string" ? str(key) : key;
    const there = this.#members.get(text.text);
    if (there === undefined) {
      this.#members.set(text.text, { key: text, value });
      this.#order?.add(text);
    } else there.value = value;
    return this;
  }

  /** The member, set to `value` first where it is not there. */
  setDefault(key: Text | string, value: Data): Data {
    const name = typeof key === "string" ? key : key.text;
    if (!this.has(name)) this.set(key, value);
    return this.get(name) ?? value;
  }

  delete(key: string): void {
    const there = this.#members.get(key);
    if (there === undefined) return;
    this.#members.delete(key);
    this.#order?.remove(there.key);
  }

  keys(): readonly Text[] {
    return this.#order?.keys() ?? [...this.#members.values()].map(({ key }) => key);
  }

  entries(): readonly (readonly [Text, Data])[] {
    return this.keys().map((key) => [key, this.get(key.text) ?? null]);
  }

  /** Sets the members of another dictionary, making room for all of them at once. */
  update(other: Dict): this {
    this.#order?.merge(other.keys());
    for (const [key, value] of other.entries()) this.set(key, value);
    return this;
  }

  /** A dictionary with the same members. */
  copy(): Dict {
    return new Dict(this.kind).update(this);
  }

  /** A copy all the way down. */
  deepCopy(): Dict {
    const copy = new Dict(this.kind);
    for (const [name, { key, value }] of this.#members) copy.#members.set(name, { key, value: deepCopy(value) });
    copy.#order = this.#order?.rebuilt();
    return copy;
  }
}

/** A copy of data all the way down; texts are never changed and are shared. */
export function deepCopy(data: Data): Data {
  if (data instanceof Dict) return data.deepCopy();
  return Array.isArray(data) ? data.map(deepCopy) : data;
}

/** Data of the template: unicode texts, dictionaries in Python 2.7's order. */
export function fromTemplate(value: Json, isDecimal: IsDecimal = isVersion, path: Path = []): Data {
  if (typeof value === "string") return unicode(value);
  if (typeof value === "number") return Number.isInteger(value) && isDecimal(path) ? new Decimal(value) : value;
  if (isList(value)) return value.map((item, index) => fromTemplate(item, isDecimal, [...path, index]));
  return isObject(value) ? dictFromTemplate(value, isDecimal, path) : value;
}

/** A mapping of the template. */
export function dictFromTemplate(value: JsonObject, isDecimal: IsDecimal = isVersion, path: Path = []): Dict {
  const dict = new Dict();
  for (const [key, member] of Object.entries(value)) {
    dict.set(unicode(key), fromTemplate(member, isDecimal, [...path, key]));
  }
  return dict;
}

/** Data of the transform's own: plain texts and dictionaries. */
export function fromTransform(value: Json): Data {
  if (typeof value === "string") return str(value);
  if (isList(value)) return value.map(fromTransform);
  return isObject(value) ? plain(value) : value;
}

/** A plain dictionary of the transform's own; members may be data already. */
export function plain(members: Readonly<Record<string, Json | Data>>): Dict {
  return fill(new Dict("plain"), members);
}

/** A dictionary of the transform's own in Python 2.7's order; members may be data already. */
export function py27(members: Readonly<Record<string, Json | Data>> = {}): Dict {
  return fill(new Dict(), members);
}

function fill(dict: Dict, members: Readonly<Record<string, Json | Data>>): Dict {
  for (const [key, member] of Object.entries(members)) dict.set(key, toData(member));
  return dict;
}

function toData(value: Json | Data): Data {
  if (value instanceof Text || value instanceof Dict || value instanceof Decimal) return value;
  if (typeof value === "string") return str(value);
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value === "object" && value !== null) return fromObject(value);
  return value;
}

function fromObject(value: Json | Data): Data {
  // What is neither a class of ours nor a list is a mapping of JSON.
  return isPlainObject(value) ? plain(value) : null;
}

function isPlainObject(value: Json | Data): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Dict) &&
    !(value instanceof Text) &&
    !(value instanceof Decimal)
  );
}

/** The data as a template has it. */
export function toJson(data: Data): Json {
  if (data instanceof Text) return data.text;
  if (data instanceof Decimal) return data.value;
  if (Array.isArray(data)) return data.map(toJson);
  return data instanceof Dict ? dictToJson(data) : data;
}

/** A dictionary as a template has it. */
export function dictToJson(dict: Dict): JsonObject {
  return Object.fromEntries(dict.entries().map(([key, value]) => [key.text, toJson(value)]));
}

/** The text of data that is one. */
export function textOf(data: Data | undefined): string | undefined {
  return data instanceof Text ? data.text : undefined;
}

/** Python's truth of data. */
export function isTrue(data: Data | undefined): data is Data {
  if (data instanceof Text) return data.text !== "";
  if (data instanceof Decimal) return data.value !== 0;
  if (data instanceof Dict) return data.size > 0;
  return Array.isArray(data) ? data.length > 0 : Boolean(data);
}

/** Python's equality of data. */
export function sameData(left: Data | undefined, right: Data | undefined): boolean {
  if (left instanceof Text) return right instanceof Text && left.text === right.text;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => sameData(item, right[i]));
  }
  if (left instanceof Dict) {
    return (
      right instanceof Dict &&
      left.size === right.size &&
      left.entries().every(([key, value]) => right.has(key.text) && sameData(value, right.get(key.text)))
    );
  }
  if (left instanceof Decimal) return left.value === (right instanceof Decimal ? right.value : right);
  return left === right;
}
