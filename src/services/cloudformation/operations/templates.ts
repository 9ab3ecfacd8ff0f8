/** GetTemplate, ValidateTemplate, GetTemplateSummary: templates as text and what they say of themselves. */
import type { Input, Operations, ServiceContext } from "../../../service.ts";
import { checkTemplate } from "../../../template/check-template.ts";
import { readTemplate, type Template } from "../../../template/template.ts";
import { summarize } from "../../../template/template-summary.ts";
import { invalid, needStack } from "../names.ts";
import { templateText, withTemplateErrors } from "../prepare.ts";
import { parseTemplate } from "../scope.ts";
import type { Sdk } from "../sdk.ts";
import { configOf, needStackSet } from "../stack-sets/names.ts";
import { templates } from "../state.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { changeSetTemplate } from "./change-set-lookup.ts";

export function templateOperations(types: TypeRegistry) {
  return {
    GetTemplate(context, input) {
      const { StackName, ChangeSetName, TemplateStage = "Processed" } = input;
      if (StackName === undefined && ChangeSetName === undefined) {
        throw invalid("Either StackName or ChangeSetName must be specified");
      }
      let row = ChangeSetName === undefined ? undefined : changeSetTemplate(context, ChangeSetName, StackName);
      if (row === undefined) {
        const stack = needStack(context, StackName ?? "");
        row = stack.config === undefined ? undefined : context.table(templates).get(stack.id, stack.config.templateId);
        if (row === undefined) throw invalid(`Stack with id ${stack.name} does not have a template`);
      }
      return {
        TemplateBody: TemplateStage === "Processed" ? (row.processed ?? row.original) : row.original,
        StagesAvailable: ["Original", "Processed"],
      };
    },

    async ValidateTemplate(context, input) {
      const template = await checked(await templateText(context, input, undefined));
      refuseUnrecognized(unrecognized(types, template));
      const summary = summarize(template);
      return {
        Description: summary.description,
        Parameters: [...summary.parameters].map(([key, { defaultValue, noEcho, description }]) => ({
          ParameterKey: key,
          DefaultValue: defaultValue,
          NoEcho: noEcho,
          Description: description,
        })),
        Capabilities: some(summary.capabilities),
        CapabilitiesReason: summary.capabilitiesReason,
        DeclaredTransforms: some(summary.declaredTransforms),
      };
    },

    async GetTemplateSummary(context, input) {
      const { StackName, TemplateSummaryConfig } = input;
      const template =
        StackName === undefined ? await checked(await requestedText(context, input)) : stacksOwn(context, input);
      const unknown = unrecognized(types, template);
      const isWarned = TemplateSummaryConfig?.TreatUnrecognizedResourceTypesAsWarnings === true;
      if (!isWarned) refuseUnrecognized(unknown);
      const summary = summarize(template);
      const version = template.source["AWSTemplateFormatVersion"];
      return {
        Parameters: [...summary.parameters].map(
          ([key, { defaultValue, noEcho, description, type, allowedValues }]) => ({
            ParameterKey: key,
            DefaultValue: defaultValue,
            ParameterType: type,
            NoEcho: noEcho,
            Description: description,
            ParameterConstraints: allowedValues === undefined ? {} : { AllowedValues: [...allowedValues] },
          }),
        ),
        Description: summary.description,
        Capabilities: some(summary.capabilities),
        CapabilitiesReason: summary.capabilitiesReason,
        ResourceTypes: [...summary.resourceTypes.values()],
        Version: typeof version === "string" ? version : undefined,
        Metadata: Object.keys(template.metadata).length === 0 ? undefined : JSON.stringify(template.metadata),
        DeclaredTransforms: some(summary.declaredTransforms),
        ResourceIdentifierSummaries: identifiersOf(types, summary.resourceTypes),
        Warnings: isWarned ? { UnrecognizedResourceTypes: [...unknown] } : undefined,
      };
    },
  } satisfies Operations<Sdk>;
}

function some<Item>(items: readonly Item[]): Item[] | undefined {
  return items.length === 0 ? undefined : [...items];
}

/** The types that neither AWS nor the cloud has. A type may be a transform's, and a macro of one's own may know any. */
function unrecognized(types: TypeRegistry, { resources, transforms }: Template): readonly string[] {
  const declared = new Set(transforms.map(({ name }) => name));
  if ([...declared].some((name) => !name.startsWith("AWS::"))) return [];
  const isKnown = (type: string): boolean => {
    const schema = types.schemas.get(type);
    if (types.get(type) !== undefined || type.endsWith("::MODULE")) return true;
    return schema !== undefined && (schema.transform === undefined || declared.has(schema.transform));
  };
  return [...new Set([...resources.values()].map(({ type }) => type))].filter((type) => !isKnown(type));
}

function refuseUnrecognized(types: readonly string[]): void {
  if (types.length === 0) return;
  throw invalid(`Template format error: Unrecognized resource types: [${types.join(", ")}]`);
}

/** What an import would have to be told of each type of the template, and for which of its resources. */
function identifiersOf(types: TypeRegistry, resources: ReadonlyMap<string, string>) {
  const ids = new Map<string, string[]>();
  for (const [id, type] of resources) ids.set(type, [...(ids.get(type) ?? []), id]);
  return some(
    [...ids].flatMap(([type, logicalIds]) => {
      const identifiers = types.get(type)?.identifiers ?? types.schemas.get(type)?.primaryIdentifier;
      return identifiers === undefined
        ? []
        : [{ ResourceType: type, LogicalResourceIds: logicalIds, ResourceIdentifiers: [...identifiers] }];
    }),
  );
}

async function checked(text: string): Promise<Template> {
  return withTemplateErrors(async () => {
    const template = readTemplate(text);
    checkTemplate(template);
    return template;
  });
}

async function requestedText(
  context: ServiceContext,
  input: {
    readonly TemplateBody?: string | undefined;
    readonly TemplateURL?: string | undefined;
    readonly StackSetName?: string | undefined;
  },
): Promise<string> {
  const { StackSetName } = input;
  if (StackSetName === undefined) return templateText(context, input, undefined);
  return configOf(context, needStackSet(context, StackSetName)).template;
}

function stacksOwn(context: ServiceContext, { StackName = "", ...others }: Input<Sdk, "GetTemplateSummary">): Template {
  if (others.TemplateBody !== undefined || others.TemplateURL !== undefined || others.StackSetName !== undefined) {
    throw invalid("Only one of StackName, StackSetName, TemplateBody and TemplateURL may be specified");
  }
  const stack = needStack(context, StackName);
  const row = stack.config === undefined ? undefined : context.table(templates).get(stack.id, stack.config.templateId);
  if (row === undefined) throw invalid(`Stack with id ${stack.name} does not have a template`);
  return parseTemplate({ ...row, processed: undefined });
}
