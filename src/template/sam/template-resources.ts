/**
 * The resources of a template while it is being transformed, in the order in which the original goes through them: that of
 * Python 2.7's dictionaries where the template has a REST API, else the template's own.
 */
import type { JsonObject } from "../value.ts";
import { KeyOrder } from "./python/key-order.ts";
import { unicode } from "./python/text.ts";

export class TemplateResources {
  readonly #resources = new Map<string, JsonObject>();
  readonly #order: KeyOrder | undefined;

  constructor(isPython27: boolean) {
    this.#order = isPython27 ? new KeyOrder() : undefined;
  }

  get(id: string): JsonObject | undefined {
    return this.#resources.get(id);
  }

  has(id: string): boolean {
    return this.#resources.has(id);
  }

  set(id: string, resource: JsonObject): void {
    if (!this.has(id)) this.#order?.add(unicode(id));
    this.#resources.set(id, resource);
  }

  /** Sets several at once. */
  update(resources: ReadonlyMap<string, JsonObject>): void {
    this.#order?.merge([...resources.keys()].map(unicode));
    for (const [id, resource] of resources) this.set(id, resource);
  }

  delete(id: string): void {
    if (this.#resources.delete(id)) this.#order?.remove(unicode(id));
  }

  /** Ids and resources; what changes meanwhile is not seen. */
  entries(): readonly (readonly [string, JsonObject])[] {
    if (this.#order === undefined) return [...this.#resources];
    return this.#order.keys().flatMap(({ text }) => {
      const resource = this.#resources.get(text);
      return resource === undefined ? [] : [[text, resource] as const];
    });
  }

  [Symbol.iterator](): Iterator<readonly [string, JsonObject]> {
    return this.entries()[Symbol.iterator]();
  }
}
