/** The catalogue of what is looked for: each rule's id, what it is about, and why it matters. */

/** What a rule is, for the reports. */
export interface Rule {
  /** A short sentence. */
  readonly title: string;
  /** What goes wrong on AWS. */
  readonly help: string;
}

export const RULES = {
  syntax: {
    title: "The file can be read",
    help: "Whatever reads the file on AWS refuses text that is neither YAML nor JSON.",
  },
  "file-kind": {
    title: "A file that is named is one that can be checked",
    help: "Nothing is known of the file, good or bad.",
  },
  "template-format": {
    title: "The template has the structure that CloudFormation wants",
    help: "CreateStack and CreateChangeSet answer ValidationError.",
  },
  "template-reference": {
    title: "What a template refers to is there",
    help: "Ref, Fn::GetAtt, Fn::Sub, Fn::FindInMap, Fn::If, Condition and DependsOn name things of the template.",
  },
  "template-function": {
    title: "Intrinsic functions have the arguments that they take",
    help: "CloudFormation answers ValidationError, or fails while it creates the resource.",
  },
  "template-rule": {
    title: "The template's own rules hold",
    help: "CloudFormation asserts the Rules section before it works on a stack.",
  },
  "sam-transform": {
    title: "The SAM transform takes the template",
    help: "Transform AWS::Serverless-2016-10-31 fails, and nothing is created.",
  },
  "unused-parameter": {
    title: "Parameters are used",
    help: "Nothing refers to the parameter, so that its value changes nothing.",
  },
  "unused-condition": {
    title: "Conditions are used",
    help: "Nothing depends on the condition.",
  },
  "unused-mapping": { title: "Mappings are used", help: "No Fn::FindInMap looks into the mapping." },
  "missing-sub": {
    title: "${Name} stands inside Fn::Sub",
    help: "Without Fn::Sub, CloudFormation hands the characters ${Name} on as they are.",
  },
  "parameter-value": {
    title: "Parameters have values that the template takes",
    help: "CreateStack and CreateChangeSet answer ValidationError.",
  },
  "parameter-file": {
    title: "A parameter file has a form that the AWS CLI or CodePipeline reads",
    help: "The command, or the pipeline's CloudFormation action, fails before anything is deployed.",
  },
  "resource-type": {
    title: "The resource type exists",
    help: "CloudFormation answers: Template format error: Unrecognized resource types.",
  },
  "property-unknown": {
    title: "Resources have only properties that their type has",
    help: "CloudFormation fails the resource: Encountered unsupported property, or extraneous key is not permitted.",
  },
  "property-required": {
    title: "Required properties are there",
    help: "CloudFormation fails the resource: Properties validation failed.",
  },
  "property-type": {
    title: "Properties have values of their type",
    help: "CloudFormation fails the resource: Properties validation failed.",
  },
  "property-value": {
    title: "Properties have values that the service takes",
    help: "The service refuses the resource while the stack is being created.",
  },
  "property-read-only": {
    title: "Only properties that can be set are set",
    help: "CloudFormation answers: Encountered unsupported property.",
  },
  "policy-document": {
    title: "Policies are written in IAM's policy language",
    help: "IAM answers MalformedPolicyDocument.",
  },
  "role-trust": {
    title: "A role trusts the service that uses it",
    help: "The service cannot assume the role.",
  },
  "role-permission": {
    title: "A role may do what its user needs",
    help: "The stage, the build or the deployment that acts as the role fails with AccessDenied.",
  },
  pipeline: {
    title: "A pipeline has the structure that CodePipeline wants",
    help: "CreatePipeline answers InvalidStructureException or InvalidActionDeclarationException.",
  },
  codedeploy: {
    title: "CodeDeploy's configurations and groups fit their compute platform",
    help: "CodeDeploy refuses the deployment configuration or group.",
  },
  codebuild: { title: "CodeBuild's projects can be built", help: "CodeBuild refuses the project, or the build fails." },
  lambda: {
    title: "Lambda takes the function",
    help: "Lambda refuses the function, or will soon: a runtime is deprecated.",
  },
  buildspec: {
    title: "A buildspec has the structure that CodeBuild reads",
    help: "The build fails in DOWNLOAD_SOURCE with YAML_FILE_ERROR.",
  },
  appspec: {
    title: "An AppSpec file has the structure that CodeDeploy reads",
    help: "The deployment fails: the AppSpec file is missing or has an invalid configuration.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof RULES;

/** The rule with its id. */
export function ruleOf(id: RuleId): Rule {
  return RULES[id];
}
