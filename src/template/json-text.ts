/**
 * Reads a template that is written in JSON. `JSON.parse` names neither line nor column in every Node version, keeps the
 * last of two equal keys in silence and knows no bound on nesting, so the reading is done here.
 */
import type { Json, JsonObject } from "./value.ts";
import type { SourceMap } from "./source-map.ts";
import { TemplateError } from "./template-error.ts";

/** Turns JSON text into data, noting positions in `map`. Raises TemplateError ("JSON not well-formed"). */
export function readJsonText(text: string, map: SourceMap, maxDepth: number): Json {
  return new JsonReader(text, map, maxDepth).document();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_STRING = /"((?:[^"\\\u0000-\u001f])*)"/y;
const ESCAPED_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

class JsonReader {
  readonly #text: string;
  readonly #map: SourceMap;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, map: SourceMap, maxDepth: number) {
    this.#text = text;
    this.#map = map;
    this.#maxDepth = maxDepth;
  }

  document(): Json {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #value(depth: number): Json {
    if (depth > this.#maxDepth) this.#fail();
    switch (this.#text[this.#at] ?? "") {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): JsonObject {
    const entries: [string, Json][] = [];
    const positions: [string, number][] = [];
    const seen = new Set<string>();
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === "}") {
      this.#at += 1;
      return {};
    }
    for (;;) {
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail();
      const key = this.#string();
      if (seen.has(key)) {
        this.#at = start;
        this.#fail();
      }
      seen.add(key);
      this.#space();
      this.#expect(":");
      this.#space();
      entries.push([key, this.#value(depth + 1)]);
      positions.push([key, start]);
      this.#space();
      if (this.#text[this.#at] === "}") break;
      this.#expect(",");
      this.#space();
    }
    this.#at += 1;
    const object = Object.fromEntries(entries);
    for (const [key, offset] of positions) this.#map.note(object, key, offset);
    return object;
  }

  #list(depth: number): readonly Json[] {
    const list: Json[] = [];
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === "]") {
      this.#at += 1;
      return list;
    }
    for (;;) {
      this.#map.note(list, list.length, this.#at);
      list.push(this.#value(depth + 1));
      this.#space();
      if (this.#text[this.#at] === "]") break;
      this.#expect(",");
      this.#space();
    }
    this.#at += 1;
    return list;
  }

  #string(): string {
    const plain = this.#match(PLAIN_STRING);
    if (plain !== undefined) return plain.slice(1, -1);
    const escaped = this.#match(ESCAPED_STRING);
    if (escaped === undefined) return this.#fail();
    const read: unknown = JSON.parse(escaped);
    return String(read);
  }

  #scalar(): Json {
    const number = this.#match(NUMBER);
    if (number !== undefined) return numberOf(number);
    switch (this.#match(LITERAL) ?? "") {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      default:
        return this.#fail();
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found[0];
  }

  #space(): void {
    this.#match(SPACE);
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) this.#fail();
    this.#at += 1;
  }

  #fail(): never {
    const position = this.#map.positionAt(this.#at);
    throw new TemplateError(
      `Template format error: JSON not well-formed. (line ${position.line}, column ${position.column})`,
      { position },
    );
  }
}

/** A number, unless that would change its digits (an id of 20 digits), in which case its text. */
export function numberOf(text: string): number | string {
  const value = Number(text);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
}
