/**
 * The AWS SDK v3 that AWS's Node runtimes bring along: what the function did not bundle is taken from Seatrial's own
 * dependencies. Only a name that the function cannot resolve itself comes here, and only the SDK's names.
 */
import fs from "node:fs";
import module, { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const SDK = /^@(aws-sdk|smithy)\//;
const own = createRequire(import.meta.url);
let importInstalled = false;

function forRequire() {
  const resolve = module._resolveFilename;
  module._resolveFilename = function (request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      if (error?.code !== "MODULE_NOT_FOUND" || !SDK.test(request)) throw error;
      try {
        return own.resolve(request);
      } catch {
        throw error;
      }
    }
  };
}

/** Roots for bare names that `import` cannot find: NODE_PATH's folders (AWS's own addition), then ours for the SDK. */
function fallbackParents() {
  const folders = (process.env.NODE_PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => path.basename(folder) === "node_modules");
  return folders
    .filter((folder) => fs.existsSync(folder))
    .map((folder) => pathToFileURL(path.join(folder, "..", "x.mjs")).href);
}

const isBare = (specifier) => /^[^./#]/.test(specifier) && !/^[a-z]+:/.test(specifier);

/** Installs the same for `import`. On a Node without synchronous hooks this costs a thread, so only where it is needed. */
async function forImport(root) {
  if (importInstalled) return;
  importInstalled = true;
  const layers = fallbackParents();
  if (typeof module.registerHooks === "function") {
    module.registerHooks({
      resolve(specifier, context, next) {
        try {
          return next(specifier, context);
        } catch (error) {
          if (error?.code !== "ERR_MODULE_NOT_FOUND" || !isBare(specifier)) throw error;
          for (const parentURL of [...layers, ...(SDK.test(specifier) ? [import.meta.url] : [])]) {
            try {
              return next(specifier, { ...context, parentURL });
            } catch {
              // The next place may have it.
            }
          }
          throw error;
        }
      },
    });
  } else if (layers.length > 0 || mentionsSdk(root)) {
    module.register("./node-sdk-hooks.mjs", import.meta.url, { data: { layers, own: import.meta.url } });
  }
}

/** Whether the function's own files name the SDK; when there is too much to read, they may. */
function mentionsSdk(root) {
  let budget = 8_000_000;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        // What lies in node_modules carries its own dependencies, but may leave the SDK to the runtime.
        folders.push(name);
      } else if (/\.[cm]?[jt]s$/.test(entry.name)) {
        const text = fs.readFileSync(name, "utf8");
        budget -= text.length;
        if (budget < 0 || /@(aws-sdk|smithy)\//.test(text)) return true;
      }
    }
  }
  return false;
}

export const installSdkFallback = { forRequire, forImport };
