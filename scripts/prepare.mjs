/**
 * Makes a fresh clone ready: installs the locked packages, extracts the wire's tables, builds. Does each only when what
 * it depends on has changed, so that it costs a tenth of a second otherwise. Plain Node: nothing is installed yet.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Seatrial needs Node 20.19 or later; this is ${process.versions.node}. Install a newer one and try again.`,
  );
  process.exit(1);
}

step("node_modules/.seatrial-installed", [join(root, "package-lock.json")], () => {
  console.error("Installing the packages (once; a minute at most) …");
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file that lacks the native packages of other systems. `--no-save` leaves the lock file alone.
  const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const done = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
    : spawnSync("npm", args, {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
      });
  if (done.status !== 0)
    fail("The packages could not be installed. Is the npm registry reachable? Then type the same command again.");
});

step("dist/.built", [...files("src"), ...files("scripts"), join(root, "package-lock.json")], () => {
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) fail("The build failed; the lines above say where.");
});

/** Runs `work` unless `stamp` tells of these very files. */
function step(stamp, inputs, work) {
  const path = join(root, stamp);
  const now = fingerprint(inputs);
  if (existsSync(path) && readFileSync(path, "utf8") === now) return;
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, now);
}

function fingerprint(inputs) {
  const hash = createHash("sha256");
  for (const path of inputs) {
    const { size, mtimeMs } = statSync(path);
    // A lock file is judged by what it says (a clone gives it a new date), sources by size and date.
    hash.update(path.endsWith("package-lock.json") ? readFileSync(path) : `${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function files(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
