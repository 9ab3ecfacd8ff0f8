/** Pages of lists: Lambda's Marker is the key of the last item, wrapped. */
import { invalid } from "./errors.ts";

/** What a list gives at most, and unless told otherwise. */
export const MOST_ITEMS = 50;

/**
 * One page of `items`, which come in the order of their keys (compared as text). Raises InvalidParameterValueException for a Marker
 * that was not given out.
 */
export function takePage<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { Marker, MaxItems = MOST_ITEMS }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): { page: Item[]; NextMarker?: string } {
  const after = Marker === undefined || Marker === "" ? undefined : readMarker(Marker);
  const limit = Math.min(MaxItems, MOST_ITEMS);
  const page: Item[] = [];
  for (const item of items) {
    if (after !== undefined && keyOf(item) <= after) continue;
    const last = page.at(-1);
    if (page.length === limit && last !== undefined) {
      return { page, NextMarker: Buffer.from(`lambda:${keyOf(last)}`).toString("base64") };
    }
    page.push(item);
  }
  return { page };
}

/** A number as a key: in its order when compared as text. */
export function numberKey(value: number): string {
  return String(value).padStart(16, "0");
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, "base64").toString();
  return text.startsWith("lambda:") ? text.slice("lambda:".length) : invalid(`Invalid Marker: ${marker}`);
}
