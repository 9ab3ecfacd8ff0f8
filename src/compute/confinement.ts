/**
 * What this machine offers to set a function's process apart: a private `/tmp` and `/opt` (mount namespace), a life that
 * ends with ours (parent-death signal) and a limit on wild allocations. Each is tried once, and used where it works.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";

/** What works here. */
export interface Offer {
  /** `unshare` with its arguments, where mounting in a namespace of one's own is allowed. */
  readonly unshare?: readonly string[];
  /** Whether `setpriv` can tie a process's life to ours. */
  readonly tie: boolean;
  /** Whether `prlimit` can limit memory. */
  readonly limit: boolean;
}

export interface Plan {
  readonly command: string;
  readonly arguments: readonly string[];
  /** What the function's process is to be started with. */
  readonly codeDirectory: string;
  readonly optDirectory: string;
  /** This environment's own files. */
  readonly temporaryDirectory: string;
  readonly temporaryMegabytes: number;
  readonly memoryMegabytes: number;
  /** Directories that must stay visible although they may lie beneath `/tmp`. */
  readonly needed: readonly string[];
}

/** Whether `/opt` can be the layers': it must be there, and nothing that the process needs may lie beneath it. */
export function canCoverOpt(offer: Offer, needed: readonly string[]): boolean {
  return offer.unshare !== undefined && existsSync("/opt") && !needed.some((place) => isBeneath(place, "/opt"));
}

/** Where the function will see its code. */
export function taskRoot(offer: Offer, codeDirectory: string): string {
  return offer.unshare !== undefined && existsSync("/var/task") ? "/var/task" : codeDirectory;
}

/** The command line that confines and then becomes the plan's command: same process id, no process between. */
export function confine(offer: Offer, plan: Plan): { command: string; arguments: string[] } {
  const line = [plan.command, ...plan.arguments];
  // A margin over the function's memory: what is resident is watched; this stops one allocation that outruns the watch.
  if (offer.limit) line.unshift("prlimit", `--data=${(plan.memoryMegabytes * 2 + 1024) * 1024 * 1024}`);
  if (offer.tie) line.unshift("setpriv", "--pdeathsig", "KILL");
  if (offer.unshare !== undefined) line.unshift(...offer.unshare, "sh", "-c", mountScript(offer, plan), "sh");
  const [command = "", ...rest] = line;
  return { command, arguments: rest };
}

/**
 * A temporary file system of AWS's size becomes `/tmp`, the layers `/opt`, and the code read-only. Directories that `/tmp`
 * would hide are bound to the same place inside of it first.
 */
function mountScript(offer: Offer, plan: Plan): string {
  const own = quote(plan.temporaryDirectory);
  const root = taskRoot(offer, plan.codeDirectory);
  const lines = ["set -e", `mount -t tmpfs -o size=${plan.temporaryMegabytes}m,mode=1777 tmpfs ${own}`];
  // Errors are AWS's way of saying it too: code is read-only there. Where a namespace may not, the code is merely shared.
  const readOnly = (place: string): string => `mount -o remount,bind,ro ${place} 2>/dev/null || :`;
  const code = quote(plan.codeDirectory);
  lines.push(`mount --bind ${code} ${code}`, readOnly(code));
  for (const place of new Set([plan.codeDirectory, plan.optDirectory, ...plan.needed])) {
    if (!isBeneath(place, "/tmp")) continue;
    const inside = quote(path.join(plan.temporaryDirectory, path.relative("/tmp", place)));
    lines.push(`mkdir -p ${inside}`, `mount --rbind ${quote(place)} ${inside}`);
  }
  if (root === "/var/task") lines.push(`mount --rbind ${code} /var/task`);
  if (canCoverOpt(offer, plan.needed)) lines.push(`mount --rbind ${quote(plan.optDirectory)} /opt`);
  lines.push(`mount --rbind ${own} /tmp`, `cd ${quote(root)}`, 'exec "$@"');
  return lines.join("\n");
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function isBeneath(place: string, directory: string): boolean {
  return place === directory || place.startsWith(`${directory}/`);
}

/**
 * Tries what this machine offers, in `directory`; without `isolate` no namespaces. Answers sentences for what is missing.
 */
export async function probeOffer(directory: string, isolate: boolean): Promise<{ offer: Offer; missing: string[] }> {
  if (process.platform !== "linux") {
    return {
      offer: { tie: false, limit: false },
      missing: [
        `Functions share this machine's /tmp on ${process.platform}, have their layers in $NODE_PATH and the like but not in /opt, and no memory limit.`,
      ],
    };
  }
  await mkdir(directory, { recursive: true });
  const place = await mkdtemp(path.join(directory, "probe-"));
  const [tie, limit] = await Promise.all([
    works("setpriv", ["--pdeathsig", "KILL", "true"]),
    works("prlimit", ["--data=4294967296", "true"]),
  ]);
  const missing: string[] = [];
  let offer: Offer = { tie, limit };
  const namespaces = [
    ["unshare", "--mount", "--propagation", "private"],
    ["unshare", "--map-root-user", "--mount", "--propagation", "private"],
  ];
  for (const unshare of isolate ? namespaces : []) {
    if (offer.unshare !== undefined) break;
    if (await mountsWork({ ...offer, unshare }, place)) offer = { ...offer, unshare };
  }
  if (offer.unshare === undefined) {
    missing.push(
      "Functions do not have a /tmp and an /opt of their own here (mount namespaces are off or not allowed): $TMPDIR is their own, layers are on the usual search paths, and the size of ephemeral storage is not limited.",
    );
  }
  if (!tie) missing.push("Without util-linux's setpriv, a busy function can outlive a Seatrial that was killed.");
  await rm(place, { recursive: true, force: true });
  return { offer, missing };
}

/** Runs the real script, and asks inside whether it did what it should. */
async function mountsWork(offer: Offer, place: string): Promise<boolean> {
  const [code, opt, own] = [path.join(place, "code"), path.join(place, "opt"), path.join(place, "tmp")];
  for (const made of [code, opt, own]) await mkdir(made, { recursive: true });
  const name = path.basename(place);
  const line = confine(offer, {
    command: "sh",
    arguments: ["-c", `test -d ${quote(code)} && touch /tmp/${name}`],
    codeDirectory: code,
    optDirectory: opt,
    temporaryDirectory: own,
    temporaryMegabytes: 16,
    memoryMegabytes: 128,
    needed: [],
  });
  const well = await works(line.command, line.arguments);
  // What it wrote must not have come out.
  return well && !existsSync(`/tmp/${name}`);
}

function works(command: string, given: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, given, { timeout: 10_000 }, (error) => resolve(error === null));
  });
}
