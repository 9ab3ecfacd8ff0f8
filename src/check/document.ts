/** A file that is being checked: its data, and how something is said about a place in it. */
import { parseData } from "../template/parse.ts";
import { TemplateError } from "../template/template-error.ts";
import type { Position } from "../template/template-error.ts";
import type { Json, Path } from "../template/value.ts";
import type { Findings, Severity } from "./finding.ts";
import type { RuleId } from "./rules.ts";

/** A file as it is given to the check. */
export interface SourceFile {
  /** As it shall be named in findings, with `/` between its parts. */
  readonly path: string;
  readonly text: string;
  /** Whether it was named itself, and not only the folder that it lies in: it is told then that it is none of ours. */
  readonly isNamed?: boolean;
}

/** One finding as a check says it of a document. */
export interface Remark {
  readonly rule: RuleId;
  /** `error` unless told. */
  readonly severity?: Severity;
  /** Where; the deepest part of it that the text has is what is shown. */
  readonly path: Path;
  readonly message: string;
  readonly advice?: string | undefined;
}

const START: Position = { line: 1, column: 1 };

/** A parsed file. */
export class CheckedDocument {
  readonly file: string;
  readonly text: string;
  readonly value: Json;
  readonly #positionOf: (path: Path) => Position | undefined;
  readonly #findings: Findings;

  constructor(source: SourceFile, value: Json, positionOf: (path: Path) => Position | undefined, findings: Findings) {
    this.file = source.path;
    this.text = source.text;
    this.value = value;
    this.#positionOf = positionOf;
    this.#findings = findings;
  }

  positionOf(path: Path): Position {
    return this.#positionOf(path) ?? START;
  }

  remark({ path, ...remark }: Remark): void {
    this.#findings.add({ severity: "error", ...remark, file: this.file, position: this.positionOf(path) });
  }

  /** Tells what the template's own reading found wrong. */
  refuse(rule: RuleId, error: TemplateError, advice?: string): void {
    const { path = [], position } = error.details;
    this.#findings.add({
      rule,
      severity: "error",
      message: error.message,
      advice,
      file: this.file,
      position: position ?? this.positionOf(path),
    });
  }

  /** A document that stands as a text inside this one, at `path`: an inline buildspec. */
  inner(path: Path, text: string, value: Json, positionOf: (path: Path) => Position | undefined): CheckedDocument {
    const place = innerPosition(this.text, this.positionOf(path), text);
    return new CheckedDocument({ path: this.file, text }, value, (inside) => place(positionOf(inside)), this.#findings);
  }
}

/**
 * Parses a file. What cannot be parsed is a finding, in the words that its reader has for it on AWS; where `words` is
 * undefined the file may be anybody's, and nothing is said.
 */
export function readDocument(
  source: SourceFile,
  findings: Findings,
  words: ((error: TemplateError) => string) | undefined,
): CheckedDocument | undefined {
  try {
    const { value, positionOf } = parseData(source.text);
    return new CheckedDocument(source, value, positionOf, findings);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (words === undefined) return undefined;
    const position = error.details.position ?? START;
    findings.add({ rule: "syntax", severity: "error", message: words(error), file: source.path, position });
    return undefined;
  }
}

/**
 * Where a place of a text stands in the text that it is written in: line by line in a literal YAML block (`|`), else where the
 * inner text begins.
 */
function innerPosition(outer: string, start: Position, inner: string): (place: Position | undefined) => Position {
  const lines = outer.split("\n");
  const first = lines[start.line - 1] ?? "";
  const content = inner.split("\n");
  const isBlock = /[|][-+0-9]*\s*(?:#.*)?$/.test(first);
  const below = isBlock ? lines.findIndex((line, index) => index >= start.line && line.trim() !== "") : -1;
  const indent = below < 0 ? 0 : (lines[below] ?? "").indexOf(content[0] ?? "");
  if (below < 0 || indent < 0 || content[0] === "") return () => start;
  return (place) => (place === undefined ? start : { line: below + place.line, column: indent + place.column });
}
