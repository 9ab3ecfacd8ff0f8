/** Property selectors, `$.users[0].id`, `$.['cluster.name']`, `$.tags[*]`: which values of a JSON message they point to. */
import { invalidPattern } from "./syntax.ts";
import type { Cursor } from "./syntax.ts";

/** A selector's way down from the root. */
export interface JsonSelector {
  /** As it was written: what an extracted field is called. */
  readonly text: string;
  readonly steps: readonly SelectorStep[];
  /** True when one of the steps is `*`. */
  readonly wildcard: boolean;
}

type SelectorStep =
  | { readonly type: "property"; readonly name: string }
  | { readonly type: "element"; readonly index: number }
  /** `*`: every element, or every property. */
  | { readonly type: "any" };

/** Reads a selector. Raises FilterSyntaxError; "you can only use up to one wildcard selector in a property selector". */
export function takeSelector(cursor: Cursor): JsonSelector {
  cursor.skipSpace();
  const start = cursor.at;
  if (!cursor.take("$")) invalidPattern();
  const steps: SelectorStep[] = [];
  for (let step = takeStep(cursor); step !== undefined; step = takeStep(cursor)) steps.push(step);
  if (steps.length === 0) invalidPattern();
  const wildcards = steps.filter(({ type }) => type === "any").length;
  if (wildcards > 1) invalidPattern();
  return { text: cursor.text.slice(start, cursor.at), steps, wildcard: wildcards > 0 };
}

/** The values in `message` that `selector` points to; none where the way leads nowhere. */
export function select(selector: JsonSelector, message: unknown): readonly unknown[] {
  let values: readonly unknown[] = [message];
  for (const step of selector.steps) values = values.flatMap((value) => follow(step, value));
  return values;
}

function takeStep(cursor: Cursor): SelectorStep | undefined {
  const dot = cursor.peek() === ".";
  if (dot) cursor.at += 1;
  if (cursor.peek() === "[") return takeBracket(cursor);
  if (!dot) return undefined;
  if (cursor.peek() === "*") {
    cursor.at += 1;
    return { type: "any" };
  }
  // takeMatch would pass over white space, which a selector does not have.
  if (/\s/.test(cursor.peek())) invalidPattern();
  const name = cursor.takeMatch(/[\p{L}\p{N}_@-]+/uy) ?? invalidPattern();
  return { type: "property", name };
}

function takeBracket(cursor: Cursor): SelectorStep {
  const inside = cursor.takeMatch(/\[\s*(\d+|\*|'[^']*'|"[^"]*")\s*\]/y) ?? invalidPattern();
  const content = inside.slice(1, -1).trim();
  if (content === "*") return { type: "any" };
  if (/^\d+$/.test(content)) return { type: "element", index: Number(content) };
  return { type: "property", name: content.slice(1, -1) };
}

function follow(step: SelectorStep, value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (step.type === "any") return Object.values(value);
  if (step.type === "element") return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
  if (Array.isArray(value) || !Object.hasOwn(value, step.name)) return [];
  // A string key of an object that JSON.parse made is one of its properties.
  const property: unknown = Object.getOwnPropertyDescriptor(value, step.name)?.value;
  return [property];
}
