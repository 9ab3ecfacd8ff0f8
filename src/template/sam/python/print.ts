/**
 * Data as Python prints it: `str()` of it, which deployments' ids are hashes of and messages quote, and `json.dumps`.
 */
import { Decimal, Dict, textOf } from "./dict.ts";
import type { Data } from "./dict.ts";
import { str, Text } from "./text.ts";

/** `str(data)`: a text as it is, all else as `repr`. */
export function print(data: Data): string {
  return textOf(data) ?? repr(data);
}

/** `repr(data)`. */
export function repr(data: Data): string {
  if (data === null) return "None";
  if (data === true) return "True";
  if (data === false) return "False";
  if (typeof data === "number") return String(data);
  if (data instanceof Decimal) return data.text;
  if (Array.isArray(data)) return `[${data.map(repr).join(", ")}]`;
  if (data instanceof Dict)
    return `{${data
      .entries()
      .map(([key, value]) => `${repr(key)}: ${repr(value)}`)
      .join(", ")}}`;
  return data.isUnicode ? `u${quoted(unicodeEscape(data.text)).replaceAll("\\\\", "\\")}` : quoted(data.text);
}

/** Data as messages quote it: Python 3's print, in which all texts are alike. */
export function show(data: Data): string {
  return textOf(data) ?? repr(alike(data));
}

function alike(data: Data): Data {
  if (data instanceof Text) return str(data.text);
  if (Array.isArray(data)) return data.map(alike);
  if (!(data instanceof Dict)) return data;
  const plain = new Dict("plain");
  for (const [key, value] of data.entries()) plain.set(key.text, alike(value));
  return plain;
}

/** A text in quotes as Python 3 writes it. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inside = "";
  for (const character of text) inside += escaped(character, quote);
  return `${quote}${inside}${quote}`;
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escaped(character: string, quote: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  if (character === quote) return `\\${character}`;
  const isPrintable = character === " " || !/[\p{C}\p{Z}]/u.test(character);
  return isPrintable ? character : numbered(character);
}

/** Python's `unicode_escape` codec. */
function unicodeEscape(text: string): string {
  let escapedText = "";
  for (const character of text) {
    const isPlain = /[ -~]/.test(character);
    escapedText += SHORT.get(character) ?? (isPlain ? character : numbered(character));
  }
  return escapedText;
}

function numbered(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, "0")}` : `\\U${point.toString(16).padStart(8, "0")}`;
}

/** `json.dumps(data)`: members in the dictionary's order, ASCII only, a space after comma and colon. */
export function dumps(data: Data): string {
  if (data instanceof Text) return jsonText(data.text);
  if (Array.isArray(data)) return `[${data.map(dumps).join(", ")}]`;
  if (data instanceof Dict) {
    return `{${data
      .entries()
      .map(([key, value]) => `${jsonText(key.text)}: ${dumps(value)}`)
      .join(", ")}}`;
  }
  return data instanceof Decimal ? data.text : JSON.stringify(data);
}

/** A text in JSON, ASCII only. */
export function jsonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
