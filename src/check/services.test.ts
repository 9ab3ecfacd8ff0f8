/** What services say of their resources, of buildspecs, AppSpecs and pipeline definitions. */
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";

/** `line rule message` of each finding, one file checked. */
function told(path: string, text: string): string[] {
  return check([{ path, text }]).findings.map(({ position, rule, message }) => `${position.line} ${rule} ${message}`);
}

/** The same of one resource's properties; lines count from the first property's. */
function ofResource(type: string, properties: string, others = ""): string[] {
  const indented = properties.replaceAll(/^(?=.)/gm, "      ");
  const { findings } = check([
    { path: "t.yml", text: `Resources:\n  It:\n    Type: ${type}\n    Properties:\n${indented}\n${others}` },
  ]);
  return findings.map(({ position, message }) => `${position.line - 4} ${message}`);
}

const ROLE = (service: string, ...actions: readonly string[]): string => `  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ${service}.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: [${actions.join(", ")}], Resource: "*"}]}}]
`;

describe("a deployment configuration", () => {
  const type = "AWS::CodeDeploy::DeploymentConfig";

  it("that shifts traffic is right with the member of its type", () => {
    const canary = "{Type: TimeBasedCanary, TimeBasedCanary: {CanaryInterval: 5, CanaryPercentage: 10}}";
    expect(ofResource(type, `ComputePlatform: Lambda\nTrafficRoutingConfig: ${canary}`)).toEqual([]);
    expect(ofResource(type, "MinimumHealthyHosts: {Type: HOST_COUNT, Value: 1}")).toEqual([]);
  });

  it("has a type that there is, its own member, and numbers within bounds", () => {
    const routing = (text: string): string[] =>
      ofResource(type, `ComputePlatform: Lambda\nTrafficRoutingConfig: ${text}`);
    expect(routing("{Type: Canary}")).toEqual(["2 The traffic routing type Canary is none."]);
    expect(routing("{Type: TimeBasedLinear}")).toEqual(["2 Type is TimeBasedLinear, and TimeBasedLinear is missing."]);
    expect(routing("{Type: AllAtOnce, TimeBasedCanary: {CanaryInterval: 5, CanaryPercentage: 10}}")).toEqual([
      "2 Type is AllAtOnce, to which TimeBasedCanary does not belong.",
    ]);
    expect(routing("{Type: TimeBasedLinear, TimeBasedLinear: {LinearInterval: 0, LinearPercentage: 100}}")).toEqual([
      "2 LinearInterval is a whole number of minutes from 1 to 2880, not 0.",
      "2 LinearPercentage is a whole number from 1 to 99, not 100.",
    ]);
  });
});

describe("a deployment group", () => {
  const app = "  App: {Type: AWS::CodeDeploy::Application, Properties: {ComputePlatform: Lambda}}\n";
  const group = (text: string): string[] =>
    ofResource(
      "AWS::CodeDeploy::DeploymentGroup",
      `ApplicationName: !Ref App\nServiceRoleArn: arn:aws:iam::000000000000:role/r\n${text}`,
      app,
    );

  it("of Lambda takes Lambda's configurations and shifts traffic", () => {
    const style = "DeploymentStyle: {DeploymentType: BLUE_GREEN, DeploymentOption: WITH_TRAFFIC_CONTROL}";
    expect(group(`${style}\nDeploymentConfigName: CodeDeployDefault.LambdaCanary10Percent5Minutes`)).toEqual([]);
    expect(group(`${style}\nDeploymentConfigName: CodeDeployDefault.OneAtATime`)).toEqual([
      "4 The deployment configuration CodeDeployDefault.OneAtATime is not for the compute platform Lambda of the application.",
    ]);
    expect(group(`${style}\nDeploymentConfigName: CodeDeployDefault.LambdaCanary10Percent5Minute`)).toEqual([
      "4 No deployment configuration found for name: CodeDeployDefault.LambdaCanary10Percent5Minute",
    ]);
    expect(group("DeploymentStyle: {DeploymentType: IN_PLACE, DeploymentOption: WITH_TRAFFIC_CONTROL}")).toEqual([
      '3 A deployment to Lambda can only be BLUE_GREEN, WITH_TRAFFIC_CONTROL, not "IN_PLACE".',
    ]);
    expect(group(`${style}\nAutoRollbackConfiguration: {Enabled: true, Events: [DEPLOYMENT_FAILED]}`)).toEqual([
      "4 The auto-rollback event DEPLOYMENT_FAILED is none.",
    ]);
  });
});

