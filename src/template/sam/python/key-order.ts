/**
 * The order in which Python 2.7 gives a dictionary's keys: that of its hash table, which depends on what was put in when.
 * The original keeps it ("py27hash_fix"), because the hashes that it made of printed dictionaries must not change.
 */
import type { Text } from "./text.ts";

const MIN_SIZE = 8;
const PERTURB_SHIFT = 5n;
const LARGE = 50_000;

/** A slot whose key has been removed; it still counts when a key is looked for. */
const REMOVED = Symbol("removed");

/** The keys of one dictionary. */
export class KeyOrder {
  #slots = new Map<number, Text | typeof REMOVED>();
  #size = 0;
  #fill = 0;
  #mask = MIN_SIZE - 1;

  /** The keys in the table's order. */
  keys(): readonly Text[] {
    return [...this.#slots.keys()]
      .sort((left, right) => left - right)
      .flatMap((index) => {
        const key = this.#slots.get(index);
        return key === undefined || key === REMOVED ? [] : [key];
      });
  }

  /** Puts a key in, or leaves the one that is there. */
  add(key: Text): void {
    const index = this.#indexOf(key);
    const there = this.#slots.get(index);
    if (there !== undefined && there !== REMOVED) return;
    this.#size += 1;
    if (there === undefined) this.#fill += 1;
    this.#slots.set(index, key);
    if (this.#fill * 3 >= (this.#mask + 1) * 2) this.#resize(this.#size * (this.#size > LARGE ? 2 : 4));
  }

  remove(key: Text): void {
    const index = this.#indexOf(key);
    const there = this.#slots.get(index);
    if (there === undefined || there === REMOVED) return;
    this.#slots.set(index, REMOVED);
    this.#size -= 1;
  }

  /** Puts the keys of another dictionary in, making room for all of them first. */
  merge(keys: readonly Text[]): void {
    if (keys.length === 0) return;
    if ((this.#fill + keys.length) * 3 >= (this.#mask + 1) * 2) this.#resize((this.#size + keys.length) * 2);
    for (const key of keys) this.add(key);
  }

  /** A new table with the same keys, put in one by one in this one's order. */
  rebuilt(): KeyOrder {
    const copy = new KeyOrder();
    for (const key of this.keys()) copy.add(key);
    return copy;
  }

  /** "lookdict" of CPython 2.7's dictobject.c. */
  #indexOf(key: Text): number {
    const mask = BigInt(this.#mask);
    let walker = key.hash & mask;
    let index = Number(walker);
    let perturb = key.hash;
    let free: number | undefined;
    for (;;) {
      const there = this.#slots.get(index);
      if (there === undefined) return free ?? index;
      if (there === REMOVED) free ??= index;
      else if (there.text === key.text) return index;
      walker = BigInt.asUintN(64, walker * 5n + perturb + 1n);
      index = Number(walker & mask);
      perturb >>= PERTURB_SHIFT;
    }
  }

  #resize(request: number): void {
    let size = MIN_SIZE;
    while (size <= request) size <<= 1;
    const keys = this.keys();
    this.#mask = size - 1;
    this.#slots = new Map();
    this.#fill = 0;
    this.#size = 0;
    for (const key of keys) this.add(key);
  }
}
