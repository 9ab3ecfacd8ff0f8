/** Members of REST inputs and outputs that travel outside the body: labels, query values, headers. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpBinding, Member, Protocol, Shape, StructureShape } from "./model.ts";
import type { Params } from "./params.ts";
import { put } from "./put.ts";
import { readScalar, writeScalar } from "./scalar-text.ts";
import type { Refusal } from "./scalar-text.ts";

type Structure = Record<string, unknown>;

/** A member that travels outside the body. */
export interface OutsideMember {
  readonly member: Member;
  readonly binding: HttpBinding;
  /** Headers are looked up by their name in lower case. */
  readonly headerName: string;
}

/** A structure's members by where they travel; those outside the body by their name. */
export interface Bindings {
  readonly outside: ReadonlyMap<string, OutsideMember>;
  readonly payload: Member | undefined;
  readonly body: readonly Member[];
}

const sorted = new WeakMap<StructureShape, Bindings>();

/** Sorts the members once per structure. */
export function bindingsOf(shape: StructureShape): Bindings {
  let bindings = sorted.get(shape);
  if (bindings === undefined) {
    const members = [...shape.members.values()];
    bindings = {
      outside: new Map(members.flatMap((member) => outsideOf(member).map((one) => [member.name, one]))),
      payload: members.find(({ binding }) => binding?.in === "payload"),
      body: members.filter(({ binding }) => binding === undefined),
    };
    sorted.set(shape, bindings);
  }
  return bindings;
}

function outsideOf(member: Member): OutsideMember[] {
  const { binding } = member;
  if (binding === undefined || binding.in === "payload") return [];
  return [{ member, binding, headerName: binding.in === "header" ? binding.name.toLowerCase() : "" }];
}

/** The outside of a request, as the claim and `node:http` give it. */
export interface Outside {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: Params;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: Protocol;
}

/**
 * Reads labels, query values and headers into `input`.
 * Raises SerializationException, and S3's InvalidArgument, when a text is not of its member's type.
 */
export function readOutside(members: Bindings["outside"], from: Outside, input: Structure): void {
  for (const [name, { member, binding, headerName }] of members) {
    switch (binding.in) {
      case "label": {
        const text = from.labels[name];
        if (text !== undefined) input[name] = readScalar(member.shape, text, "date-time", refusal(from.protocol, name));
        break;
      }
      case "query": {
        const values = from.query.get(binding.name);
        if (values !== undefined) setQuery(member, binding.name, values, from.protocol, input);
        break;
      }
      case "queryParams": {
        const rest: Structure = {};
        for (const [key, [value]] of from.query) {
          if (!isBoundQuery(members, key)) put(rest, key, value);
        }
        input[name] = rest;
        break;
      }
      case "header": {
        const text = from.headers[headerName];
        if (text !== undefined) setHeader(member, binding.name, text, from.protocol, input);
        break;
      }
      case "prefixHeaders": {
        const map: Structure = {};
        let any = false;
        for (const key of Object.keys(from.headers)) {
          if (!key.startsWith(binding.prefix)) continue;
          put(map, key.slice(binding.prefix.length), headerText(from.headers[key] ?? ""));
          any = true;
        }
        if (any) input[name] = map;
        break;
      }
      case "payload":
      case "responseCode":
        break;
    }
  }
}

function isBoundQuery(members: Bindings["outside"], key: string): boolean {
  for (const { binding } of members.values()) if (binding.in === "query" && binding.name === key) return true;
  return false;
}

function setQuery(member: Member, key: string, values: readonly string[], protocol: Protocol, input: Structure): void {
  const { shape, name } = member;
  const refuse = refusal(protocol, key);
  if (shape.type === "list") {
    input[name] = values.map((value) => readScalar(shape.member.shape, value, "date-time", refuse));
  } else {
    const value = values[0] ?? "";
    if (value !== "" || shape.type === "string") input[name] = readScalar(shape, value, "date-time", refuse);
  }
}

function setHeader(member: Member, key: string, text: string, protocol: Protocol, input: Structure): void {
  const { shape, name } = member;
  const refuse = refusal(protocol, key);
  if (shape.type === "list") {
    const items = text.split(",").map((item) => item.trim().replace(/^"(.*)"$/, "$1"));
    input[name] = items.map((item) => readScalar(shape.member.shape, item, "http-date", refuse));
  } else if (text !== "" || shape.type === "string") {
    input[name] = readScalar(shape, headerText(text), "http-date", refuse);
  }
}

/** Node gives header bytes as Latin-1; clients mean UTF-8 where they send more than ASCII. */
function headerText(text: string): string {
  if (!/[\u0080-\u00FF]/.test(text)) return text;
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  return decoded.includes("\uFFFD") ? text : decoded;
}

function refusal(protocol: Protocol, key: string): Refusal {
  if (protocol !== "restXml") {
    return (_, typeName) =>
      new AwsError("SerializationException", `STRING_VALUE cannot be converted to ${typeName}`, { status: 400 });
  }
  return (text, typeName) => {
    const message =
      typeName === "Integer" ? `Provided ${key} not an integer or within integer range` : `Invalid value of ${key}`;
    return new AwsError("InvalidArgument", message, { members: { ArgumentName: key, ArgumentValue: text } });
  };
}

/** Writes an output's headers; gives the status where a member carries it. */
export function writeOutside(
  members: Bindings["outside"],
  output: Structure,
  headers: Record<string, string>,
): number | undefined {
  let status: number | undefined;
  for (const key of Object.keys(output)) {
    const value = output[key];
    const outside = members.get(key);
    if (outside === undefined || value === undefined || value === null) continue;
    const { binding, member } = outside;
    if (binding.in === "responseCode") {
      status = Number(value);
    } else if (binding.in === "header") {
      // The SDK's schemas have ExpiresString for the raw text of the header Expires (it is not always a date).
      const name = binding.name === "ExpiresString" ? "Expires" : binding.name;
      headers[name] = asciiHeader(headerValue(member.shape, value));
    } else if (binding.in === "prefixHeaders" && typeof value === "object") {
      for (const [suffix, text] of Object.entries(value)) headers[binding.prefix + suffix] = asciiHeader(String(text));
    }
  }
  return status;
}

function headerValue(shape: Shape, value: unknown): string {
  if (!Array.isArray(value) || shape.type !== "list") return writeScalar(shape, value, "http-date");
  return value.map((item) => writeScalar(shape.member.shape, item, "http-date")).join(", ");
}

/** Headers are ASCII: S3 answers other metadata in the form of RFC 2047. */
function asciiHeader(text: string): string {
  // oxlint-disable-next-line no-control-regex -- everything that a header may not carry
  if (!/[^\t\u0020-\u007E]/.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;
}
