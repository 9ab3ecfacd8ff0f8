/**
 * Logical ids that change with data, exactly as the original makes them: a stack that it made must not see new ones.
 */
import { createHash } from "node:crypto";
import { isList, isObject, own } from "../value.ts";
import type { Json } from "../value.ts";
import { jsonText } from "./python/print.ts";

/** `prefix` and ten digits of the data's SHA-1; without data, the prefix alone. */
export function hashedId(prefix: string, data: Json | undefined): string {
  const isEmpty =
    data === undefined || data === null || data === "" || (isObject(data) && Object.keys(data).length === 0);
  return isEmpty ? prefix : `${prefix}${sha1(typeof data === "string" ? data : canonical(data)).slice(0, 10)}`;
}

function sha1(text: string): string {
  return createHash("sha1").update(text, "utf8").digest("hex");
}

/** JSON as Python's `json.dumps(sort_keys=True, separators=(",", ":"))` writes it: sorted by code point, ASCII only. */
function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort(byCodePoint)
      .map((key) => `${jsonText(key)}:${canonical(own(value, key) ?? null)}`);
    return `{${members.join(",")}}`;
  }
  return typeof value === "string" ? jsonText(value) : JSON.stringify(value);
}

/** Compares texts as Python does. */
export function byCodePoint(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  for (const [index, character] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
