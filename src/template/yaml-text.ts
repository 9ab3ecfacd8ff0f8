/**
 * Reads a template that is written in YAML: the YAML 1.1 scalars that CloudFormation takes, its short forms (`!Ref`)
 * turned into long ones, aliases copied within a bound.
 */
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from "yaml";
import type { Document, YAMLMap, YAMLSeq, Scalar } from "yaml";
import { numberOf } from "./json-text.ts";
import type { SourceMap } from "./source-map.ts";
import type { Json, JsonObject } from "./value.ts";
import { TemplateError } from "./template-error.ts";

/** How much a template may hold once its aliases are copied; a template of 1 MB without aliases stays below it. */
const MAX_NODES = 500_000;

/** The tags that stand for themselves; every other one of ours stands for `Fn::` and its name. */
const PLAIN_TAGS = new Set(["Ref", "Condition", "Rules"]);

/** "Intrinsic function reference" and "Rule-specific intrinsic functions" of the CloudFormation user guide. */
const FUNCTION_TAGS = new Set([
  "And",
  "Base64",
  "Cidr",
  "Contains",
  "EachMemberEquals",
  "EachMemberIn",
  "Equals",
  "FindInMap",
  "ForEach",
  "GetAtt",
  "GetAZs",
  "If",
  "ImportValue",
  "Join",
  "Length",
  "Not",
  "Or",
  "RefAll",
  "Select",
  "Split",
  "Sub",
  "ToJsonString",
  "Transform",
  "ValueOf",
  "ValueOfAll",
]);

export interface YamlOptions {
  readonly maxDepth: number;
  /** Whether `!Ref` and its like may stand for their long forms. */
  readonly shortForms: boolean;
  /** Whether aliases are copied; otherwise they are refused, as CloudFormation does. */
  readonly aliases: boolean;
}

/** Turns YAML text into data, noting positions in `map`. Raises TemplateError ("YAML not well-formed"). */
export function readYamlText(text: string, map: SourceMap, options: YamlOptions): Json {
  const unprintable = text.search(UNPRINTABLE);
  if (unprintable >= 0) fail(map, unprintable);
  const document = compose(text, map, options.maxDepth);
  const error = document.errors[0];
  if (error !== undefined) fail(map, error.pos[0]);
  return new YamlReader(map, options).document(document);
}

/** What no YAML may hold ("5.1. Character Set" of YAML 1.1), which the library lets pass; a byte order mark may begin it. */
// oxlint-disable-next-line no-control-regex -- these are the characters to be refused
const UNPRINTABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/;

