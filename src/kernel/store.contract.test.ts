/** One contract for both stores: order, ranges, all or nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskStore } from "./disk-store.ts";
import { createMemoryStore } from "./memory-store.ts";
import { compareUtf8, type KeyRange, type Store } from "./store.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (value: Uint8Array | undefined): string | undefined => value && Buffer.from(value).toString();

describe.each(["memory", "disk"])("the %s store", (kind) => {
  let directory: string;
  let store: Store;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-store-"));
    store = kind === "disk" ? createDiskStore(directory) : createMemoryStore();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const put = (...keys: string[]): void => store.transact(() => keys.forEach((key) => store.put(key, bytes(key))));
  const keysOf = (range: KeyRange): string[] => [...store.range(range)].map(([key]) => key);

  it("gives back what was put and forgets what was removed", () => {
    put("a", "b");
    store.transact(() => store.remove("a"));
    expect(text(store.get("b"))).toBe("b");
    expect(store.get("a")).toBeUndefined();
    expect(store.get("never")).toBeUndefined();
  });

  it("refuses to write outside of a transaction", () => {
    expect(() => store.put("a", bytes("a"))).toThrow("outside of a transaction");
    expect(() => store.remove("a")).toThrow("outside of a transaction");
    expect(store.get("a")).toBeUndefined();
  });

  it("reads its own writes inside a transaction, in ranges too", () => {
    put("a", "c");
    store.transact(() => {
      store.put("b", bytes("new"));
      store.remove("c");
      expect(text(store.get("b"))).toBe("new");
      expect(keysOf({ start: "a", end: "z" })).toEqual(["a", "b"]);
    });
  });

  it("undoes a whole transaction that throws, and raises what it threw", () => {
    put("kept", "changed");
    const failure = new Error("no");
    expect(() =>
      store.transact(() => {
        store.put("new", bytes("new"));
        store.put("changed", bytes("other"));
        store.remove("kept");
        throw failure;
      }),
    ).toThrow(failure);
    expect(keysOf({ start: "", end: "z" })).toEqual(["changed", "kept"]);
    expect(text(store.get("changed"))).toBe("changed");
    expect(store.writing).toBe(false);
  });

  it("undoes only the inner transaction when the outer one carries on", () => {
    store.transact(() => {
      store.put("outer", bytes("outer"));
      expect(() =>
        store.transact(() => {
          store.put("inner", bytes("inner"));
          store.put("outer", bytes("spoilt"));
          throw new Error("no");
        }),
      ).toThrow("no");
      store.put("after", bytes("after"));
    });
    expect(keysOf({ start: "", end: "z" })).toEqual(["after", "outer"]);
    expect(text(store.get("outer"))).toBe("outer");
  });

  it("undoes a nested transaction's writes when the outer one fails", () => {
    expect(() =>
      store.transact(() => {
        store.transact(() => store.put("inner", bytes("inner")));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(store.get("inner")).toBeUndefined();
  });

  it("walks a range forwards and backwards, start included and end not, as far as the limit", () => {
    put("a", "b", "c", "d");
    expect(keysOf({ start: "b", end: "d" })).toEqual(["b", "c"]);
    expect(keysOf({ start: "b", end: "d", reverse: true })).toEqual(["c", "b"]);
    expect(keysOf({ start: "a", end: "z", limit: 2 })).toEqual(["a", "b"]);
    expect(keysOf({ start: "a", end: "z", reverse: true, limit: 1 })).toEqual(["d"]);
    expect(keysOf({ start: "x", end: "z" })).toEqual([]);
  });

  it("finds keys of any length and with any character, one by one and in ranges", () => {
    const keys = [1, 63, 64, 65, 200, 1200].map(
      (length) => `k\u0000${"é\u0001".repeat(length)}`.slice(0, length) + "\u0000end",
    );
    put(...keys);
    for (const key of keys) expect(text(store.get(key))).toBe(key);
    const inOrder = keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(keysOf({ start: "k", end: "l" })).toEqual(inOrder);
    expect(keysOf({ start: "k", end: "l", reverse: true })).toEqual(inOrder.toReversed());
  });

  it("refuses a key of more than 1,978 bytes, and says so", () => {
    put("k".repeat(1978));
    expect(() => put("é".repeat(990))).toThrow("1978 bytes");
    expect(keysOf({ start: "k", end: "\u{10ffff}" })).toHaveLength(1);
  });

  it("keeps keys in the order of their UTF-8 bytes", () => {
    const keys = ["a", "é", "\uffee", "\u{1f600}", "z", "A", "~"];
    put(...keys);
    const expected = keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(keysOf({ start: "A", end: "\u{10ffff}" })).toEqual(expected);
  });
});

it("compares any two texts as their UTF-8 bytes compare", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (x, y) => {
      expect(Math.sign(compareUtf8(x, y))).toBe(Math.sign(Buffer.compare(Buffer.from(x), Buffer.from(y))));
    }),
  );
});
