/** Findings as a person reads them: file by file, a finding in two or three lines. */
import type { Finding } from "../finding.ts";
import type { CheckResult } from "../check.ts";

const PLAIN = { bold: "", red: "", yellow: "", dim: "", end: "" };
const COLOURS = { bold: "\u001B[1m", red: "\u001B[31m", yellow: "\u001B[33m", dim: "\u001B[2m", end: "\u001B[0m" };

/** The report; `colours` for a terminal. */
export function textReport({ findings, files }: CheckResult, colours: boolean): string {
  const style = colours ? COLOURS : PLAIN;
  const lines: string[] = [];
  for (const { file, position, severity, message, advice, rule } of findings) {
    const colour = severity === "error" ? style.red : style.yellow;
    lines.push(
      `${style.bold}${file}:${position.line}:${position.column}${style.end} ${colour}${severity}${style.end} ${visible(message)} ${style.dim}[${rule}]${style.end}`,
    );
    if (advice !== undefined) lines.push(`    ${visible(advice)}`);
  }
  lines.push(summary(findings, new Set([...files.keys(), ...findings.map(({ file }) => file)]).size));
  return lines.join("\n");
}

function summary(findings: readonly Finding[], files: number): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const counts = [count(errors, "error"), count(findings.length - errors, "warning")].join(", ");
  return files === 0
    ? "There was nothing to check: no template, parameter file, buildspec, AppSpec or pipeline definition."
    : `${counts} in ${count(files, "file")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Characters of the files must not steer the terminal. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, "?").replaceAll("\n", " ");
}
