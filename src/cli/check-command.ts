/** `seatrial check`: reads the files of folders, has them checked, and tells what was found. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { join, relative, sep } from "node:path";
import { check as checkFiles, jsonReport, kindByName, sarifReport, textReport } from "../check.ts";
import type { CheckResult, SourceFile } from "../check.ts";
import { UsageError } from "../kernel/errors.ts";

export const FORMATS = ["text", "json", "sarif"] as const;

export interface CheckCommandOptions {
  readonly parameters: readonly string[];
  readonly region: string;
  readonly format: (typeof FORMATS)[number];
  readonly output?: string;
}

/** The command was typed wrong, which ends it with 2. */
export class WrongUsage extends UsageError {}

/** Checks the files and folders, the working directory without any. Answers the exit code: 1 when there is an error. */
export function check(paths: readonly string[], options: CheckCommandOptions): number {
  const found = new Sources();
  for (const path of paths.length === 0 ? ["."] : paths) found.given(path);
  const result = checkFiles(found.files, {
    region: options.region,
    parameterFiles: options.parameters.map((path) => ({ path: shown(path), text: text(path) })),
    unreadable: found.unreadable,
    isThere: existsSync,
  });
  const isTerminal = options.output === undefined && process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  const report = rendered(result, options.format, isTerminal);
  if (options.output === undefined) console.log(report);
  else write(options.output, report);
  return result.findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

function rendered(result: CheckResult, format: CheckCommandOptions["format"], colours: boolean): string {
  switch (format) {
    case "json":
      return jsonReport(result);
    case "sarif":
      return sarifReport(result);
    case "text":
      return textReport(result, colours);
  }
}

function write(path: string, report: string): void {
  try {
    writeFileSync(path, `${report}\n`);
  } catch (error) {
    throw new WrongUsage(`--output ${path} cannot be written: ${reasonOf(error)}`);
  }
}

/** Folders that hold what others made. */
const SKIPPED = new Set(["node_modules", "dist", "build", "cdk.out", "coverage", "venv", "__pycache__"]);

/** What a template, a parameter file, a buildspec, an AppSpec or a pipeline may be called. */
const NAMES = /\.(?:ya?ml|json|template)$/i;

/** CloudFormation takes no larger template, and the others are small. */
const MOST_BYTES = 1_000_000;

/** How many files a folder may have that could be ours; more is not a project's folder. */
const MOST_FILES = 20_000;

/** The files that are to be checked. */
class Sources {
  readonly files: SourceFile[] = [];
  readonly unreadable: { path: string; reason: string }[] = [];
  readonly #seen = new Set<string>();

  /** A path that was typed. Raises WrongUsage when nothing is there. */
  given(path: string): void {
    const stats = statsOf(path);
    if (stats === undefined) throw new WrongUsage(`${path} is not there.`);
    if (stats.isDirectory()) this.#folder(path);
    else this.#file(path, stats, true);
  }

  #folder(path: string): void {
    if (!this.#isNew(path)) return;
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
    } catch (error) {
      this.unreadable.push({ path: shown(path), reason: `The folder cannot be read: ${reasonOf(error)}` });
      return;
    }
    for (const entry of entries) {
      const inside = join(path, entry.name);
      // A link to a folder is not followed: what it leads to is looked at where it stands, or is none of this folder's.
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !SKIPPED.has(entry.name)) this.#folder(inside);
      } else if (NAMES.test(entry.name)) {
        const stats = statsOf(inside);
        if (stats?.isFile() === true) this.#file(inside, stats, false);
      }
    }
  }

  #file(path: string, stats: Stats, isGiven: boolean): void {
    if (!this.#isNew(path)) return;
    if (this.#seen.size > MOST_FILES)
      throw new WrongUsage(`There are more than ${MOST_FILES} files; name a smaller folder.`);
    const isMeant = isGiven || kindByName(shown(path)) !== undefined;
    const refuse = (reason: string): void => {
      if (isMeant) this.unreadable.push({ path: shown(path), reason });
    };
    if (!stats.isFile()) {
      refuse("This is no file that can be read.");
      return;
    }
    if (stats.size > MOST_BYTES) {
      refuse(`Template may not exceed ${MOST_BYTES} bytes in size.`);
      return;
    }
    try {
      const content = readFileSync(path);
      if (content.includes(0)) refuse("The file is binary: it holds characters that no text has.");
      else this.files.push({ path: shown(path), text: content.toString("utf8"), isNamed: isGiven });
    } catch (error) {
      this.unreadable.push({ path: shown(path), reason: `The file cannot be read: ${reasonOf(error)}` });
    }
  }

  #isNew(path: string): boolean {
    const real = realpathSync(path);
    if (this.#seen.has(real)) return false;
    this.#seen.add(real);
    return true;
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new WrongUsage(`--parameters ${path} cannot be read: ${reasonOf(error)}`);
  }
}

/** A path as findings name it: from the working directory, with `/`. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return (near.startsWith("..") ? path : near).split(sep).join("/");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
