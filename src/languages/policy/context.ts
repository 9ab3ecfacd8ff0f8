/** The request's condition keys: names without case, values one or several (AWS page "Condition keys: Request context"). */

/** A key's value. An array is a multivalued key, such as `aws:TagKeys`. */
export type ContextValue = string | number | boolean | readonly (string | number | boolean)[];

/** The keys of one request. */
export class RequestContext {
  readonly #values = new Map<string, readonly string[]>();

  /** Later parts win over earlier ones. */
  constructor(...parts: readonly Readonly<Record<string, ContextValue | undefined>>[]) {
    for (const part of parts) {
      for (const [key, value] of Object.entries(part)) {
        if (value !== undefined) this.#values.set(key.toLowerCase(), toList(value).map(String));
      }
    }
  }

  /** All values of `key`, or undefined where the request does not have it. "Condition key names are not case-sensitive." */
  values(key: string): readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }

  /** The one value of `key`; undefined for a key with several, which no policy variable can stand for. */
  single(key: string): string | undefined {
    const values = this.values(key);
    return values?.length === 1 ? values[0] : undefined;
  }
}

function toList(value: ContextValue): readonly (string | number | boolean)[] {
  return typeof value === "object" ? value : [value];
}
