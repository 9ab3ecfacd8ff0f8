/** AWS::Include: a snippet that lies in S3 ("AWS::Include transform"). Read as whoever asks for the stack. */
import { isAwsError } from "../../../kernel/errors.ts";
import { parseText } from "../../../template/parse.ts";
import { TemplateError } from "../../../template/template-error.ts";
import { calls } from "../../../template/intrinsics.ts";
import { own, type JsonObject } from "../../../template/value.ts";
import { invalid } from "../names.ts";
import { readS3Text, s3Address } from "../s3-text.ts";
import type { TransformFacts } from "./facts.ts";

/** The transform's name. */
export const INCLUDE = "AWS::Include";

/**
 * The members that a snippet has. Raises ValidationError: a Location that is no `s3://BUCKET/KEY`, an object that cannot be read, and one that
 * is not JSON or YAML in long form; a snippet cannot include others.
 */
export async function includeSnippet({ context }: TransformFacts, given: JsonObject): Promise<JsonObject> {
  const location = own(given, "Location");
  if (typeof location !== "string" || !location.startsWith("s3://") || s3Address(location) === undefined) {
    throw failed("The location parameter is not a valid S3 uri.");
  }
  let text: string;
  try {
    text = await readS3Text(context, location, "The specified S3 object");
  } catch (error) {
    if (isAwsError(error, "ValidationError")) throw failed(error.message);
    throw error;
  }
  return snippetOf(text);
}

const NOT_WELL_FORMED = "The specified S3 object's content should be valid Yaml/JSON";

function snippetOf(text: string): JsonObject {
  try {
    const { value } = parseText(text, { shortForms: false });
    if (!calls(value, "Fn::Transform")) return value;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  throw failed(NOT_WELL_FORMED);
}

function failed(reason: string): Error {
  return invalid(`Transform ${INCLUDE} failed with: ${reason}`);
}
