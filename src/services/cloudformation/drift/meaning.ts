/** What the comparison knows and no schema says: which lists have an order, what names a list's items, what is the same in other words. */
import { isList, isObject, type Json } from "../../../template/value.ts";

/** A document that is given as text. */
export function asDocument(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isJson(parsed) ? parsed : value;
  } catch {
    return value;
  }
}

function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value === "object" && value !== null) return Object.values(value).every(isJson);
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** Lists in which the first match wins, or the later covers the earlier; all others are sets to their services. */
const ORDERED: ReadonlySet<string> = new Set(["CorsRules", "Layers", "RoutingRules"]);

export function isOrdered(name: string): boolean {
  return ORDERED.has(name);
}

/** What names an item among others of its list (a tag's key, a rule's id, a statement's Sid). */
const IDENTITIES = ["Key", "Id", "Sid", "PolicyName", "MetricName", "FunctionVersion", "Name"] as const;

export function identityOf(item: Json): string | undefined {
  if (!isObject(item)) return undefined;
  const name = IDENTITIES.find((candidate) => item[candidate] !== undefined);
  return name === undefined ? undefined : `${name} ${String(item[name])}`;
}

/** `5` is `"5"` and `true` is `"true"`, as in templates; in a policy an account is also its root's ARN. */
export function sameScalar(expected: Json, actual: Json, inDocument: boolean): boolean {
  if (isObject(expected) || isList(expected) || isObject(actual) || isList(actual)) return false;
  const [one, other] = [String(expected), String(actual)];
  return one === other || (inDocument && principalOf(one) === principalOf(other));
}

function principalOf(text: string): string {
  return /^\d{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text;
}
