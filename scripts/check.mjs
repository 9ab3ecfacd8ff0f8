/**
 * What `npm test` does: format, lint, types (side by side), then every test. Quiet while all is well; ends with one line of counts.
 * Arguments go on to vitest: `npm test -- src/kernel`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules", ".bin", name);
const report = join(root, ".cache", "test-report.json");
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });

const checks = await Promise.all([
  run("format", bin("oxfmt"), ["--check"]),
  run("lint", bin("oxlint"), ["--type-aware", "--deny-warnings"]),
  run("types", bin("tsc"), ["--noEmit"]),
  run("coverage list", process.execPath, [join(root, "scripts/coverage.mjs"), "--check"]),
]);
for (const { name, status, output } of checks) {
  if (status !== 0) console.error(`── ${name} ──\n${output}`);
}

const tests = await run(
  "tests",
  bin("vitest"),
  ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  "inherit",
);
const failedChecks = checks.filter(({ status }) => status !== 0).map(({ name }) => name);
if (failedChecks.length > 0) console.error(`Failed before the tests: ${failedChecks.join(", ")}.`);

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
console.log(`${numPassedTests} passed, ${numFailedTests + failedChecks.length} failed, ${numPendingTests} skipped`);
process.exitCode = tests.status === 0 && failedChecks.length === 0 ? 0 : 1;

function run(name, command, args, stdio = "pipe") {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", stdio, stdio] });
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ name, status: 1, output: String(error) }));
    child.on("close", (status) => resolve({ name, status, output }));
  });
}
