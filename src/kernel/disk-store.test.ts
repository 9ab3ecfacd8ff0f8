/** What only the store on disk can meet: a disk with no space left. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskStore } from "./disk-store.ts";
import type { Store } from "./store.ts";

describe("the disk store", () => {
  let directory: string;
  let store: Store;
  let free = Infinity;
  let looks = 0;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-disk-"));
    free = Infinity;
    looks = 0;
    store = createDiskStore(directory, () => {
      looks++;
      return free;
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const put = (key: string, bytes = 1): void => store.transact(() => store.put(key, Buffer.alloc(bytes, 1)));

  it("refuses what comes once there is hardly any space left, keeps what it had, and takes more when there is space again", () => {
    put("before");
    free = 1000;
    expect(() => {
      for (let index = 0; index < 100; index++) put(`small ${index}`);
    }).toThrow("is full");
    expect(() => put("late")).toThrow("is full");
    expect(store.get("before")).toBeDefined();
    expect(store.get("late")).toBeUndefined();
    free = Infinity;
    put("after");
    expect(store.get("after")).toBeDefined();
  });

  it("notices at once after a large row", () => {
    put("large", 2 ** 20);
    free = 0;
    expect(() => put("next")).toThrow("is full");
  });

  it("does not ask for the free space at every transaction", () => {
    for (let index = 0; index < 1000; index++) put(`k${index}`);
    expect(looks).toBeLessThan(20);
  });
});
