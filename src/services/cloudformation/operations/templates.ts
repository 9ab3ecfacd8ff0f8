/** GetTemplate, ValidateTemplate, GetTemplateSummary: templates as text and what they say of themselves. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { checkTemplate } from "../../../template/check-template.ts";
import { readTemplate, templateOf, type Template } from "../../../template/template.ts";
import { summarize } from "../../../template/template-summary.ts";
import { invalid, needStack } from "../names.ts";
import { templateText, withTemplateErrors } from "../prepare.ts";
import { parseTemplate } from "../scope.ts";
import type { Sdk } from "../sdk.ts";
import { configOf, needStackSet } from "../stack-sets/names.ts";
import { templates } from "../state.ts";
import { changeSetTemplate } from "./change-set-lookup.ts";

export const templateOperations = {
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
    const summary = summarize(template);
    return {
      Description: summary.description,
      Parameters: [...summary.parameters].map(([key, { defaultValue, noEcho, description }]) => ({
        ParameterKey: key,
        DefaultValue: defaultValue,
        NoEcho: noEcho,
        Description: description,
      })),
      Capabilities: summary.capabilities.length === 0 ? undefined : [...summary.capabilities],
      CapabilitiesReason: summary.capabilitiesReason,
      DeclaredTransforms: summary.declaredTransforms.length === 0 ? undefined : [...summary.declaredTransforms],
    };
  },

  async GetTemplateSummary(context, input) {
    const template =
      input.StackName === undefined
        ? await checked(await requestedText(context, input))
        : stacksOwn(context, input.StackName);
    const summary = summarize(template);
    const version = template.source["AWSTemplateFormatVersion"];
    return {
      Parameters: [...summary.parameters].map(([key, { defaultValue, noEcho, description, type, allowedValues }]) => ({
        ParameterKey: key,
        DefaultValue: defaultValue,
        ParameterType: type,
        NoEcho: noEcho,
        Description: description,
        ParameterConstraints: allowedValues === undefined ? {} : { AllowedValues: [...allowedValues] },
      })),
      Description: summary.description,
      Capabilities: summary.capabilities.length === 0 ? undefined : [...summary.capabilities],
      CapabilitiesReason: summary.capabilitiesReason,
      ResourceTypes: [...template.resources.values()].map(({ type }) => type),
      Version: typeof version === "string" ? version : undefined,
      Metadata: Object.keys(template.metadata).length === 0 ? undefined : JSON.stringify(template.metadata),
      DeclaredTransforms: summary.declaredTransforms.length === 0 ? undefined : [...summary.declaredTransforms],
      ResourceIdentifierSummaries: undefined,
    };
  },
} satisfies Operations<Sdk>;

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

function stacksOwn(context: ServiceContext, name: string): Template {
  const stack = needStack(context, name);
  const row = stack.config === undefined ? undefined : context.table(templates).get(stack.id, stack.config.templateId);
  return row === undefined ? templateOf({ Resources: {} }) : parseTemplate({ ...row, processed: undefined });
}
