/** Roles and who uses them: whether the service may assume the role, and whether the role may do what the service does with it. */
import { PolicySyntaxError } from "../../languages/policy/document.ts";
import type { PolicyDocument } from "../../languages/policy/document.ts";
import { matchesWildcard } from "../../languages/glob.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { isObject } from "../../template/value.ts";
import type { Folder } from "../folder.ts";
import type { CheckedDocument } from "../document.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { membersAt, propertiesPlace, referenced } from "../template/written.ts";
import { RoleGrants } from "./grants.ts";
import { needsOf } from "./needs.ts";
import type { Need } from "./need.ts";
import { hasMacro, renderDocument } from "./rendering.ts";

/** Who assumes the role that a property names, and what the service says when it may not. */
const USERS: readonly (readonly [type: string, property: string, service: string, words: (role: string) => string])[] =
  [
    [
      "AWS::CodePipeline::Pipeline",
      "RoleArn",
      "codepipeline.amazonaws.com",
      (role) => `CodePipeline is not authorized to perform AssumeRole on role ${role}`,
    ],
    [
      "AWS::CodeBuild::Project",
      "ServiceRole",
      "codebuild.amazonaws.com",
      (role) => `CodeBuild is not authorized to perform: sts:AssumeRole on ${role}`,
    ],
    [
      "AWS::CodeDeploy::DeploymentGroup",
      "ServiceRoleArn",
      "codedeploy.amazonaws.com",
      (role) => `AWS CodeDeploy does not have the permissions required to assume the role ${role}.`,
    ],
    [
      "AWS::Lambda::Function",
      "Role",
      "lambda.amazonaws.com",
      () => "The role defined for the function cannot be assumed by Lambda.",
    ],
    ["AWS::Events::Rule", "RoleArn", "events.amazonaws.com", (role) => `EventBridge cannot assume the role ${role}.`],
    [
      "AWS::StepFunctions::StateMachine",
      "RoleArn",
      "states.amazonaws.com",
      () =>
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    ],
    [
      "AWS::Scheduler::Schedule",
      "Target.RoleArn",
      "scheduler.amazonaws.com",
      () => "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ],
  ];

/** Says which roles of the template do not fit those who use them. */
export function checkRoles(view: TemplateView, buildspecs: ReadonlyMap<string, CheckedDocument>, folder: Folder): void {
  for (const [type, property, service, words] of USERS) {
    for (const resource of view.ofType(type)) checkTrust(view, resource, property.split("."), service, words);
  }
  checkActionRoles(view);
  checkNeeds(view, needsOf(view, buildspecs, folder));
}

function checkTrust(
  view: TemplateView,
  resource: CheckedResource,
  property: readonly string[],
  service: string,
  words: (role: string) => string,
): void {
  for (const { value } of membersAt(propertiesPlace(resource.properties), ...property)) {
    const role = view.resource(referenced(value), "AWS::IAM::Role");
    if (role !== undefined) tellUntrusted(view, role, service, `${words(role.id)} (${resource.id})`);
  }
}

/** The role that a CloudFormation action hands on is assumed by CloudFormation. */
function checkActionRoles(view: TemplateView): void {
  for (const pipeline of view.ofType("AWS::CodePipeline::Pipeline")) {
    const stages = membersAt(propertiesPlace(pipeline.properties), "Stages");
    for (const { value, path } of stages) walkActions(view, pipeline, value, path);
  }
}

function walkActions(
  view: TemplateView,
  pipeline: CheckedResource,
  stages: unknown,
  path: readonly (string | number)[],
): void {
  if (!Array.isArray(stages)) return;
  const place = propertiesPlace(pipeline.properties);
  for (const [index] of stages.entries()) {
    for (const actions of membersAt(place, ...path, index, "Actions")) {
      if (!Array.isArray(actions.value)) continue;
      for (const [at] of actions.value.entries()) {
        const action = membersAt(place, ...actions.path, at)[0];
        if (action === undefined) continue;
        const isCloudFormation = membersAt(action, "ActionTypeId", "Provider").some(
          ({ value }) => value === "CloudFormation",
        );
        const [passed] = membersAt(action, "Configuration", "RoleArn");
        const role = isCloudFormation ? view.resource(referenced(passed?.value), "AWS::IAM::Role") : undefined;
        if (role !== undefined) {
          tellUntrusted(
            view,
            role,
            "cloudformation.amazonaws.com",
            `Role ${role.id} is invalid or cannot be assumed (${pipeline.id})`,
          );
        }
      }
    }
  }
}

function tellUntrusted(view: TemplateView, role: CheckedResource, service: string, message: string): void {
  const documents = membersAt(propertiesPlace(role.properties), "AssumeRolePolicyDocument");
  const trusts = documents.map(({ value }) => (isObject(value) && !hasMacro(value) ? trustOf(value) : undefined));
  if (trusts.length === 0 || trusts.includes(undefined)) return;
  if (trusts.some((trust) => trust !== undefined && isTrusted(trust, service))) return;
  view.remark(role, {
    rule: "role-trust",
    path: ["AssumeRolePolicyDocument"],
    message,
    advice: `Write Principal: {Service: ${service}} with Action: sts:AssumeRole into the role's AssumeRolePolicyDocument.`,
  });
}

function trustOf(value: Parameters<typeof renderDocument>[0]): PolicyDocument | undefined {
  const rendered = renderDocument(value, { text: (name) => (name === "AWS::URLSuffix" ? "amazonaws.com" : "*") });
  if (rendered === undefined) return undefined;
  try {
    return parsePolicy(JSON.stringify(rendered), "trust");
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

/** A service is named as such, in a region's form (`codedeploy.us-east-1.amazonaws.com`), or by a wildcard. */
function isTrusted({ statements }: PolicyDocument, service: string): boolean {
  const [name = ""] = service.split(".");
  return statements.some(
    ({ effect, principals, actions }) =>
      effect === "Allow" &&
      actions.patterns.some((pattern) => matchesWildcard(pattern.toLowerCase(), "sts:assumerole")) &&
      principals !== undefined &&
      (principals.negated ||
        principals.names.some(
          (principal) =>
            principal.name === "*" ||
            (principal.type === "Service" &&
              (principal.name.startsWith(`${name}.`) || matchesWildcard(principal.name, service))),
        )),
  );
}

function checkNeeds(view: TemplateView, needs: readonly Need[]): void {
  const grants = new Map<string, RoleGrants>();
  for (const { role, actions, resource, purpose, severity } of needs) {
    const granted = grants.get(role.id) ?? new RoleGrants(view, role);
    grants.set(role.id, granted);
    const missing = actions.flatMap((action) => {
      const alternatives = typeof action === "string" ? [action] : action;
      const isGranted = alternatives.some((one) => granted.missing([one], resource).length === 0);
      return isGranted ? [] : alternatives.slice(0, 1);
    });
    if (missing.length === 0) continue;
    view.remark(role, {
      rule: "role-permission",
      severity,
      path: ["Policies"],
      message: `${role.id} is not authorized to perform: ${missing.join(", ")}. It is needed for ${purpose}.`,
      advice:
        purpose.includes("TrafficHook") && !view.written.resources.has(role.id)
          ? "Write a FunctionName that begins with CodeDeployHook_ for the hook, or give a Role of your own."
          : `Allow ${missing.join(", ")} in a policy of the role.`,
    });
  }
}
