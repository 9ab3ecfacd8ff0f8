/** `seatrial/sam`: the SAM transform on its own, text in, CloudFormation out. */
import { parseText } from "./template/parse.ts";
import { knownParameters } from "./template/language-extensions/known-parameters.ts";
import { expandLanguageExtensions, LANGUAGE_EXTENSIONS } from "./template/language-extensions/transform.ts";
import { decimalsOf } from "./template/sam/decimals.ts";
import { transform as transformTemplate, type TransformOptions } from "./template/sam/transform.ts";
import { SAM_TRANSFORM } from "./template/sam/sam-error.ts";
import { isList, isObject, own, type Json, type JsonObject } from "./template/value.ts";

export { TransformError } from "./template/sam/sam-error.ts";
export { parseText as parse } from "./template/parse.ts";
export { TemplateError } from "./template/template-error.ts";
export type { TransformOptions } from "./template/sam/transform.ts";

/** Region and partition of a transform that is not told them. */
const DEFAULTS = { region: "us-east-1", partition: "aws", parameters: {} } as const;

/**
 * The CloudFormation template that a SAM template stands for, as plain data; `template` is YAML or JSON text, or data that was parsed from it
 * (with short forms written long). `us-east-1` and `aws` unless told. A template that lists AWS::LanguageExtensions before SAM is expanded
 * first, as CloudFormation does it, with the parameters' values and defaults; what has neither stays as it is.
 * Raises TemplateError for text that is no template and TransformError for one that SAM refuses, in their words.
 */
export function transform(template: string | JsonObject, options: Partial<TransformOptions> = {}): JsonObject {
  const given = { ...DEFAULTS, ...options };
  if (typeof template !== "string") return transformTemplate(extended(template, given), given);
  const parsed = parseText(template);
  return transformTemplate(extended(parsed.value, given), { isDecimal: decimalsOf(template, parsed), ...given });
}

function extended(source: JsonObject, { region, partition, parameters }: TransformOptions): JsonObject {
  const transforms = own(source, "Transform");
  if (!isList(transforms)) return source;
  const at = transforms.findIndex((item) => nameOf(item) === LANGUAGE_EXTENSIONS);
  const sam = transforms.findIndex((item) => nameOf(item) === SAM_TRANSFORM);
  if (at < 0 || sam < at) return source;
  const known = knownParameters(source, parameters);
  const others = transforms.filter((_, index) => index !== at);
  return expandLanguageExtensions(
    { ...source, Transform: others },
    { parameters: known, pseudo: { region, partition } },
  );
}

/** A transform is named, or is an object with a Name. */
function nameOf(item: Json): Json | undefined {
  return isObject(item) ? own(item, "Name") : item;
}
