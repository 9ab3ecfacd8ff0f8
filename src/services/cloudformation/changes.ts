/**
 * What an update would do, seen before it is done: for change sets, and to answer "No updates are to be performed.". A value that only a
 * changed resource will give is not known yet, and said to be so.
 */
import type { ServiceContext } from "../../service.ts";
import { resolve, type Scope } from "../../template/evaluate.ts";
import { batches, dependencyGraph } from "../../template/graph.ts";
import { mentionsOf } from "../../template/intrinsics.ts";
import type { ResourceDeclaration } from "../../template/sections.ts";
import type { Template } from "../../template/template.ts";
import { TemplateError } from "../../template/template-error.ts";
import { isList, isObject, mapObject, sameJson, type Json, type JsonObject } from "../../template/value.ts";
import { UNKNOWN, type Change } from "./change-sets/change.ts";
import { detailsOf, isNewOne, replacementOf, textOf } from "./change-sets/details.ts";
import { tagsFor } from "./halting.ts";
import { liveRows } from "./layout.ts";
import { withReferences } from "./references.ts";
import { scopeOf, templateFor } from "./scope.ts";
import type { ResourceRow, StackConfig, StackRow } from "./state.ts";
import type { EngineType, TypeRegistry } from "./types/registry.ts";

export interface Changes {
  /** By logical id, as AWS lists them. */
  readonly changes: readonly Change[];
  /** True when something else than resources changes: outputs, the stack's tags or its rollback configuration. */
  readonly isOtherwiseChanged: boolean;
  /** What the resources are wanted to be, by logical id; what is not known yet is `UNKNOWN`. */
  readonly properties: ReadonlyMap<string, JsonObject>;
}

/** What is known of resources beside the templates. */
export interface Foresight {
  /** What is not made but taken over, by logical id: its physical id. */
  readonly imports?: ReadonlyMap<string, string>;
  /** Nested stacks' own change sets, by logical id. Where they are looked into, one without changes does not change. */
  readonly children?: ReadonlyMap<string, { readonly changeSetId: string; readonly isChanged: boolean }>;
}

/** Compares what the stack is with what it would be made from. */
export function changesOf(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  next: { readonly config: StackConfig; readonly template: Template },
  foresight: Foresight = {},
): Changes {
  const { config, template } = next;
  const rows = new Map(liveRows(context, stack.id).map((row) => [row.logicalId, row]));
  const found = new Map<string, Change>();
  const scope = lookingAhead(context, stack, next, rows, found);
  const before = stack.config === undefined ? undefined : templateFor(context, stack.id, stack.config.templateId);
  const seen: Seen = {
    stack,
    config,
    scope,
    found,
    foresight,
    before,
    conditions: new Map(Object.entries(config.conditions)),
    changedParameters: changedParameters(stack.config, config),
    hidden: hiddenTexts(stack.config, config),
  };
  const resolved = new Map<string, JsonObject>();
  const graph = dependencyGraph(template.resources, seen.conditions);
  for (const id of batches(graph).flat()) {
    const declaration = template.resources.get(id);
    const type = declaration === undefined ? undefined : types.get(declaration.type);
    if (declaration === undefined || type === undefined) continue;
    const properties = withReferences(eachResolved(declaration.properties, scope), config.references ?? {});
    resolved.set(id, properties);
    const change = changeOf(seen, { type, declaration, id, properties }, rows.get(id));
    if (change !== undefined) found.set(id, change);
  }
  const removed = [...rows.values()].filter(({ logicalId }) => !graph.has(logicalId));
  const changes = [...found.values(), ...removed.map((row) => removal(seen, row))];
  return {
    properties: resolved,
    changes: changes.sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
    isOtherwiseChanged:
      !sameJson(asTags(stack.config), asTags(config)) ||
      !sameJson(asRollback(stack.config), asRollback(config)) ||
      outputsChange(stack, config, template, scope),
  };
}

function asRollback(config: StackConfig | undefined): JsonObject {
  const { triggers = [], monitoringMinutes = 0 } = config?.rollback ?? {};
  return { monitoringMinutes, triggers: triggers.map(({ arn, type }) => `${type} ${arn}`) };
}

