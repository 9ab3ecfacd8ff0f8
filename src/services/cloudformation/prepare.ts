/**
 * From a request to what a stack is made from: the template is read, transformed and checked, the parameters are bound, the
 * conditions and rules are judged, the capabilities are asked for. Nothing is written here.
 */
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { checkTemplate } from "../../template/check-template.ts";
import { evaluateConditions } from "../../template/conditions.ts";
import { dependencyGraph, presentResources } from "../../template/graph.ts";
import { LANGUAGE_EXTENSIONS } from "../../template/language-extensions/transform.ts";
import { bindParameters } from "../../template/parameters.ts";
import { checkRules } from "../../template/rules.ts";
import { checkAttributes } from "../../template/schema/attributes.ts";
import { summarize } from "../../template/template-summary.ts";
import { readTemplate, templateOf, type Template } from "../../template/template.ts";
import { TemplateError } from "../../template/template-error.ts";
import { checkResourceAttributes } from "./attributes.ts";
import { invalid, unsupported } from "./names.ts";
import type { Deferred } from "./opening-state.ts";
import { absentValue, resolveStored } from "./parameter-store.ts";
import type { Prepared, PreviousConfig } from "./prepared.ts";
import { checkReferences, referencesOf, withPinnedReferences } from "./references.ts";
import { rollbackConfiguration } from "./rollback-triggers/configuration.ts";
import { readS3Text } from "./s3-text.ts";
import { pseudoOf, rememberTemplate } from "./scope.ts";
import { templates, type ParameterRow, type StackConfig, type StackRow, type TagRow } from "./state.ts";
import type { TemplateRequest } from "./template-request.ts";
import { applyTransforms, isTransformed } from "./transforms/apply.ts";
import { callsMacros } from "./transforms/deferral.ts";
import { unprepared } from "./transforms/unprepared.ts";
import type { TypeRegistry } from "./types/registry.ts";

/** The template and configuration that a stack has now. */
export function previousConfig(context: ServiceContext, stack: StackRow): PreviousConfig | undefined {
  const { config, id } = stack;
  const row = config === undefined ? undefined : context.table(templates).get(id, config.templateId);
  return config === undefined || row === undefined ? undefined : { config, row };
}

/** "CloudFormation quotas": a template in the request itself, in bytes. */
const MOST_BODY_BYTES = 51_200;

/**
 * Raises ValidationError and InsufficientCapabilitiesException as CreateStack, UpdateStack and CreateChangeSet do. `expands` is for a
 * change set, where transforms need no CAPABILITY_AUTO_EXPAND; `text` is the template where it was read before. With `defers` the macros of
 * the account are left for later.
 */
export async function prepare(
  context: ServiceContext,
  types: TypeRegistry,
  stack: Pick<StackRow, "id" | "name">,
  request: TemplateRequest,
  previous: PreviousConfig | undefined,
  { expands = false, defers = false, text }: { expands?: boolean; defers?: boolean; text?: string } = {},
): Promise<Prepared> {
  refuseUnsupported(request);
  const original = text ?? (await templateText(context, request, previous));
  const rollback = rollbackConfiguration(request.RollbackConfiguration, previous?.config.rollback);
  const outset = { original, request, tags: tagsOf(request.Tags, previous?.config.tags), rollback };
  let isTransforming = false;
  const prepared = withTemplateErrors(async () => {
    const written = readTemplate(original);
    const given = givenParameters(written, request, previous);
    const capabilities = request.Capabilities ?? [];
    let template = written;
    let processed: string | undefined;
    if (isTransformed(written)) {
      if (!expands && !capabilities.includes("CAPABILITY_AUTO_EXPAND")) throw insufficient("CAPABILITY_AUTO_EXPAND");
      const values = bindParameters(written.parameters, given);
      if (defers && callsMacros(written)) return { ...unprepared(context, outset), later: deferred(context, outset) };
      isTransforming = true;
      const made = await applyTransforms(context, written, values, pseudoOf(context, stack));
      template = templateOf(made);
      processed = JSON.stringify(made);
    }
    checkTemplate(template, { isExtended: written.transforms.some(({ name }) => name === LANGUAGE_EXTENSIONS) });
    checkReferences(template.resources, template.parameters);
    const stored = await resolveStored(context, bindParameters(template.parameters, given));
    const bound = await withPinnedReferences(context, stored);
    const failure = await absentValue(context, bound, template.parameters);
    const parameters: ParameterRow[] = [...bound].map(([key, { text, value, noEcho, resolved }]) => ({
      key,
      text,
      value,
      noEcho,
      resolved,
    }));
    const scope = {
      pseudo: pseudoOf(context, stack),
      parameters: new Map(parameters.map(({ key, value }) => [key, value])),
      mappings: template.mappings,
    };
    const conditions = evaluateConditions(template.conditions, scope);
    checkRules(template.rules, { ...scope, declarations: template.parameters });
    askForCapabilities(template, capabilities);
    types.check(presentResources(template.resources, conditions));
    checkAttributes(template, types.schemas);
    refuseResourceTypes(template, request.ResourceTypes);
    dependencyGraph(template.resources, conditions);
    checkResourceAttributes(template);
    const templateId = context.random.uuid();
    rememberTemplate(templateId, template);
    const config: StackConfig = {
      templateId,
      description: template.description,
      parameters,
      conditions: Object.fromEntries(conditions),
      capabilities: [...capabilities],
      tags: outset.tags,
      rollback,
    };
    const references = await referencesOf(context, stack, config, template);
    return {
      row: { original, processed },
      template,
      config: { ...config, references },
      ...(failure === undefined ? {} : { failure }),
      isTransformed: processed !== undefined,
    };
  });
  return prepared.catch((error: unknown) => {
    // Macros are at work when the request is answered already: what goes wrong then is the stack's or the change set's failure.
    if (!isTransforming || !isAwsError(error, "ValidationError")) throw error;
    return { ...unprepared(context, outset), failure: error.message };
  });
}

