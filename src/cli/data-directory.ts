/** One cloud per data directory: two would each write over what the other keeps. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../kernel/errors.ts";
import { healthOf } from "./control-client.ts";

/**
 * Raises UsageError when a cloud that is running keeps its state in this directory. The note that a cloud leaves there
 * outlives `kill -9`, and its process id may be somebody else's by now: so the cloud itself is asked.
 */
export async function refuseWhenInUse(directory: string): Promise<void> {
  const owner = ownerOf(directory);
  if (owner === undefined) return;
  const health = await healthOf(owner.port);
  if (health?.pid !== owner.pid) return;
  throw new UsageError(
    `The cloud on port ${owner.port} (process ${owner.pid}) keeps its state in ${directory}. ` +
      `Stop it with "seatrial down --port ${owner.port}", or give another --data-dir or --ephemeral.`,
  );
}

/** Notes that this process's cloud keeps its state in the directory. */
export function claimDirectory(directory: string, port: number): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "cloud.json"), JSON.stringify({ pid: process.pid, port }));
}

function ownerOf(directory: string): { pid: number; port: number } | undefined {
  let note: unknown;
  try {
    note = JSON.parse(readFileSync(join(directory, "cloud.json"), "utf8"));
  } catch {
    // There is none, or a kill cut it off while it was written.
    return undefined;
  }
  if (typeof note !== "object" || note === null || !("pid" in note) || !("port" in note)) return undefined;
  const { pid, port } = note;
  return typeof pid === "number" && typeof port === "number" ? { pid, port } : undefined;
}
