/**
 * Bundles the handlers for Lambda: src/handlers/NAME/index.ts → dist/NAME/index.mjs. The AWS SDK is left out, Lambda's
 * runtimes bring it along.
 */
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** Raises esbuild's error when the sources do not hold together. */
export async function bundle() {
  await build({
    absWorkingDir: here,
    entryPoints: { "file-processor/index": "src/handlers/file-processor/index.ts" },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@aws-sdk/*"],
    logLevel: "warning",
  });
}

if (realpathSync(process.argv[1] ?? ".") === fileURLToPath(import.meta.url)) await bundle();
