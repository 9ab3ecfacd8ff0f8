/**
 * A buildspec as CodeBuild reads it ("Build specification reference for CodeBuild"), in the words of its YAML_FILE_ERROR where they are
 * known.
 */
import { closest } from "../template/schema/vocabulary.ts";
import { isList, isObject, own, scalarText } from "../template/value.ts";
import type { Json, JsonObject, Path } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";

const TOP = ["version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"];
const PHASES = ["install", "pre_build", "build", "post_build"];
const PHASE = ["run-as", "on-failure", "runtime-versions", "commands", "finally", "steps"];
const ENV = ["shell", "variables", "parameter-store", "exported-variables", "secrets-manager", "git-credential-helper"];
const RUNTIMES = ["android", "docker", "dotnet", "golang", "java", "nodejs", "php", "python", "ruby"];
const REPORT = ["files", "base-directory", "discard-paths", "file-format"];
const FORMATS = [
  "CUCUMBERJSON",
  "JUNITXML",
  "NUNITXML",
  "NUNIT3XML",
  "TESTNGXML",
  "VISUALSTUDIOTRX",
  "CLOVERXML",
  "COBERTURAXML",
  "JACOCOXML",
  "SIMPLECOV",
];
const ARTIFACTS = [
  "files",
  "name",
  "discard-paths",
  "base-directory",
  "exclude-paths",
  "enable-symlinks",
  "s3-prefix",
  "secondary-artifacts",
];
const BATCH = ["fast-fail", "build-list", "build-matrix", "build-graph", "build-fanout"];
const SHELLS = ["sh", "bash", "/bin/sh", "/bin/bash", "powershell.exe", "cmd.exe"];

/** Says what is wrong with a buildspec. */
export function checkBuildspec(document: CheckedDocument): void {
  new BuildspecCheck(document).run();
}

class BuildspecCheck {
  readonly #document: CheckedDocument;

  constructor(document: CheckedDocument) {
    this.#document = document;
  }

