/**
 * The transform AWS::LanguageExtensions: template data in, template data without its functions out. Follows the pages
 * "AWS::LanguageExtensions transform", "Fn::ForEach", "Fn::Length", "Fn::ToJsonString" and "Fn::FindInMap enhancements".
 */
import { evaluateCondition } from "../conditions.ts";
import { mentionsOf } from "../intrinsics.ts";
import { TemplateError } from "../template-error.ts";
import { isObject, own, type Json, type JsonObject } from "../value.ts";
import { duplicateKey, LanguageExtensionsError } from "./extension-error.ts";
import { checkLoops, expandLoop, isLoop, mergeLoop, type LoopSettler } from "./for-each.ts";
import { Budget, type ExtensionScope, type LanguageExtensionsOptions } from "./scope.ts";
import { NO_PSEUDO, settle, settleStrictly } from "./settle.ts";

export { LANGUAGE_EXTENSIONS, LanguageExtensionsError } from "./extension-error.ts";
export type { KnownParameter, LanguageExtensionsOptions } from "./scope.ts";

/** The sections in which the functions may stand. */
const SECTIONS = ["Conditions", "Resources", "Outputs"] as const;
const FUNCTIONS = ["Fn::Length", "Fn::ToJsonString"];

/**
 * Expands loops and settles everything that is known before the stack is worked on. What is not known yet stays as it is
 * (`Fn::ToJsonString` over a Fn::GetAtt too; the evaluator knows it). Raises LanguageExtensionsError, and TemplateError for a result too
 * large for a template.
 */
export function expandLanguageExtensions(source: JsonObject, options: LanguageExtensionsOptions): JsonObject {
  refuseElsewhere(source);
  const resources = sectionOf(source, "Resources");
  checkLoops(
    SECTIONS.map((name) => sectionOf(source, name)),
    new Set(Object.keys(resources).filter((key) => !isLoop(key))),
  );
  const scope: ExtensionScope = {
    options,
    mappings: sectionOf(source, "Mappings"),
    bindings: new Map(),
    strict: false,
    budget: new Budget(),
    member: "",
    condition: () => undefined,
  };
  const result: Record<string, Json> = { ...source };
  // Conditions first: the others ask whether they hold.
  const conditions = expandSection(source, "Conditions", scope);
  const judged = { ...scope, condition: conditionsIn(conditions ?? {}, scope) };
  const made = {
    Resources: expandSection(source, "Resources", judged),
    Outputs: expandSection(source, "Outputs", judged),
  };
  if (conditions !== undefined) result["Conditions"] = conditions;
  if (made.Resources !== undefined) result["Resources"] = made.Resources;
  if (made.Outputs !== undefined) result["Outputs"] = made.Outputs;
  checkAttributes(made.Resources ?? {}, made.Outputs ?? {}, conditions ?? {});
  return result;
}

function sectionOf(source: JsonObject, name: string): JsonObject {
  const section = own(source, name);
  return isObject(section) ? section : {};
}

/** A section's members, those of its loops among them; undefined where the template has none. */
function expandSection(source: JsonObject, name: string, scope: ExtensionScope): JsonObject | undefined {
  const section = own(source, name);
  if (!isObject(section)) return undefined;
  const members = new Map<string, Json>();
  for (const [key, value] of Object.entries(section)) {
    const inner = { ...scope, member: key };
    if (isLoop(key)) mergeLoop(members, expandLoop(key, value, inner, namedMember(name)));
    else if (members.has(key)) throw duplicateKey(key);
    else members.set(key, settle(value, inner).value);
  }
  return Object.fromEntries(members);
}

/** A member of a section that a loop makes: its key becomes a logical id. */
function namedMember(section: string): LoopSettler {
  const noun = section === "Outputs" ? "OutputKey" : "LogicalId";
  return {
    settleStrictly,
    settleMember(key, value, scope) {
      if (!/^[A-Za-z0-9]+$/.test(key)) throw new LanguageExtensionsError(`${noun} '${key}' should be alphanumeric`);
      return settle(value, scope);
    },
  };
}

/** Judges conditions when they are asked for, each once. One that cannot be judged yet, or that is wrong, is not known. */
function conditionsIn(section: JsonObject, scope: ExtensionScope): (name: string) => boolean | undefined {
  const known = new Map<string, boolean | undefined>();
  const lookup = (name: string): boolean | undefined => {
    if (known.has(name)) return known.get(name);
    // While it is being judged it is not known: so a circle comes to its end.
    known.set(name, undefined);
    const body = own(section, name);
    if (body !== undefined) known.set(name, judge(body, { ...scope, strict: true, condition: lookup }));
    return known.get(name);
  };
  return lookup;
}

function judge(body: Json, scope: ExtensionScope): boolean | undefined {
  try {
    const settled = settle(body, scope).value;
    // A name that is left stands for something that is not known yet.
    if (mentionsOf(settled).some(({ kind }) => kind !== "If")) return undefined;
    return evaluateCondition(settled, {
      parameters: new Map(),
      mappings: scope.mappings,
      pseudo: NO_PSEUDO,
      condition(name) {
        const holds = scope.condition(name);
        if (holds === undefined) throw new TemplateError(`the condition ${name} is not known yet`);
        return holds;
      },
    });
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** Attributes that take a plain text only, once everything is settled. */
function checkAttributes(resources: JsonObject, outputs: JsonObject, conditions: JsonObject): void {
  for (const [id, resource] of Object.entries(resources)) {
    if (!isObject(resource)) continue;
    for (const attribute of ["DeletionPolicy", "UpdateReplacePolicy"]) {
      const value = own(resource, attribute);
      if (value !== undefined && typeof value !== "string") {
        throw new LanguageExtensionsError(`Unsupported expression for ${attribute} in resource ${id}`);
      }
    }
  }
  for (const member of [...Object.values(resources), ...Object.values(outputs)]) {
    const condition = isObject(member) ? own(member, "Condition") : undefined;
    if (typeof condition === "string" && own(conditions, condition) === undefined) {
      throw new LanguageExtensionsError(`Key ${condition} is missing in the map.`);
    }
  }
}

function refuseElsewhere(source: JsonObject): void {
  const sections: readonly string[] = SECTIONS;
  for (const [name, section] of Object.entries(source)) {
    // Metadata is the author's own, and Globals is judged by the transform that reads it.
    if (sections.includes(name) || name === "Metadata" || name === "Globals" || name === "Transform") continue;
    const found = functionIn(section);
    if (found !== undefined) throw new LanguageExtensionsError(`${found} is not supported in the ${name} section`);
  }
}

function functionIn(value: Json): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (isObject(value) && (isLoop(key) || FUNCTIONS.includes(key))) return key;
    const found = functionIn(member);
    if (found !== undefined) return found;
  }
  return undefined;
}
