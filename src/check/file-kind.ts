/** What a file is, by its name and by what it holds. Files that are none of ours are left alone. */
import { closest } from "../template/schema/vocabulary.ts";
import { isList, isObject, own } from "../template/value.ts";
import type { Json, JsonObject } from "../template/value.ts";

export type FileKind = "template" | "buildspec" | "appspec" | "pipeline" | "parameters";

/** What the names of files say that cannot be parsed, so that this can be told. */
export function kindByName(path: string): FileKind | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (/^buildspec.*\.ya?ml$/.test(name)) return "buildspec";
  if (/^appspec.*\.(?:ya?ml|json)$/.test(name)) return "appspec";
  if (/^(?:sam-?)?template.*\.(?:ya?ml|json)$/.test(name) || name.endsWith(".template")) return "template";
  return undefined;
}

/** Whether a text may be one of ours at all, before it is parsed: cheap, and never wrong about one that is. */
export function mayMatter(path: string, text: string): boolean {
  return (
    kindByName(path) !== undefined ||
    /AWSTemplateFormatVersion|AWS::|Custom::|ParameterKey|StackPolicy|actionTypeId|"Parameters"|phases|hooks|Hooks/.test(
      text,
    ) ||
    /^\s*\[\s*"[A-Za-z0-9]+=/.test(text)
  );
}

/** The kind of a parsed file; undefined for what is none of ours. */
export function kindOf(path: string, value: Json): FileKind | undefined {
  if (isList(value)) return isParameterList(value) ? "parameters" : undefined;
  if (!isObject(value)) return kindByName(path) === "buildspec" ? "buildspec" : undefined;
  if (isTemplate(value)) return "template";
  const named = kindByName(path);
  if (named === "buildspec" || isBuildspec(value)) return "buildspec";
  if (named === "appspec" || isAppspec(value)) return "appspec";
  if (isPipeline(value)) return "pipeline";
  return isTemplateConfiguration(value) ? "parameters" : undefined;
}

const TEMPLATE_SECTIONS = ["Transform", "Globals", "Outputs", "Mappings", "Conditions"];

function isTemplate(value: JsonObject): boolean {
  if (Object.hasOwn(value, "AWSTemplateFormatVersion")) return true;
  const transform = own(value, "Transform");
  const transforms = isList(transform) ? transform : [transform];
  if (transforms.some((name) => typeof name === "string" && name.startsWith("AWS::"))) return true;
  // The section's name may be mistyped.
  const section = Object.hasOwn(value, "Resources") ? "Resources" : closest("Resources", Object.keys(value));
  const resources = section === undefined ? undefined : own(value, section);
  if (!isObject(resources)) return false;
  const types = Object.values(resources).map((resource) => (isObject(resource) ? own(resource, "Type") : undefined));
  if (types.some((type) => typeof type === "string" && /^(?:AWS|Custom|Alexa)::/.test(type))) return true;
  return TEMPLATE_SECTIONS.some((section) => Object.hasOwn(value, section)) && types.some((type) => type !== undefined);
}

function isBuildspec(value: JsonObject): boolean {
  const version = own(value, "version");
  const phases = own(value, "phases");
  return (String(version) === "0.2" || String(version) === "0.1") && phases !== undefined;
}

function isAppspec(value: JsonObject): boolean {
  const version = own(value, "version") ?? own(value, "Version");
  const parts = ["Resources", "resources", "Hooks", "hooks", "files", "os"];
  return (version === 0 || version === "0.0" || version === "0") && parts.some((part) => Object.hasOwn(value, part));
}

function isPipeline(value: JsonObject): boolean {
  const pipeline = own(value, "pipeline");
  return isObject(pipeline) && Object.hasOwn(pipeline, "stages");
}

/** The two list forms of the AWS CLI's `--parameters` and `--parameter-overrides`. */
function isParameterList(value: readonly Json[]): boolean {
  if (value.length === 0) return false;
  if (value.every((item) => typeof item === "string")) return value.every((item) => /^[A-Za-z0-9]+=/.test(item));
  return value.some((item) => isObject(item) && Object.hasOwn(item, "ParameterKey"));
}

const CONFIGURATION_KEYS = new Set(["Parameters", "Tags", "StackPolicy"]);

/** "Create an artifact for AWS CloudFormation: template configuration file". */
function isTemplateConfiguration(value: JsonObject): boolean {
  const parameters = own(value, "Parameters");
  return (
    isObject(parameters) &&
    Object.keys(value).every((key) => CONFIGURATION_KEYS.has(key)) &&
    // A template's own parameters are objects with a Type.
    Object.values(parameters).every((parameter) => !isObject(parameter) || !Object.hasOwn(parameter, "Type"))
  );
}
