/**
 * Models of properties that are checked all the way down, as the original checks the newest resource types (it uses
 * pydantic, whose order of complaints is kept: members in the model's order, unknown ones at the end).
 */
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { byCodePoint } from "./logical-id.ts";
import { invalidResource } from "./sam-error.ts";
import type { SamFault } from "./sam-error.ts";

/** One complaint. */
export interface Complaint {
  readonly path: readonly string[];
  readonly message: string;
}

type Checked = { readonly value: Json } | readonly Complaint[];

/** What a value must be; what is right may be changed a little (`"5"` where an integer is wanted). */
export type Model = (value: Json, path: readonly string[]) => Checked;

const REQUIRED = "field required";
const EXTRA = "extra fields not permitted";

function wrong(path: readonly string[], message: string): readonly Complaint[] {
  return [{ path, message }];
}

function isComplaints(checked: Checked): checked is readonly Complaint[] {
  return Array.isArray(checked);
}

/** Anything, null excepted. */
export const anything: Model = (value, path) =>
  value === null ? wrong(path, "none is not an allowed value") : { value };

export const mapping: Model = (value, path) => (isObject(value) ? { value } : wrong(path, "value is not a valid dict"));

export const text: Model = (value, path) => {
  if (typeof value === "string") return { value };
  return typeof value === "number" ? { value: String(value) } : wrong(path, "str type expected");
};

export const integer: Model = (value, path) => {
  const number = asNumber(value);
  return number === undefined || (typeof value === "string" && !Number.isInteger(number))
    ? wrong(path, "value is not a valid integer")
    : { value: Math.trunc(number) };
};

export const decimal: Model = (value, path) => {
  const number = asNumber(value);
  return number === undefined ? wrong(path, "value is not a valid float") : { value: number };
};

