/**
 * The SAM transform against aws-sam-translator, each in one process, over the same inputs: the conformance cases that succeed. Parsing
 * is not counted on either side, and both begin with a round that is not counted. Says loudly when the original or the cases are not there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROUNDS = 5;
const folder = fileURLToPath(new URL("../../shared/conformance/sam/", import.meta.url));
const original = fileURLToPath(new URL("sam-transform.py", import.meta.url));

/** Milliseconds a template of ours and of the original's, and their ratio; undefined when one of them cannot be run. */
export async function samTransform() {
  const python = [process.env.SEATRIAL_BENCH_PYTHON, "python3"].find(
    (command) => command !== undefined && spawnSync(command, ["-c", "import samtranslator"]).status === 0,
  );
  if (!existsSync(folder) || python === undefined) {
    const missing = existsSync(folder)
      ? "aws-sam-translator (SEATRIAL_BENCH_PYTHON names a Python that has it)"
      : folder;
    console.log(`SKIPPED: SAM transform against the original: ${missing} is not there.`);
    return undefined;
  }
  const names = readdirSync(join(folder, "input"))
    .map((file) => file.replace(/\.yaml$/, ""))
    // Those that wait for an application repository would measure its stub.
    .filter((name) => !name.startsWith("error_") && !name.startsWith("application"));
  const ours = await oursOver(names);
  const theirs = spawnSync(python, [original, folder, String(ROUNDS + 1)], {
    input: names.join(" "),
    encoding: "utf8",
  });
  if (theirs.status !== 0) throw new Error(theirs.stderr);
  const { times, done } = JSON.parse(theirs.stdout);
  const perTemplate = (all) => all.slice(1).sort((a, b) => a - b)[ROUNDS >> 1] / names.length;
  const [oursMs, theirsMs] = [perTemplate(ours.times), perTemplate(times)];
  return {
    templates: names.length,
    oursDone: ours.done,
    theirsDone: done,
    oursMs: Math.round(oursMs * 1000) / 1000,
    theirsMs: Math.round(theirsMs * 100) / 100,
    timesFaster: Math.round((theirsMs / oursMs) * 10) / 10,
  };
}

async function oursOver(names) {
  const { parse, transform } = await import("../dist/sam.js");
  const inputs = names.map((name) => parse(readFileSync(join(folder, "input", `${name}.yaml`), "utf8")).value);
  const options = { region: "ap-southeast-1", partition: "aws", parameters: { param1: "value1", param2: "value2" } };
  const done = new Set();
  const times = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now();
    for (const [index, input] of inputs.entries()) {
      try {
        transform(input, options);
        done.add(index);
      } catch {
        // Counted by its absence from `done`.
      }
    }
    times.push(performance.now() - begun);
  }
  return { times, done: done.size };
}
