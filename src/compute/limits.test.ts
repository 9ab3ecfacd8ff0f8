/** What a function may not do: it costs its caller an error of the right kind, and nobody else anything. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";
import { memoryIsKnown } from "./memory.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await openTrial();
});
afterAll(async () => {
  await trial.close();
});

const define = async (body: string, changes = {}) =>
  await trial.define({ "index.js": `exports.handler = async (event) => { ${body} };` }, changes);

/** A zombie, which only waits for its parent to look, is not alive. */
function isAlive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  return !/State:\s+Z/.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "");
}

test("a function that takes too long is killed with its children, also with one that left its group", async () => {
  const spec = await define(
    `const { spawn } = require("child_process");
     const child = spawn("sleep", ["60"]); const daemon = spawn("sleep", ["60"], { detached: true, stdio: "ignore" }); daemon.unref();
     console.log("pids", process.pid, child.pid, daemon.pid);
     if (event.spin) for (;;);
     await new Promise(() => setInterval(() => {}, 1000));`,
    { timeoutMs: 500 },
  );
  for (const event of [{}, { spin: true }]) {
    const result = await trial.invoke(spec, event);
    expect(result).toMatchObject({
      timedOut: true,
      functionError: "Unhandled",
      json: {
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 0.50 seconds`,
      },
    });
    expect(result.durationMs).toBeGreaterThan(490);
    expect(result.tail).toContain(`${result.requestId} Task timed out after 0.50 seconds`);
    expect(result.tail).toContain("\tStatus: timeout\n");
    const pids = /pids (\d+) (\d+) (\d+)/.exec(result.tail)?.slice(1) ?? [];
    expect(pids).toHaveLength(3);
    await trial.compute.retire(spec.id);
    await expect.poll(() => pids.map(isAlive)).toEqual([false, false, false]);
  }
});

test.each([
  ["process.exit(1)", "Runtime exited with error: exit status 1"],
  ["process.exit(0)", "Runtime exited without providing a reason"],
  ["process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"],
  ["process.abort()", "Runtime exited with error: signal: aborted"],
  ["await new Promise(() => {})", "Runtime exited without providing a reason"],
])("%s is AWS's Runtime.ExitError", async (body, words) => {
  const result = await trial.invoke(await define(body));
  expect(result.json).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${result.requestId} Error: ${words}`,
  });
  expect(result.tail).toContain("Status: error\tError Type: Runtime.ExitError\n");
});

test.runIf(memoryIsKnown)("a function that takes more memory than it has is killed", async () => {
  const spec = await define(
    `const held = []; for (;;) { held.push(Buffer.alloc(16e6, 1)); await new Promise((r) => setTimeout(r, 5)); }`,
    { memoryMegabytes: 128 },
  );
  const result = await trial.invoke(spec);
  expect(result.json).toEqual({
    errorType: "Runtime.OutOfMemory",
    errorMessage: `RequestId: ${result.requestId} Error: Runtime exited with error: signal: killed`,
  });
  expect(result.maxMemoryMegabytes).toBe(128);
});

test("a reply over 6 MB is refused, and the environment lives on", async () => {
  const spec = await define("return event.large ? 'x'.repeat(6291556) : 'x'.repeat(6291550)");
  expect((await trial.invoke(spec)).payload).toHaveLength(6_291_552);
  expect(await trial.invoke(spec, { large: true })).toMatchObject({
    functionError: "Unhandled",
    json: {
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    },
  });
  expect((await trial.invoke(spec)).coldStart).toBe(false);
});

test("a flood of log lines is passed on whole, with over-long lines in pieces", async () => {
  const spec = await define(
    `process.stdout.write("ü".repeat(200000) + "\\n"); for (let i = 0; i < 20000; i++) process.stdout.write("line " + i + "\\n");`,
  );
  const from = trial.messages.length;
  const result = await trial.invoke(spec);
  const lines = trial.messages.slice(from);
  expect(lines.filter((line) => line.startsWith("line "))).toHaveLength(20_000);
  const pieces = lines.filter((line) => line.startsWith("ü"));
  expect(pieces.length).toBe(2);
  expect(pieces.map((piece) => piece.trimEnd()).join("")).toBe("ü".repeat(200_000));
  expect(result.logTail.length).toBe(4096);
  expect(result.tail).toContain("line 19999\n");
});

test("one function's end costs another nothing", async () => {
  const steady = await define("await new Promise((r) => setTimeout(r, 400)); return 'well'");
  const bad = await define("process.abort()");
  const [well, ...others] = await Promise.all([trial.invoke(steady), trial.invoke(bad), trial.invoke(bad)]);
  expect(well.json).toBe("well");
  expect(others.map(({ errorType }) => errorType)).toEqual(["Runtime.ExitError", "Runtime.ExitError"]);
});

test("code is read-only and /tmp is the environment's own, of the size that was asked for, where this machine can", async ({
  skip,
}) => {
  const spec = await define(
    `const fs = require("fs"); const tries = {};
     for (const [name, go] of Object.entries({
       code: () => fs.writeFileSync(__dirname + "/x", ""),
       small: () => fs.writeFileSync("/tmp/small", ""),
       large: () => fs.writeFileSync("/tmp/large", Buffer.alloc(17e6)),
     })) { try { go(); tries[name] = "done"; } catch (error) { tries[name] = error.code; } }
     return tries;`,
    { ephemeralStorageMegabytes: 16 },
  );
  const { json } = await trial.invoke(spec);
  if (trial.warnings.some((sentence) => sentence.includes("/tmp"))) skip("no mount namespaces here");
  expect(json).toEqual({ code: "EROFS", small: "done", large: "ENOSPC" });
});

test("what a function still prints after its reply reaches the log", async () => {
  const spec = await define(`setTimeout(() => console.log("afterwards"), 20); return 1`);
  await trial.invoke(spec);
  await expect.poll(() => trial.messages.some((message) => message.includes("\tafterwards\n"))).toBe(true);
});
