/** Pages of lists: the token is the key of the last one given, wrapped. */
import { refuse } from "./errors.ts";

const MARK = "ssm:";

/** The key behind which the page begins. Raises InvalidNextToken for what `takePage` did not write. */
export function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith(MARK)) refuse("InvalidNextToken", "The specified token isn't valid.");
  return text.slice(MARK.length);
}

/** Takes a page of `items`, which already begin behind the token. */
export function takePage<Item>(
  items: Iterable<Item>,
  limit: number,
  keyOf: (item: Item) => string,
): { readonly page: Item[]; readonly rest: { readonly NextToken?: string } } {
  const page: Item[] = [];
  for (const item of items) {
    const last = page.at(-1);
    if (page.length === limit && last !== undefined) {
      return { page, rest: { NextToken: Buffer.from(MARK + keyOf(last)).toString("base64url") } };
    }
    page.push(item);
  }
  return { page, rest: {} };
}
