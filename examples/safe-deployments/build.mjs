/**
 * Bundles the handlers for Lambda: src/handlers/NAME/index.ts → dist/NAME/index.mjs. `node build.mjs v2` makes the function that is
 * released say "v2" (v1 without it); the release `broken` raises. The AWS SDK is left out, Lambda's runtimes bring it along.
 */
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
/** A template's `CodeUri` says `dist/NAME`. */
const HANDLERS = ["func1", "numbered-func1", "pre-traffic-func", "post-traffic-func"];

/**
 * Gives the code of each handler's index.mjs, by the handler's name; writes nothing.
 * @param {string} release
 * @returns {Promise<Record<string, string>>}
 * @throws esbuild's error when the sources do not hold together
 */
export async function bundle(release) {
  return Object.fromEntries((await bundled(release)).map(({ path, text }) => [basename(dirname(path)), text]));
}

async function bundled(release) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: Object.fromEntries(HANDLERS.map((name) => [`${name}/index`, `src/handlers/${name}/index.ts`])),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@aws-sdk/*"],
    define: { RELEASE: JSON.stringify(release) },
    logLevel: "warning",
    write: false,
  });
  return outputFiles;
}

if (realpathSync(process.argv[1] ?? ".") === fileURLToPath(import.meta.url)) {
  for (const { path, contents } of await bundled(process.argv[2] ?? "v1")) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}
