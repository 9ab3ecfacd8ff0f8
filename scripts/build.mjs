/** Builds dist/: the wire's tables and the resource schemas, then the library and the command, each one file with the shared parts beside it. */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
for (const script of ["scripts/extract-tables.mjs", "scripts/extract-schemas.mjs"]) {
  const { status } = spawnSync(process.execPath, [join(root, script)], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

rmSync(join(root, "dist/chunks"), { recursive: true, force: true });
// The runtimes' bootstraps run in the functions' own processes: files, not part of the bundle.
cpSync(join(root, "src/compute/bootstrap"), join(root, "dist/compute/bootstrap"), { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: "src/index.ts", sam: "src/sam.ts", check: "src/check.ts", cli: "src/cli/main.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Native code, and what functions load by themselves, stay where npm put them.
  external: ["lmdb", "@aws-sdk/*", "@smithy/*", "esbuild"],
  // Bundled CommonJS packages ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  sourcemap: "linked",
  logLevel: "warning",
});
