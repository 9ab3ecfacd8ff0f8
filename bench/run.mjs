/**
 * `npm run bench`: Seatrial beside a bare `node:http` server in one run, as ratios of server CPU time per call and of latency.
 * `-- --json FILE` writes the figures, `-- --large` adds a 5 GiB object, `-- --quick` takes a tenth of the calls.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure } from "./measure.mjs";
import { largeObject } from "./large-object.mjs";
import { linearDeployment } from "./linear-deployment.mjs";
import { samTransform } from "./sam-transform.mjs";
import { prepare } from "./setting.mjs";
import { startBare, startSeatrial } from "./servers.mjs";

const { values: options } = parseArgs({
  options: { json: { type: "string" }, large: { type: "boolean" }, quick: { type: "boolean" } },
});
const figures = {};
const transformed = await samTransform();
if (transformed !== undefined) {
  figures["SAM transform"] = transformed;
  print("SAM transform", transformed);
}
figures["linear deployment"] = await linearDeployment(options);
print("linear deployment", figures["linear deployment"]);
const directory = mkdtempSync(join(tmpdir(), "seatrial-bench-"));
const bare = await startBare();
const ours = await startSeatrial("--data-dir", directory);
try {
  figures["first answer after start"] = {
    bareMs: round(bare.startedInMs),
    oursMs: round(ours.startedInMs),
    ratio: round(ours.startedInMs / bare.startedInMs),
  };
  await new Promise((wake) => setTimeout(wake, 1000));
  figures["idle memory"] = { oursMb: round(ours.memoryMb()), bareMb: round(bare.memoryMb()) };
  const setting = await prepare(ours.port);
  for (const measured of setting.cases) {
    figures[measured.name] = await measure({ bare, ours, scale: options.quick ? 0.1 : 1, ...measured });
    print(measured.name, figures[measured.name]);
  }
  for (const [name, figure] of Object.entries(await setting.stacks(bare, ours))) {
    figures[name] = figure;
    print(name, figure);
  }
  if (options.large) {
    figures["5 GiB object"] = await largeObject(ours);
    print("5 GiB object", figures["5 GiB object"]);
  }
} finally {
  await Promise.all([bare.stop(), ours.stop()]);
  rmSync(directory, { recursive: true, force: true });
}
for (const name of ["first answer after start", "idle memory"]) print(name, figures[name]);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);

function print(name, figure) {
  console.log(
    `${name.padEnd(34)} ${Object.entries(figure)
      .map(([key, value]) => `${key} ${value}`)
      .join("  ")}`,
  );
}

function round(value) {
  return Math.round(value * 100) / 100;
}