function asTags(config: StackConfig | undefined): JsonObject {
  return Object.fromEntries((config?.tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** The scope in which resources that change give values that are not known yet. */
function lookingAhead(
  context: ServiceContext,
  stack: StackRow,
  { config, template }: { config: StackConfig; template: Template },
  rows: ReadonlyMap<string, ResourceRow>,
  found: ReadonlyMap<string, Change>,
): Scope {
  return scopeOf(context, stack, config, template, {
    ref(id) {
      const row = rows.get(id);
      const change = found.get(id);
      if (change?.action === "Import") return change.physicalId ?? UNKNOWN;
      const isNew = change !== undefined && isNewOne(change);
      return isNew || row?.physicalId === undefined ? UNKNOWN : (row.ref ?? row.physicalId);
    },
    getAtt(id, attribute) {
      const value = rows.get(id)?.attributes[attribute];
      return found.has(id) || value === undefined ? UNKNOWN : value;
    },
  });
}

/** What every resource is compared in. */
interface Seen {
  readonly stack: StackRow;
  readonly config: StackConfig;
  readonly scope: Scope;
  readonly found: ReadonlyMap<string, Change>;
  readonly foresight: Foresight;
  /** The stack's template as it is now. */
  readonly before: Template | undefined;
  readonly conditions: ReadonlyMap<string, boolean>;
  readonly changedParameters: ReadonlySet<string>;
  readonly hidden: Hidden;
}

interface Wanted {
  readonly type: EngineType;
  readonly declaration: ResourceDeclaration;
  readonly id: string;
  readonly properties: JsonObject;
}

function changeOf(
  seen: Seen,
  { type, declaration, id, properties }: Wanted,
  row: ResourceRow | undefined,
): Change | undefined {
  const { config, foresight, scope, stack } = seen;
  const metadata = declaration.metadata === undefined ? undefined : eachResolved(declaration.metadata, scope);
  const after = contextText(seen, declaration, { ...declaration, properties, metadata });
  const child = foresight.children?.get(id);
  if (row?.physicalId === undefined) {
    const imported = foresight.imports?.get(id);
    return {
      action: imported === undefined ? "Add" : "Import",
      logicalId: id,
      physicalId: imported,
      type: declaration.type,
      replacement: undefined,
      policyAction: undefined,
      details: [],
      before: undefined,
      after,
      changeSetId: child?.changeSetId,
    };
  }
  const declaredBefore = seen.before?.resources.get(id);
  const tags = tagsFor({ ...stack, config }, id);
  const details = detailsOf({ ...seen, type, row, declaration, declaredBefore, properties, metadata, tags }).filter(
    ({ source }) => source !== "Automatic" || child?.isChanged !== false,
  );
  if (details.length === 0 && row.type === declaration.type && !row.status.endsWith("_FAILED")) return undefined;
  const replacement = row.type === declaration.type ? replacementOf(details) : "True";
  return {
    action: "Modify",
    logicalId: id,
    physicalId: row.physicalId,
    type: declaration.type,
    replacement,
    policyAction: replacement === "True" ? replacing(declaration.updateReplacePolicy) : undefined,
    details: details.map((detail) => seen.hidden.inDetail(detail, declaration, declaredBefore)),
    before: contextText(seen, declaredBefore, row),
    after,
    changeSetId: child?.changeSetId,
  };
}

function replacing(policy: string | undefined): Change["policyAction"] {
  if (policy === "Retain") return "ReplaceAndRetain";
  return policy === "Snapshot" ? "ReplaceAndSnapshot" : "ReplaceAndDelete";
}

function removal(seen: Seen, row: ResourceRow): Change {
  const { logicalId, physicalId, type, deletionPolicy } = row;
  const isKept = deletionPolicy === "Retain" || deletionPolicy === "RetainExceptOnCreate";
  return {
    action: "Remove",
    logicalId,
    physicalId,
    type,
    replacement: undefined,
    policyAction: isKept ? "Retain" : deletionPolicy === "Snapshot" ? "Snapshot" : "Delete",
    details: [],
    before: contextText(seen, seen.before?.resources.get(logicalId), row),
    after: undefined,
    changeSetId: undefined,
  };
}

/** The resource as BeforeContext and AfterContext have it. */
function contextText(
  { hidden }: Seen,
  declaration: ResourceDeclaration | undefined,
  resource: {
    readonly properties: JsonObject;
    readonly metadata: JsonObject | undefined;
    readonly deletionPolicy: string | undefined;
    readonly updateReplacePolicy: string | undefined;
  },
): string {
  const { metadata, deletionPolicy, updateReplacePolicy } = resource;
  return JSON.stringify({
    Properties: hidden.inProperties(resource.properties, declaration),
    Metadata: metadata,
    DeletionPolicy: deletionPolicy,
    UpdateReplacePolicy: updateReplacePolicy,
  });
}

/** Each property by itself, so that one that cannot be known yet hides no other. */
function eachResolved(properties: JsonObject, scope: Scope): JsonObject {
  return mapObject(properties, (value) => resolvedOrUnknown(value, scope));
}

function resolvedOrUnknown(value: Json, scope: Scope): Json | undefined {
  try {
    return resolve(value, scope);
  } catch (error) {
    if (error instanceof TemplateError) return UNKNOWN;
    throw error;
  }
}

function changedParameters(before: StackConfig | undefined, after: StackConfig): ReadonlySet<string> {
  const old = new Map((before?.parameters ?? []).map(({ key, value }) => [key, value]));
  return new Set(after.parameters.filter(({ key, value }) => !sameJson(old.get(key), value)).map(({ key }) => key));
}

/** Puts stars where the value of a NoEcho parameter would be read. */
interface Hidden {
  inDetail(
    detail: Change["details"][number],
    ...declarations: readonly (ResourceDeclaration | undefined)[]
  ): Change["details"][number];
  inProperties(properties: JsonObject, declaration: ResourceDeclaration | undefined): JsonObject;
}

function hiddenTexts(...configs: readonly (StackConfig | undefined)[]): Hidden {
  const secrets = configs.flatMap((config) => (config?.parameters ?? []).filter(({ noEcho }) => noEcho));
  const names = new Set(secrets.map(({ key }) => key));
  const texts = secrets.map(({ text }) => text).filter((text) => text !== "");
  const hides = (written: Json | undefined): boolean => mentionsOf(written).some(({ name }) => names.has(name));
  const starred = (value: Json): Json => {
    if (typeof value === "string") return texts.reduce((text, secret) => text.replaceAll(secret, "****"), value);
    if (isList(value)) return value.map(starred);
    return isObject(value) ? mapObject(value, starred) : texts.includes(String(value)) ? "****" : value;
  };
  const starredText = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : textOf(starred(value));
  return {
    inDetail(detail, ...declarations) {
      const name = detail.path?.split("/")[2];
      if (names.size === 0 || name === undefined) return detail;
      if (!declarations.some((declaration) => hides(declaration?.properties[name]))) return detail;
      return { ...detail, before: starredText(detail.before), after: starredText(detail.after) };
    },
    inProperties(properties, declaration) {
      if (names.size === 0) return properties;
      return mapObject(properties, (value, key) =>
        declaration === undefined || hides(declaration.properties[key]) ? starred(value) : value,
      );
    },
  };
}

function outputsChange(stack: StackRow, config: StackConfig, template: Template, scope: Scope): boolean {
  const before = new Map(stack.outputs.map((output) => [output.key, output]));
  let count = 0;
  for (const [key, { value, description, condition, exportName }] of template.outputs) {
    if (condition !== undefined && config.conditions[condition] === false) continue;
    count++;
    const old = before.get(key);
    const text = textOf(resolvedOrUnknown(value, scope));
    const name = exportName === undefined ? undefined : textOf(resolvedOrUnknown(exportName, scope));
    if (old === undefined || old.value !== text || old.exportName !== name || old.description !== description)
      return true;
  }
  return count !== before.size;
}
