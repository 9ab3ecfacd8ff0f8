/** Pages of lists: the token is the key of the last one given, wrapped. MaxResults is a text in this API. */
import { badRequest } from "./errors.ts";

const MARK = "apigatewayv2:";

/** One page of `items`, in the order of their keys. Without MaxResults all of them. Raises BadRequestException. */
export function takePage<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { MaxResults, NextToken }: { readonly MaxResults?: string | undefined; readonly NextToken?: string | undefined },
): { readonly page: Item[]; readonly rest: { readonly NextToken?: string } } {
  const limit = MaxResults === undefined ? Number.POSITIVE_INFINITY : Number(MaxResults);
  if (!(limit > 0)) badRequest("Invalid value for max results");
  const after = NextToken === undefined || NextToken === "" ? undefined : readToken(NextToken);
  const page: Item[] = [];
  for (const item of items) {
    if (after !== undefined && keyOf(item) <= after) continue;
    const last = page.at(-1);
    if (page.length === limit && last !== undefined) {
      return { page, rest: { NextToken: Buffer.from(MARK + keyOf(last)).toString("base64url") } };
    }
    page.push(item);
  }
  return { page, rest: {} };
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  return text.startsWith(MARK) ? text.slice(MARK.length) : badRequest("Invalid next token");
}