function asNumber(value: Json): number | undefined {
  if (typeof value === "boolean") return Number(value);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export const flag: Model = (value, path) => {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if ([true, 1, "1", "on", "t", "true", "y", "yes"].some((known) => known === word)) return { value: true };
  if ([false, 0, "0", "off", "f", "false", "n", "no"].some((known) => known === word)) return { value: false };
  return wrong(path, "value could not be parsed to a boolean");
};

/** One of some words. */
export function literal(...words: readonly string[]): Model {
  return (value, path) =>
    typeof value === "string" && words.includes(value) ? { value } : wrong(path, "unexpected value");
}

/** The first model that takes the value. */
export function either(...models: readonly Model[]): Model {
  return (value, path) => {
    const complaints: Complaint[] = [];
    for (const model of models) {
      const checked = model(value, path);
      if (!isComplaints(checked)) return checked;
      complaints.push(...checked);
    }
    return complaints;
  };
}

export function list(item: Model): Model {
  return (value, path) => {
    if (!isList(value)) return wrong(path, "value is not a valid list");
    return gather(
      value.map((member, index) => [String(index), item(member, [...path, String(index)])] as const),
      (made) => made.map(([, member]) => member),
    );
  };
}

export function mapOf(member: Model): Model {
  return (value, path) => {
    if (!isObject(value)) return wrong(path, "value is not a valid dict");
    const checked = Object.entries(value).map(([key, item]) => [key, member(item, [...path, key])] as const);
    return gather(checked, (made) => Object.fromEntries(made));
  };
}

/** A mapping with these members and no others, checked in that order; absent and null optional ones are left out. */
export function model(
  required: Readonly<Record<string, Model>>,
  optional: Readonly<Record<string, Model>>,
  order: readonly string[] = [...Object.keys(required), ...Object.keys(optional)],
): Model {
  const members = { ...required, ...optional };
  return (value, path) => {
    if (!isObject(value)) return wrong(path, "value is not a valid dict");
    const checked: (readonly [string, Checked])[] = [];
    for (const name of order) {
      const member = members[name] ?? anything;
      const given = own(value, name);
      const isRequired = Object.hasOwn(required, name);
      if (given === undefined && isRequired) checked.push([name, wrong([...path, name], REQUIRED)]);
      else if (given !== undefined && (given !== null || isRequired)) {
        checked.push([name, member(given, [...path, name])]);
      }
    }
    const known = new Set([...Object.keys(required), ...Object.keys(optional)]);
    const extra = Object.keys(value).filter((name) => !known.has(name));
    for (const name of extra.sort(byCodePoint)) checked.push([name, wrong([...path, name], EXTRA)]);
    return gather(checked, (made) => Object.fromEntries(made));
  };
}

function gather(
  checked: readonly (readonly [string, Checked])[],
  make: (made: readonly (readonly [string, Json])[]) => Json,
): Checked {
  const complaints: Complaint[] = [];
  const made: (readonly [string, Json])[] = [];
  for (const [name, result] of checked) {
    if (isComplaints(result)) complaints.push(...result);
    else made.push([name, result.value]);
  }
  return complaints.length > 0 ? complaints : { value: make(made) };
}

/** The checked properties. `complain` makes the fault of all complaints. Raises SamFault. */
export function checkModel(
  properties: JsonObject,
  against: Model,
  complain: (complaints: readonly Complaint[]) => SamFault,
): JsonObject {
  const checked = against(properties, []);
  if (isComplaints(checked)) throw complain(checked);
  return isObject(checked.value) ? checked.value : {};
}

/** Names the first complaint's place. */
export function firstComplaint(id: string): (complaints: readonly Complaint[]) => SamFault {
  return ([first]) => invalidResource(id, `Property '${first?.path.join(".") ?? ""}' is invalid.`);
}

const TYPES: readonly (readonly [string, string])[] = [
  ["not a valid dict", "dictionary"],
  ["not a valid int", "integer"],
  ["not a valid float", "number"],
  ["not a valid list", "list"],
];

/** Tells every complaint, those of one place together. */
export function allComplaints(id: string): (complaints: readonly Complaint[]) => SamFault {
  return (complaints) => {
    const places = groupByPath(complaints);
    return invalidResource(id, [...places].map(([path, messages]) => tell(path, messages)).join(" "));
  };
}

function groupByPath(complaints: readonly Complaint[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { path, message } of complaints) {
    const place = path.join(".");
    places.set(place, [...(places.get(place) ?? []), message]);
  }
  return places;
}

function tell(path: string, messages: readonly string[]): string {
  const types = messages.flatMap((message) => TYPES.find(([pattern]) => message.includes(pattern))?.[1] ?? []);
  const different = [...new Set(types)];
  if (different.length > 1) return `Property '${path}' value must be ${different.join(" or ")}.`;
  const [message = ""] = messages;
  if (message === REQUIRED) return `Property '${path}' is required.`;
  return message === EXTRA
    ? `Property '${path}' is an invalid property.`
    : `Property '${path}' ${message.toLowerCase()}.`;
}

const REPORTED_TYPES: readonly (readonly [string, string])[] = [
  [REQUIRED, "value_error.missing"],
  [EXTRA, "value_error.extra"],
  ["none is not an allowed value", "type_error.none.not_allowed"],
  ["value is not a valid dict", "type_error.dict"],
  ["value is not a valid list", "type_error.list"],
  ["value is not a valid integer", "type_error.integer"],
  ["value is not a valid float", "type_error.float"],
  ["str type expected", "type_error.str"],
];

/** The complaints as pydantic prints them all. */
export function reported(name: string, complaints: readonly Complaint[]): string {
  const lines = complaints.map(({ path, message }) => {
    const type = REPORTED_TYPES.find(([known]) => known === message)?.[1] ?? "value_error";
    return `${path.join(" -> ")}\n  ${message} (type=${type})`;
  });
  const count = `${complaints.length} validation error${complaints.length === 1 ? "" : "s"}`;
  return [`${count} for ${name}`, ...lines].join("\n");
}
