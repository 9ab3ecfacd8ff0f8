/** Which of AWS's runtimes this machine can run, and with what command. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "../kernel/errors.ts";
import { locateBootstraps } from "./bootstrap-location.ts";
import type { FunctionSpec, RuntimeCheck } from "./contract.ts";

/** A command that is a Lambda runtime. */
export interface RuntimeCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Variables that this runtime needs beside AWS's. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder of the interpreter, for the front of PATH. */
  readonly interpreterDirectory?: string;
  /** Whether it sends its log in frames on descriptor 3; else only what it prints is known. */
  readonly framed: boolean;
  /** For the INIT_START line: `nodejs:22 (Node.js v22.4.0)`. */
  readonly version: string;
}

export interface Runtimes {
  check(runtime: string): Promise<RuntimeCheck>;
  /**
   * The command for a function; `optDirectory` is where the process will see its layers.
   * Raises UsageError where `check` has a problem, or where an OS-only runtime's executable is not there.
   */
  command(spec: FunctionSpec, optDirectory: string): Promise<RuntimeCommand>;
}

const ACCEPTED =
  "Accepted are nodejs* (on this Node), python3.* (on an installed Python 3), provided, provided.al2, provided.al2023, " +
  "and go1.x where the executable speaks the Runtime API.";

type Family =
  | { readonly kind: "node"; readonly major: number }
  | { readonly kind: "python"; readonly minor: number }
  | { readonly kind: "executable" };

/** Reads a runtime identifier; undefined for those of other languages and for unknown ones. */
function familyOf(runtime: string): Family | undefined {
  const node = /^nodejs(?:(\d+)\.(?:x|\d+)(?:-edge)?)?$/.exec(runtime);
  if (node) return { kind: "node", major: Number(node[1] ?? 0) };
  const python = /^python3\.(\d+)$/.exec(runtime);
  if (python) return { kind: "python", minor: Number(python[1]) };
  return /^(provided(\.al2|\.al2023)?|go1\.x)$/.test(runtime) ? { kind: "executable" } : undefined;
}

interface Python {
  readonly executable: string;
  readonly minor: number;
  /** The folder that boto3 can be imported from. */
  readonly boto3?: string;
}

/** Looks for interpreters when a function needs one, each once. `searchPath` is a PATH. */
export function createRuntimes(searchPath: string): Runtimes {
  const probed = new Map<string, Promise<Python | undefined>>();

  function python(name: string): Promise<Python | undefined> {
    const known = probed.get(name);
    if (known !== undefined) return known;
    const folder = searchPath.split(path.delimiter).find((place) => place !== "" && existsSync(path.join(place, name)));
    const found = folder === undefined ? Promise.resolve(undefined) : probe(path.join(folder, name));
    probed.set(name, found);
    return found;
  }

  /** The interpreter of this minor version, or the nearest; one without boto3 borrows it from `python3` (it is pure Python). */
  async function pythonFor(minor: number): Promise<Python | undefined> {
    const [exact, usual] = await Promise.all([python(`python3.${minor}`), python("python3")]);
    let best = exact ?? usual;
    const limit = best === undefined ? 16 : Math.abs(best.minor - minor);
    for (let distance = 1; distance < limit; distance++) {
      const near = (await python(`python3.${minor + distance}`)) ?? (await python(`python3.${minor - distance}`));
      if (near === undefined) continue;
      best = near;
      break;
    }
    if (best === undefined || best.boto3 !== undefined || usual?.boto3 === undefined) return best;
    return { ...best, boto3: usual.boto3 };
  }

  async function check(runtime: string): Promise<RuntimeCheck> {
    const family = familyOf(runtime);
    if (family === undefined) {
      const known = /^(java|ruby|dotnet|python2)/.test(runtime)
        ? "is not there yet"
        : "is not a runtime that Seatrial knows";
      return { ok: false, problem: `The runtime ${runtime} ${known}. ${ACCEPTED}` };
    }
    switch (family.kind) {
      case "node": {
        const ours = Number(process.versions.node.split(".")[0]);
        if (family.major === ours || family.major === 0) return { ok: true };
        return {
          ok: true,
          warning: `Functions with the runtime ${runtime} run on Node.js ${process.version}, the Node that runs Seatrial.`,
        };
      }
      case "python": {
        const python = await pythonFor(family.minor);
        if (python === undefined) {
          return {
            ok: false,
            problem: `The runtime ${runtime} needs a Python 3 (3.7 or later) on PATH, and there is none. ${ACCEPTED}`,
          };
        }
        if (python.minor === family.minor) return { ok: true };
        return {
          ok: true,
          warning: `Functions with the runtime ${runtime} run on Python 3.${python.minor} (${python.executable}), the nearest that is installed.`,
        };
      }
      case "executable":
        return { ok: true };
    }
  }

  async function command(spec: FunctionSpec, optDirectory: string): Promise<RuntimeCommand> {
    const checked = await check(spec.runtime);
    const family = familyOf(spec.runtime);
    if (!checked.ok || family === undefined) throw new UsageError(checked.ok ? ACCEPTED : checked.problem);
    switch (family.kind) {
      case "node":
        return nodeCommand(spec, family.major);
      case "python": {
        const python = await pythonFor(family.minor);
        if (python === undefined) throw new UsageError(ACCEPTED);
        return pythonCommand(python, family.minor, optDirectory);
      }
      case "executable":
        return await executableCommand(spec, optDirectory);
    }
  }

  return { check, command };
}

