/** Tables: typed rows, keys of parts, owners that do not see each other. */
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryStore } from "./memory-store.ts";
import type { Store } from "./store.ts";
import { defineTable, openTable, type Table } from "./table.ts";

const mine = { account: "111111111111", region: "us-east-1" };
const rows = defineTable<{ name: string }>("test.rows");

describe("a table", () => {
  let store: Store;
  let table: Table<{ name: string }>;
  beforeEach(() => {
    store = createMemoryStore();
    table = openTable(store, rows, mine);
  });
  const put = (...keys: (string | number)[][]): void =>
    store.transact(() => keys.forEach((key) => table.put(key, { name: key.join("/") })));
  const names = (found: Iterable<{ name: string }>): string[] => [...found].map((row) => row.name);

  it("gives back a row with every kind of plain value", () => {
    const row = {
      text: "é\u{1f600}",
      number: 1.5,
      large: 2 ** 45,
      yes: true,
      nothing: null,
      bytes: Buffer.from([0, 255]),
      list: [1, { a: [] }],
    };
    const values = openTable(store, defineTable<typeof row>("test.values"), mine);
    store.transact(() => values.put(["k"], row));
    const { bytes, ...rest } = values.get("k") ?? row;
    expect(Buffer.from(bytes)).toEqual(row.bytes);
    expect(rest).toEqual({ ...row, bytes: undefined });
  });

  it("lists what begins with the given parts, and nothing that only begins with the same letters", () => {
    put(["a"], ["a", "1"], ["a", "2"], ["ab", "1"], ["b"]);
    expect(names(table.list(["a"]))).toEqual(["a", "a/1", "a/2"]);
    expect(names(table.list())).toEqual(["a", "a/1", "a/2", "ab/1", "b"]);
  });

  it("orders whole numbers as numbers", () => {
    put(["s", 9], ["s", 10], ["s", 2]);
    expect([...table.entries(["s"])].map(([key]) => key[1])).toEqual([2, 9, 10]);
    expect(names(table.list(["s"], { reverse: true, limit: 2 }))).toEqual(["s/10", "s/9"]);
    expect(() => put(["s", -1])).toThrow("whole number");
  });

  it("has no row where a number stands that no key can have", () => {
    for (const number of [2 ** 53, -1, 0.5, Infinity, NaN]) {
      expect(table.get("s", number)).toBeUndefined();
      expect(table.has("s", number)).toBe(false);
      store.transact(() => table.remove("s", number));
    }
  });

  it("gives the first row that begins with the given parts", () => {
    put(["s", "b"], ["s", "a"], ["r", "z"]);
    expect(table.first(["s"])?.name).toBe("s/a");
    expect(table.first(["t"])).toBeUndefined();
  });

  it("continues after a key in either direction", () => {
    put(["s", "a"], ["s", "b"], ["s", "c"]);
    expect(names(table.list(["s"], { after: ["a"] }))).toEqual(["s/b", "s/c"]);
    expect(names(table.list(["s"], { after: ["c"], reverse: true }))).toEqual(["s/b", "s/a"]);
  });

  it("finds keys by the beginning of their next part, from a place on", () => {
    put(["b", "x/1"], ["b", "x/2"], ["b", "x0"], ["b", "y"], ["c", "x/1"], ["b", "x/\u{1f600}"]);
    const found = (...about: [string, { from?: string; limit?: number }?]): string[] =>
      [...table.beginning(["b"], ...about)].map(([, row]) => row.name);
    expect(found("x/")).toEqual(["b/x/1", "b/x/2", "b/x/\u{1f600}"]);
    expect(found("", { from: "x/2" })).toEqual(["b/x/2", "b/x/\u{1f600}", "b/x0", "b/y"]);
    expect(found("x/", { from: "x/2", limit: 1 })).toEqual(["b/x/2"]);
  });

  it("keeps control characters in keys apart from its own marks", () => {
    put(["a\u0000b", "c"], ["a", "b"], ["\u0001", "\u0002#7", "\u0003"]);
    expect([...table.entries()].map(([key]) => key)).toEqual([
      ["\u0001", "\u0002#7", "\u0003"],
      ["a", "b"],
      ["a\u0000b", "c"],
    ]);
    expect(table.get("a\u0000b", "c")).toEqual({ name: "a\u0000b/c" });
  });

  it("shows an account in a region its own rows only", () => {
    put(["a"]);
    expect(openTable(store, rows, { ...mine, region: "eu-west-1" }).get("a")).toBeUndefined();
    expect(names(openTable(store, rows, { ...mine, account: "222222222222" }).list())).toEqual([]);
    const shared = defineTable<{ name: string }>("test.shared", "account");
    store.transact(() => openTable(store, shared, mine).put(["a"], { name: "everywhere" }));
    expect(openTable(store, shared, { ...mine, region: "eu-west-1" }).get("a")?.name).toBe("everywhere");
  });
});
