/** Findings for programs: one object, with what was looked at and what was found. */
import type { CheckResult } from "../check.ts";

export function jsonReport({ findings, files }: CheckResult): string {
  const report = {
    files: [...files].map(([path, kind]) => ({ path, kind })),
    findings: findings.map(({ rule, severity, message, advice, file, position }) => ({
      rule,
      severity,
      message,
      ...(advice === undefined ? {} : { advice }),
      file,
      line: position.line,
      column: position.column,
    })),
  };
  return JSON.stringify(report, undefined, 2);
}
