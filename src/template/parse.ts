/**
 * Template text (YAML or JSON) → plain data in long form, with the positions kept.
 */
import { readJsonText } from "./json-text.ts";
import { SourceMap } from "./source-map.ts";
import type { Position } from "./template-error.ts";
import { TemplateError } from "./template-error.ts";
import { isObject } from "./value.ts";
import type { Json, JsonObject, Path } from "./value.ts";
import { readYamlText } from "./yaml-text.ts";

/** How deep a template may nest. Nothing that CloudFormation accepts comes near; it keeps every walk off the stack's end. */
export const MAX_DEPTH = 200;

/** "CloudFormation quotas": the largest template that is taken from S3, in bytes. */
export const MAX_TEMPLATE_BYTES = 1_000_000;

/** A parsed template, and where in the text a member of it stands. */
export interface ParsedText {
  readonly value: JsonObject;
  /** Line and column of what is at `path`, or of the deepest part of it that the text has. */
  positionOf(path: Path): Position | undefined;
}

/**
 * Parses template text. Text that begins with `{` is JSON, all else is YAML, as CloudFormation has it.
 * `shortForms: false` takes no `!Ref`, as AWS::Include does; `aliases: false` no aliases, as CloudFormation does, while the AWS CLI and SAM CLI
 * copy them. Raises TemplateError: JSON/YAML not well-formed (with line and column), unsupported structure.
 */
export function parseText(text: string, options: ParseOptions = {}): ParsedText {
  const { value, positionOf } = parseData(text, options);
  if (!isObject(value)) throw new TemplateError("Template format error: unsupported structure.");
  return { value, positionOf };
}

export interface ParseOptions {
  readonly shortForms?: boolean;
  readonly aliases?: boolean;
}

/** Text that may hold anything, such as a list of parameters, read as a template is. Raises TemplateError as `parseText`. */
export function parseData(
  text: string,
  { shortForms = true, aliases = true }: ParseOptions = {},
): Pick<ParsedText, "positionOf"> & { readonly value: Json } {
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES) {
    throw new TemplateError(`Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  }
  const map = new SourceMap(text);
  const isJson = /^\s*\{/.test(text);
  const value = isJson
    ? readJsonText(text.replace(/^\uFEFF/, " "), map, MAX_DEPTH)
    : readYamlText(text, map, { maxDepth: MAX_DEPTH, shortForms, aliases });
  return { value, positionOf: (path) => map.positionOf(value, path) };
}
