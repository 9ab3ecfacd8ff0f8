/** The documents say what is there: files that they name exist, names that they put behind a file stand in it, links lead somewhere. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const documents = ["README.md", ...markdownIn("docs"), ...markdownIn("src"), ...markdownIn("examples")];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function read(document: string): string {
  return readFileSync(join(root, document), "utf8");
}

describe("the documents", () => {
  it("link to files that are there", () => {
    const broken = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(join(root, dirname(document), target)))
        .map((target) => `${document} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("name files of the repository that are there", () => {
    const unknown = documents.flatMap((document) =>
      [...read(document).matchAll(/`((?:src|test|docs|scripts|examples|bench)\/[\w./-]+\.\w+)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, dirname(document), path)))
        .map((path) => `${document} → ${path}`),
    );
    expect(unknown).toEqual([]);
  });

  it("put names behind files in which they stand", () => {
    const pairs = [...read("docs/flow.md").matchAll(/`(src\/[\w./-]+\.ts)` \(((?:`\w+`(?:,\s+)?)+)\)/g)];
    expect(pairs.length).toBeGreaterThan(20);
    const untrue = pairs.flatMap(([, path = "", names = ""]) => {
      const code = read(path);
      return [...names.matchAll(/`(\w+)`/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(code))
        .map((name) => `${path} has no ${name}`);
    });
    expect(untrue).toEqual([]);
  });

  it("give each dependency its reason, and no other", () => {
    const manifest: { dependencies: object; devDependencies: object } = JSON.parse(read("package.json"));
    const reasons = read("docs/dependencies.md");
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const named = [...reasons.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    );
    expect(named.sort()).toEqual(packages.sort());
  });
});
