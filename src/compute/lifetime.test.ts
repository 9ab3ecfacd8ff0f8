/** Lives and places: init that takes too long, a Seatrial that is killed, a machine without namespaces, a built package. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterEach, expect, test } from "vitest";
import { locateBootstraps } from "./bootstrap-location.ts";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";
import { realTimers } from "./process-timers.ts";

let trial: Trial | undefined;
afterEach(async () => {
  await trial?.close();
  trial = undefined;
});

test("an init phase that takes too long is done again within the function's time", async () => {
  const timers = {
    ...realTimers,
    after: (ms: number, call: () => void) => realTimers.after(ms === 10_000 ? 300 : ms, call),
  };
  trial = await openTrial({ timers });
  const spec = await trial.define(
    { "index.mjs": "await new Promise((r) => setTimeout(r, 60000)); export const handler = () => {};" },
    { timeoutMs: 400 },
  );
  const result = await trial.invoke(spec);
  expect(result).toMatchObject({ timedOut: true, json: { errorType: "Sandbox.Timedout" } });
  expect(trial.messages.join("")).toMatch(/INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: timeout\n/);
  expect(result.initMs).toBeUndefined();
});

test("without namespaces a function has its own TMPDIR, and its layers on the search paths", async () => {
  trial = await openTrial({ isolate: false });
  const layer = path.join(trial.directory, "layer");
  await mkdir(path.join(layer, "nodejs/node_modules/lay"), { recursive: true });
  await writeFile(path.join(layer, "nodejs/node_modules/lay/index.js"), "module.exports = 'layer';");
  const files = {
    "index.js": `exports.handler = async () => [require("lay"), require("os").tmpdir()];`,
    "other.mjs": `import lay from "lay"; export const handler = async () => [lay];`,
  };
  const spec = await trial.define(files, { layerDirectories: [layer] });
  expect((await trial.invoke(spec)).json).toEqual(["layer", expect.stringContaining(trial.directory)]);
  expect((await trial.invoke({ ...spec, id: "module", handler: "other.handler" })).json).toEqual(["layer"]);
  expect(trial.warnings).toContainEqual(expect.stringContaining("/tmp"));
});

test.runIf(process.platform === "linux")(
  "after kill -9 of a built Seatrial nothing of its functions is left running",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "seatrial-killed-"));
    try {
      await build({
        entryPoints: [path.join(import.meta.dirname, "index.ts")],
        bundle: true,
        platform: "node",
        format: "esm",
        outfile: path.join(directory, "index.js"),
        logLevel: "error",
      });
      await cp(locateBootstraps(), path.join(directory, "bootstrap"), { recursive: true });
      await mkdir(path.join(directory, "code"));
      await writeFile(
        path.join(directory, "code/index.js"),
        `exports.handler = async () => { require("fs").writeFileSync(process.env.MARK, String(process.pid)); for (;;); };`,
      );
      const mark = path.join(directory, "mark/pid");
      await mkdir(path.dirname(mark));
      const spec = {
        id: "x",
        functionName: "f",
        functionVersion: "1",
        functionArn: "a",
        runtime: "nodejs20.x",
        handler: "index.handler",
        architecture: "x86_64",
        codeDirectory: path.join(directory, "code"),
        layerDirectories: [],
        environment: { MARK: mark },
        memoryMegabytes: 128,
        timeoutMs: 60_000,
        ephemeralStorageMegabytes: 512,
        region: "r",
        logGroup: "g",
      };
      const main = `import { createCompute } from "./index.js";
      const compute = createCompute({ directory: ${JSON.stringify(path.join(directory, "run"))}, now: () => 0, randomHex: (n) => "ab".repeat(n / 2), isolate: false });
      await compute.invoke(${JSON.stringify(spec)}, { requestId: "r", payload: Buffer.from("{}"), invokedFunctionArn: "a", credentials: { accessKeyId: "a", secretAccessKey: "s" }, endpointUrl: "http://x" }, () => {});`;
      await writeFile(path.join(directory, "main.mjs"), main);
      const parent = spawn(process.execPath, [path.join(directory, "main.mjs")], { stdio: "inherit" });
      const pid = await expect
        .poll(() => readFile(mark, "utf8").catch(() => ""), { timeout: 15_000 })
        .not.toBe("")
        .then(() => readFile(mark, "utf8"));
      parent.kill("SIGKILL");
      await once(parent, "exit");
      const state = () =>
        readFile(`/proc/${pid}/status`, "utf8").then(
          (text) => /State:\s+(\w)/.exec(text)?.[1],
          () => "gone",
        );
      await expect.poll(state, { timeout: 5000 }).toMatch(/^(Z|gone)$/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
