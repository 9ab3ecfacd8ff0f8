/**
 * Several conditions as one: Fn::Or takes ten of them, so more are combined in steps.
 */
import type { Json } from "../value.ts";

/** The conditions to add, the last of them called `name`; none for fewer than two. */
export function combinedConditions(conditions: readonly string[], name: string): ReadonlyMap<string, Json> {
  const made = new Map<string, Json>();
  let left = [...conditions];
  let number = Math.floor((conditions.length - 2) / 9);
  while (left.length > 1) {
    const step = number > 0 ? `${name}${number}` : name;
    number -= 1;
    made.set(step, { "Fn::Or": left.slice(0, 10).map((condition) => ({ Condition: condition })) });
    left = [...left.slice(10), step];
  }
  return made;
}