describe("a function", () => {
  it("has a runtime that there is; one that is deprecated is a warning", () => {
    const runtime = (name: string): string[] =>
      ofResource(
        "AWS::Lambda::Function",
        `Code: {ZipFile: x}\nHandler: a.b\nRole: "arn:aws:iam::000000000000:role/r"\nRuntime: ${name}`,
      );
    expect(runtime("nodejs22.x")).toEqual([]);
    expect(runtime("node22")[0]).toMatch(/^4 Value node22 at 'runtime' failed to satisfy constraint/);
    expect(runtime("nodejs14.x")[0]).toMatch(/^4 The runtime nodejs14.x is deprecated since 2023-12-04/);
  });

  it("has environment variables whose names Lambda takes, in either branch", () => {
    const variables = (text: string): string[] =>
      ofResource(
        "AWS::Lambda::Function",
        `Code: {ZipFile: x}\nHandler: a.b\nRole: "arn:aws:iam::000000000000:role/r"\nRuntime: nodejs22.x\nEnvironment:\n  Variables: ${text}`,
        "Conditions: {C: !Equals [!Ref AWS::Region, eu-west-1]}\n",
      );
    expect(variables("{TABLE: !Ref AWS::Region, a_1: x}").filter((line) => !line.includes("not used"))).toEqual([]);
    expect(variables("!If [C, {AWS_REGION: x}, {OK: x, B: y, 1up: z}]")).toEqual([
      expect.stringMatching(/^6 Lambda was unable .*: AWS_REGION$/),
      expect.stringMatching(/^6 Value at 'environment.variables' .*: B$/),
      expect.stringMatching(/^6 Value at 'environment.variables' .*: 1up$/),
    ]);
  });
});

describe("a role", () => {
  const project = `ServiceRole: !Ref Role
Artifacts: {Type: NO_ARTIFACTS}
Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: aws/codebuild/standard:7.0}
Source:
  Type: NO_SOURCE
  BuildSpec: |
    version: 0.2
    phases:
      build:
        commands:
          - aws sns publish --topic-arn x --message y
          - aws dynamodb list-tables || true`;

  it("is told what the build's commands need and it may not", () => {
    const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    expect(
      ofResource("AWS::CodeBuild::Project", project, ROLE("codebuild", ...logs, "sns:*", "dynamodb:List*")),
    ).toEqual([]);
    const findings = ofResource("AWS::CodeBuild::Project", project, ROLE("codebuild", ...logs));
    expect(findings.map((line) => line.replace(/^\d+ /, ""))).toEqual([
      "Role is not authorized to perform: sns:Publish. It is needed for the command `aws sns publish` of It.",
      "Role is not authorized to perform: dynamodb:ListTables. It is needed for the command `aws dynamodb list-tables` of It.",
    ]);
  });

  it("that a policy is attached to that is not here is not judged", () => {
    const open = ROLE("codebuild", "logs:*").replace(
      "Policies:",
      "ManagedPolicyArns: [!ImportValue other]\n      Policies:",
    );
    expect(ofResource("AWS::CodeBuild::Project", project, open)).toEqual([]);
    const administrator = ROLE("codebuild", "logs:*").replace(
      "Policies:",
      "ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n      Policies:",
    );
    expect(ofResource("AWS::CodeBuild::Project", project, administrator)).toEqual([]);
  });

  it("trusts the service that uses it", () => {
    expect(ofResource("AWS::CodeBuild::Project", project, ROLE("codepipeline", '"*"'))).toEqual([
      "16 CodeBuild is not authorized to perform: sts:AssumeRole on Role (It)",
    ]);
  });

  it("has policies in IAM's language", () => {
    const policy = (statement: string): string[] =>
      ofResource(
        "AWS::IAM::ManagedPolicy",
        `PolicyDocument:\n  Version: "2012-10-17"\n  Statement:\n    - ${statement}`,
      );
    expect(policy('{Effect: Allow, Action: "s3:*", Resource: !Sub "arn:${AWS::Partition}:s3:::b/*"}')).toEqual([]);
    expect(policy('{Effect: Alow, Action: "s3:*", Resource: "*"}')).toEqual(["4 Syntax errors in policy."]);
    expect(policy('{Effect: Allow, Action: "s3:*"}')).toEqual(["4 Policy statement must contain resources."]);
    expect(policy('{Effect: Allow, Action: "s3:*", Resource: bucket}')).toEqual([
      '4 Resource bucket must be in ARN format or "*".',
    ]);
    expect(policy('{Effect: Allow, Action: "lamda:Invoke", Resource: "*"}')).toEqual([
      "4 No service has actions that begin with lamda: lamda:Invoke.",
    ]);
  });
});

