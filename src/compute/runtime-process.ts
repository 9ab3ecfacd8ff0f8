/** One runtime process: started confined, its output read, its memory told, and killed with all that it started. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { LogReaders } from "./log-collector.ts";
import { descendantsOf } from "./memory.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set where it could not even be started. */
  readonly startError?: Error;
}

export interface RuntimeProcess {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Settles once, when the process is gone and what it wrote has been read. */
  readonly exited: Promise<Exit>;
  /** Kills it and every process that it started, also those that left its group. */
  kill(): void;
}

export interface ProcessPlan {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly framed: boolean;
  readonly readers: LogReaders;
}

export function startProcess(plan: ProcessPlan): RuntimeProcess {
  const child = spawn(plan.command, [...plan.arguments], {
    cwd: plan.directory,
    env: { ...plan.variables },
    stdio: plan.framed ? ["ignore", "pipe", "pipe", "pipe"] : ["ignore", "pipe", "pipe"],
    // A group of its own, so that one signal reaches what it starts.
    detached: true,
  });
  const { readers } = plan;
  child.stdout?.on("data", readers.output);
  child.stderr?.on("data", readers.errors);
  child.stdio[3]?.on("data", readers.frames);
  // A reset connection to a killed process is its end, which `exit` tells.
  for (const stream of child.stdio) stream?.on("error", () => {});

  const exited = new Promise<Exit>((resolve) => {
    const finish = (exit: Exit): void => {
      // What it had written is readable now; not `close`, which a grandchild that holds the pipe could put off for ever.
      setImmediate(() => {
        setImmediate(() => {
          readers.end();
          releasePipes(child);
          resolve(exit);
        });
      });
    };
    child.once("exit", (code, signal) => {
      killGroup(child.pid);
      finish({ code, signal });
    });
    child.once("error", (startError) => {
      if (child.pid === undefined) finish({ code: null, signal: null, startError });
    });
  });

  const marker = `AWS_LAMBDA_LOG_STREAM_NAME=${plan.variables["AWS_LAMBDA_LOG_STREAM_NAME"] ?? ""}\0`;
  void exited.then(() => killMarked([marker]));
  return {
    pid: child.pid,
    exited,
    kill() {
      if (child.pid === undefined) return;
      const descendants = descendantsOf(child.pid);
      killGroup(child.pid);
      for (const pid of descendants) signal(pid);
    },
  };
}

function releasePipes(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
}

function killGroup(pid: number | undefined): void {
  if (pid !== undefined) signal(-pid);
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/**
 * Kills every process whose variables hold one of the texts: what left both the group and the family (a daemon) still carries
 * its environment's log stream, a random name.
 */
export function killMarked(markers: readonly string[]): void {
  if (process.platform !== "linux" || markers.length === 0) return;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "latin1");
      if (markers.some((marker) => variables.includes(marker))) signal(pid);
    } catch {
      // Gone, or another user's.
    }
  }
}

/** AWS's words for the end of a runtime (`Runtime exited with error: exit status 1`). */
export function exitText(exit: Exit): string {
  if (exit.startError !== undefined) return `Couldn't start the runtime: ${exit.startError.message}`;
  if (exit.signal !== null) return `Runtime exited with error: signal: ${SIGNALS[exit.signal] ?? exit.signal}`;
  if (exit.code === 0 || exit.code === null) return "Runtime exited without providing a reason";
  return `Runtime exited with error: exit status ${exit.code}`;
}

const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};
