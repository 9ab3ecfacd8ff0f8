/** What a reader of the README does first: `npm start` ends well, and prints what the README says. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The README's first block without a language is what `npm start` prints. */
function promised(): string {
  const block = /```\n(- Started[^`]*)```/.exec(readFileSync(`${root}/README.md`, "utf8"));
  return block?.[1] ?? "";
}

function withoutDate(text: string): string {
  return text.replaceAll(/\d{4}\/\d\d\/\d\d/g, "DAY").trim();
}

it("deploys the example, puts the files that it unpacked where they belong, and prints what the README says", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["examples/file-processor/run.mjs"], {
    cwd: root,
  });
  expect(withoutDate(stdout)).toBe(withoutDate(promised()));
  expect(stderr).toBe("");
});
