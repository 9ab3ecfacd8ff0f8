/** Names and values out of a URL's query or a form body, and the names' dotted structure that AWS's Query protocol uses. */
import { AwsError } from "../kernel/errors.ts";

/** Decoded names with their values in the order in which they came; a name without `=` has the value "". */
export type Params = ReadonlyMap<string, readonly string[]>;

/** Reads `a=1&b=2`. Raises MalformedQueryString when a percent escape is broken. */
export function parseParams(text: string): Params {
  const params = new Map<string, string[]>();
  let from = 0;
  while (from < text.length) {
    let end = text.indexOf("&", from);
    if (end < 0) end = text.length;
    if (end > from) {
      const equals = text.indexOf("=", from);
      const split = equals >= 0 && equals < end ? equals : end;
      const name = decode(text.slice(from, split));
      const value = split < end ? decode(text.slice(split + 1, end)) : "";
      const known = params.get(name);
      if (known === undefined) params.set(name, [value]);
      else known.push(value);
    }
    from = end + 1;
  }
  return params;
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new AwsError("MalformedQueryString", "The query string contains a syntax error", { status: 404 });
  }
}

/** One step of a dotted name: `Tags.member.1.Key` is four of them. */
export interface ParamNode {
  value: string | undefined;
  children: Map<string, ParamNode> | undefined;
}

/** The names of a Query request as the tree that their dots mean; a repeated name keeps its first value. */
export function paramTree(params: Params): ParamNode {
  const root: ParamNode = { value: undefined, children: undefined };
  for (const [name, values] of params) {
    let at = root;
    let from = 0;
    while (from <= name.length) {
      let dot = name.indexOf(".", from);
      if (dot < 0) dot = name.length;
      const step = name.slice(from, dot);
      at.children ??= new Map();
      let next = at.children.get(step);
      if (next === undefined) {
        next = { value: undefined, children: undefined };
        at.children.set(step, next);
      }
      at = next;
      from = dot + 1;
    }
    at.value ??= values[0];
  }
  return root;
}
