/**
 * Why a resource changes, as AWS tells it ("Example change sets for CloudFormation stacks"): a reference to a changed parameter is a Static
 * evaluation with a Dynamic one of the same target beside it; a reference to a resource is Static when that one is replaced for certain, and
 * Dynamic when what it will give is not known.
 */
import { elementDifferences, jsonPointer, type PropertyChange } from "../../../template/diff.ts";
import { functionCall, mentionsOf } from "../../../template/intrinsics.ts";
import type { ResourceDeclaration } from "../../../template/sections.ts";
import {
  isList,
  isObject,
  own,
  sameJson,
  scalarText,
  type Json,
  type JsonObject,
  type Path,
} from "../../../template/value.ts";
import { STACK_TYPE } from "../events.ts";
import { takesTags } from "../begin-apply.ts";
import type { ResourceRow } from "../state.ts";
import type { EngineType } from "../types/registry.ts";
import { UNKNOWN, type Change, type Detail } from "./change.ts";

/** A resource that is there, and how the new template wants it. */
export interface Comparison {
  readonly type: EngineType;
  readonly row: ResourceRow;
  readonly declaration: ResourceDeclaration;
  /** As the stack's template declares it now. */
  readonly declaredBefore: ResourceDeclaration | undefined;
  /** Resolved; what is not known yet is `UNKNOWN`. */
  readonly properties: JsonObject;
  readonly metadata: JsonObject | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly conditions: ReadonlyMap<string, boolean>;
  readonly changedParameters: ReadonlySet<string>;
  /** The changes of the resources that this one may refer to. */
  readonly found: ReadonlyMap<string, Change>;
}

/** The whole list, in AWS's order: what only says that a value follows something else comes first. */
export function detailsOf(comparison: Comparison): readonly Detail[] {
  const { row, declaration, declaredBefore, properties, metadata } = comparison;
  const details = elementDifferences(row.properties, properties).flatMap((change) => ofProperty(comparison, change));
  for (const change of elementDifferences({ Metadata: row.metadata ?? {} }, { Metadata: metadata ?? {} }))
    details.push(plain("Metadata", change.path, change));
  for (const [attribute, before, after] of [
    ["CreationPolicy", declaredBefore?.creationPolicy, declaration.creationPolicy],
    ["UpdatePolicy", declaredBefore?.updatePolicy, declaration.updatePolicy],
    ["DeletionPolicy", row.deletionPolicy, declaration.deletionPolicy],
    ["UpdateReplacePolicy", row.updateReplacePolicy, declaration.updateReplacePolicy],
  ] as const) {
    // The row knows nothing of the first two: without the old declaration nobody can say that they changed.
    if (declaredBefore === undefined && attribute !== "DeletionPolicy" && attribute !== "UpdateReplacePolicy") continue;
    if (!sameJson(before, after)) details.push(plain(attribute, [attribute], { before, after }));
  }
  details.push(...ofStackTags(comparison));
  if (declaration.type === STACK_TYPE) details.push(AUTOMATIC);
  const follows = details.filter(
    ({ source, evaluation }) => source === "DirectModification" && evaluation === "Dynamic",
  );
  return [...follows, ...details.filter((detail) => !follows.includes(detail))];
}

/** What is in a nested stack's template cannot be seen from outside: it may always change. */
const AUTOMATIC: Detail = {
  attribute: "Properties",
  name: undefined,
  path: undefined,
  recreation: "Never",
  evaluation: "Dynamic",
  source: "Automatic",
  causing: undefined,
  kind: undefined,
  before: undefined,
  after: undefined,
  valuesOnly: false,
};

function plain(
  attribute: Detail["attribute"],
  path: Path,
  { before, after }: Pick<PropertyChange, "before" | "after">,
): Detail {
  return {
    attribute,
    name: undefined,
    path: jsonPointer(path),
    recreation: "Never",
    evaluation: "Static",
    source: "DirectModification",
    causing: undefined,
    kind: before === undefined ? "Add" : after === undefined ? "Remove" : "Modify",
    before: textOf(before),
    after: textOf(after),
    valuesOnly: false,
  };
}

