/** Reads the resource schemas that the build left in dist/schemas: a namespace's file when a type of it is first asked for. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./kernel/errors.ts";
import type { ResourceSchema, SchemaCatalogue } from "./template/schema/resource-schema.ts";

/**
 * The published schemas. Nothing is read yet: names and schemas are when they are asked for, and kept.
 * Raises UsageError, then, when the build has not made them.
 */
export function loadSchemaCatalogue(): SchemaCatalogue {
  const namespaces = new Map<string, Readonly<Record<string, ResourceSchema>>>();
  let names: readonly string[] | undefined;
  const allNames = (): readonly string[] => {
    // `scripts/extract-schemas.mjs` writes these files, in the form of ResourceSchema; nobody else writes there.
    if (names === undefined) {
      const read: readonly string[] = JSON.parse(readSchemas("index") ?? missing());
      names = read;
    }
    return names;
  };
  return {
    get(type) {
      const [vendor, service, resource] = type.split("::");
      // The namespace becomes a file's name: letters and digits alone.
      if (resource === undefined || !/^\w+$/.test(`${vendor}${service}`)) return undefined;
      const namespace = `${vendor}_${service}`;
      let schemas = namespaces.get(namespace);
      if (schemas === undefined) {
        const text = readSchemas(namespace);
        if (text === undefined) {
          allNames();
          schemas = {};
        } else {
          const read: Readonly<Record<string, ResourceSchema>> = JSON.parse(text);
          schemas = read;
          namespaces.set(namespace, schemas);
        }
      }
      return Object.hasOwn(schemas, type) ? schemas[type] : undefined;
    },
    names: allNames,
  };
}

function missing(): never {
  throw new UsageError("There are no resource schemas in dist/schemas. Run 'node scripts/extract-schemas.mjs'.");
}

function readSchemas(name: string): string | undefined {
  const file = join(schemasFolder(), `${name}.json`);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

let folder: string | undefined;

/** dist/schemas of the package that this code runs from, be it bundled in dist/ or as source under a test. */
function schemasFolder(): string {
  if (folder !== undefined) return folder;
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "package.json"))) {
    const up = dirname(at);
    if (up === at) throw new UsageError("Seatrial does not find its own package.json above its code.");
    at = up;
  }
  folder = join(at, "dist", "schemas");
  return folder;
}