describe("a pipeline definition", () => {
  it("has the structure that CodePipeline wants", () => {
    const action = (name: string, type: string, more: string): string =>
      `{"name": "${name}", "actionTypeId": ${type}, ${more}}`;
    const type = (category: string, provider: string): string =>
      `{"category": "${category}", "owner": "AWS", "provider": "${provider}", "version": "1"}`;
    const text = `{"pipeline": {"name": "p", "roleArn": "arn:aws:iam::000000000000:role/r", "artifactStore": {"type": "S3", "location": "b"}, "stages": [
{"name": "Source", "actions": [
${action("S", type("Source", "CodeCommit"), '"configuration": {"RepositoryName": "r", "Branch": "main"}, "outputArtifacts": [{"name": "Code"}]')}]},
{"name": "Source", "actions": [
${action("B", type("Build", "CodeBuild"), '"configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Cod"}], "outputArtifacts": [{"name": "Code"}]')},
${action("D", type("Deploy", "Cloudformation"), '"configuration": {}')}]}]}}`;
    expect(told("pipeline.json", text)).toEqual([
      "3 pipeline Action configuration for action 'S' is missing required configuration 'BranchName'",
      "3 pipeline Action configuration for action 'S' contains unknown configuration 'Branch'",
      "4 pipeline Stage names must be unique; Source stands twice.",
      "5 pipeline Input artifact Cod of action B is the output artifact of no action.",
      "5 pipeline Output artifact names must be unique in a pipeline; Code stands twice.",
      "6 pipeline ActionType (Category: 'Deploy', Provider: 'Cloudformation', Owner: 'AWS', Version: '1') in action 'D' is not available",
    ]);
  });
});

