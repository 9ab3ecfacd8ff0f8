/** How much memory an environment's processes use, from Linux's /proc; elsewhere nothing is known. */
import { existsSync, readFileSync } from "node:fs";

export interface MemoryUse {
  readonly bytes: number;
  /** The most that the first process ever used, with its children's present use. */
  readonly peakBytes: number;
}

/** Whether this system can tell. */
export const memoryIsKnown = existsSync("/proc/self/status");

/** The use of a process and its descendants; undefined when it is gone or the system cannot tell. */
export function memoryOf(pid: number): MemoryUse | undefined {
  const own = readStatus(pid);
  if (own === undefined) return undefined;
  let children = 0;
  // What a child shares with its parent is counted once.
  for (const child of descendantsOf(pid)) children += readStatus(child)?.anonymous ?? 0;
  return { bytes: own.resident + children, peakBytes: own.peak + children };
}

/** All living descendants, nearest first. */
export function descendantsOf(pid: number): number[] {
  const found: number[] = [];
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const children = readText(`/proc/${at}/task/${at}/children`);
    for (const child of (children ?? "").split(" ")) {
      if (child === "") continue;
      found.push(Number(child));
      open.push(Number(child));
    }
  }
  return found;
}

function readStatus(pid: number): { resident: number; peak: number; anonymous: number } | undefined {
  const text = readText(`/proc/${pid}/status`);
  if (text === undefined) return undefined;
  const field = (name: string): number => {
    const at = text.indexOf(`${name}:`);
    return at < 0 ? 0 : Number.parseInt(text.slice(at + name.length + 1), 10) * 1024;
  };
  return { resident: field("VmRSS"), peak: field("VmHWM"), anonymous: field("RssAnon") };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}
