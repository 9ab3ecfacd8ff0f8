/** Waiting: rows run at their own due time, in order, once; a wound clock misses nothing. */
import { afterEach, describe, expect, it } from "vitest";
import { createKernel, type Kernel } from "./kernel.ts";
import type { ClockMode } from "./clock.ts";
import type { Deadline } from "./deadlines.ts";

const owner = { account: "111111111111", region: "us-east-1", service: "test" };
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

describe("deadlines", () => {
  let kernel: Kernel;
  afterEach(() => kernel.close());

  function start(clock: ClockMode = "manual"): {
    ran: string[];
    set: (key: string, inMs: number, more?: Partial<Deadline>) => void;
  } {
    kernel = createKernel({ clock, ...(clock === "manual" ? { startAt: START } : {}) });
    const ran: string[] = [];
    kernel.runner.start((row) => {
      kernel.transact(() => kernel.deadlines.finish(row));
      ran.push(`${row.key}@${(kernel.clock.now() - START) / MINUTE}`);
    });
    const set = (key: string, inMs: number, more: Partial<Deadline> = {}): void =>
      kernel.transact(() =>
        kernel.deadlines.set({ ...owner, name: "test", key, due: kernel.clock.now() + inMs, ...more }),
      );
    return { ran, set };
  }

  it("run at their own time, earliest first, however far the clock is wound", async () => {
    const { ran, set } = start();
    set("late", 10 * MINUTE);
    set("early", 1 * MINUTE);
    set("never", 60 * MINUTE);
    expect(await kernel.runner.advance(30 * MINUTE)).toBe(START + 30 * MINUTE);
    expect(ran).toEqual(["early@1", "late@10"]);
  });

  it("that are due together run in the order in which they were set", async () => {
    const { ran, set } = start();
    for (const key of ["c", "a", "b"]) set(key, MINUTE);
    await kernel.runner.advance(MINUTE);
    expect(ran).toEqual(["c@1", "a@1", "b@1"]);
  });

  it("are moved when set again under the same name and key, and gone when cancelled", async () => {
    const { ran, set } = start();
    set("moved", 1 * MINUTE);
    set("moved", 5 * MINUTE);
    set("cancelled", 2 * MINUTE);
    kernel.transact(() => expect(kernel.deadlines.cancel({ ...owner, name: "test", key: "cancelled" })).toBe(true));
    await kernel.runner.advance(10 * MINUTE);
    expect(ran).toEqual(["moved@5"]);
  });

  it("of another account with the same key are another row", async () => {
    const { ran, set } = start();
    set("same", MINUTE);
    set("same", MINUTE, { account: "222222222222" });
    await kernel.runner.advance(MINUTE);
    expect(ran).toHaveLength(2);
  });

  it("are not set when their transaction fails", async () => {
    const { ran } = start();
    expect(() =>
      kernel.transact(() => {
        kernel.deadlines.set({ ...owner, name: "test", key: "undone", due: START });
        throw new Error("no");
      }),
    ).toThrow("no");
    await kernel.runner.advance(MINUTE);
    expect(ran).toEqual([]);
  });

  it("hold the wound clock until the work that they started has ended", async () => {
    kernel = createKernel({ clock: "manual", startAt: START });
    const story: string[] = [];
    kernel.runner.start(async (row) => {
      story.push(`begin ${row.key}`);
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      kernel.transact(() => {
        kernel.deadlines.finish(row);
        if (row.key === "first")
          kernel.deadlines.set({ ...owner, name: "test", key: "follows", due: kernel.clock.now() });
      });
      story.push(`end ${row.key}`);
    });
    kernel.transact(() => {
      kernel.deadlines.set({ ...owner, name: "test", key: "first", due: START + MINUTE });
      kernel.deadlines.set({ ...owner, name: "test", key: "second", due: START + 2 * MINUTE });
    });
    await kernel.runner.advance(5 * MINUTE);
    expect(story).toEqual(["begin first", "end first", "begin follows", "end follows", "begin second", "end second"]);
  });

  it("draw an auto clock on when nothing is running, but not for what repeats for ever", async () => {
    const { ran, set } = start("auto");
    const before = kernel.clock.now();
    const done = new Promise<void>((resolve) => kernel.deadlines.onSet(() => setTimeout(resolve, 200)));
    set("background", 2 * 60 * MINUTE, { background: true });
    set("an-hour", 60 * MINUTE);
    await done;
    expect(ran.map((entry) => entry.split("@")[0])).toEqual(["an-hour"]);
    expect(kernel.clock.now() - before).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(kernel.clock.now() - before).toBeLessThan(61 * MINUTE);
  });

  it("that repeat for ever run on an auto clock's way, at their own times", async () => {
    const { ran, set } = start("auto");
    const before = (kernel.clock.now() - START) / MINUTE;
    for (const at of [10, 20, 30]) set(`background ${at}`, at * MINUTE, { background: true });
    set("an hour", 60 * MINUTE);
    await expect.poll(() => ran.length).toBe(4);
    const seen = ran.map((entry) => entry.split("@"));
    expect(seen.map(([key, at]) => [key, Math.floor(Number(at) - before)])).toEqual([
      ["background 10", 10],
      ["background 20", 20],
      ["background 30", 30],
      ["an hour", 60],
    ]);
  });

  it("wait for what is running before an auto clock moves on", async () => {
    const { ran, set } = start("auto");
    const end = kernel.activity.begin();
    set("an-hour", 60 * MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ran).toEqual([]);
    end();
    await expect.poll(() => ran.length).toBe(1);
  });
});
