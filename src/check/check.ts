/** Checks a folder's files together: each by what it is, and what one says of another. */
import { checkAppspec } from "./appspec.ts";
import { checkBuildspec } from "./buildspec.ts";
import { readDocument } from "./document.ts";
import type { CheckedDocument, SourceFile } from "./document.ts";
import { kindByName, kindOf, mayMatter } from "./file-kind.ts";
import type { FileKind } from "./file-kind.ts";
import { folderOf } from "./folder.ts";
import { Findings } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { checkAgainst, checkDefaults, readParameterFile } from "./parameter-file.ts";
import type { ParameterFile } from "./parameter-file.ts";
import { templateFor } from "./parameter-match.ts";
import { checkPipelineFile } from "./pipeline-file.ts";
import { checkTemplateDocument } from "./template-check.ts";
import type { Surroundings, TemplateView } from "./template/view.ts";

export interface CheckOptions extends Surroundings {
  /** Files of parameters that are meant for every template, beside those that are found to belong to one. */
  readonly parameterFiles?: readonly SourceFile[];
  /** Files that could not be read, and why. */
  readonly unreadable?: readonly { readonly path: string; readonly reason: string }[];
}

/** What was looked at, and what was found. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** The files that were something to check, with what they are. */
  readonly files: ReadonlyMap<string, FileKind>;
}

/** Checks the files. Pure: nothing is read beside them. */
export function checkFiles(files: readonly SourceFile[], options: CheckOptions): CheckResult {
  const findings = new Findings();
  const kinds = new Map<string, FileKind>();
  for (const { path, reason } of options.unreadable ?? []) {
    const position = { line: 1, column: 1 };
    findings.add({ rule: "syntax", severity: "error", message: reason, file: path, position });
  }
  const documents: (readonly [FileKind, CheckedDocument])[] = [];
  for (const file of files) {
    const isNamed = file.isNamed === true;
    if (!isNamed && !mayMatter(file.path, file.text)) continue;
    const document = readOurs(file, findings, kinds);
    const kind = document === undefined ? undefined : kindOf(file.path, document.value);
    if (isNamed && document !== undefined && kind === undefined) findings.add(noneOfOurs(file.path));
    if (document === undefined || kind === undefined) continue;
    kinds.set(file.path, kind);
    documents.push([kind, document]);
  }
  const ofKind = (kind: FileKind): readonly CheckedDocument[] =>
    documents.filter(([other]) => other === kind).map(([, document]) => document);
  const forAll = (options.parameterFiles ?? []).flatMap((file) => {
    const document = readDocument(file, findings, ({ message }) => message);
    return document === undefined ? [] : [readParameterFile(document)];
  });
  const values = Object.fromEntries(forAll.flatMap(({ given }) => given.map(({ name, value }) => [name, value])));
  const folder = folderOf(ofKind("buildspec"), ofKind("appspec"));
  const views = ofKind("template").flatMap((document) => {
    const view = checkTemplateDocument(document, options, values, folder);
    return view === undefined ? [] : [view];
  });
  for (const document of ofKind("buildspec")) checkBuildspec(document);
  for (const document of ofKind("appspec")) checkAppspec(document);
  for (const document of ofKind("pipeline")) checkPipelineFile(document);
  const given = new Set((options.parameterFiles ?? []).map(({ path }) => path));
  const found = ofKind("parameters")
    .filter(({ file }) => !given.has(file))
    .map(readParameterFile);
  checkParameters(views, forAll, found, options.region);
  return { findings: findings.inOrder(), files: kinds };
}

/** What only a template has, for texts that cannot be parsed. */
const LOOKS_LIKE_TEMPLATE =
  /^\s*["']?AWSTemplateFormatVersion["']?\s*:|^\s*["']?Transform["']?\s*:\s*["']?AWS::|^Resources:|["']?Type["']?\s*:\s*["']?AWS::\w+::\w/m;

/** A file that was named, and was not checked. */
function noneOfOurs(file: string): Finding {
  return {
    rule: "file-kind",
    severity: "warning",
    message:
      "This is no template, parameter file, buildspec, AppSpec or pipeline definition: nothing in it was checked.",
    file,
    position: { line: 1, column: 1 },
  };
}

/** Parses a file; that it cannot be parsed is told only where its name or its beginning says that it is one of ours. */
function readOurs(file: SourceFile, findings: Findings, kinds: Map<string, FileKind>): CheckedDocument | undefined {
  const named = kindByName(file.path);
  // Others call their files templates too.
  const isNamed = named === "template" ? /AWS::|Resources/.test(file.text) : named !== undefined;
  const isOurs = isNamed || LOOKS_LIKE_TEMPLATE.test(file.text);
  const said = ({ message }: { message: string }): string =>
    named === "buildspec" ? `YAML_FILE_ERROR: ${message}` : message;
  const document = readDocument(file, findings, isOurs ? said : undefined);
  if (document === undefined && isOurs) kinds.set(file.path, named ?? "template");
  else if (document === undefined && file.isNamed === true) findings.add(noneOfOurs(file.path));
  return document;
}

function checkParameters(
  views: readonly TemplateView[],
  forAll: readonly ParameterFile[],
  found: readonly ParameterFile[],
  region: string,
): void {
  for (const { document, written } of views) {
    checkDefaults(document, written);
    for (const file of forAll) checkAgainst(file, written, region);
  }
  const candidates = views.map(({ document, written }) => ({ file: document.file, template: written }));
  for (const file of found) {
    const names = file.given.map(({ name }) => name);
    const match = templateFor(file.document.file, names, candidates);
    if (match !== undefined) checkAgainst(file, match.template, region);
  }
}
