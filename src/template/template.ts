/**
 * The typed view of a template: "Template anatomy" of the CloudFormation user guide, section by section.
 */
import { readOutput, readParameter, readResource, readRule } from "./sections.ts";
import type { OutputDeclaration, ParameterDeclaration, ResourceDeclaration, RuleDeclaration } from "./sections.ts";
import { calls } from "./intrinsics.ts";
import { readMappings } from "./mappings.ts";
import { parseText } from "./parse.ts";
import { attempt, nullValue, raise, TemplateError } from "./template-error.ts";
import type { Position, Refuse } from "./template-error.ts";
import { isList, isObject, own } from "./value.ts";
import type { Json, JsonObject, Path } from "./value.ts";

/** A macro that the template asks for, by its name, with the parameters that it gives it. */
export interface TransformDeclaration {
  readonly name: string;
  readonly parameters: JsonObject;
}

/** A template whose structure is right; `checkTemplate` looks at what its parts say of each other. */
export interface Template {
  /** The whole template as data, in long form. */
  readonly source: JsonObject;
  readonly description: string | undefined;
  readonly metadata: JsonObject;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly rules: ReadonlyMap<string, RuleDeclaration>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  readonly transforms: readonly TransformDeclaration[];
  readonly hooks: JsonObject;
  /** Line and column in the text; undefined when the template was made by a transform. */
  positionOf(path: Path): Position | undefined;
}

const SECTIONS = new Set([
  "AWSTemplateFormatVersion",
  "Conditions",
  "Description",
  "Hooks",
  "Mappings",
  "Metadata",
  "Outputs",
  "Parameters",
  "Resources",
  "Rules",
  "Transform",
]);

/** "CloudFormation quotas". */
const MOST = { Parameters: 200, Resources: 500, Outputs: 200, Mappings: 200 } as const;

/** Reads template text. Raises TemplateError as `parseText` and `templateOf` do. */
export function readTemplate(text: string): Template {
  const parsed = parseText(text, { aliases: false });
  return templateOf(parsed.value, parsed.positionOf);
}

/**
 * The typed view of template data. `Globals` is taken only while a transform is declared that uses it.
 * Raises TemplateError for a section or member that has not the form that CloudFormation wants; with a `refuse` that
 * returns, what is wrong is left out or stands empty, so that the rest can be looked at.
 */
export function templateOf(
  source: JsonObject,
  positionOf: Template["positionOf"] = () => undefined,
  refuse: Refuse = raise,
): Template {
  const transforms = attempt(refuse, [], () => readTransforms(own(source, "Transform")));
  const macros = leniencyOf(source, transforms);
  const unknown = Object.keys(source).filter(
    (key) =>
      !SECTIONS.has(key) &&
      !(key === "Globals" && transforms.length > 0) &&
      !(key === "Fn::Transform" && macros !== "none"),
  );
  if (unknown.length > 0) {
    const message = `Invalid template property or properties [${unknown.join(", ")}]`;
    refuse(new TemplateError(message, { path: unknown.slice(0, 1) }));
  }
  attempt(refuse, undefined, () => checkVersion(own(source, "AWSTemplateFormatVersion")));
  const sectionOf = (name: string): JsonObject => attempt(refuse, {}, () => section(source, name));
  const resources = sectionOf("Resources");
  if (Object.keys(resources).length === 0) {
    const message = "Template format error: At least one Resources member must be defined.";
    refuse(new TemplateError(message, { path: ["Resources"] }));
  }
  for (const [name, most] of Object.entries(MOST)) {
    const members = own(source, name);
    attempt(refuse, undefined, () => checkCount(name, isObject(members) ? Object.keys(members).length : 0, most));
  }
  const members = <T>(name: string, read: MemberReader<T>, leniency: Leniency): ReadonlyMap<string, T> =>
    readMembers(sectionOf(name), read, leniency, refuse);
  return {
    source,
    description: attempt(refuse, undefined, () => readDescription(own(source, "Description"))),
    metadata: sectionOf("Metadata"),
    parameters: members("Parameters", readParameter, macros === "none" ? macros : "calls"),
    mappings: attempt(refuse, {}, () => readMappings(sectionOf("Mappings"))),
    conditions: readConditions(sectionOf("Conditions"), macros, refuse),
    rules: members("Rules", readRule, macros),
    resources: readMembers(resources, readResource, macros, refuse),
    outputs: members("Outputs", readOutput, macros),
    transforms,
    hooks: sectionOf("Hooks"),
    positionOf,
  };
}