function nodeCommand(spec: FunctionSpec, major: number): RuntimeCommand {
  // AWS gives the heap most of the memory; the rest is for what lies outside of it.
  const heap = Math.max(64, Math.floor(spec.memoryMegabytes * 0.92));
  return {
    command: process.execPath,
    arguments: [
      `--max-old-space-size=${heap}`,
      "--no-warnings=ExperimentalWarning",
      path.join(locateBootstraps(), "node.mjs"),
    ],
    variables: {},
    interpreterDirectory: path.dirname(process.execPath),
    framed: true,
    version: `nodejs:${major} (Node.js ${process.version})`,
  };
}

function pythonCommand(python: Python, minor: number, optDirectory: string): RuntimeCommand {
  return {
    command: python.executable,
    // -S: what happens to be installed on this machine is not on AWS either; boto3 comes by its own door.
    arguments: ["-S", "-B", path.join(locateBootstraps(), "python.py")],
    variables: { SEATRIAL_OPT: optDirectory, ...(python.boto3 === undefined ? {} : { SEATRIAL_BOTO3: python.boto3 }) },
    interpreterDirectory: path.dirname(python.executable),
    framed: true,
    version: `python:3.${minor} (Python 3.${python.minor})`,
  };
}

/** OS-only runtimes start `bootstrap`, of the function or of a layer (AWS's page "Building a custom runtime"). */
async function executableCommand(spec: FunctionSpec, optDirectory: string): Promise<RuntimeCommand> {
  const go = spec.runtime === "go1.x";
  const name = go ? spec.handler : "bootstrap";
  const places = go ? [spec.codeDirectory] : [spec.codeDirectory, ...[...spec.layerDirectories].reverse()];
  for (const place of places) {
    const file = path.join(place, name);
    if (!existsSync(file)) continue;
    try {
      await access(file, constants.X_OK);
    } catch {
      throw new UsageError(`Couldn't start ${name}: ${file} is not executable. Set its mode to 755 before zipping it.`);
    }
    const seen = place === spec.codeDirectory ? file : path.join(optDirectory, name);
    return { command: seen, arguments: [], variables: {}, framed: false, version: spec.runtime.replace(".", ":") };
  }
  const where = go ? "in the function's code" : "in the function's code or a layer";
  throw new UsageError(
    `Couldn't find valid bootstrap(s): the runtime ${spec.runtime} starts an executable named ${name} ${where}, and there is none.` +
      (go ? " It must speak the Runtime API: the older Go RPC protocol is not there." : ""),
  );
}

const PROBE =
  "import sys,os\ntry:\n import boto3\n at=os.path.dirname(os.path.dirname(boto3.__file__))\nexcept Exception: at=''\n" +
  "print(sys.executable, sys.version_info[1], at, sep='\\n')";

function probe(file: string): Promise<Python | undefined> {
  return new Promise((resolve) => {
    execFile(file, ["-c", PROBE], { timeout: 20_000 }, (error, stdout) => {
      const [executable = "", minor = "", boto3 = ""] = stdout.split("\n");
      if (error !== null || executable === "" || !(Number(minor) >= 7)) resolve(undefined);
      else resolve({ executable, minor: Number(minor), ...(boto3 === "" ? {} : { boto3 }) });
    });
  });
}
