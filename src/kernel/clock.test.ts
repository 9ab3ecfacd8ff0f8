/** The clock over restarts. */
import { describe, expect, it } from "vitest";
import { createClock } from "./clock.ts";
import { createMemoryStore } from "./memory-store.ts";

describe("a manual clock", () => {
  it("stands still over a restart, wound or not", () => {
    const store = createMemoryStore();
    createClock(store, "manual", 1_000);
    const again = createClock(store, "manual", 50_000);
    expect(again.now()).toBe(1_000);
    again.moveTo(2_000);
    expect(createClock(store, "manual", 90_000).now()).toBe(2_000);
  });

  it("that goes on as a real one does not stay behind the machine's", () => {
    const store = createMemoryStore();
    createClock(store, "manual", 1_000);
    expect(createClock(store, "real").now()).toBeGreaterThan(1_000_000);
  });
});