function section(source: JsonObject, name: string): JsonObject {
  const value = own(source, name);
  if (value === undefined) return {};
  if (value === null) throw nullValue([name]);
  if (!isObject(value))
    throw new TemplateError(`Template format error: ${name} section must be a map.`, { path: [name] });
  return value;
}

/**
 * How much of a template's form is judged only when its macros have been at work: nothing; loops and macro calls in the place of a member;
 * or whatever has not the form yet, since a macro of one's own may give it that.
 */
type Leniency = "none" | "calls" | "all";

function leniencyOf(source: JsonObject, transforms: readonly TransformDeclaration[]): Leniency {
  const names = transforms.map(({ name }) => name);
  if (names.some((name) => !name.startsWith("AWS::")) || calls(source, "Fn::Transform")) return "all";
  return names.some((name) => !name.startsWith("AWS::Serverless")) ? "calls" : "none";
}

type MemberReader<T> = (name: string, value: Json, refuse: Refuse) => T;

function readMembers<T>(
  members: JsonObject,
  read: MemberReader<T>,
  leniency: Leniency,
  refuse: Refuse,
): ReadonlyMap<string, T> {
  const result = new Map<string, T>();
  for (const [name, value] of Object.entries(members)) {
    const isLater = name.startsWith("Fn::ForEach") || name === "Fn::Transform" || hasLaterPolicy(value);
    if (leniency !== "none" && isLater) continue;
    const told = leniency === "all" ? raise : refuse;
    try {
      result.set(name, read(name, value, told));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      if (leniency !== "all") refuse(error);
    }
  }
  return result;
}

/** A policy that is a function: AWS::LanguageExtensions makes a text of it. */
function hasLaterPolicy(value: Json): boolean {
  return (
    isObject(value) && ["DeletionPolicy", "UpdateReplacePolicy", "Condition"].some((key) => isObject(own(value, key)))
  );
}

function readConditions(conditions: JsonObject, leniency: Leniency, refuse: Refuse): JsonObject {
  for (const name of Object.keys(conditions)) {
    const isLater = leniency !== "none" && (name.startsWith("Fn::ForEach") || name === "Fn::Transform");
    if (isLater || /^[A-Za-z0-9&_]{1,255}$/.test(name)) continue;
    const message = `Template format error: Condition name ${name} is non alphanumeric.`;
    refuse(new TemplateError(message, { path: ["Conditions", name] }));
  }
  return conditions;
}

function readTransforms(value: Json | undefined): readonly TransformDeclaration[] {
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map((item) => {
    if (typeof item === "string") return { name: item, parameters: {} };
    const name = isObject(item) ? own(item, "Name") : undefined;
    if (isObject(name)) throw new TemplateError("Key Name of transform definition must be a string.");
    const parameters = isObject(item) ? (own(item, "Parameters") ?? {}) : undefined;
    if (typeof name !== "string" || !isObject(parameters)) {
      throw new TemplateError(
        "Template format error: Transform must be a string, a list of strings, or an object with Name and Parameters.",
        { path: ["Transform"] },
      );
    }
    return { name, parameters };
  });
}

function readDescription(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") {
    throw new TemplateError("Template format error: Description must be a string.", { path: ["Description"] });
  }
  if (Buffer.byteLength(value) > 1024) {
    throw new TemplateError("Template format error: 'Description' length is greater than 1024.", {
      path: ["Description"],
    });
  }
  return value;
}

function checkVersion(version: Json | undefined): void {
  if (version === undefined || version === "2010-09-09") return;
  throw new TemplateError("Template format error: unsupported value for AWSTemplateFormatVersion.", {
    path: ["AWSTemplateFormatVersion"],
  });
}

function checkCount(name: string, count: number, most: number): void {
  if (count <= most) return;
  throw new TemplateError(
    `Template format error: Number of ${name.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`,
    { path: [name] },
  );
}