/** The stack's own tags, which go to every resource that takes tags. */
function ofStackTags({ type, row, tags }: Comparison): readonly Detail[] {
  if (!takesTags(type)) return [];
  return elementDifferences({ ...row.tags }, { ...tags })
    .filter(({ path }) => !String(path[0]).startsWith("aws:"))
    .map((change) => ({ ...plain("Tags", ["Tags", ...change.path], change) }));
}

/** What a resource's own property for tags is called. */
const TAG_PROPERTIES: ReadonlySet<string> = new Set(["Tags", "HostedZoneTags"]);

function ofProperty(comparison: Comparison, change: PropertyChange): readonly Detail[] {
  const { type, declaration, declaredBefore, conditions } = comparison;
  const { path, before, after, kind } = change;
  const name = String(path[0]);
  const isTag = TAG_PROPERTIES.has(name);
  const text = textOf(after);
  const isKnown = text === undefined || !text.includes(UNKNOWN);
  const common: Detail = {
    attribute: isTag ? "Tags" : "Properties",
    name: isTag ? undefined : name,
    path: jsonPointer(["Properties", ...path]),
    recreation: type.replaceOn.includes(name) ? "Always" : "Never",
    evaluation: "Static",
    source: "DirectModification",
    causing: undefined,
    kind,
    before: textOf(before),
    after: text,
    valuesOnly: false,
  };
  const written = valueAt(declaration.properties, path);
  const causes = causesOf(comparison, written).map((cause) => ({ ...common, ...cause }));
  if (causes.length === 0) return [{ ...common, evaluation: isKnown ? "Static" : "Dynamic" }];
  const isWrittenAnew = !sameJson(valueAt(declaredBefore?.properties ?? {}, path), written);
  const follows: Detail = { ...common, evaluation: "Dynamic" };
  if (isWrittenAnew || causes.some(({ source }) => source === "ParameterReference")) return [follows, ...causes];
  if (mentionsOf(written, conditions).length > 0 && causes.some(({ evaluation }) => evaluation === "Static"))
    return [{ ...follows, valuesOnly: true }, ...causes];
  return causes;
}

/** The changed parameters and resources that the value is made from, each once. */
function causesOf(
  { changedParameters, found, conditions }: Comparison,
  written: Json | undefined,
): readonly Pick<Detail, "evaluation" | "source" | "causing">[] {
  const causes = new Map<string, Pick<Detail, "evaluation" | "source" | "causing">>();
  for (const { kind, name, attribute } of mentionsOf(written, conditions)) {
    if (kind === "If") continue;
    const change = found.get(name);
    if (kind !== "GetAtt" && changedParameters.has(name)) {
      causes.set(name, { evaluation: "Static", source: "ParameterReference", causing: name });
    } else if (kind === "GetAtt" && change !== undefined) {
      const causing = attribute === undefined ? name : `${name}.${attribute}`;
      causes.set(causing, { evaluation: certaintyOf(change), source: "ResourceAttribute", causing });
    } else if (change !== undefined && isNewOne(change)) {
      causes.set(name, { evaluation: certaintyOf(change), source: "ResourceReference", causing: name });
    }
  }
  return [...causes.values()];
}

/** True when what Ref gives may change. */
export function isNewOne({ action, replacement }: Change): boolean {
  return action === "Add" || (replacement ?? "False") !== "False";
}

function certaintyOf({ action, replacement }: Change): "Static" | "Dynamic" {
  return action === "Add" || replacement === "True" ? "Static" : "Dynamic";
}

/** What the template says at a place of the resolved properties: the nearest value around it that a function makes. */
function valueAt(properties: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = properties;
  for (const part of path) {
    if (functionCall(value) !== undefined) return value;
    if (isList(value)) value = typeof part === "number" ? value[part] : undefined;
    else value = isObject(value) ? own(value, String(part)) : undefined;
  }
  return value;
}

/** AWS page "ResourceChange": Always and Static is True, Always and Dynamic is Conditional. */
export function replacementOf(details: readonly Detail[]): "True" | "False" | "Conditional" {
  if (details.some(({ recreation, evaluation }) => recreation === "Always" && evaluation === "Static")) return "True";
  return details.some(({ recreation }) => recreation !== "Never") ? "Conditional" : "False";
}

export function textOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : (scalarText(value) ?? JSON.stringify(value));
}
