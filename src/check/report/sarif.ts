/** Findings for code hosts and editors: SARIF 2.1.0 ("Static Analysis Results Interchange Format", OASIS). */
import type { CheckResult } from "../check.ts";
import { RULES, ruleOf } from "../rules.ts";
import type { RuleId } from "../rules.ts";

/** The report; files are told relative to the folder that the check was started in. */
export function sarifReport({ findings }: CheckResult): string {
  const used = [...new Set(findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "seatrial", rules: used.map(descriptor) } },
        columnKind: "utf16CodeUnits",
        results: findings.map(({ rule, severity, message, advice, file, position }) => ({
          ruleId: rule,
          ruleIndex: used.indexOf(rule),
          level: severity,
          message: { text: advice === undefined ? message : `${message} ${advice}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: location(file),
                region: { startLine: position.line, startColumn: position.column },
              },
            },
          ],
        })),
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}

function descriptor(id: RuleId): object {
  const { title, help } = ruleOf(id);
  return { id, shortDescription: { text: `${title}.` }, fullDescription: { text: help }, help: { text: help } };
}

/** A path as a URI; one that leads out of the folder is told as it is. */
function location(file: string): object {
  const uri = file.split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? { uri: `file://${uri}` } : { uri };
}

/** Every rule's id, for those who list them. */
export const RULE_IDS: readonly string[] = Object.keys(RULES);
