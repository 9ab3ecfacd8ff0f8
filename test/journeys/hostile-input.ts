/** Inputs that no client of good will sends, built from an operation's own table, and the requests that carry them. */
import type { Random } from "../../src/kernel/random.ts";
import type { OperationModel, Protocol, ServiceModel, Shape, StructureShape } from "../../src/wire/model.ts";

export type Json = null | string | number | boolean | Json[] | { [name: string]: Json };
export interface HostileInput {
  /** What is hostile about it, for the report. */
  readonly title: string;
  readonly value: { readonly [name: string]: Json };
}

const LONG = "x".repeat(70_000);
const TEXTS = [
  "",
  "a",
  "\u0000",
  "../../etc/passwd",
  "%2e%2e%00",
  "💥\ud800",
  "a b+c&d=e/f?g#h:i",
  "*".repeat(300),
  "(".repeat(200),
  "-1",
  "arn:aws:",
  "arn:aws:s3:::",
  "__proto__",
  "constructor",
  "{}",
  "[",
  "null",
  "<a>&b;",
  "${a}",
  "\r\nX-A: b",
  LONG,
];
const NUMBERS = [0, -1, 1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300, -1e300];
const STRANGERS: readonly Json[] = [true, 7, "text", [], [[]], {}, { a: [{ b: "c" }] }, null];

