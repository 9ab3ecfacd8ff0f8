/** Pages of lists: the token is the name of the last one given, wrapped. */
import { invalid } from "./names.ts";

/** What DescribeLogGroups and its like give at most, and unless told otherwise. */
export const DESCRIBE_LIMIT = 50;

export function writeToken(text: string): string {
  return Buffer.from(`logs:${text}`).toString("base64url");
}

/** Raises InvalidParameterException for what `writeToken` did not write. */
export function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("logs:")) invalid("The specified nextToken is invalid.");
  return text.slice("logs:".length);
}

/** Takes a page of `items`, which already begin behind the token. */
export function takePage<Item>(
  items: Iterable<Item>,
  limit: number,
  nameOf: (item: Item) => string,
): { readonly page: Item[]; readonly nextToken?: string } {
  const page: Item[] = [];
  for (const item of items) {
    const last = page.at(-1);
    if (page.length === limit && last !== undefined) return { page, nextToken: writeToken(nameOf(last)) };
    page.push(item);
  }
  return { page };
}
