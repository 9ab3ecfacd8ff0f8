/**
 * `npm run conformance`: runs the cases of AWS's own projects that lie in ../shared/conformance and prints how many of each group
 * pass. Ends with 1 when one does not, with 0 and a loud line when the cases are not there. `-- --differences` prints what was got instead.
 */
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "../shared/conformance/sam/");
if (!existsSync(folder)) {
  console.log(`SKIPPED: the conformance cases are not there (${folder}).`);
  process.exit(0);
}

/** The first that a case's name fits is its group. */
const GROUPS = [
  ["what is refused, word for word", /^error_/],
  ["APIs (WebSocket)", /web_?socket/],
  ["APIs (GraphQL)", /^graphql/],
  ["APIs (HTTP)", /http_?api|^http_/],
  ["APIs (REST)", /^(api|implicit|explicit|basic|cognito|self|merge)|_api/],
  ["state machines", /^state_?machine/],
  ["connectors", /connector/],
  [
    "event sources",
    /^(s3|sns|sqs|kinesis|streams|msk|mq|schedule|cloudwatch|eventbridge|iot|documentdb)|_with_.*event/,
  ],
  ["functions", /^(function|version|alexa|intrinsic|inline|lambda|layer|managed|policy|capacity)/],
  ["tables, applications, globals and all other", /./],
];

const { caseNames, runCase } = await cases();
const groups = new Map(GROUPS.map(([group]) => [group, { passed: 0, all: 0 }]));
const differing = [];
for (const name of caseNames() ?? []) {
  const [group] = GROUPS.find(([, pattern]) => pattern.test(name));
  const counts = groups.get(group);
  counts.all++;
  const outcome = runCase(name);
  if (outcome.kind === "passes") counts.passed++;
  else differing.push({ name, got: outcome.got });
}

const width = Math.max(...[...groups.keys()].map((group) => group.length));
console.log("SAM transform, cases of the serverless-application-model project");
for (const [group, { passed, all }] of groups) line(group, passed, all);
const sum = [...groups.values()].reduce((a, b) => ({ passed: a.passed + b.passed, all: a.all + b.all }));
line("together", sum.passed, sum.all);
for (const { name, got } of differing) {
  console.log(`differs: ${name}${process.argv.includes("--differences") ? `\n  ${got}` : ""}`);
}
process.exitCode = sum.all > 0 && sum.passed === sum.all ? 0 : 1;

function line(group, passed, all) {
  console.log(`  ${group.padEnd(width)}  ${String(passed).padStart(3)} of ${String(all).padStart(3)}`);
}

/** The test's own runner of cases, bundled. */
async function cases() {
  const bundle = join(root, `dist/conformance-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ["src/template/sam/conformance-fixture.ts"],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  process.env.SEATRIAL_CONFORMANCE = folder;
  try {
    return await import(pathToFileURL(bundle).href);
  } finally {
    rmSync(bundle, { force: true });
  }
}
