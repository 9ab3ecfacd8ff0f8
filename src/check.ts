/** `seatrial/check`: what AWS would say of a folder's files, before anything is deployed. Text in, findings out. */
import { checkFiles, type CheckResult } from "./check/check.ts";
import type { SourceFile } from "./check/document.ts";
import { loadSchemaCatalogue } from "./schema-catalogue.ts";
import { awsManagedPolicy } from "./services/iam/aws-managed/aws-managed.ts";

export type { CheckResult } from "./check/check.ts";
export type { SourceFile } from "./check/document.ts";
export type { FileKind } from "./check/file-kind.ts";
export type { Finding, Severity } from "./check/finding.ts";
export type { RuleId } from "./check/rules.ts";
export { kindByName } from "./check/file-kind.ts";
export { jsonReport } from "./check/report/json.ts";
export { sarifReport } from "./check/report/sarif.ts";
export { textReport } from "./check/report/text.ts";

export interface CheckOptions {
  /** The region that is deployed to; us-east-1 unless told. */
  readonly region?: string;
  /** Files of parameters for every template, beside those among the files that belong to one. */
  readonly parameterFiles?: readonly SourceFile[];
  /** Whether a file is there that a template names, by its path as the files' paths are; nothing is said of them without. */
  readonly isThere?: (path: string) => boolean;
  /** Files that could not be read, and why: each is a finding. */
  readonly unreadable?: readonly { readonly path: string; readonly reason: string }[];
}

/** Checks files together. Raises UsageError when the package was not built, so that there are no schemas. */
export function check(files: readonly SourceFile[], options: CheckOptions = {}): CheckResult {
  return checkFiles(files, {
    region: "us-east-1",
    ...options,
    catalogue: loadSchemaCatalogue(),
    managedPolicy: (arn) => awsManagedPolicy(arn)?.versions[0]?.document,
  });
}
