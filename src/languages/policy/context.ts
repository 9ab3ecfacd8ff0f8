/** The request's condition keys: names without case, values one or several (AWS page "Condition keys: Request context"). */

/** A key's value. An array is a multivalued key, such as `aws:TagKeys`. */
export type ContextValue = string | number | boolean | readonly (string | number | boolean)[];

/** Some of the keys. */
export type ContextPart = Readonly<Record<string, ContextValue | undefined>>;

/** The keys of one request. Most policies have no condition, so nothing is gathered before the first question. */
export class RequestContext {
  readonly #parts: () => readonly ContextPart[];
  #values: ReadonlyMap<string, readonly string[]> | undefined;

  /** Of the parts that `parts` answers, later ones win over earlier ones. */
  constructor(parts: () => readonly ContextPart[]) {
    this.#parts = parts;
  }

  /** All values of `key`, or undefined where the request does not have it. "Condition key names are not case-sensitive." */
  values(key: string): readonly string[] | undefined {
    this.#values ??= gather(this.#parts());
    return this.#values.get(key.toLowerCase());
  }

  /** The one value of `key`; undefined for a key with several, which no policy variable can stand for. */
  single(key: string): string | undefined {
    const values = this.values(key);
    return values?.length === 1 ? values[0] : undefined;
  }
}

function gather(parts: readonly ContextPart[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      if (value !== undefined) values.set(key.toLowerCase(), toList(value).map(String));
    }
  }
  return values;
}

function toList(value: ContextValue): readonly (string | number | boolean)[] {
  return typeof value === "object" ? value : [value];
}
