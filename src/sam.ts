/** `seatrial/sam`: the SAM transform on its own, text in, CloudFormation out. */
import { parseText } from "./template/parse.ts";
import { decimalsOf } from "./template/sam/decimals.ts";
import { transform as transformTemplate, type TransformOptions } from "./template/sam/transform.ts";
import type { JsonObject } from "./template/value.ts";

export { TransformError } from "./template/sam/sam-error.ts";
export { parseText as parse } from "./template/parse.ts";
export { TemplateError } from "./template/template-error.ts";
export type { TransformOptions } from "./template/sam/transform.ts";

/** Region and partition of a transform that is not told them. */
const DEFAULTS = { region: "us-east-1", partition: "aws", parameters: {} } as const;

/**
 * The CloudFormation template that a SAM template stands for, as plain data; `template` is YAML or JSON text, or data that was parsed from it
 * (with short forms written long). `us-east-1` and `aws` unless told.
 * Raises TemplateError for text that is no template and TransformError for one that SAM refuses, in their words.
 */
export function transform(template: string | JsonObject, options: Partial<TransformOptions> = {}): JsonObject {
  if (typeof template !== "string") return transformTemplate(template, { ...DEFAULTS, ...options });
  const parsed = parseText(template);
  return transformTemplate(parsed.value, { ...DEFAULTS, isDecimal: decimalsOf(template, parsed), ...options });
}
