/** `seatrial check` as a command: what it reads, what it prints, and how it ends. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const COMMAND = fileURLToPath(new URL("../../bin/seatrial", import.meta.url));
const GOOD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
const BAD = GOOD.replace("Topic\n", "Topi\n");

let folder: string;

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [COMMAND, "check", ...args], { cwd: folder }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

describe("seatrial check", () => {
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "seatrial-check-")));
    write("good/app.yml", GOOD);
    write("good/node_modules/x/template.yml", BAD);
    write("good/other.json", '{"name": "not ours"}');
    symlinkSync(folder, join(folder, "good/loop"));
    write("bad/a b.yml", BAD);
    write("bad/template.yml", Buffer.from([0, 1, 2]));
    write("bad/template-large.yml", `# ${"x".repeat(1_000_001)}`);
    write("params.ini", "# values\nStage=tst\n");
    write(
      "staged.yml",
      `Parameters: {Stage: {Type: String, AllowedValues: [dev]}}\n${GOOD}    Properties: {TopicName: !Ref Stage}\n`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("ends with 0 when there is no error, and looks at nothing that others made", async () => {
    const { code, stdout } = await run("good");
    expect([code, stdout.trim()]).toEqual([0, "0 errors, 0 warnings in 1 file"]);
  });

  it("leaves what is none of its files alone in a folder, and tells of it where it was named itself", async () => {
    expect((await run("good")).stdout).not.toContain("other.json");
    const { code, stdout } = await run("good/other.json");
    expect(code).toBe(0);
    expect(stdout).toContain("good/other.json:1:1 warning This is no template, parameter file");
  });

  it("refuses a file that was named, and begins as a template and cannot be read", async () => {
    write("half.yml", "Resources:\n  Topic: [\n");
    const { code, stdout } = await run("half.yml");
    expect([code, stdout]).toEqual([1, expect.stringContaining("half.yml:3:1 error Template format error: YAML")]);
  });

  it("ends with 1 when there is one, and tells it in a line without colours", async () => {
    const { code, stdout } = await run("bad");
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "bad/a b.yml:3:5 error Template format error: Unrecognized resource types: [AWS::SNS::Topi] [resource-type]",
      "    Write AWS::SNS::Topic instead.",
      "bad/template-large.yml:1:1 error Template may not exceed 1000000 bytes in size. [syntax]",
      "bad/template.yml:1:1 error The file is binary: it holds characters that no text has. [syntax]",
      "3 errors, 0 warnings in 3 files",
      "",
    ]);
  });

  it("ends with 2 when it was typed wrong", async () => {
    expect(await run("nowhere")).toMatchObject({ code: 2, stderr: "seatrial: nowhere is not there.\n" });
    expect((await run("--format", "xml")).code).toBe(2);
    expect((await run("good", "--parameters", "nowhere.json")).code).toBe(2);
  });

  it("takes parameter values for the templates", async () => {
    const { code, stdout } = await run("staged.yml", "--parameters", "params.ini");
    expect(code).toBe(1);
    expect(stdout).toContain("Parameter 'Stage' must be one of AllowedValues");
  });

  it("writes JSON", async () => {
    const { stdout } = await run("bad", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      files: [{ path: "bad/a b.yml", kind: "template" }],
      findings: [
        {
          rule: "resource-type",
          severity: "error",
          file: "bad/a b.yml",
          line: 3,
          column: 5,
          advice: "Write AWS::SNS::Topic instead.",
        },
        { rule: "syntax" },
        { rule: "syntax" },
      ],
    });
  });

  it("writes SARIF 2.1.0: rules with ids and help, relative URIs, regions", async () => {
    const { code, stdout } = await run("bad", "--format", "sarif");
    expect(code).toBe(1);
    const log = JSON.parse(stdout);
    expect(log).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "seatrial" } } }] });
    const [{ tool, results }] = log.runs;
    expect(results[0]).toMatchObject({
      ruleId: "resource-type",
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "bad/a%20b.yml" },
            region: { startLine: 3, startColumn: 5 },
          },
        },
      ],
    });
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex]).toMatchObject({ id: ruleId, help: { text: expect.stringMatching(/\S/) } });
    }
  });
});
