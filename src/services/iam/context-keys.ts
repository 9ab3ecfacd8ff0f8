/** The condition keys that policies ask for, in conditions and as policy variables. */
import type { PolicyDocument } from "../../languages/policy/document.ts";

/** Each key once, in the order in which they come. Names are compared without case. */
export function contextKeysOf(documents: readonly PolicyDocument[]): string[] {
  const keys = new Map<string, string>();
  const add = (key: string): void => {
    if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
  };
  for (const { statements } of documents) {
    for (const { conditions, resources } of statements) {
      for (const { key } of conditions) add(key);
      const texts = [...conditions.flatMap(({ values }) => values), ...(resources?.patterns ?? [])];
      for (const text of texts) for (const [, key = ""] of text.matchAll(VARIABLE)) add(key.trim());
    }
  }
  return [...keys.values()];
}

/** `${aws:username}` or with a default, `${aws:username, 'nobody'}`; `${*}`, `${?}` and `${$}` are no keys. */
const VARIABLE = /\$\{([^},*?$]+)(?:,[^}]*)?\}/g;
