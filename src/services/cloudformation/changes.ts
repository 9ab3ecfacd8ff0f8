/**
 * What an update would do, seen before it is done: for change sets, and to answer "No updates are to be performed.". A value that only a
 * changed resource will give is not known yet, and said to be so.
 */
import type { ServiceContext } from "../../service.ts";
import { differences, type PropertyChange } from "../../template/diff.ts";
import { resolve, type Scope } from "../../template/evaluate.ts";
import { batches, dependencyGraph } from "../../template/graph.ts";
import { mentionsOf } from "../../template/intrinsics.ts";
import type { ResourceDeclaration } from "../../template/sections.ts";
import type { Template } from "../../template/template.ts";
import { TemplateError } from "../../template/template-error.ts";
import { sameJson, scalarText, type Json, type JsonObject } from "../../template/value.ts";
import { takesTags } from "./begin-apply.ts";
import { tagsFor } from "./halting.ts";
import { liveRows } from "./layout.ts";
import { withReferences } from "./references.ts";
import { scopeOf } from "./scope.ts";
import type { ResourceRow, StackConfig, StackRow } from "./state.ts";
import type { EngineType, TypeRegistry } from "./types/registry.ts";

/** What stands for a value that is known only after other changes; AWS shows the same. */
const UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";

export interface Detail {
  readonly attribute: "Properties" | "Metadata" | "DeletionPolicy" | "UpdateReplacePolicy" | "Tags";
  readonly name: string | undefined;
  readonly path: string | undefined;
  readonly recreation: "Never" | "Conditionally" | "Always";
  readonly evaluation: "Static" | "Dynamic";
  readonly source:
    | "ResourceReference"
    | "ParameterReference"
    | "ResourceAttribute"
    | "DirectModification"
    | "Automatic";
  readonly causing: string | undefined;
  readonly kind: PropertyChange["kind"];
  /** JSON text where it is no scalar. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Change {
  readonly action: "Add" | "Modify" | "Remove";
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly replacement: "True" | "False" | "Conditional" | undefined;
  readonly policyAction: "Delete" | "Retain" | "ReplaceAndDelete" | "ReplaceAndRetain" | undefined;
  readonly details: readonly Detail[];
}

export interface Changes {
  readonly changes: readonly Change[];
  /** True when something else than resources changes: outputs, or the stack's tags. */
  readonly isOtherwiseChanged: boolean;
}

/** Compares what the stack is with what it would be made from. */
export function changesOf(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  next: { readonly config: StackConfig; readonly template: Template },
): Changes {
  const { config, template } = next;
  const rows = new Map(liveRows(context, stack.id).map((row) => [row.logicalId, row]));
  const found = new Map<string, Change>();
  const scope = lookingAhead(context, stack, next, rows, found);
  const graph = dependencyGraph(template.resources, new Map(Object.entries(config.conditions)));
  for (const id of batches(graph).flat()) {
    const declaration = template.resources.get(id);
    const type = declaration === undefined ? undefined : types.get(declaration.type);
    if (declaration === undefined || type === undefined) continue;
    const change = changeOf({ stack, config, scope, found, type, declaration, id }, rows.get(id));
    if (change !== undefined) found.set(id, change);
  }
  const inOrder = [...template.resources.keys()].flatMap((id) => found.get(id) ?? []);
  const removed = [...rows.values()].filter(({ logicalId }) => !graph.has(logicalId)).map(removal);
  return {
    changes: [...inOrder, ...removed],
    isOtherwiseChanged:
      !sameJson(asTags(stack.config), asTags(config)) || outputsChange(stack, config, template, scope),
  };
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
      const isNew = change?.action === "Add" || (change?.replacement ?? "False") !== "False";
      return isNew || row?.physicalId === undefined ? UNKNOWN : (row.ref ?? row.physicalId);
    },
    getAtt(id, attribute) {
      const value = rows.get(id)?.attributes[attribute];
      return found.has(id) || value === undefined ? UNKNOWN : value;
    },
  });
}

interface Candidate {
  readonly stack: StackRow;
  readonly config: StackConfig;
  readonly scope: Scope;
  readonly found: ReadonlyMap<string, Change>;
  readonly type: EngineType;
  readonly declaration: ResourceDeclaration;
  readonly id: string;
}

function changeOf(candidate: Candidate, row: ResourceRow | undefined): Change | undefined {
  const { declaration, id } = candidate;
  const added: Change = {
    action: "Add",
    logicalId: id,
    physicalId: undefined,
    type: declaration.type,
    replacement: undefined,
    policyAction: undefined,
    details: [],
  };
  if (row?.physicalId === undefined) return added;
  const details = detailsOf(candidate, row);
  if (row.type !== declaration.type) return modified(declaration, row, "True", details);
  if (details.length === 0 && !row.status.endsWith("_FAILED")) return undefined;
  const recreations = details.map(({ recreation }) => recreation);
  const replacement = recreations.includes("Always")
    ? "True"
    : recreations.includes("Conditionally")
      ? "Conditional"
      : "False";
  return modified(declaration, row, replacement, details);
}

