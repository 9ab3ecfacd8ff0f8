/**
 * Writes docs/coverage.md: every operation and every CloudFormation resource type that the cloud has, from its own registry.
 * With `--check` it writes nothing and ends with exit code 1 when the file is stale.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "docs/coverage.md");

const text = render(await readRegistry());
if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readOrNothing(file) !== text) {
  console.error("docs/coverage.md is not what the cloud has. Run: node scripts/coverage.mjs");
  process.exitCode = 1;
}

/** The services as the composition root makes them, without a server: `createServices` of src/cloud.ts. */
async function readRegistry() {
  const bundle = join(root, `dist/coverage-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    stdin: {
      contents: [
        'export { createServices } from "./cloud.ts";',
        'export { createKernel } from "./kernel/kernel.ts";',
        'export { ownTypes } from "./services/cloudformation/types/own-types.ts";',
      ].join("\n"),
      resolveDir: join(root, "src"),
      loader: "ts",
    },
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  try {
    const { createKernel, createServices, ownTypes } = await import(pathToFileURL(bundle).href);
    const kernel = createKernel();
    const services = createServices(kernel);
    for (const service of services) await service.close?.();
    await kernel.close();
    return { services, ownTypes };
  } finally {
    rmSync(bundle, { force: true });
  }
}

function render({ services, ownTypes }) {
  const sorted = services.toSorted((a, b) => order(a.name, b.name));
  const types = [...ownTypes, ...sorted.flatMap(({ resources = {} }) => Object.entries(resources))].sort(([a], [b]) =>
    order(a, b),
  );
  const lines = [
    "# What the cloud has",
    "",
    "Written by `scripts/coverage.mjs` from the services themselves; `npm test` fails when it is stale. An operation that is not",
    "there answers `NotImplemented` with its name; a template's resource type or property that is not there is refused by name.",
    "",
    "| service | operations | of AWS's |",
    "|---|---|---|",
    ...sorted.map(
      ({ name, operations }) => `| ${name} | ${Object.keys(operations).length} | ${operationsOf(name).length} |`,
    ),
    "",
    "## CloudFormation resource types and their properties",
    "",
    "A property that AWS has and the type has not fails a resource before anything is made, with an error that names it; so does a part of a",
    "property, which is named with dots. Custom resources take what their function takes.",
    "",
    "| type | properties | not there |",
    "|---|---|---|",
    ...types.map(
      ([type, resource]) => `| \`${type}\` | ${names(supported(resource))} | ${names(lacking(type, resource))} |`,
    ),
    "",
    "## AWS's resource types that are not there, of the services that are",
    "",
    "A template that has one is refused by name before anything is made.",
    ...namespaces(sorted, types).flatMap((namespace) => {
      const missing = publishedTypes(namespace).filter((type) => !types.some(([there]) => there === type));
      const short = missing.map((type) => type.slice(namespace.length + 2));
      return missing.length === 0 ? [] : ["", ...wrap(`\`${namespace}\`: ${short.join(", ")}.`)];
    }),
    "",
    "## Operations",
    ...sorted.flatMap(({ name, operations }) => {
      const all = operationsOf(name);
      const there = all.filter((operation) => operation in operations);
      const missing = all.filter((operation) => !(operation in operations));
      return [
        "",
        `### ${name}`,
        "",
        ...wrap(`${there.join(", ")}.`),
        ...(missing.length === 0 ? [] : ["", ...wrap(`Not there: ${missing.join(", ")}.`)]),
      ];
    }),
    "",
  ];
  return lines.join("\n");
}

function supported({ properties, unsupported = [] }) {
  return properties.filter((property) => !unsupported.includes(property));
}

/** What AWS's schema has and the type has not: whole properties, and parts of those that it has. */
function lacking(type, { properties, unsupported = [], open = false }) {
  const published = Object.keys(readSchemas(namespaceOf(type))[type].properties);
  return open ? [] : [...published.filter((property) => !properties.includes(property)), ...unsupported];
}

function names(list) {
  return list.toSorted(order).join(", ");
}

/** Those of the services by their names, and those that they bring types of. */
function namespaces(services, types) {
  const all = new Set(JSON.parse(readFileSync(join(root, "dist/schemas/index.json"), "utf8")).map(namespaceOf));
  const own = new Set(types.map(([type]) => namespaceOf(type)));
  const isThere = (namespace) => services.some(({ name }) => `aws::${name}` === namespace.toLowerCase());
  return [...all].filter((namespace) => own.has(namespace) || isThere(namespace)).sort(order);
}

function namespaceOf(type) {
  return type.split("::").slice(0, 2).join("::");
}

function publishedTypes(namespace) {
  return Object.keys(readSchemas(namespace)).sort(order);
}

/** What AWS publishes of the types of a namespace, as the build has extracted it. */
function readSchemas(namespace) {
  return JSON.parse(readFileSync(join(root, `dist/schemas/${namespace.replace("::", "_")}.json`), "utf8"));
}

/** Every operation that AWS's own client has. */
function operationsOf(service) {
  return Object.keys(JSON.parse(readFileSync(join(root, `dist/tables/${service}.json`), "utf8")).operations).sort(
    order,
  );
}

function wrap(line) {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last.length + word.length > 118) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

function order(a, b) {
  return a < b ? -1 : Number(a > b);
}

function readOrNothing(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
