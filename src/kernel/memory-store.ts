/** The store of an ephemeral cloud: a B+ tree in memory, gone with the process. */
import BTreeModule from "sorted-btree";
import { checkKey, compareUtf8, refuseWriteOutsideTransaction, type KeyRange, type Store } from "./store.ts";

// The package is CommonJS with a `default` export of its own: one more step under Node, none under a bundler.
const BTree = "default" in BTreeModule ? BTreeModule.default : BTreeModule;

type Undo = () => void;

/** A store that keeps everything in memory. */
export function createMemoryStore(): Store {
  const tree = new BTree<string, Uint8Array>(undefined, compareUtf8);
  let undo: Undo[] | undefined;

  function rollbackTo(mark: number): void {
    if (undo === undefined) return;
    while (undo.length > mark) undo.pop()?.();
  }

  function remember(key: string): void {
    if (undo === undefined) refuseWriteOutsideTransaction();
    const before = tree.get(key);
    undo.push(before === undefined ? () => tree.delete(key) : () => tree.set(key, before));
  }

  return {
    get: (key) => tree.get(key),

    *range({ start, end, reverse, limit }: KeyRange) {
      let left = limit ?? Infinity;
      if (left <= 0) return;
      const rows = reverse ? tree.entriesReversed(end, undefined, true) : tree.entries(start);
      for (const [key, value] of rows) {
        const past = reverse ? compareUtf8(key, start) < 0 : compareUtf8(key, end) >= 0;
        if (past) return;
        yield [key, value];
        if (--left <= 0) return;
      }
    },

    put(key, value) {
      remember(checkKey(key));
      tree.set(key, value);
    },

    remove(key) {
      remember(key);
      tree.delete(key);
    },

    transact(work) {
      const outer = undo;
      const mark = outer?.length ?? 0;
      undo = outer ?? [];
      try {
        return work();
      } catch (error) {
        rollbackTo(mark);
        throw error;
      } finally {
        undo = outer;
      }
    },

    get writing() {
      return undo !== undefined;
    },

    close: () => Promise.resolve(),
  };
}
