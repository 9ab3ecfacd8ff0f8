/** Carries out what a template's transforms ask for: AWS::Include (read from S3) and AWS::Serverless-2016-10-31. */
import type { ServiceContext } from "../../service.ts";
import { parseText } from "../../template/parse.ts";
import { SAM_TRANSFORM, TransformError } from "../../template/sam/sam-error.ts";
import { transform as transformSam } from "../../template/sam/transform.ts";
import { isList, isObject, own, type Json, type JsonObject } from "../../template/value.ts";
import type { Template } from "../../template/template.ts";
import { invalid, unsupported } from "./names.ts";
import { readS3Text } from "./s3-text.ts";

const INCLUDE = "AWS::Include";

/** True when something has to be done before the template can be used. */
export function isTransformed(template: Template): boolean {
  return template.transforms.length > 0 || hasFnTransform(template.source);
}

function hasFnTransform(value: Json): boolean {
  if (isList(value)) return value.some(hasFnTransform);
  if (!isObject(value)) return false;
  return own(value, "Fn::Transform") !== undefined || Object.values(value).some(hasFnTransform);
}

/**
 * The template after its transforms; `parameters` by name. Raises ValidationError for a transform that is not there and for what the
 * transforms find wrong.
 */
export async function applyTransforms(
  context: ServiceContext,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  for (const { name } of template.transforms) {
    if (name !== SAM_TRANSFORM && name !== INCLUDE) {
      throw invalid(`No transform named ${name} found. Seatrial has ${SAM_TRANSFORM} and ${INCLUDE}.`);
    }
  }
  const included = await include(context, template.source, parameters);
  let result = isObject(included) ? included : {};
  for (const { name, parameters: given } of template.transforms) {
    if (name === INCLUDE) result = { ...result, ...(await snippet(context, given, parameters)) };
  }
  if (template.transforms.some(({ name }) => name === SAM_TRANSFORM)) result = serverless(context, result, parameters);
  return without(result, "Transform");
}

function serverless(context: ServiceContext, source: JsonObject, parameters: Readonly<Record<string, string>>) {
  const { region, partition } = context;
  try {
    return transformSam(source, { region, partition, parameters, now: context.now });
  } catch (error) {
    if (error instanceof TransformError) throw invalid(`Transform ${SAM_TRANSFORM} failed with: ${error.message}`);
    throw error;
  }
}

/** Puts a snippet's members where each Fn::Transform of AWS::Include stands, the innermost first. */
async function include(
  context: ServiceContext,
  value: Json,
  parameters: Readonly<Record<string, string>>,
): Promise<Json> {
  if (isList(value)) {
    const items: Json[] = [];
    for (const item of value) items.push(await include(context, item, parameters));
    return items;
  }
  if (!isObject(value)) return value;
  let result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key !== "Fn::Transform") {
      result = { ...result, [key]: await include(context, member, parameters) };
      continue;
    }
    const name = isObject(member) ? own(member, "Name") : undefined;
    if (name !== INCLUDE) {
      throw unsupported(
        `the transform ${typeof name === "string" ? name : "without a Name"} in Fn::Transform (it has ${INCLUDE})`,
      );
    }
    const given = isObject(member) ? own(member, "Parameters") : undefined;
    result = { ...result, ...(await snippet(context, isObject(given) ? given : {}, parameters)) };
  }
  return result;
}

async function snippet(
  context: ServiceContext,
  given: JsonObject,
  parameters: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const written = own(given, "Location");
  const name = isObject(written) ? own(written, "Ref") : undefined;
  const location = typeof name === "string" ? parameters[name] : written;
  if (typeof location !== "string") {
    throw invalid(`Transform ${INCLUDE} failed with: The location parameter is not a valid S3 uri.`);
  }
  return parseText(await readS3Text(context, location, `Transform ${INCLUDE} failed with: The location parameter`))
    .value;
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
