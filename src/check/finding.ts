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

/** How many findings of one rule are told of one file; a file that is wrong altogether must not flood the report. */
const MOST_OF_A_KIND = 100;

/** Gathers findings, each once (what two rules say in the same words is one finding, of the first), and puts them in the order of files and lines. */
export class Findings {
  readonly #found = new Map<string, Finding>();
  readonly #counts = new Map<string, number>();
  readonly #left = new Map<string, { count: number; readonly last: Finding }>();

  add(finding: Finding): void {
    const { rule, severity, file, position, message } = finding;
    const key = JSON.stringify([file, position.line, position.column, message]);
    if (this.#found.has(key)) return;
    const kind = JSON.stringify([file, rule, severity]);
    const count = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, count + 1);
    if (count < MOST_OF_A_KIND) {
      this.#found.set(key, finding);
      return;
    }
    const left = this.#left.get(kind);
    if (left === undefined) this.#left.set(kind, { count: 1, last: finding });
    else left.count += 1;
  }

  inOrder(): readonly Finding[] {
    const more = [...this.#left.values()].map(({ count, last }): Finding => ({
      ...last,
      message: `${count} more of this kind from here on.`,
      advice: undefined,
    }));
    return [...this.#found.values(), ...more].sort(
      (left, right) =>
        (left.file < right.file ? -1 : left.file > right.file ? 1 : 0) ||
        left.position.line - right.position.line ||
        left.position.column - right.position.column,
    );
  }
}
