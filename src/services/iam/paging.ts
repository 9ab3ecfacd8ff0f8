/** IAM's paging: MaxItems (100 where absent) and an opaque Marker. */
import { AwsError } from "../../kernel/errors.ts";

/** What every paged operation takes. */
export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** What every paged operation answers beside its items. */
export interface Page<Item> {
  readonly items: Item[];
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * The page of `items` that `request` asks for; `keyOf` tells items apart, so that a page goes on where the last one ended even
 * when items before it have gone. Raises ValidationError for a Marker that was not given out.
 */
export function pageOf<Item>(all: Iterable<Item>, request: PageRequest, keyOf: (item: Item) => string): Page<Item> {
  const limit = request.MaxItems ?? 100;
  const items: Item[] = [];
  let skipping = request.Marker === undefined ? undefined : decode(request.Marker);
  let last = "";
  for (const item of all) {
    const key = keyOf(item);
    if (skipping !== undefined) {
      if (key <= skipping) continue;
      skipping = undefined;
    }
    if (items.length === limit) return { items, rest: { IsTruncated: true, Marker: encode(last) } };
    items.push(item);
    last = key;
  }
  return { items, rest: { IsTruncated: false } };
}

const MARK = "m1:";

function encode(key: string): string {
  return Buffer.from(MARK + key).toString("base64");
}

function decode(marker: string): string {
  const text = Buffer.from(marker, "base64").toString();
  if (!text.startsWith(MARK)) throw new AwsError("ValidationError", "Invalid Marker.");
  return text.slice(MARK.length);
}
