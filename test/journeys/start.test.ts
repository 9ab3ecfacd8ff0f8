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

/** Without what differs from run to run. */
function settled(text: string): string {
  return text
    .replaceAll(/\d{4}\/\d\d\/\d\d/g, "DAY")
    .replaceAll(/\bd-[A-Z0-9]{9}\b/g, "ID")
    .trim();
}

it.each([
  ["examples/safe-deployments/run.mjs", "README.md"],
  ["examples/file-processor/run.mjs", "examples/file-processor/README.md"],
])("%s ends well, and prints what %s says", async (script, readme) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { cwd: root });
  expect(settled(stdout)).toBe(settled(promised(readme)));
  expect(stderr).toBe("");
});

it("npm start is the first of them", () => {
  expect(readFileSync(`${root}/package.json`, "utf8")).toContain("&& node examples/safe-deployments/run.mjs");
});
