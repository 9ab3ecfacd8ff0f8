/** How environments are reused, multiplied, bounded and ended. */
import { afterEach, expect, test } from "vitest";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";

let trial: Trial;
afterEach(async () => {
  await trial.close();
});

const PID = {
  "index.js":
    "exports.handler = async ({ ms }) => { if (ms) await new Promise((r) => setTimeout(r, ms)); return process.pid; };",
};

test("one call after the other takes one environment, calls at the same time take more", async () => {
  trial = await openTrial();
  const spec = await trial.define(PID);
  const pids = new Set<unknown>();
  for (let call = 0; call < 20; call++) pids.add((await trial.invoke(spec)).json);
  expect(pids.size).toBe(1);
  const together = await Promise.all([1, 2, 3].map(async () => (await trial.invoke(spec, { ms: 600 })).json));
  expect(new Set(together).size).toBe(3);
  expect(trial.compute.idleCount(spec.id)).toBe(3);
  expect(trial.compute.activeCount()).toBe(0);
});

test("a bound on all environments ends the one that was idle longest, and queues what is over", async () => {
  trial = await openTrial({ maxEnvironments: 2 });
  const [a, b, c] = [await trial.define(PID), await trial.define(PID), await trial.define(PID)];
  const first = await trial.invoke(a);
  await trial.invoke(b);
  await trial.invoke(c);
  expect([a, b, c].map(({ id }) => trial.compute.idleCount(id))).toEqual([0, 1, 1]);
  expect((await trial.invoke(a)).json).not.toBe(first.json);
  const results = await Promise.all([a, a, a, a].map((spec) => trial.invoke(spec, { ms: 20 })));
  expect(results.every(({ functionError }) => functionError === undefined)).toBe(true);
  expect(trial.compute.idleCount() + trial.compute.activeCount()).toBeLessThanOrEqual(2);
});

test("an invocation that finds no place in time is throttled in AWS's words", async () => {
  trial = await openTrial({ maxEnvironments: 1, queueMs: 50 });
  const spec = await trial.define(PID);
  const long = trial.invoke(spec, { ms: 1500 });
  await expect(trial.invoke(await trial.define(PID))).rejects.toMatchObject({ code: "TooManyRequestsException" });
  expect((await long).functionError).toBeUndefined();
});

test("a retired function's idle environments end at once, and the busy one after its invocation", async () => {
  trial = await openTrial();
  const spec = await trial.define(PID);
  await Promise.all([trial.invoke(spec, { ms: 300 }), trial.invoke(spec, { ms: 300 })]);
  const busy = trial.invoke(spec, { ms: 300 });
  await trial.compute.retire(spec.id);
  expect(trial.compute.idleCount(spec.id)).toBe(0);
  expect((await busy).functionError).toBeUndefined();
  await expect.poll(() => trial.compute.idleCount(spec.id) + trial.compute.activeCount(spec.id)).toBe(0);
});

test("an idle environment ends after a while", async () => {
  trial = await openTrial({ idleMs: 30 });
  const spec = await trial.define(PID);
  await trial.invoke(spec);
  await expect.poll(() => trial.compute.idleCount()).toBe(0);
});

test("a session that is nearly over is not used again when the caller has a newer one", async () => {
  let now = Date.UTC(2026, 0, 1);
  trial = await openTrial({ now: () => now });
  const spec = await trial.define({ "index.js": "exports.handler = async () => process.env.AWS_ACCESS_KEY_ID;" });
  const until = (minutes: number, accessKeyId: string) => ({
    credentials: { accessKeyId, secretAccessKey: "s", expiresAtMs: now + minutes * 60_000 },
  });
  expect((await trial.invoke(spec, {}, until(60, "first"))).json).toBe("first");
  now += 30 * 60_000;
  expect((await trial.invoke(spec, {}, until(60, "second"))).json).toBe("first");
  now += 28 * 60_000;
  expect((await trial.invoke(spec, {}, until(60, "third"))).json).toBe("third");
});

test("closing ends invocations under way, and later ones are refused", async () => {
  trial = await openTrial();
  const spec = await trial.define(PID);
  await trial.invoke(spec);
  const busy = trial.invoke(spec, { ms: 5000 });
  await expect.poll(() => trial.compute.activeCount()).toBe(1);
  await trial.compute.close();
  expect((await busy).errorType).toBe("Runtime.ExitError");
  await expect(trial.invoke(spec)).rejects.toThrow("Compute is closed");
});
