/** Lists in pages: `position` is the place after the last item, `limit` 25 unless given and 500 at most. */
import { badRequest } from "./errors.ts";

const USUAL = 25;
const MOST = 500;

export interface Page {
  readonly position?: string | undefined;
  readonly limit?: number | undefined;
}

/** One page of `all`. Raises BadRequestException for a position that no page gave. */
export function pageOf<T>(all: Iterable<T>, { position, limit = USUAL }: Page): { items: T[]; position?: string } {
  const size = Math.min(Math.max(limit, 1), MOST);
  const start = position === undefined || position === "" ? 0 : Number(Buffer.from(position, "base64").toString());
  if (!Number.isInteger(start) || start < 0) badRequest("Invalid position parameter");
  const items: T[] = [];
  let index = 0;
  for (const item of all) {
    if (index >= start + size) return { items, position: Buffer.from(String(start + size)).toString("base64") };
    if (index >= start) items.push(item);
    index += 1;
  }
  return { items };
}
