/**
 * How the conformance cases of the serverless-application-model project are compared (their README says it).
 */
import { isList, isObject } from "../value.ts";
import type { Json } from "../value.ts";

/** A value with every list in it sorted, except Layers, whose order matters. */
export function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted).sort(byText);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const isOrdered = key === "Layers" && isList(member);
    return [key, isOrdered ? member.map(sorted) : sorted(member)] as const;
  });
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function byText(left: Json, right: Json): number {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