  run(): void {
    const { value } = this.#document;
    if (!isObject(value)) {
      this.#tell([], "YAML_FILE_ERROR: the buildspec is no mapping.", "Write version and phases.");
      return;
    }
    this.#known(value, TOP, [], "buildspec");
    const version = scalarText(own(value, "version"));
    if (version !== "0.2" && version !== "0.1") {
      const shown = version === undefined ? "is missing" : `${version} is none`;
      this.#tell(
        version === undefined ? [] : ["version"],
        `YAML_FILE_ERROR: The buildspec's version ${shown}.`,
        "Write version: 0.2.",
      );
    }
    this.#env(own(value, "env"));
    this.#phases(own(value, "phases"));
    this.#reports(own(value, "reports"));
    this.#artifacts(own(value, "artifacts"), ["artifacts"]);
    this.#texts(own(value, "cache"), ["paths"], ["cache"], ["paths", "key", "fallback-keys", "action"]);
    this.#map(own(value, "proxy"), ["proxy"], ["upload-artifacts", "logs"]);
    const batch = this.#map(own(value, "batch"), ["batch"], BATCH);
    const kinds = BATCH.slice(1).filter((kind) => batch !== undefined && Object.hasOwn(batch, kind));
    if (kinds.length > 1) {
      this.#tell(["batch"], `A batch has one of ${BATCH.slice(1).join(", ")}; this has ${kinds.join(" and ")}.`);
    }
  }

  #tell(path: Path, message: string, advice?: string, severity: "error" | "warning" = "error"): void {
    this.#document.remark({ rule: "buildspec", severity, path, message, advice });
  }

  /** Keys that CodeBuild does not know are not read: what they were meant to do is not done. */
  #known(value: JsonObject, keys: readonly string[], path: Path, noun: string): void {
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      const near = closest(key, keys);
      const advice = near === undefined ? `Write one of ${keys.join(", ")}.` : `Write ${near} instead.`;
      this.#tell([...path, key], `${noun} has no key ${key}; CodeBuild does not read it.`, advice, "warning");
    }
  }

  #map(value: Json | undefined, path: Path, keys: readonly string[]): JsonObject | undefined {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) {
      this.#tell(path, `YAML_FILE_ERROR: Expected ${path.join(".")} to be a map.`);
      return undefined;
    }
    this.#known(value, keys, path, path.join("."));
    return value;
  }

  #env(env: Json | undefined): void {
    const value = this.#map(env, ["env"], ENV);
    if (value === undefined) return;
    for (const section of ["variables", "parameter-store", "secrets-manager"]) {
      const members = own(value, section);
      if (members === undefined || members === null) continue;
      const path = ["env", section];
      if (!isObject(members)) {
        this.#tell(path, `YAML_FILE_ERROR: Expected ${path.join(".")} to be a map.`, "Write NAME: value below it.");
        continue;
      }
      for (const [name, member] of Object.entries(members)) {
        if (scalarText(member) === undefined) {
          this.#tell([...path, name], `YAML_FILE_ERROR: Expected ${path.join(".")}.${name} to be of string type.`);
        }
      }
    }
    const exported = own(value, "exported-variables");
    if (exported !== undefined && (!isList(exported) || exported.some((item) => typeof item !== "string"))) {
      this.#tell(
        ["env", "exported-variables"],
        "YAML_FILE_ERROR: Expected exported-variables to be a list of names.",
        "Write - NAME for each.",
      );
    }
    const shell = own(value, "shell");
    if (typeof shell === "string" && !SHELLS.includes(shell)) {
      this.#tell(["env", "shell"], `The shell ${shell} is none of ${SHELLS.join(", ")}.`, undefined, "warning");
    }
  }

  #phases(phases: Json | undefined): void {
    if (phases === undefined || phases === null) {
      this.#tell(
        [],
        "YAML_FILE_ERROR: The buildspec has no phases.",
        "Write phases: with at least one of install, pre_build, build, post_build.",
      );
      return;
    }
    if (!isObject(phases)) {
      this.#tell(["phases"], "YAML_FILE_ERROR: Expected phases to be a map.");
      return;
    }
    for (const [name, phase] of Object.entries(phases)) {
      const path = ["phases", name];
      if (!PHASES.includes(name.toLowerCase())) {
        const near = closest(name, [...PHASES, ...TOP]);
        const advice =
          near === undefined
            ? undefined
            : PHASES.includes(near)
              ? `Write ${near} instead.`
              : `${near} stands beside phases: indent it less.`;
        this.#tell(
          path,
          `YAML_FILE_ERROR: Invalid buildspec phase name: ${name}. Expecting: build,install,post_build,pre_build`,
          advice,
        );
      } else this.#phase(phase, path, name);
    }
  }

  #phase(phase: Json, path: Path, name: string): void {
    const value = this.#map(phase, path, PHASE);
    if (value === undefined) return;
    this.#commands(own(value, "commands"), [...path, "commands"], "Commands");
    this.#commands(own(value, "finally"), [...path, "finally"], "Finally");
    const failure = own(value, "on-failure");
    if (typeof failure === "string" && !/^(?:ABORT|CONTINUE|RETRY(?:-\d+)?(?:-.+)?)$/.test(failure)) {
      this.#tell([...path, "on-failure"], `on-failure ${failure} is none.`, "Write ABORT, CONTINUE or RETRY.");
    }
    const runtimes = own(value, "runtime-versions");
    if (runtimes === undefined) return;
    const at = [...path, "runtime-versions"];
    if (name.toLowerCase() !== "install") {
      this.#tell(at, "runtime-versions is read in the install phase alone.", "Put it into phases.install.", "warning");
    }
    if (!isObject(runtimes)) {
      this.#tell(
        at,
        "YAML_FILE_ERROR: Expected runtime-versions to be a map.",
        "Write nodejs: 22, or the like, below it.",
      );
      return;
    }
    for (const runtime of Object.keys(runtimes)) {
      if (RUNTIMES.includes(runtime)) continue;
      const near = closest(runtime, RUNTIMES);
      const message = `YAML_FILE_ERROR: Unknown runtime named '${runtime}'. This build image has the following runtimes: dotnet, golang, java, nodejs, php, python, ruby`;
      this.#tell([...at, runtime], message, near === undefined ? undefined : `Write ${near} instead.`);
    }
  }

  #commands(commands: Json | undefined, path: Path, noun: string): void {
    if (commands === undefined || commands === null) return;
    // A single command may stand without a list.
    if (scalarText(commands) !== undefined) return;
    if (!isList(commands)) {
      this.#tell(path, `YAML_FILE_ERROR: Expected ${noun} to be a list of strings.`, "Write - before each command.");
      return;
    }
    for (const [index, command] of commands.entries()) {
      if (scalarText(command) !== undefined) continue;
      const at = [...path, index];
      const { line } = this.#document.positionOf(at);
      if (command === null) {
        this.#tell(
          at,
          `YAML_FILE_ERROR: Expected ${noun}[${index}] to be of string type: found null instead at line ${line}`,
          "Take the empty item away.",
        );
        continue;
      }
      this.#tell(
        at,
        `YAML_FILE_ERROR: Expected ${noun}[${index}] to be of string type: found subkeys instead at line ${line}, value of the key tag on line ${line - 1} might be empty`,
        "A colon and a space make a mapping: put the command into quotation marks.",
      );
    }
  }

  #reports(reports: Json | undefined): void {
    if (reports === undefined || reports === null) return;
    if (!isObject(reports)) {
      this.#tell(["reports"], "YAML_FILE_ERROR: Expected reports to be a map.");
      return;
    }
    for (const [name, report] of Object.entries(reports)) {
      const path = ["reports", name];
      const value = this.#texts(report, ["files"], path, REPORT);
      if (value === undefined) continue;
      if (!Object.hasOwn(value, "files"))
        this.#tell(path, `The report ${name} has no files.`, "Write files: with a list of paths.");
      const format = own(value, "file-format");
      if (typeof format === "string" && !FORMATS.includes(format.toUpperCase())) {
        const near = closest(format, FORMATS);
        this.#tell(
          [...path, "file-format"],
          `The file format ${format} is none.`,
          `Write ${near ?? `one of ${FORMATS.join(", ")}`}.`,
        );
      }
    }
  }

  #artifacts(artifacts: Json | undefined, path: Path): void {
    const value = this.#texts(artifacts, ["files", "exclude-paths"], path, ARTIFACTS);
    if (value === undefined) return;
    const secondary = own(value, "secondary-artifacts");
    if (secondary === undefined) {
      if (!Object.hasOwn(value, "files")) {
        this.#tell(path, `${path.join(".")} has no files.`, "Write files: with a list of paths.");
      }
      return;
    }
    if (!isObject(secondary)) {
      this.#tell([...path, "secondary-artifacts"], "YAML_FILE_ERROR: Expected secondary-artifacts to be a map.");
      return;
    }
    for (const [name, member] of Object.entries(secondary)) {
      const at = [...path, "secondary-artifacts", name];
      if (!/^[A-Za-z0-9_]{1,128}$/.test(name)) {
        this.#tell(
          at,
          "Invalid input: identifier must contain only alphanumeric characters and underscores and be less than 128 characters in length",
        );
      }
      this.#artifacts(member, at);
    }
  }

  /** A map some of whose members are lists of texts. */
  #texts(
    value: Json | undefined,
    lists: readonly string[],
    path: Path,
    keys: readonly string[],
  ): JsonObject | undefined {
    const map = this.#map(value, path, keys);
    for (const list of map === undefined ? [] : lists) {
      const member = own(map ?? {}, list);
      if (member === undefined) continue;
      const items = isList(member) ? member : [member];
      const wrong = items.findIndex((item) => scalarText(item) === undefined);
      if (wrong < 0) continue;
      const at = isList(member) ? [...path, list, wrong] : [...path, list];
      this.#tell(
        at,
        `YAML_FILE_ERROR: Expected ${path.join(".")}.${list} to be a list of strings.`,
        "Put each path into quotation marks.",
      );
    }
    return map;
  }
}

/** Every command of a buildspec, with its place. */
export function commandsOf(value: Json): readonly { readonly text: string; readonly path: Path }[] {
  const phases = isObject(value) ? own(value, "phases") : undefined;
  if (!isObject(phases)) return [];
  return Object.entries(phases).flatMap(([name, phase]) =>
    ["commands", "finally"].flatMap((part) => {
      const commands = isObject(phase) ? own(phase, part) : undefined;
      const path = ["phases", name, part];
      if (typeof commands === "string") return [{ text: commands, path }];
      return (isList(commands) ? commands : []).flatMap((command, index) =>
        typeof command === "string" ? [{ text: command, path: [...path, index] }] : [],
      );
    }),
  );
}