/** The first document of the text. */
function compose(text: string, map: SourceMap, maxDepth: number): Document.Parsed {
  // Equal keys are refused by our own reader: the library compares each key with each other.
  const composer = new Composer({ version: "1.1", schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  const parser = new Parser();
  const depth = new NestingBound(map, maxDepth);
  let first: Document.Parsed | undefined;
  const keep = (documents: Iterable<Document.Parsed>): void => {
    for (const document of documents) {
      // A second document is no part of a template.
      if (first !== undefined) fail(map, document.range[0]);
      first = document;
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    depth.see(lexeme);
    for (const token of parser.next(lexeme)) keep(composer.next(token));
  }
  for (const token of parser.end()) keep(composer.next(token));
  keep(composer.end(true, text.length));
  if (first === undefined) throw new TemplateError("Template format error: unsupported structure.");
  return first;
}

/**
 * Refuses deep nesting while the text is being read, because the composer recurses. Flow collections are counted by
 * their brackets, compact ones (`- - - x`) by their indicators on a line; nesting by indentation needs so much text that
 * the size of a template bounds it.
 */
class NestingBound {
  readonly #map: SourceMap;
  readonly #max: number;
  #offset = 0;
  #flow = 0;
  #indicators = 0;

  constructor(map: SourceMap, max: number) {
    this.#map = map;
    this.#max = max;
  }

  see(lexeme: string): void {
    const kind: string = CST.tokenType(lexeme) ?? "";
    switch (kind) {
      case "flow-map-start":
      case "flow-seq-start":
        this.#flow += 1;
        break;
      case "flow-map-end":
      case "flow-seq-end":
        this.#flow -= 1;
        break;
      case "newline":
        this.#indicators = 0;
        break;
      case "seq-item-ind":
      case "explicit-key-ind":
        this.#indicators += 1;
        break;
      default:
    }
    if (this.#flow > this.#max || this.#indicators > this.#max) fail(this.#map, this.#offset);
    if (!MARKS.test(lexeme)) this.#offset += lexeme.length;
  }
}

/** What the lexer adds without its being in the text: document and flow-end marks, and the mark before a scalar. */
const MARKS = /^[\u0002\u0018\u001f]$/;

class YamlReader {
  readonly #map: SourceMap;
  readonly #maxDepth: number;
  readonly #shortForms: boolean;
  readonly #aliases: boolean;
  readonly #open = new Set<unknown>();
  #anchors = new Map<string, unknown>();
  #nodes = 0;
  #copies = false;

  constructor(map: SourceMap, { maxDepth, shortForms, aliases }: YamlOptions) {
    this.#map = map;
    this.#maxDepth = maxDepth;
    this.#shortForms = shortForms;
    this.#aliases = aliases;
  }

  document(document: Document.Parsed): Json {
    return this.#node(document.contents, 0);
  }

  #node(node: unknown, depth: number): Json {
    const offset = offsetOf(node);
    this.#nodes += 1;
    if (depth > this.#maxDepth) fail(this.#map, offset);
    if (this.#nodes > MAX_NODES) this.#tooMuch(offset);
    if (isAlias(node)) {
      this.#copies = true;
      this.#refuseAlias(offset);
      const source = this.#anchors.get(node.source);
      // An alias inside its own anchor would be endless.
      if (source === undefined || this.#open.has(source)) fail(this.#map, offset);
      return this.#node(source, depth);
    }
    if (isScalar(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return this.#tagged(node.tag, scalarOf(node, this.#map), offset);
    }
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const value = isMap(node) ? this.#mapping(node, depth) : this.#list(node, depth);
    this.#open.delete(node);
    return this.#tagged(node.tag, value, offset);
  }

  #mapping(node: YAMLMap, depth: number): JsonObject {
    const entries: [string, Json][] = [];
    const positions: [string, number][] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      if (isAlias(pair.key)) this.#refuseAlias(offsetOf(pair.key));
      const key: unknown = isAlias(pair.key) ? this.#anchors.get(pair.key.source) : pair.key;
      const offset = offsetOf(pair.key);
      // A tagged or composite key is no name.
      if (!isScalar(key) || isFunctionTag(key.tag)) fail(this.#map, offset);
      if (key.anchor !== undefined) this.#anchors.set(key.anchor, key);
      const name = typeof key.value === "string" ? key.value : "";
      if (seen.has(name)) fail(this.#map, offset);
      seen.add(name);
      entries.push([name, this.#node(pair.value, depth + 1)]);
      positions.push([name, offset]);
    }
    const object = Object.fromEntries(entries);
    for (const [key, offset] of positions) this.#map.note(object, key, offset);
    return object;
  }

  #tooMuch(offset: number): never {
    return this.#copies ? this.#noAliases(offset) : fail(this.#map, offset);
  }

  #refuseAlias(offset: number): void {
    if (!this.#aliases) this.#noAliases(offset);
  }

  #noAliases(offset: number): never {
    throw new TemplateError("Template error: YAML aliases are not allowed in CloudFormation templates", {
      position: this.#map.positionAt(offset),
    });
  }

  #list(node: YAMLSeq, depth: number): readonly Json[] {
    const list: Json[] = [];
    for (const item of node.items) {
      this.#map.note(list, list.length, offsetOf(item));
      list.push(this.#node(item, depth + 1));
    }
    return list;
  }

  /** A value whose tag is one of CloudFormation's short forms, in long form. */
  #tagged(tag: string | undefined, value: Json, offset: number): Json {
    if (tag === undefined || tag.startsWith("tag:yaml.org,2002:")) return value;
    if (!this.#shortForms) fail(this.#map, offset);
    const name = tag.slice(1);
    if (PLAIN_TAGS.has(name)) return { [name]: value };
    if (!FUNCTION_TAGS.has(name)) fail(this.#map, offset);
    const argument = name === "GetAtt" && typeof value === "string" ? splitGetAtt(value) : value;
    const long = { [`Fn::${name}`]: argument };
    this.#map.note(long, `Fn::${name}`, offset);
    return long;
  }
}

/** `Bucket.Arn` as the long form's list; what has no dot stays as it is, for the evaluator to refuse. */
function splitGetAtt(text: string): Json {
  const dot = text.indexOf(".");
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

function isFunctionTag(tag: string | undefined): boolean {
  return tag !== undefined && !tag.startsWith("tag:yaml.org,2002:");
}

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const HEXADECIMAL = /^[-+]?0x[0-9a-fA-F_]+$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?$/;

/**
 * What a scalar means. Plain ones follow YAML 1.1 without its timestamps, base-60 numbers and infinities, which have no
 * place in a template: a date stays the string that it is written as, and so does `10:30`.
 */
function scalarOf(node: Scalar, map: SourceMap): Json {
  const text = typeof node.value === "string" ? node.value : "";
  switch (node.tag) {
    case undefined:
      return node.type === "PLAIN" || node.type === undefined ? plainScalar(text) : text;
    case "tag:yaml.org,2002:str":
      return text;
    case "tag:yaml.org,2002:int":
    case "tag:yaml.org,2002:float":
    case "tag:yaml.org,2002:bool":
    case "tag:yaml.org,2002:null":
      return plainScalar(text);
    default:
      // `!Sub 10` and `!Ref true` mean the words; the other tags of YAML are not for templates.
      if (node.tag.startsWith("tag:yaml.org,2002:")) return fail(map, offsetOf(node));
      return node.type === "PLAIN" && node.tag === "!Transform" ? plainScalar(text) : text;
  }
}

function plainScalar(text: string): Json {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  const digits = text.replaceAll("_", "");
  if (DECIMAL.test(text)) return numberOf(digits.replace(/^\+/, ""));
  if (OCTAL.test(text)) return signed(digits, "0", "0o");
  if (HEXADECIMAL.test(text)) return signed(digits, "0x", "0x");
  if (FLOAT.test(text)) return Number(digits);
  return text;
}

/** A number in another base, whose sign `Number` would not take. */
function signed(text: string, prefix: string, base: string): number {
  const bare = text.replace(/^[-+]/, "");
  const value = Number(base + bare.slice(prefix.length));
  return text.startsWith("-") ? -value : value;
}

function offsetOf(node: unknown): number {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return 0;
  const start: unknown = node.range[0];
  return typeof start === "number" ? start : 0;
}

function fail(map: SourceMap, offset: number): never {
  const position = map.positionAt(offset);
  throw new TemplateError(
    `Template format error: YAML not well-formed. (line ${position.line}, column ${position.column})`,
    { position },
  );
}
