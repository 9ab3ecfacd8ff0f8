/** What `seatrial check` finds: one mistake, where it stands, what is wrong and what to write instead. */
import type { Position } from "../template/template-error.ts";
import type { RuleId } from "./rules.ts";

/** An error is refused by AWS, or fails when it runs there; a warning is taken, but is hardly meant. */
export type Severity = "error" | "warning";

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** In AWS's own words where AWS has some. */
  readonly message: string;
  /** What to write instead: "Write … instead." */
  readonly advice?: string | undefined;
  /** The file's path as it was given. */
  readonly file: string;
  /** Line and column, both from 1. */
  readonly position: Position;
}

/** How many findings of one file are told; a file that is none of ours must not flood the report. */
const MOST_OF_A_FILE = 500;

/** Gathers findings, each once, and puts them in the order of files and lines. */
export class Findings {
  readonly #found = new Map<string, Finding>();
  readonly #counts = new Map<string, number>();

  add(finding: Finding): void {
    const { rule, file, position, message } = finding;
    const key = JSON.stringify([file, position.line, position.column, rule, message]);
    const count = this.#counts.get(file) ?? 0;
    if (this.#found.has(key) || count >= MOST_OF_A_FILE) return;
    this.#counts.set(file, count + 1);
    this.#found.set(key, finding);
  }

  inOrder(): readonly Finding[] {
    return [...this.#found.values()].sort(
      (left, right) =>
        (left.file < right.file ? -1 : left.file > right.file ? 1 : 0) ||
        left.position.line - right.position.line ||
        left.position.column - right.position.column,
    );
  }
}
