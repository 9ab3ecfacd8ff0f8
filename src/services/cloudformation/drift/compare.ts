/**
 * How a resource differs from its template, pure (AWS page "Detect unmanaged configuration changes to stacks and resources with drift
 * detection"): what the template does not say is not compared, except for what was added to lists and maps.
 */
import type { ResourceSchema } from "../../../template/schema/resource-schema.ts";
import { isList, isObject, own, type Json, type JsonObject } from "../../../template/value.ts";
import { asDocument, identityOf, isOrdered, sameScalar } from "./meaning.ts";
import { elementOf, isDocument, isMap, memberOf, rootOf, type Place } from "./place.ts";

export interface Difference {
  /** A JSON pointer (RFC 6901), e.g. `/Tags/0/Value`. */
  readonly path: string;
  readonly type: "ADD" | "REMOVE" | "NOT_EQUAL";
  /** As AWS writes them: texts and numbers bare, structures as JSON, `null` for what is not there. */
  readonly expected: string;
  readonly actual: string;
}

/** The differences of a whole resource, in the order of its template. `schema` is its type's, where AWS publishes one. */
export function differencesOf(expected: JsonObject, actual: JsonObject, schema?: ResourceSchema): Difference[] {
  return ofObjects(rootOf(schema), expected, actual);
}

function ofValues(place: Place, expected: Json, actual: Json | undefined): Difference[] {
  if (!place.document && isDocument(place)) {
    return actual === undefined
      ? [difference(place, "REMOVE", expected, undefined)]
      : ofValues({ ...place, document: true }, asDocument(expected), asDocument(actual));
  }
  if (isList(expected) || (place.document && isList(actual))) {
    if (isObject(actual) && !place.document) return [difference(place, "NOT_EQUAL", expected, actual)];
    return ofLists(place, asList(expected), asList(actual));
  }
  if (actual === undefined) return isNothing(expected) ? [] : [difference(place, "REMOVE", expected, undefined)];
  if (isObject(expected) && isObject(actual)) return ofObjects(place, expected, actual);
  return sameScalar(expected, actual, place.document) ? [] : [difference(place, "NOT_EQUAL", expected, actual)];
}

function ofObjects(place: Place, expected: JsonObject, actual: JsonObject): Difference[] {
  const found = Object.entries(expected).flatMap(([name, value]) =>
    ofValues(memberOf(place, name), value, own(actual, name)),
  );
  if (!place.document && !isMap(place)) return found;
  for (const [name, value] of Object.entries(actual)) {
    if (own(expected, name) === undefined) found.push(difference(memberOf(place, name), "ADD", undefined, value));
  }
  return found;
}

function ofLists(place: Place, expected: readonly Json[], actual: readonly Json[]): Difference[] {
  const pairs = isOrdered(place.name) ? inOrder(expected, actual) : matched(place, expected, actual);
  const found: Difference[] = [];
  const taken = new Set(pairs.values());
  for (const [index, value] of expected.entries()) {
    const at = pairs.get(index);
    const other = at === undefined ? undefined : actual[at];
    if (other === undefined) found.push(difference(elementOf(place, index), "REMOVE", value, undefined));
    else found.push(...ofValues(elementOf(place, index), value, other));
  }
  for (const [index, value] of actual.entries()) {
    if (!taken.has(index)) found.push(difference(elementOf(place, index), "ADD", undefined, value));
  }
  return found;
}

/** Which item of the one list is which of the other, by index. */
type Pairs = ReadonlyMap<number, number>;

function inOrder(expected: readonly Json[], actual: readonly Json[]): Pairs {
  return new Map(expected.flatMap((_, index) => (index < actual.length ? [[index, index]] : [])));
}

/** Lists whose order says nothing: first what is the same, then what has the same key or name, then what has none, in turn. */
function matched(place: Place, expected: readonly Json[], actual: readonly Json[]): Pairs {
  const pairs = new Map<number, number>();
  const free = new Set(actual.keys());
  const pair = (isPair: (wanted: Json, there: Json) => boolean): void => {
    for (const [index, wanted] of expected.entries()) {
      if (pairs.has(index)) continue;
      for (const at of free) {
        const there = actual[at];
        if (there === undefined || !isPair(wanted, there)) continue;
        pairs.set(index, at);
        free.delete(at);
        break;
      }
    }
  };
  pair((wanted, there) => ofValues(elementOf(place, 0), wanted, there).length === 0);
  pair((wanted, there) => identityOf(wanted) !== undefined && identityOf(wanted) === identityOf(there));
  pair((wanted, there) => isObject(wanted) && isObject(there) && identityOf(wanted) === undefined);
  return pairs;
}

function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** What a service leaves out when it is not set: to say so in a template is no difference. */
function isNothing(value: Json): boolean {
  return (
    value === "" || value === false || value === null || (isObject(value) && Object.values(value).every(isNothing))
  );
}

function difference(
  { path }: Place,
  type: Difference["type"],
  expected: Json | undefined,
  actual: Json | undefined,
): Difference {
  return { path, type, expected: shown(expected), actual: shown(actual) };
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "null";
  return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

/** With the keys of objects in alphabetical order, as AWS shows properties. */
export function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}

/** Of the live properties only those that the template says, at any depth of structures: what is compared. */
export function saidIn(expected: JsonObject, actual: JsonObject, schema?: ResourceSchema): JsonObject {
  return said(rootOf(schema), expected, actual);
}

function said(place: Place, expected: JsonObject, actual: JsonObject): JsonObject {
  const found = Object.entries(expected).flatMap(([name, value]): [string, Json][] => {
    const live = own(actual, name);
    if (live === undefined) return [];
    const at = memberOf(place, name);
    const trims = isObject(value) && isObject(live) && !isMap(at) && !isDocument(at);
    return [[name, trims ? said(at, value, live) : live]];
  });
  return Object.fromEntries(found);
}
