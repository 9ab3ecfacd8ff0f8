/**
 * Writes dist/schemas/<AWS_Service>.json: what AWS publishes of every resource type (src/template/schema/resource-schema.ts), a file
 * for each namespace, and index.json with all names. Runs at build time; does nothing when nothing changed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(join(root, "package.json"));
const target = join(root, "dist", "schemas");
const limitsFile = join(root, "scripts", "registry-limits.json");

/** One resource type with the definitions that it uses; documentation is left out. */
function schemaOf(database, resource) {
  const definitions = {};
  const type = (given) => {
    switch (given.type) {
      case "ref": {
        const { name, properties } = database.get("typeDefinition", given.reference);
        // First the name, because a definition may contain itself.
        if (!(name in definitions)) {
          definitions[name] = {};
          definitions[name] = propertiesOf(properties, type);
        }
        return { type: "ref", name };
      }
      case "array":
      case "map":
        return { type: given.type, element: type(given.element) };
      case "union":
        return { type: "union", types: given.types.map(type) };
      default:
        return given;
    }
  };
  const properties = propertiesOf(resource.properties, type);
  const attributes = Object.fromEntries(sorted(resource.attributes).map(([name, { type: of }]) => [name, type(of)]));
  limit(properties, definitions, LIMITS[resource.cloudFormationType] ?? {});
  const { primaryIdentifier, cfnRefIdentifier, tagInformation, additionalReplacementProperties } = resource;
  return {
    name: resource.cloudFormationType,
    properties,
    attributes,
    definitions,
    ...(primaryIdentifier ? { primaryIdentifier } : {}),
    ...(cfnRefIdentifier ? { refIdentifier: cfnRefIdentifier } : {}),
    ...(tagInformation ? { tags: { property: tagInformation.tagPropertyName, variant: tagInformation.variant } } : {}),
    ...(additionalReplacementProperties ? { replacementPaths: additionalReplacementProperties } : {}),
    ...(resource.cloudFormationTransform ? { transform: resource.cloudFormationTransform } : {}),
  };
}

/** Puts in what the registry says and the package does not: limits, and what may be left out after all. */
function limit(properties, definitions, { properties: limits = {}, definitions: inside = {}, optional = [] }) {
  limitAll(properties, limits);
  for (const [name, members] of Object.entries(definitions)) limitAll(members, inside[name] ?? {});
  for (const path of optional) {
    const [owner, name] = path.split(".");
    const property = name === undefined ? properties[owner] : definitions[owner]?.[name];
    if (property !== undefined) delete property.required;
  }
  const tag = optional.filter((path) => path.startsWith("tag.")).map((path) => path.slice("tag.".length));
  if (tag.length === 0) return;
  for (const members of [properties, ...Object.values(definitions)]) {
    for (const property of Object.values(members)) property.type = withOptionalTag(property.type, tag);
  }
}

function limitAll(members, limits) {
  for (const [name, found] of Object.entries(limits)) {
    if (members[name] !== undefined) members[name].type = limited(members[name].type, found);
  }
}

function limited(type, { element, pattern, ...rest }) {
  return {
    ...type,
    ...rest,
    ...(pattern !== undefined && isUsable(pattern) ? { pattern } : {}),
    ...(element === undefined ? {} : { element: limited(type.element, element) }),
  };
}

/** True for a pattern that means the same in JavaScript as in Java. */
function isUsable(pattern) {
  if (/\\[AZzpPhHQEGRX]|\(\?[a-z]|\[\[:|&&|[*+?}]\+/.test(pattern)) return false;
  try {
    return RegExp(pattern) !== undefined;
  } catch {
    return false;
  }
}

function withOptionalTag(type, optional) {
  if (type.type === "tag") return { ...type, optional };
  return type.element === undefined ? type : { ...type, element: withOptionalTag(type.element, optional) };
}

function propertiesOf(properties, type) {
  return Object.fromEntries(sorted(properties).map(([name, property]) => [name, propertyOf(property, type)]));
}

function propertyOf({ type: given, required, causesReplacement, defaultValue, deprecated, relationshipRefs }, type) {
  return {
    type: type(given),
    ...(required ? { required: true } : {}),
    ...(causesReplacement === "yes" ? { replacement: "always" } : {}),
    ...(causesReplacement === "maybe" ? { replacement: "conditional" } : {}),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(deprecated && deprecated !== "NONE" ? { deprecated: true } : {}),
    ...(relationshipRefs
      ? {
          refersTo: relationshipRefs.map((to) => ({ type: to.cloudFormationType, attribute: to.propertyName })),
        }
      : {}),
  };
}

function sorted(record) {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the schemas were made from: this script, the limits and the package's version. */
function fingerprint() {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(readFileSync(limitsFile));
  hash.update(readFileSync(join(root, "node_modules/@aws-cdk/aws-service-spec/package.json")));
  return hash.digest("hex");
}

/** Written by scripts/registry-limits.py. */
const LIMITS = JSON.parse(readFileSync(limitsFile, "utf8"));
const stampFile = join(target, ".stamp");
const stamp = fingerprint();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  const database = require("@aws-cdk/aws-service-spec").loadAwsServiceSpecSync();
  const namespaces = new Map();
  for (const resource of database.all("resource")) {
    const namespace = resource.cloudFormationType.split("::").slice(0, 2).join("_");
    if (!namespaces.has(namespace)) namespaces.set(namespace, {});
    namespaces.get(namespace)[resource.cloudFormationType] = schemaOf(database, resource);
  }
  rmSync(stampFile, { force: true });
  mkdirSync(target, { recursive: true });
  const write = (name, value) => {
    const file = join(target, `${name}.json`);
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(value));
    renameSync(`${file}.${process.pid}`, file);
  };
  for (const [namespace, schemas] of namespaces) write(namespace, schemas);
  write("index", [...namespaces.values()].flatMap(Object.keys).sort());
  writeFileSync(stampFile, stamp);
}
