/**
 * Remembers where in the text each member of a parsed template stands.
 */
import type { Json, JsonObject, Path } from "./value.ts";
import type { Position } from "./template-error.ts";
import { isList, isObject, own } from "./value.ts";

/** Positions by containing object and key; the containers are those that the parser made. */
export class SourceMap {
  readonly #lineStarts: number[] = [0];
  readonly #offsets = new WeakMap<object, Map<string | number, number>>();

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
  }

  /** Notes that the member `key` of `container` begins at `offset` (in UTF-16 units). */
  note(container: JsonObject | readonly Json[], key: string | number, offset: number): void {
    const known = this.#offsets.get(container);
    if (known === undefined) this.#offsets.set(container, new Map([[key, offset]]));
    else known.set(key, offset);
  }

  /** Line and column of an offset. */
  positionAt(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** Where the deepest known part of `path` stands under `root`; undefined when not even its first step is known. */
  positionOf(root: Json, path: Path): Position | undefined {
    let container: Json | undefined = root;
    let found: number | undefined;
    for (const key of path) {
      if (!isObject(container) && !isList(container)) break;
      const offset = this.#offsets.get(container)?.get(key);
      if (offset === undefined) break;
      found = offset;
      container = isList(container) ? container[Number(key)] : own(container, String(key));
    }
    return found === undefined ? undefined : this.positionAt(found);
  }
}