/** Empty; each member as something of another type, alone and among good ones; everything at its limits; random ones. */
export function inputsFor(shape: StructureShape, random: Random): HostileInput[] {
  const pick: Pick = (from) => {
    const one = from[Math.floor(random.fraction() * from.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  const good = structure(shape, (one) => plausible(one, 0));
  const found: HostileInput[] = [
    { title: "nothing", value: {} },
    { title: "plausible values", value: good },
  ];
  for (const member of shape.members.values()) {
    const { name } = member;
    const hostile: Json[] = [...new Set([pick(STRANGERS), pick(STRANGERS), ...sharp(member.shape, pick)])];
    for (const value of hostile) {
      const shown = JSON.stringify(value).slice(0, 60);
      found.push({ title: `${name}=${shown}`, value: { ...good, [name]: value } });
    }
    const { [name]: _, ...rest } = good;
    found.push({ title: `no ${name}`, value: rest });
  }
  for (let turn = 0; turn < 6; turn++) {
    found.push({ title: `random values, turn ${turn}`, value: structure(shape, (one) => wild(one, pick, 0)) });
  }
  return found;
}

function structure(shape: StructureShape, make: (shape: Shape) => Json): { [name: string]: Json } {
  return Object.fromEntries([...shape.members.values()].map((member) => [member.name, make(member.shape)]));
}

const DEEPEST = 4;

function plausible(shape: Shape, depth: number): Json {
  switch (shape.type) {
    case "string":
      return shape.enum?.[0] ?? "x".repeat(Math.max(1, Math.min(shape.min ?? 1, 64)));
    case "number":
      return shape.min ?? 1;
    case "boolean":
      return false;
    case "timestamp":
      return 1_767_225_600;
    case "blob":
      return "eA==";
    case "document":
      return {};
    case "list":
      return depth > DEEPEST ? [] : [plausible(shape.member.shape, depth + 1)];
    case "map":
      return depth > DEEPEST ? {} : { a: plausible(shape.value.shape, depth + 1) };
    case "structure":
      return depth > DEEPEST ? {} : structure(shape, (one) => plausible(one, depth + 1));
    case "union": {
      const [first] = shape.members.values();
      return depth > DEEPEST || first === undefined ? {} : { [first.name]: plausible(first.shape, depth + 1) };
    }
  }
}

type Pick = <T>(from: readonly T[]) => T;

/** Values of the right type that hurt. */
function sharp(shape: Shape, pick: Pick): Json[] {
  switch (shape.type) {
    case "string":
      return [LONG, "", pick(TEXTS), pick(TEXTS), pick(TEXTS), pick(TEXTS)];
    case "number":
      return NUMBERS;
    case "boolean":
      return ["maybe"];
    case "timestamp":
      return [0, -1e15, 1e15, 1e300, "never", "9999-99-99T99:99:99Z"];
    case "blob":
      return ["", "not base64!", "A".repeat(99_996)];
    case "document":
      return [[], "x"];
    case "list":
      return [
        [],
        [null],
        Array.from({ length: 1_500 }, () => plausible(shape.member.shape, DEEPEST)),
        [wild(shape.member.shape, pick, 1)],
      ];
    case "map":
      return [
        {},
        { ["__proto__"]: plausible(shape.value.shape, 2), "": null },
        { [LONG]: wild(shape.value.shape, pick, 1) },
      ];
    case "structure":
    case "union":
      return [{}, wild(shape, pick, 0), wild(shape, pick, 0), structure(shape, (one) => plausible(one, 1))];
  }
}

function wild(shape: Shape, pick: Pick, depth: number): Json {
  if (pick([0, 1, 2, 3, 4, 5, 6, 7]) === 0) return pick(STRANGERS);
  switch (shape.type) {
    case "list":
      return depth > DEEPEST
        ? []
        : [wild(shape.member.shape, pick, depth + 1), wild(shape.member.shape, pick, depth + 1)];
    case "map":
      return depth > DEEPEST ? {} : { [pick(TEXTS)]: wild(shape.value.shape, pick, depth + 1) };
    case "structure":
    case "union":
      return depth > DEEPEST ? {} : structure(shape, (one) => (pick([0, 1]) === 0 ? null : wild(one, pick, depth + 1)));
    case "string":
      return pick(shape.enum === undefined ? TEXTS : [...shape.enum, ...TEXTS]);
    case "number":
      return pick(NUMBERS);
    case "boolean":
    case "timestamp":
    case "blob":
    case "document":
      return pick([plausible(shape, depth), ...sharp(shape, pick)]);
  }
}

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | string | undefined;
}

/** The input on the wire of `protocol`, with no regard for what its types should be. */
export function encodeRequest(
  model: ServiceModel,
  operation: OperationModel,
  protocol: Protocol,
  input: HostileInput["value"],
): HostileRequest {
  const scope = `000000000000/20260101/us-east-1/${model.signingName}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
  const headers: Record<string, string> = { authorization, "x-amz-date": "20260101T000000Z" };
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1": {
      headers["content-type"] = `application/x-amz-json-${protocol === "awsJson1_0" ? "1.0" : "1.1"}`;
      headers["x-amz-target"] = `${model.targetPrefix ?? ""}.${operation.name}`;
      return { method: "POST", path: "/", headers, body: JSON.stringify(input) };
    }
    case "rpcv2Cbor":
      headers["content-type"] = "application/cbor";
      headers["smithy-protocol"] = "rpc-v2-cbor";
      return {
        method: "POST",
        path: `/service/${model.targetPrefix ?? ""}/operation/${operation.name}`,
        headers,
        body: cbor(input),
      };
    case "awsQuery": {
      const form = new URLSearchParams({ Action: operation.name, Version: model.apiVersion });
      for (const [name, value] of flattened("", input)) form.append(name, value);
      headers["content-type"] = "application/x-www-form-urlencoded";
      return { method: "POST", path: "/", headers, body: form.toString() };
    }
    case "restJson1":
    case "restXml":
      return rest(operation, protocol, input, headers);
  }
}

function rest(
  operation: OperationModel,
  protocol: Protocol,
  input: HostileInput["value"],
  headers: Record<string, string>,
): HostileRequest {
  const inBody: { [name: string]: Json } = {};
  let [path = "", constant = ""] = (operation.http?.uri ?? "/").split("?");
  const query = new URLSearchParams(constant);
  let payload: string | undefined;
  for (const [name, value] of Object.entries(input)) {
    const member = operation.input.members.get(name);
    if (member === undefined || value === null) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    switch (member.binding?.in) {
      case undefined:
        inBody[member.xmlName ?? member.jsonName ?? name] = value;
        break;
      case "label":
        path = path.replace(new RegExp(`\\{${name}\\+?\\}`), () =>
          encodeURIComponent(wellFormed(text)).slice(0, 8_000),
        );
        break;
      case "query":
        if (Array.isArray(value))
          for (const one of value.slice(0, 50)) query.append(member.binding.name, String(one).slice(0, 2_000));
        else query.append(member.binding.name, text.slice(0, 8_000));
        break;
      case "header":
        headers[member.binding.name.toLowerCase()] = headerText(text);
        break;
      case "prefixHeaders":
        if (typeof value !== "object" || Array.isArray(value)) break;
        for (const [key, one] of Object.entries(value)) {
          const suffix = key.replaceAll(/[^a-z0-9-]/gi, "x").slice(0, 100);
          headers[`${member.binding.prefix}${suffix}`.toLowerCase()] = headerText(String(one));
        }
        break;
      case "payload":
        payload =
          member.shape.type === "blob" || member.shape.type === "string"
            ? text
            : protocol === "restXml"
              ? xml(
                  member.xmlName ??
                    ("xmlName" in member.shape ? member.shape.xmlName : undefined) ??
                    member.shape.name ??
                    name,
                  value,
                )
              : JSON.stringify(value);
        break;
      case "queryParams":
      case "responseCode":
        break;
    }
  }
  delete headers["content-length"];
  delete headers["x-amz-content-sha256"];
  const search = query.toString().slice(0, 15_000);
  const written =
    payload ??
    (protocol === "restXml" ? xml(operation.input.xmlName ?? operation.input.name, inBody) : JSON.stringify(inBody));
  const empty = payload === undefined && Object.keys(inBody).length === 0;
  path = path.replaceAll(/\{[^}]*\}/g, "");
  return {
    method: operation.http?.method ?? "POST",
    path: search === "" ? path : `${path}?${search}`,
    headers,
    body: empty ? undefined : written,
  };
}

/** Lone halves of characters cannot be written in UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function headerText(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .trim()
    .slice(0, 4_000);
}

function xml(name: string, value: Json): string {
  const tag = name.replaceAll(/[^A-Za-z0-9]/g, "") || "x";
  const content = (one: Json): string => {
    if (Array.isArray(one)) return one.map((item) => xml("member", item)).join("");
    if (typeof one === "object" && one !== null)
      return Object.entries(one)
        .map(([key, inner]) => (Array.isArray(inner) ? inner.map((item) => xml(key, item)).join("") : xml(key, inner)))
        .join("");
    return String(one).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  };
  return `<${tag}>${content(value)}</${tag}>`;
}

function* flattened(prefix: string, value: Json): Generator<[string, string]> {
  if (Array.isArray(value)) {
    if (value.length === 0) yield [prefix, ""];
    for (const [index, one] of value.entries()) yield* flattened(`${prefix}.member.${index + 1}`, one);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* flattened(prefix === "" ? name : `${prefix}.${name}`, one);
  } else if (value !== null) yield [prefix, wellFormed(String(value))];
}

/** The least of RFC 8949 that writes any JSON. */
function cbor(value: Json): Buffer {
  const head = (major: number, count: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt8((major << 5) | 26);
    bytes.writeUInt32BE(count, 1);
    return bytes;
  };
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === "boolean") return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes.writeUInt8(0xfb);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const entries = Object.entries(value);
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([name, one]) => [cbor(name), cbor(one)])]);
}
