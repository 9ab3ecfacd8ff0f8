/** `${Name}` outside of Fn::Sub, where CloudFormation hands the characters on as they are. */
import { functionCall, subMention } from "../../template/intrinsics.ts";
import { PSEUDO_PARAMETERS } from "../../template/pseudo-parameters.ts";
import { isList, isObject, own } from "../../template/value.ts";
import type { Json, Path } from "../../template/value.ts";
import type { TemplateView } from "./view.ts";

/** Properties whose text belongs to another language, in which `${…}` means something of its own. */
const OTHER_LANGUAGES = new Set([
  "AuthFunction",
  "BuildSpec",
  "Code",
  "Command",
  "Commands",
  "Content",
  "Definition",
  "DefinitionString",
  "DefinitionSubstitutions",
  "EntryPoint",
  "FunctionCode",
  "InlineCode",
  "InputTemplate",
  "RequestMappingTemplate",
  "RequestTemplates",
  "ResponseMappingTemplate",
  "ResponseTemplates",
  "Schema",
  "Sql",
  "UserData",
  "ZipFile",
  "commands",
  "content",
]);

/** Texts that only people read: a name left standing in them does no harm. */
const FOR_PEOPLE = /(?:Description|Comment|Tags|Notes)$/;

/** Types that make of their properties what they like. */
const OPEN_TYPES = /^(?:Custom::|AWS::CloudFormation::(?:CustomResource|Macro|Stack$))/;

/** Says where a name of the template is written as `${Name}` and nothing will put its value in. */
export function checkMissingSubs(view: TemplateView): void {
  const { written, document } = view;
  const isKnown = (name: string): boolean => {
    const mention = subMention(name, []);
    if (mention.kind === "GetAtt") return written.resources.has(mention.name);
    return PSEUDO_PARAMETERS.has(name) || written.parameters.has(name) || written.resources.has(name);
  };
  const tell = (text: string, names: readonly string[], path: Path): void => {
    const key = path.findLast((step) => typeof step === "string") ?? "";
    const [name = ""] = names;
    const [section, id, , ...below] = path;
    // That the characters are none that the property takes needs no telling any more.
    if (section === "Resources" && typeof id === "string") view.told.add(id, below);
    document.remark({
      rule: "missing-sub",
      severity: FOR_PEOPLE.test(key) || path.includes("Tags") ? "warning" : "error",
      path,
      message: `\${${name}} stands outside of Fn::Sub, so that the characters themselves are handed on: ${JSON.stringify(text)}.`,
      advice: `Write !Sub ${JSON.stringify(text)} instead.`,
    });
  };
  for (const [id, { type, properties }] of written.resources) {
    if (!OPEN_TYPES.test(type)) walk(properties, ["Resources", id, "Properties"], isKnown, tell);
  }
  for (const [name, { value, exportName }] of written.outputs) {
    walk(value, ["Outputs", name, "Value"], isKnown, tell);
    if (exportName !== undefined) walk(exportName, ["Outputs", name, "Export", "Name"], isKnown, tell);
  }
}

function walk(
  value: Json,
  path: Path,
  isKnown: (name: string) => boolean,
  tell: (text: string, names: readonly string[], path: Path) => void,
): void {
  if (typeof value === "string") {
    // A text of several lines is a script or a document.
    if (value.includes("\n") || !value.includes("${")) return;
    const names = namesIn(value).filter(isKnown);
    if (names.length > 0) tell(value, names, path);
    return;
  }
  if (isList(value)) {
    for (const [index, item] of value.entries()) walk(item, [...path, index], isKnown, tell);
    return;
  }
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (call?.name === "Fn::Sub") {
    const names = isList(call.argument) ? call.argument[1] : undefined;
    if (names !== undefined) walk(names, [...path, "Fn::Sub", 1], isKnown, tell);
    return;
  }
  if (call?.name === "Fn::Transform" || call?.name === "Fn::Base64") return;
  // A state machine's own substitutions are written the same way.
  const substituted = own(value, "DefinitionSubstitutions");
  const inner = isObject(substituted)
    ? (name: string): boolean => !Object.hasOwn(substituted, name) && isKnown(name)
    : isKnown;
  for (const [key, member] of Object.entries(value)) {
    if (!OTHER_LANGUAGES.has(key)) walk(member, [...path, key], inner, tell);
  }
}

/** The names in `${…}`; `${!…}` is a way of writing the characters. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([A-Za-z0-9:.]+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
