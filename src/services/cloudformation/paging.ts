/** Pages of a listing: a token is where the next page begins, in a form that nobody is tempted to read. */
import { invalid } from "./names.ts";

/** Splits a whole listing. Raises ValidationError for a token that was never given out. */
export function pageOf<T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const from = token === undefined ? 0 : readToken(token);
  const items = all.slice(from, from + size);
  return { items, next: from + size < all.length ? writeToken(from + size) : undefined };
}

/** A place in a listing as a token. */
export function writeToken(at: number): string {
  return Buffer.from(`at:${at}`).toString("base64url");
}

/** Raises ValidationError. */
export function readToken(token: string): number {
  const at = /^at:(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (at === undefined) throw invalid("Invalid NextToken");
  return Number(at);
}