describe("a buildspec", () => {
  it("is right as AWS's reference prints it", () => {
    const text = `version: 0.2
run-as: root
env:
  shell: bash
  variables: {A: "b"}
  parameter-store: {C: /d}
  exported-variables: [A]
  secrets-manager: {E: "f:g"}
  git-credential-helper: yes
proxy: {upload-artifacts: yes, logs: yes}
batch:
  fast-fail: false
  build-list: [{identifier: one}]
phases:
  install:
    run-as: root
    on-failure: ABORT
    runtime-versions: {nodejs: 22, python: 3.12}
    commands: [npm ci]
    finally: [echo done]
  build: {commands: npm test}
reports:
  units: {files: ["**/*"], file-format: JUNITXML}
artifacts:
  files: ["**/*"]
  name: out
  secondary-artifacts:
    other: {files: [a], base-directory: b}
cache: {paths: [node_modules/**/*]}
`;
    expect(told("buildspec.yml", text)).toEqual([]);
  });

  it("is told its faults in CodeBuild's words", () => {
    const text = `version: 2
phases:
  build:
    commands:
      - echo "Hello: world"
  artifacts:
    files: [a]
  install:
    runtime-versions: {node: 22}
cahce: {}
`;
    expect(told("buildspec.yml", text)).toEqual([
      "1 buildspec YAML_FILE_ERROR: The buildspec's version 2 is none.",
      "5 buildspec YAML_FILE_ERROR: Expected Commands[0] to be of string type: found subkeys instead at line 5, value of the key tag on line 4 might be empty",
      "6 buildspec YAML_FILE_ERROR: Invalid buildspec phase name: artifacts. Expecting: build,install,post_build,pre_build",
      "9 buildspec YAML_FILE_ERROR: Unknown runtime named 'node'. This build image has the following runtimes: dotnet, golang, java, nodejs, php, python, ruby",
      "10 buildspec buildspec has no key cahce; CodeBuild does not read it.",
    ]);
    expect(told("buildspec.yml", "a: [")[0]).toMatch(/^1 syntax YAML_FILE_ERROR: /);
  });
});

describe("an AppSpec file", () => {
  const good = `version: 0.0
Resources:
  - fn: {Type: "AWS::Lambda::Function", Properties: {Name: fn, Alias: live, CurrentVersion: "1", TargetVersion: "2"}}
Hooks:
  - BeforeAllowTraffic: check
`;

  it("of Lambda, ECS and servers is right as AWS's reference prints it", () => {
    expect(told("appspec.yml", good)).toEqual([]);
    const ecs = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties: {TaskDefinition: t, LoadBalancerInfo: {ContainerName: c, ContainerPort: 80}}
Hooks: [{BeforeInstall: a}, {AfterAllowTestTraffic: b}]
`;
    expect(told("appspec.yaml", ecs)).toEqual([]);
    expect(
      told(
        "appspec.yml",
        "version: 0.0\nos: linux\nfiles: [{source: /, destination: /var}]\nhooks: {AfterInstall: [{location: a.sh}]}",
      ),
    ).toEqual([]);
  });

  it("is told what is missing and what is none", () => {
    expect(
      told("appspec.yml", good.replace("Alias: live, ", "").replace("Before", "After").replace('"2"', '"1"')),
    ).toEqual([
      "3 appspec The function has no Alias.",
      "3 appspec CurrentVersion and TargetVersion are both 1: there is nothing to deploy.",
    ]);
    expect(told("appspec.yml", good.replace("0.0", "1.0").replace("BeforeAllow", "BeforeAlow"))).toEqual([
      "1 appspec The version 1 is none; the only one is 0.0.",
      "5 appspec The lifecycle event BeforeAlowTraffic is none of this compute platform.",
    ]);
  });
});

describe("a hook of a gradual deployment", () => {
  const sam = (name: string): string => `Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: nodejs22.x, Handler: index.handler, CodeUri: src}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Hooks: {PreTraffic: !Ref Check}
  Check:
    Type: AWS::Serverless::Function
    Properties:
      ${name}
      DeploymentPreference: {Enabled: false}
`;

  it("has a name that CodeDeploy's role may call", () => {
    expect(told("t.yml", sam("FunctionName: CodeDeployHook_check"))).toEqual([]);
    const words =
      "role-permission CodeDeployServiceRole is not authorized to perform: lambda:InvokeFunction. It is needed for the function Check, which BeforeAllowTrafficHook of OrdersAliaslive calls.";
    for (const name of ["FunctionName: check", "MemorySize: 128"]) {
      expect(told("t.yml", sam(name)).map((line) => line.replace(/^\d+ /, ""))).toEqual([words]);
    }
  });
});
