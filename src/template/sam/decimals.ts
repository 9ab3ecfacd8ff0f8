/**
 * Which numbers of a template are written with a point although they are whole, which only its text tells.
 */
import type { ParsedText } from "../parse.ts";
import type { IsDecimal } from "./python/dict.ts";

/** Answers it for a parsed text. */
export function decimalsOf(text: string, parsed: ParsedText): IsDecimal {
  const lines = text.split("\n");
  return (path) => {
    const position = parsed.positionOf(path);
    const rest = position === undefined ? "" : (lines[position.line - 1] ?? "").slice(position.column - 1);
    // A member's position is its key's, an item's is its own.
    const value = typeof path.at(-1) === "number" ? rest : rest.replace(/^(?:"[^"]*"|'[^']*'|[^:]*)\s*:\s*/, "");
    return /^[-+]?[\d_]*\.\d*\s*(?:[,}\]#]|$)/.test(value);
  };
}