/** A request's own template, for ValidateTemplate and GetTemplateSummary too. */
export async function templateText(
  context: ServiceContext,
  request: Pick<TemplateRequest, "TemplateBody" | "TemplateURL" | "UsePreviousTemplate">,
  previous: PreviousConfig | undefined,
): Promise<string> {
  const { TemplateBody, TemplateURL, UsePreviousTemplate = false } = request;
  if (UsePreviousTemplate) {
    if (TemplateBody !== undefined || TemplateURL !== undefined) {
      throw invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.");
    }
    if (previous === undefined) throw invalid("Cannot use the previous template: the stack has none.");
    return previous.row.original;
  }
  if (TemplateBody !== undefined && TemplateURL !== undefined) {
    throw invalid("You cannot specify both Template Body and Template URL.");
  }
  if (TemplateURL !== undefined) return readS3Text(context, TemplateURL);
  if (TemplateBody === undefined) throw invalid("Either Template URL or Template Body must be specified.");
  // A service that calls (a stack set) has read its template from S3 already, and that one's limit counts.
  if (context.http !== undefined && Buffer.byteLength(TemplateBody) > MOST_BODY_BYTES) {
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MOST_BODY_BYTES}`,
    );
  }
  return TemplateBody;
}

/** Turns the template language's errors into the API's. */
export async function withTemplateErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TemplateError ? invalid(error.message) : error;
  }
}

/** The macros of the account are called after the answer (opening.ts), with the powers of whoever asks. */
function deferred(
  context: ServiceContext,
  { original, request }: { original: string; request: TemplateRequest },
): Deferred {
  const { Parameters, Capabilities, Tags, ResourceTypes, RollbackConfiguration } = request;
  return {
    text: original,
    request: { Parameters, Capabilities, Tags, ResourceTypes, RollbackConfiguration },
    asker: context.principal,
  };
}

/** Raises ValidationError for what there is no service for. */
export function refuseUnsupported({ NotificationARNs }: TemplateRequest): void {
  if (NotificationARNs !== undefined && NotificationARNs.length > 0)
    throw unsupported("NotificationARNs (there is no SNS)");
}

/** The parameters that a request gives, by name. Raises ValidationError. */
export function givenParameters(
  template: Template,
  { Parameters = [] }: TemplateRequest,
  previous: PreviousConfig | undefined,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const { ParameterKey: key, ParameterValue: value, UsePreviousValue } of Parameters) {
    if (key === undefined) throw invalid("Parameter without a ParameterKey.");
    if (given.has(key)) throw invalid(`Duplicate input parameter key ${key}`);
    if (UsePreviousValue === true) {
      if (value !== undefined) {
        throw invalid(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
        );
      }
      const old = previous?.config.parameters.find((parameter) => parameter.key === key);
      if (old === undefined) {
        throw invalid(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
        );
      }
      // One that the new template has no more is let go in silence, as the CLI sends them all.
      if (template.parameters.has(key)) given.set(key, old.text);
    } else {
      if (value === undefined) throw invalid(`ParameterValue for ${key} is required`);
      given.set(key, value);
    }
  }
  return given;
}

function askForCapabilities(template: Template, given: readonly string[]): void {
  for (const capability of summarize(template).capabilities) {
    if (capability === "CAPABILITY_AUTO_EXPAND" || given.includes("CAPABILITY_NAMED_IAM")) continue;
    if (capability === "CAPABILITY_IAM" && given.includes("CAPABILITY_IAM")) continue;
    throw insufficient(capability);
  }
}

function insufficient(capability: string): AwsError {
  return new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${capability}]`);
}

function refuseResourceTypes(template: Template, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.length === 0) return;
  const matches = (type: string): boolean =>
    allowed.some((pattern) => pattern === type || (pattern.endsWith("*") && type.startsWith(pattern.slice(0, -1))));
  for (const [id, { type }] of template.resources) {
    if (!matches(type)) throw invalid(`Resource type ${type} of resource ${id} is not in the given ResourceTypes`);
  }
}

function tagsOf(given: TemplateRequest["Tags"], previous: readonly TagRow[] | undefined): readonly TagRow[] {
  if (given === undefined) return previous ?? [];
  const tags = new Map<string, string>();
  for (const { Key, Value } of given) {
    if (Key === undefined || Value === undefined) throw invalid("Tag without Key or Value.");
    if (Key.toLowerCase().startsWith("aws:")) {
      throw invalid(`Tag keys starting with 'aws:' are reserved for system use.`);
    }
    if (tags.has(Key)) throw invalid(`Duplicate tag key ${Key}`);
    tags.set(Key, Value);
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
