/** Starts the two servers that are compared, and reads what they have cost: CPU time of a process and its children, memory. */
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** Clock ticks a second in /proc (USER_HZ), the same on every Linux that Node runs on. */
const TICKS = 100;

export async function startBare() {
  const port = await freePort();
  return started(spawn(process.execPath, [path("bare-server.mjs"), String(port)], { stdio: "ignore" }), port, "/");
}

export async function startSeatrial(...args) {
  const port = await freePort();
  const child = spawn(process.execPath, [path("../dist/cli.js"), "up", "--port", String(port), ...args], {
    stdio: "ignore",
  });
  return started(child, port, "/_seatrial/health");
}

/** Waits for the first answer, asking every 5 ms; `startedInMs` is how long it took. */
async function started(child, port, firstPath) {
  const begun = performance.now();
  for (;;) {
    try {
      await (await fetch(`http://127.0.0.1:${port}${firstPath}`)).arrayBuffer();
      break;
    } catch {
      if (child.exitCode !== null) throw new Error(`the server on ${port} ended with ${child.exitCode}`);
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }
  return {
    port,
    startedInMs: performance.now() - begun,
    cpuMs: () => family(child.pid).reduce((sum, pid) => sum + cpuOf(pid), 0),
    memoryMb: () => memoryOf(child.pid),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGTERM");
      }),
  };
}

function path(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A process and all that it started. */
function family(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat !== undefined) parents.set(Number(name), Number(stat[1]));
  }
  const all = [pid];
  for (const member of all) for (const [child, parent] of parents) if (parent === member) all.push(child);
  return all;
}

function cpuOf(pid) {
  const stat = statOf(pid);
  return stat === undefined ? 0 : ((Number(stat[11]) + Number(stat[12])) * 1000) / TICKS;
}

/** The fields of /proc/PID/stat behind the command's name (which may hold blanks). */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