function modified(
  declaration: ResourceDeclaration,
  row: ResourceRow,
  replacement: "True" | "False" | "Conditional",
  details: readonly Detail[],
): Change {
  const { logicalId, physicalId } = row;
  const keeps = declaration.updateReplacePolicy === "Retain";
  return {
    action: "Modify",
    logicalId,
    physicalId,
    type: declaration.type,
    replacement,
    policyAction: replacement === "True" ? (keeps ? "ReplaceAndRetain" : "ReplaceAndDelete") : undefined,
    details,
  };
}

function removal(row: ResourceRow): Change {
  const { logicalId, physicalId, type, deletionPolicy } = row;
  const isKept = deletionPolicy === "Retain" || deletionPolicy === "RetainExceptOnCreate";
  return {
    action: "Remove",
    logicalId,
    physicalId,
    type,
    replacement: undefined,
    policyAction: isKept ? "Retain" : "Delete",
    details: [],
  };
}

function detailsOf(candidate: Candidate, row: ResourceRow): readonly Detail[] {
  const { declaration, scope, type, stack, config, id } = candidate;
  const details: Detail[] = differences(
    row.properties,
    withReferences(eachResolved(declaration.properties, scope), config.references ?? {}),
  ).map((change) => detailOf(candidate, change));
  const metadata = declaration.metadata === undefined ? undefined : eachResolved(declaration.metadata, scope);
  const plain = {
    name: undefined,
    path: undefined,
    recreation: "Never",
    evaluation: "Static",
    source: "DirectModification",
    causing: undefined,
  } as const;
  if (!sameJson(row.metadata, metadata)) {
    details.push({
      ...plain,
      attribute: "Metadata",
      kind: "Modify",
      before: textOf(row.metadata),
      after: textOf(metadata),
    });
  }
  for (const [attribute, before, after] of [
    ["DeletionPolicy", row.deletionPolicy, declaration.deletionPolicy],
    ["UpdateReplacePolicy", row.updateReplacePolicy, declaration.updateReplacePolicy],
  ] as const) {
    if (before !== after) details.push({ ...plain, attribute, kind: "Modify", before, after });
  }
  const tags = tagsFor({ ...stack, config }, id);
  if (takesTags(type) && !sameJson({ ...row.tags }, tags)) {
    details.push({ ...plain, attribute: "Tags", kind: "Modify", before: undefined, after: undefined });
  }
  return details;
}

/** Each property by itself, so that one that cannot be known yet hides no other. */
function eachResolved(properties: JsonObject, scope: Scope): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(properties)) {
    const resolved = resolvedOrUnknown(value, scope);
    if (resolved !== undefined) entries.push([key, resolved]);
  }
  return Object.fromEntries(entries);
}

function resolvedOrUnknown(value: Json, scope: Scope): Json | undefined {
  try {
    return resolve(value, scope);
  } catch (error) {
    if (error instanceof TemplateError) return UNKNOWN;
    throw error;
  }
}

function detailOf(
  { type, declaration, found, stack, config }: Candidate,
  { path, before, after, kind }: PropertyChange,
): Detail {
  const name = String(path[0]);
  const after_ = textOf(after);
  const isKnown = after_ === undefined || !after_.includes(UNKNOWN);
  const recreates = type.replaceOn.includes(name);
  return {
    attribute: "Properties",
    name,
    path: `/Properties/${path.join("/")}`,
    recreation: recreates ? (isKnown ? "Always" : "Conditionally") : "Never",
    evaluation: isKnown ? "Static" : "Dynamic",
    ...sourceOf(declaration.properties[name], found, changedParameters(stack.config, config)),
    kind,
    before: textOf(before),
    after: after_,
  };
}

function changedParameters(before: StackConfig | undefined, after: StackConfig): ReadonlySet<string> {
  const old = new Map((before?.parameters ?? []).map(({ key, text }) => [key, text]));
  return new Set(after.parameters.filter(({ key, text }) => old.get(key) !== text).map(({ key }) => key));
}

function sourceOf(
  written: Json | undefined,
  found: ReadonlyMap<string, Change>,
  parameters: ReadonlySet<string>,
): Pick<Detail, "source" | "causing"> {
  for (const { kind, name } of mentionsOf(written)) {
    if (kind === "GetAtt" && found.has(name)) return { source: "ResourceAttribute", causing: name };
    if (kind !== "Ref" && kind !== "Sub") continue;
    if (parameters.has(name)) return { source: "ParameterReference", causing: name };
    if (found.has(name)) return { source: "ResourceReference", causing: name };
  }
  return { source: "DirectModification", causing: undefined };
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : (scalarText(value) ?? JSON.stringify(value));
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
