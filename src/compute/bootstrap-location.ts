/** Finds the bootstraps, which are files that other interpreters run: beside the sources, or in the built package. */
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PLACES = ["./bootstrap/", "./compute/bootstrap/", "../compute/bootstrap/", "../src/compute/bootstrap/"];

/**
 * The directory (its real path) with `node.mjs` and `python.py`.
 * Raises an Error when the package was built without them: that is a bug of the build.
 */
export function locateBootstraps(): string {
  for (const place of PLACES) {
    const directory = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(`${directory}node.mjs`)) return realpathSync(directory);
  }
  throw new Error(`the Lambda bootstraps are in none of ${PLACES.join(", ")} from ${import.meta.url}`);
}
