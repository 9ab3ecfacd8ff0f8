/**
 * Fn::ForEach: a fragment, once for each item of a collection ("Fn::ForEach" of the template reference).
 */
import { isList, isObject, scalarText, type Json } from "../value.ts";
import { duplicateKey, LanguageExtensionsError, layoutError } from "./extension-error.ts";
import type { ExtensionScope, Settled } from "./scope.ts";

const PREFIX = "Fn::ForEach::";
/** How deep loops may stand in each other. */
const MOST_NESTED = 5;

/** True for the key of a loop. */
export function isLoop(key: string): boolean {
  return key === "Fn::ForEach" || key.startsWith(PREFIX);
}

/** The loop's logical name. */
export function loopName(key: string): string {
  return key.slice(PREFIX.length);
}

/** A member that came out of a loop. */
export type LoopMember = readonly [key: string, settled: Settled];

/** How what stands in a loop is settled. */
export interface LoopSettler {
  /** One member of a fragment, under the key that it gets. */
  settleMember(key: string, value: Json, scope: ExtensionScope): Settled;
  /** A value that must be known now; undefined when it is not. */
  settleStrictly(value: Json, scope: ExtensionScope): Json | undefined;
}

/** The members that a loop makes, in the collection's order. Raises LanguageExtensionsError. */
export function expandLoop(key: string, written: Json, scope: ExtensionScope, settler: LoopSettler): LoopMember[] {
  const loop = readLoop(key, written, scope);
  const made: LoopMember[] = [];
  for (const item of itemsOf(loop, scope, settler)) {
    const bindings = new Map(scope.bindings);
    for (const [index, identifier] of loop.identifiers.entries()) bindings.set(identifier, item[index] ?? "");
    const inner = { ...scope, bindings };
    scope.budget.spend(0);
    for (const [fragmentKey, value] of Object.entries(loop.fragment)) {
      if (isLoop(fragmentKey)) {
        // One after another: a spread of many arguments would end the stack.
        for (const member of expandLoop(fragmentKey, value, inner, settler)) made.push(member);
        continue;
      }
      const name = filledIn(fragmentKey, bindings);
      scope.budget.spend(name.length);
      made.push([name, settler.settleMember(name, value, inner)]);
    }
  }
  return made;
}

/** Puts what a loop made among the others; answers whether all of it is known. Raises LanguageExtensionsError for a key that is taken. */
export function mergeLoop(members: Map<string, Json>, made: readonly LoopMember[]): boolean {
  let known = true;
  for (const [key, settled] of made) {
    if (members.has(key)) throw duplicateKey(key);
    members.set(key, settled.value);
    known &&= settled.known;
  }
  return known;
}

interface Loop {
  readonly identifiers: readonly string[];
  readonly collection: Json;
  readonly fragment: Readonly<Record<string, Json>>;
}

function readLoop(key: string, written: Json, scope: ExtensionScope): Loop {
  const [identifier, collection, fragment] = isList(written) && written.length === 3 ? written : [];
  if (identifier === undefined || collection === undefined || !isObject(fragment) || loopName(key) === "") {
    throw layoutError("Fn::ForEach");
  }
  // Several identifiers take the items of a collection of lists apart.
  const identifiers = (isList(identifier) ? identifier : [identifier]).map((name) => {
    if (typeof name === "string" && name !== "") return name;
    throw layoutError("Fn::ForEach");
  });
  if (identifiers.length === 0) throw layoutError("Fn::ForEach");
  for (const name of identifiers) {
    if (scope.options.parameters.has(name)) {
      throw new LanguageExtensionsError(`${key}: identifier '${name}' conflicts with parameter name`);
    }
    if (scope.bindings.has(name) || identifiers.indexOf(name) !== identifiers.lastIndexOf(name)) {
      throw new LanguageExtensionsError(`${key}: identifier '${name}' conflicts with another loop identifier`);
    }
  }
  return { identifiers, collection, fragment };
}

/** The items as text, each a list with as many as there are identifiers. */
function itemsOf(
  { identifiers, collection }: Loop,
  scope: ExtensionScope,
  settler: LoopSettler,
): readonly (readonly string[])[] {
  if (!isList(collection) && !isObject(collection)) throw layoutError("Fn::ForEach");
  const items = settler.settleStrictly(collection, scope);
  if (!isList(items)) {
    throw new LanguageExtensionsError("Could not find a collection or could not be resolved for Fn::ForEach");
  }
  return items.map((item) => {
    const parts = (identifiers.length === 1 ? [item] : isList(item) ? item : []).map(scalarText);
    const texts = parts.filter((part) => part !== undefined);
    if (texts.length !== identifiers.length || parts.length !== texts.length) throw layoutError("Fn::ForEach");
    return texts;
  });
}

/** `${Identifier}` becomes the item, `&{Identifier}` the item without what is neither a letter nor a digit. */
function filledIn(key: string, bindings: ReadonlyMap<string, string>): string {
  return key.replace(/([$&])\{([^}]*)\}/g, (whole, sign: string, name: string) => {
    const item = bindings.get(name);
    if (item === undefined) return whole;
    return sign === "&" ? item.replace(/[^A-Za-z0-9]/g, "") : item;
  });
}

/**
 * Raises LanguageExtensionsError when loops stand too deep in each other, when a loop's name is taken by another loop or a resource, or when
 * a loop's fragment has a key that is the same in each turn.
 */
export function checkLoops(sections: readonly Json[], logicalIds: ReadonlySet<string>): void {
  const names = new Set<string>();
  for (const section of sections) check(section, 0, names, logicalIds);
}

function check(value: Json, depth: number, names: Set<string>, logicalIds: ReadonlySet<string>): void {
  if (isList(value)) for (const item of value) check(item, depth, names, logicalIds);
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (!isLoop(key)) {
      check(member, depth, names, logicalIds);
      continue;
    }
    if (depth >= MOST_NESTED) {
      throw new LanguageExtensionsError(`Fn::ForEach cannot be nested more than ${MOST_NESTED} levels deep`);
    }
    const name = loopName(key);
    if (names.has(name)) throw new LanguageExtensionsError(`${key}: loop name '${name}' is used more than once`);
    if (logicalIds.has(name))
      throw new LanguageExtensionsError(`${key}: loop name '${name}' conflicts with a logical ID`);
    names.add(name);
    const [identifier, , fragment] = isList(member) ? member : [];
    checkKeys(key, identifier, fragment);
    check(member, depth + 1, names, logicalIds);
  }
}

function checkKeys(loop: string, identifier: Json | undefined, fragment: Json | undefined): void {
  const names = isList(identifier) ? identifier : [identifier];
  for (const key of isObject(fragment) ? Object.keys(fragment) : []) {
    const has = names.some(
      (name) => typeof name === "string" && (key.includes(`\${${name}}`) || key.includes(`&{${name}}`)),
    );
    if (!has && !isLoop(key)) {
      throw new LanguageExtensionsError(
        `${loop}: the key '${key}' must contain the identifier as \${Identifier} or &{Identifier}`,
      );
    }
  }
}
