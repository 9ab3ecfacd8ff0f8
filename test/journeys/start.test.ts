/** What a reader does first: the commands of the READMEs that run an example end well, and print what is promised there. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The block without a language that begins with "- Started" is what the README's command prints. */
function promised(readme: string): string {
  return /```\n(- Started[^`]*)```/.exec(readFileSync(`${root}/${readme}`, "utf8"))?.[1] ?? "";
}

/**
 * Without what differs from run to run: days, ids, and who was in the ten percent, which any other id that is drawn before changes. Lines
 * that are alike then are one.
 */
function settled(text: string): string {
  const lines = text
    .trim()
    .replaceAll(/\d{4}\/\d\d\/\d\d/g, "DAY")
    .replaceAll(/\bd-[A-Z0-9]{9}\b/g, "ID")
    .replaceAll(/^ {2}\d\d:\d\d .*$/gm, "  CHART")
    .replaceAll(/\d\d:\d\d(?::\d\d)?/g, "TIME")
    .replaceAll(/\[\d+\.0 /g, "[COUNT ")
    .split("\n");
  return lines.filter((line, at) => line !== lines[at - 1]).join("\n");
}

it.each([
  ["examples/safe-deployments/run.mjs", "README.md"],
  ["examples/file-processor/run.mjs", "examples/file-processor/README.md"],
])("%s ends well, and prints what %s says", async (script, readme) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { cwd: root });
  expect(settled(stdout)).toBe(settled(promised(readme)));
  expect(stderr).toBe("");
  // The lines of the chart: a release that is taken back has answered nothing in the last of them.
  const charts = stdout.match(/^ {2}\d\d:\d\d .*$/gm) ?? [];
  if (charts.length > 0)
    expect([charts[0], charts.at(-1)]).toEqual([expect.stringContaining("v1"), expect.stringMatching(/ v2 30$/)]);
});

it("npm start is the first of them", () => {
  expect(readFileSync(`${root}/package.json`, "utf8")).toContain("&& node examples/safe-deployments/run.mjs");
});
