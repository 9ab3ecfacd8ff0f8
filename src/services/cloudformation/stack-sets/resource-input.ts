/** What AWS::CloudFormation::StackSet tells CreateStackSet and UpdateStackSet, from its properties. */
import { choice, flag, given, structure, text, texts, type Properties } from "../../../resource.ts";
import type { Input, ResourceRequest } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { parametersOf, tagsFor } from "./resource-plan.ts";

type SetInput = Omit<Input<Sdk, "CreateStackSet">, "StackSetName">;

/** What CreateStackSet and UpdateStackSet are both told. */
export function setInput({ properties, tags }: Pick<ResourceRequest, "properties" | "tags">): SetInput {
  return {
    ...given("AdministrationRoleARN", text(properties, "AdministrationRoleARN")),
    ...given("CallAs", choice<"SELF" | "DELEGATED_ADMIN">(properties, "CallAs")),
    ...given("Description", text(properties, "Description")),
    ...given("ExecutionRoleName", text(properties, "ExecutionRoleName")),
    ...given("TemplateBody", templateBody(properties)),
    ...given("TemplateURL", text(properties, "TemplateURL")),
    ...given("AutoDeployment", autoDeployment(properties)),
    Capabilities: (texts(properties, "Capabilities") ?? []).filter(isCapability),
    ManagedExecution: { Active: flag(structure(properties, "ManagedExecution") ?? {}, "Active") ?? false },
    Parameters: parametersOf(properties, "Parameters").map(({ key, text: value }) => ({
      ParameterKey: key,
      ParameterValue: value,
    })),
    Tags: tagsFor(properties, tags),
  };
}

function templateBody(properties: Properties): string | undefined {
  const body = properties["TemplateBody"];
  return typeof body === "object" && body !== null ? JSON.stringify(body) : text(properties, "TemplateBody");
}

function autoDeployment(properties: Properties): SetInput["AutoDeployment"] {
  const declared = structure(properties, "AutoDeployment");
  if (declared === undefined) return undefined;
  return {
    Enabled: flag(declared, "Enabled"),
    RetainStacksOnAccountRemoval: flag(declared, "RetainStacksOnAccountRemoval"),
    DependsOn: texts(declared, "DependsOn"),
  };
}

function isCapability(name: string): name is "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND" {
  return name === "CAPABILITY_IAM" || name === "CAPABILITY_NAMED_IAM" || name === "CAPABILITY_AUTO_EXPAND";
}
