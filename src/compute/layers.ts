/** Merges a function's layers into one `opt` directory, as AWS does: in order, a later layer covering an earlier one. */
import { createHash } from "node:crypto";
import { copyFile, link, lstat, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";

export interface Layers {
  /** A directory with the layers' files; the same for the same list. One layer is taken as it lies. */
  merge(layerDirectories: readonly string[]): Promise<string>;
}

export function createLayers(directory: string): Layers {
  const merged = new Map<string, Promise<string>>();

  async function build(key: string, layers: readonly string[]): Promise<string> {
    const target = path.join(directory, key);
    const building = `${target}.building`;
    await rm(building, { recursive: true, force: true });
    await mkdir(building, { recursive: true });
    for (const layer of layers) await overlay(layer, building);
    await rm(target, { recursive: true, force: true });
    await rename(building, target);
    return target;
  }

  return {
    async merge(layers) {
      const [only] = layers;
      if (layers.length === 1 && only !== undefined) return only;
      const key = createHash("sha256").update(layers.join("\0")).digest("hex").slice(0, 32);
      const known = merged.get(key);
      if (known !== undefined) return await known;
      const made = build(key, layers);
      merged.set(key, made);
      // A failure is told to whom it concerns, and tried again by the next.
      made.catch(() => merged.delete(key));
      return await made;
    },
  };
}

async function overlay(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      if (!(await lstat(target).catch(() => undefined))?.isDirectory()) await rm(target, { force: true });
      await mkdir(target, { recursive: true });
      await overlay(source, target);
      continue;
    }
    await rm(target, { recursive: true, force: true });
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    // Hard links, so that a module in one layer finds its neighbours of another beside it; copies across file systems.
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
