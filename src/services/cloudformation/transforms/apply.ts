/**
 * Carries out what a template's macros ask for, AWS's own and those of the account, in AWS's order ("Template macros", evaluation order): the
 * calls in the template first, the innermost first, then those of the Transform section as they are listed.
 */
import type { ServiceContext } from "../../../service.ts";
import {
  expandLanguageExtensions,
  LANGUAGE_EXTENSIONS,
  type KnownParameter,
} from "../../../template/language-extensions/transform.ts";
import type { BoundParameter } from "../../../template/parameters.ts";
import { MAX_TEMPLATE_BYTES } from "../../../template/parse.ts";
import type { PseudoParameters } from "../../../template/pseudo-parameters.ts";
import { SAM_TRANSFORM, TransformError } from "../../../template/sam/sam-error.ts";
import { transform as transformSam } from "../../../template/sam/transform.ts";
import { TemplateError } from "../../../template/template-error.ts";
import { isList, isObject, own, type Json, type JsonObject } from "../../../template/value.ts";
import { calls } from "../../../template/intrinsics.ts";
import type { Template, TransformDeclaration } from "../../../template/template.ts";
import { invalid } from "../names.ts";
import type { TransformFacts } from "./facts.ts";
import { INCLUDE, includeSnippet } from "./include.ts";
import { callMacro, knownMacro } from "./macro-call.ts";
import { macroParameters } from "./macro-parameters.ts";

/** True when something has to be done before the template can be used. */
export function isTransformed(template: Template): boolean {
  return template.transforms.length > 0 || calls(template.source, "Fn::Transform");
}

/**
 * The template as its macros leave it. Raises ValidationError and TemplateError for a macro that is not there, that fails, or whose answer is
 * no template.
 */
export async function applyTransforms(
  context: ServiceContext,
  template: Template,
  parameters: ReadonlyMap<string, BoundParameter>,
  pseudo: PseudoParameters,
): Promise<JsonObject> {
  const facts: TransformFacts = { context, parameters, pseudo, mappings: template.mappings };
  for (const { name } of template.transforms) checkNamed(facts, name);
  let result = structure(await callsWithin(facts, without(template.source, "Transform")));
  for (const declaration of template.transforms) result = structure(await applyToAll(facts, declaration, result));
  if (own(result, "Transform") !== undefined) {
    throw new TemplateError(
      "Template format error: a macro's result has a Transform section, and macros are not processed recursively",
    );
  }
  if (Buffer.byteLength(JSON.stringify(result)) > MAX_TEMPLATE_BYTES) {
    throw new TemplateError(`Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  }
  return result;
}

/** Raises ValidationError `No transform named … found.` */
function checkNamed({ context }: TransformFacts, name: string): void {
  if (name === SAM_TRANSFORM || name === INCLUDE || name === LANGUAGE_EXTENSIONS) return;
  knownMacro(context, name);
}

/** One entry of the Transform section, which is given the whole template. */
async function applyToAll(facts: TransformFacts, { name, parameters }: TransformDeclaration, source: JsonObject) {
  switch (name) {
    case SAM_TRANSFORM:
      return serverless(facts, source);
    case LANGUAGE_EXTENSIONS:
      return expandLanguageExtensions(source, { parameters: known(facts), pseudo: facts.pseudo });
    case INCLUDE:
      return { ...source, ...(await includeSnippet(facts, macroParameters(facts, "Include", parameters))) };
    default:
      return callMacro(facts, name, source, parameters);
  }
}

/** A parameter whose value lies in the parameter store is not known while macros work. */
function known({ parameters }: TransformFacts): ReadonlyMap<string, KnownParameter> {
  return new Map(
    [...parameters].flatMap(([name, { value, noEcho, ssm }]): [string, KnownParameter][] =>
      ssm === undefined ? [[name, { value, noEcho }]] : [],
    ),
  );
}

function serverless({ context, parameters }: TransformFacts, source: JsonObject): JsonObject {
  const { region, partition, now } = context;
  const values = Object.fromEntries([...parameters].map(([name, { text }]) => [name, text]));
  try {
    return transformSam(source, { region, partition, parameters: values, now });
  } catch (error) {
    if (error instanceof TransformError) throw invalid(`Transform ${SAM_TRANSFORM} failed with: ${error.message}`);
    throw error;
  }
}

/** The value with each Fn::Transform in it carried out. What a macro answers is not looked through again: macros do not nest. */
async function callsWithin(facts: TransformFacts, value: Json): Promise<Json> {
  if (!calls(value, "Fn::Transform")) return value;
  if (isList(value)) {
    const items: Json[] = [];
    for (const item of value) items.push(await callsWithin(facts, item));
    return items;
  }
  if (!isObject(value)) return value;
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (key !== "Fn::Transform") members.push([key, await callsWithin(facts, member)]);
  }
  let fragment: Json = Object.fromEntries(members);
  const written = own(value, "Fn::Transform");
  for (const call of written === undefined ? [] : isList(written) ? written : [written]) {
    fragment = await applyToFragment(facts, call, fragment);
  }
  return fragment;
}

async function applyToFragment(facts: TransformFacts, call: Json, fragment: Json): Promise<Json> {
  const name = isObject(call) ? own(call, "Name") : call;
  const parameters = isObject(call) ? (own(call, "Parameters") ?? {}) : {};
  if (typeof name !== "string") throw invalid("Key Name of transform definition must be a string.");
  if (!isObject(parameters)) throw invalid("Key Parameters of transform definition must be a map.");
  if (name === SAM_TRANSFORM || name === LANGUAGE_EXTENSIONS) {
    throw invalid(`Transform ${name} failed with: it can be used in the Transform section of a template only`);
  }
  if (name !== INCLUDE) return callMacro(facts, name, fragment, parameters);
  const snippet = await includeSnippet(facts, macroParameters(facts, "Include", parameters));
  return { ...(isObject(fragment) ? fragment : {}), ...snippet };
}

function structure(value: Json): JsonObject {
  if (isObject(value)) return value;
  throw new TemplateError("Template format error: unsupported structure.");
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
