/** From a request to what a stack set is made from: its template is read and checked, its parameters are bound. Nothing is written here. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { checkTemplate } from "../../../template/check-template.ts";
import { bindParameters } from "../../../template/parameters.ts";
import { readTemplate, type Template } from "../../../template/template.ts";
import { summarize } from "../../../template/template-summary.ts";
import { isTransformed } from "../transforms/apply.ts";
import { invalid } from "../names.ts";
import { templateText, withTemplateErrors } from "../prepare.ts";
import type { TemplateRequest } from "../template-request.ts";
import type { TagRow } from "../state.ts";
import type { StackSetConfig } from "./state.ts";

const DEFAULT_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole";
const DEFAULT_EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole";

/** The members that CreateStackSet and UpdateStackSet have in common. */
export interface StackSetRequest extends Pick<
  TemplateRequest,
  "TemplateBody" | "TemplateURL" | "UsePreviousTemplate" | "Parameters" | "Capabilities" | "Tags"
> {
  readonly AdministrationRoleARN?: string | undefined;
  readonly ExecutionRoleName?: string | undefined;
}

/**
 * `text` where the template is known already (a stack's). Raises ValidationError and InsufficientCapabilitiesException. What only an account
 * can say (SSM parameters, what a transform makes of the template) is seen when its stack is made.
 */
export async function stackSetConfig(
  context: ServiceContext,
  request: StackSetRequest,
  previous: StackSetConfig | undefined,
  text?: string,
): Promise<StackSetConfig> {
  const template = text ?? (await requestedTemplate(context, request, previous));
  return withTemplateErrors(async () => {
    const read = readTemplate(template);
    if (!isTransformed(read)) checkTemplate(read);
    askForCapabilities(read, request.Capabilities ?? []);
    const bound = bindParameters(read.parameters, givenParameters(read, request, previous));
    return {
      template,
      parameters: [...bound].map(([key, { text: value, noEcho }]) => ({ key, text: value, noEcho })),
      capabilities: [...(request.Capabilities ?? [])],
      tags: request.Tags === undefined ? (previous?.tags ?? []) : tagsOf(request.Tags),
      administrationRoleArn:
        request.AdministrationRoleARN ?? `arn:aws:iam::${context.account}:role/${DEFAULT_ADMINISTRATION_ROLE}`,
      executionRoleName: request.ExecutionRoleName ?? DEFAULT_EXECUTION_ROLE,
    };
  });
}

async function requestedTemplate(
  context: ServiceContext,
  request: StackSetRequest,
  previous: StackSetConfig | undefined,
): Promise<string> {
  if (request.UsePreviousTemplate !== true) return templateText(context, request, undefined);
  if (request.TemplateBody !== undefined || request.TemplateURL !== undefined) {
    throw invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.");
  }
  if (previous === undefined) throw invalid("Cannot use the previous template: the stack set has none.");
  return previous.template;
}

function askForCapabilities(template: Template, given: readonly string[]): void {
  for (const capability of summarize(template).capabilities) {
    const isGiven =
      given.includes(capability) || (capability === "CAPABILITY_IAM" && given.includes("CAPABILITY_NAMED_IAM"));
    if (!isGiven)
      throw new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${capability}]`, {
        status: 400,
      });
  }
}

function givenParameters(
  template: Template,
  { Parameters = [] }: StackSetRequest,
  previous: StackSetConfig | undefined,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const { ParameterKey: key, ParameterValue: value, UsePreviousValue } of Parameters) {
    if (key === undefined) throw invalid("Parameter without a ParameterKey.");
    if (given.has(key)) throw invalid(`Duplicate input parameter key ${key}`);
    if (UsePreviousValue !== true) {
      if (value === undefined) throw invalid(`ParameterValue for ${key} is required`);
      given.set(key, value);
      continue;
    }
    if (value !== undefined) {
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
    const old = previous?.parameters.find((parameter) => parameter.key === key);
    if (old === undefined) {
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    if (template.parameters.has(key)) given.set(key, old.text);
  }
  return given;
}

function tagsOf(given: NonNullable<TemplateRequest["Tags"]>): readonly TagRow[] {
  const tags = new Map<string, string>();
  for (const { Key, Value } of given) {
    if (Key === undefined || Value === undefined) throw invalid("Tag without Key or Value.");
    if (Key.toLowerCase().startsWith("aws:"))
      throw invalid(`Tag keys starting with 'aws:' are reserved for system use.`);
    if (tags.has(Key)) throw invalid(`Duplicate tag key ${Key}`);
    tags.set(Key, Value);
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
