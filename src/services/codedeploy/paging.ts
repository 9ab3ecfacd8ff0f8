/** Pages of lists: the token is the last one given, wrapped. */
import { refuse } from "./errors.ts";

const MARK = "codedeploy:";
/** AWS does not say how long its pages are; users see 100. */
const PAGE = 100;

export interface Page<Item> {
  readonly page: Item[];
  readonly rest: { readonly nextToken?: string };
}

/**
 * A page of those of `items` that are wanted. The items come in an order that does not change, and whether one is wanted may change from page to page.
 * Raises InvalidNextTokenException for a token that nobody gave.
 */
export function takePage<Item>(
  items: Iterable<Item>,
  nextToken: string | undefined,
  keyOf: (item: Item) => string,
  isWanted: (item: Item) => boolean = () => true,
): Page<Item> {
  const after = readToken(nextToken);
  const page: Item[] = [];
  let skipping = after !== undefined;
  for (const item of items) {
    if (skipping) {
      skipping = keyOf(item) !== after;
      continue;
    }
    if (!isWanted(item)) continue;
    const last = page.at(-1);
    if (page.length === PAGE && last !== undefined) {
      return { page, rest: { nextToken: Buffer.from(MARK + keyOf(last)).toString("base64url") } };
    }
    page.push(item);
  }
  return { page, rest: {} };
}

function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith(MARK)) refuse("InvalidNextTokenException", "The next token was specified in an invalid format.");
  return text.slice(MARK.length);
}

/** "The maximum number of names or IDs allowed for this request (100) was exceeded." `required` is raised for an empty list. */
export function checkBatch(
  items: readonly unknown[],
  required: readonly [code: Parameters<typeof refuse>[0], message: string],
  most = 100,
): void {
  if (items.length === 0) refuse(...required);
  if (items.length > most)
    refuse(
      "BatchLimitExceededException",
      `The maximum number of names or IDs allowed for this request (${most}) was exceeded.`,
    );
}
