/** Walks a bucket's keys in S3's order, folding those behind a delimiter into common prefixes: what every listing is made of. */
import { compareUtf8 } from "../../kernel/store.ts";
import type { Table } from "../../kernel/table.ts";

export interface ScanOptions {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Start behind this key or common prefix. */
  readonly after?: string | undefined;
  /** Start with this key's own rows instead of behind them. */
  readonly includeAfter?: boolean;
}

/** What a listing has at one place: a row, or a prefix for all rows behind it. */
export type Entry<Row> =
  | { readonly kind: "row"; readonly row: Row; readonly first: boolean }
  | { readonly kind: "prefix"; readonly prefix: string };

/** Sorts behind all that begins with the text before it. */
const LAST = "\u{10FFFF}";

/**
 * The rows of a table keyed (bucket, key, …) that `visible` lets through (it is told whether a row is its key's first), and the common
 * prefixes that at least one of them has.
 */
export function* scan<Row extends { readonly key: string }>(
  table: Table<Row>,
  bucket: string,
  { prefix, delimiter, after = "", includeAfter = false }: ScanOptions,
  visible: (row: Row, first: boolean) => boolean,
): Generator<Entry<Row>, void, undefined> {
  const fold = (key: string): string | undefined => {
    const at = delimiter === undefined || delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.slice(0, at + (delimiter?.length ?? 0));
  };
  let folded: string | undefined;
  let from: string | undefined;
  if (after !== "" && compareUtf8(after, prefix) >= 0) {
    if (!after.startsWith(prefix)) return;
    const isPrefix = fold(after) === after;
    if (isPrefix) folded = after;
    from = isPrefix ? after + LAST : includeAfter ? after : `${after}\u0000`;
  }
  let key: string | undefined;
  for (let again = true; again;) {
    again = false;
    for (const [, row] of table.beginning([bucket], prefix, from === undefined ? {} : { from })) {
      const first = row.key !== key;
      key = row.key;
      if (!visible(row, first)) continue;
      const common = fold(row.key);
      if (common === undefined) {
        yield { kind: "row", row, first };
      } else if (common !== folded) {
        yield { kind: "prefix", prefix: common };
        folded = common;
        // All else behind this prefix is one step.
        from = common + LAST;
        again = true;
        break;
      }
    }
  }
}

/** The first `most` of a listing, and whether there are more. */
export function page<Row>(entries: Iterable<Entry<Row>>, most: number): { entries: Entry<Row>[]; truncated: boolean } {
  const shown: Entry<Row>[] = [];
  if (most === 0) return { entries: shown, truncated: false };
  for (const entry of entries) {
    if (shown.length === most) return { entries: shown, truncated: true };
    shown.push(entry);
  }
  return { entries: shown, truncated: false };
}

/** With `encoding-type=url`: percent-encoded as Java's URLEncoder does, slashes left alone; as it is otherwise. */
export function keyEncoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType !== "url") return (text) => text;
  return (text) =>
    encodeURIComponent(text)
      .replaceAll("%2F", "/")
      .replaceAll("%20", "+")
      .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
