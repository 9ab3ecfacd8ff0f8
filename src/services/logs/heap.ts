/** A binary heap: takes things in any order, gives back the first one each time. */

export interface Heap<Item> {
  push(item: Item): void;
  /** The first one, which stays. */
  peek(): Item | undefined;
  /** Takes the first one out. */
  pop(): Item | undefined;
}

/** An empty heap; `order` is negative when its first argument comes first. */
export function createHeap<Item>(order: (a: Item, b: Item) => number): Heap<Item> {
  const items: Item[] = [];

  /** Moves `item`, for which there is room at `at`, up to where it belongs. */
  function rise(item: Item, at: number): void {
    let place = at;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || order(parent, item) <= 0) break;
      items[place] = parent;
      place = above;
    }
    items[place] = item;
  }

  /** Moves `item` from the top down to where it belongs. */
  function sink(item: Item): void {
    let place = 0;
    for (;;) {
      const left = items[place * 2 + 1];
      const right = items[place * 2 + 2];
      const isRight = left !== undefined && right !== undefined && order(right, left) < 0;
      const child = isRight ? right : left;
      if (child === undefined || order(item, child) <= 0) break;
      items[place] = child;
      place = place * 2 + (isRight ? 2 : 1);
    }
    items[place] = item;
  }

  return {
    push(item) {
      items.push(item);
      rise(item, items.length - 1);
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return first;
    },
  };
}
