/** The pipeline of a design document, typed in as its tables print it: its real mistakes, and nothing else. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";
import type { Finding } from "../check.ts";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), "utf8");

const TEMPLATE = { path: "Backend/env/env_src/CICDPipelineForLambda.yml", text: read("inventory-pipeline.yml") };
const BUILDSPEC = { path: "configuration/buildspec.yml", text: read("inventory-buildspec.yml") };

/** `line severity rule`, with what the message must name. */
function told(findings: readonly Finding[]): string[] {
  return findings.map(({ position, severity, rule }) => `${position.line} ${severity} ${rule}`);
}

/** The real mistakes, in the order of the file, and why each is one on AWS. */
const MISTAKES: readonly (readonly [place: string, names: string, why: string])[] = [
  [
    "24 error role-permission",
    "codeartifact:GetAuthorizationToken, sts:GetServiceBearerToken",
    "install asks CodeArtifact for a token",
  ],
  ["24 error role-permission", "codeartifact:GetRepositoryEndpoint", "install asks CodeArtifact for its address"],
  [
    "24 error role-permission",
    "lambda:UpdateFunctionConfiguration",
    "post_build changes the function's configuration; the role may change its code alone",
  ],
  ["34 error missing-sub", "ArtifactStoreBucket", "the statement is about a bucket of that very name, which is none"],
  [
    "56 error role-permission",
    "codecommit:GetBranch",
    "the source stage reads CodeCommit, and the pipeline's role may not",
  ],
  [
    "56 error role-permission",
    "codedeploy:CreateDeployment",
    "the deploy stage starts a deployment, and the pipeline's role may not",
  ],
  [
    "56 warning role-permission",
    "s3:GetBucketVersioning",
    "AWS documents it among what a pipeline needs of its artifact bucket",
  ],
  ["75 error missing-sub", "ArtifactStoreBucket", "as above"],
  [
    "87 warning role-permission",
    "lambda:GetProvisionedConcurrencyConfig",
    "AWSCodeDeployRoleForLambda has it, and this role has not",
  ],
  ["87 error role-permission", "cloudwatch:DescribeAlarms", "the group watches alarms"],
  ["87 warning role-permission", "s3:GetObjectVersion", "the pipeline's bucket may keep versions"],
  ["108 error missing-sub", "ArtifactStoreBucket", "as above"],
  [
    "113 error missing-sub",
    "${ProjectName}-build",
    "the project would be called ${ProjectName}-build, which CodeBuild refuses",
  ],
  ["114 warning missing-sub", "ProjectDescription", "the description would be those characters, which does no harm"],
  ["121 warning codebuild", "aws/codebuild/standard:4.0", "the image is deprecated"],
  [
    "124 warning codebuild",
    "configuration/buildspec.yml",
    "the buildspec lies in configuration/, the project looks in the root",
  ],
  ["129 error missing-sub", "${ProjectName}-pipeline", "CodePipeline refuses the name"],
  [
    "156 error pipeline",
    "BundleType must be either YAML or JSON",
    "CodePipeline's CodeDeploy action deploys to servers, not to Lambda",
  ],
  ["167 error missing-sub", "${ProjectName}-app", "the application would be called so"],
  ["174 error missing-sub", "${ProjectName}-group", "the group would be called so"],
  ["176 error codedeploy", "DeploymentConfig", "the property is called DeploymentConfigName"],
  ["177 error codedeploy", "DeploymentStyle", "it is an object of DeploymentType and DeploymentOption"],
  ["183 error codedeploy", "LambdaErrorsAlarm", "an alarm is an object with a Name"],
  ["183 error codedeploy", "Name", "as above, the second one"],
  ["188 error missing-sub", "${ProjectName}-config", "the configuration would be called so"],
  ["189 error codedeploy", "MinimumHealthyHosts", "a deployment that shifts traffic has no hosts"],
  [
    "193 error codedeploy",
    "ComputePlatform",
    "without it the configuration is for servers, which have no traffic routing",
  ],
  [
    "194 error codedeploy",
    "Interval",
    "AllAtOnce has none, and the others have it in TimeBasedCanary or TimeBasedLinear",
  ],
  ["195 error codedeploy", "Percentage", "as above"],
  ["200 error missing-sub", "${ProjectName}-artifact-store", "S3 refuses the name"],
];

describe("the pipeline of a design document", () => {
  const { findings } = check([TEMPLATE, BUILDSPEC]);

  it("has its real mistakes told, and none that is not one", () => {
    expect(told(findings)).toEqual(MISTAKES.map(([place]) => place));
  });

  it.each(MISTAKES.map(([place, names, why], index) => [index, place, names, why] as const))(
    "has mistake %i told by name: %s %s (%s)",
    (index, _, names) => {
      expect(findings[index]?.message).toContain(names);
    },
  );

  it("is told what to write instead", () => {
    const advice = (line: number): string | undefined =>
      findings.find(({ position }) => position.line === line)?.advice;
    expect(advice(34)).toBe('Write !Sub "arn:aws:s3:::${ArtifactStoreBucket}/*" instead.');
    expect(advice(176)).toBe("Write DeploymentConfigName instead.");
    expect(advice(177)).toContain("{DeploymentType: BLUE_GREEN, DeploymentOption: WITH_TRAFFIC_CONTROL}");
    expect(advice(183)).toContain("[{Name: LambdaErrorsAlarm}, {Name: LambdaThrottlesAlarm}]");
    expect(advice(193)).toBe("Write ComputePlatform: Lambda.");
  });

  it("with the document's other traffic routing is told where interval and percentage belong", () => {
    const text = TEMPLATE.text.replace(
      "Type: AllAtOnce\n        Interval: 0\n        Percentage: 100",
      "Type: TimeBasedLinear\n        Interval: 10\n        Percentage: 25",
    );
    const other = check([{ ...TEMPLATE, text }]).findings.filter(
      ({ position }) => position.line > 192 && position.line < 197,
    );
    expect(other.map(({ advice }) => advice)).toEqual([
      "Write ComputePlatform: Lambda.",
      "Write TimeBasedLinear: {LinearInterval: 10} instead.",
      "Write TimeBasedLinear: {LinearPercentage: 25} instead.",
    ]);
  });

  it("is not spoken of any more where it was mended", () => {
    const text = TEMPLATE.text
      .replaceAll(/: (\$\{ProjectName\}-\w+(?:-\w+)?|Build project for .*)$/gm, ": !Sub $1")
      .replaceAll("Resource: 'arn:aws:s3:::$", "Resource: !Sub 'arn:aws:s3:::$")
      .replace(
        "- 'lambda:UpdateFunctionCode'\n                Resource",
        "- 'lambda:Update*'\n                  - 'codeartifact:*'\n                  - 'sts:GetServiceBearerToken'\n                Resource",
      )
      .replace(
        "- 'iam:PassRole'",
        "- 'iam:PassRole'\n                  - 'codecommit:*'\n                  - 'codedeploy:*'\n                  - 's3:GetBucketVersioning'",
      )
      .replace("- 'lambda:ListAliases'", "- 'lambda:Get*'")
      .replace(
        "                - 's3:GetObject'\n                Resource",
        "                - 's3:GetObject*'\n                  - 'cloudwatch:DescribeAlarms'\n                Resource",
      )
      .replace("standard:4.0", "standard:7.0")
      .replace("'buildspec.yml'", "configuration/buildspec.yml")
      .replace("DeploymentConfig: Code", "DeploymentConfigName: Code")
      .replace(
        "DeploymentStyle: BLUE_GREEN",
        "DeploymentStyle: {DeploymentType: BLUE_GREEN, DeploymentOption: WITH_TRAFFIC_CONTROL}",
      )
      .replace("[LambdaErrorsAlarm, LambdaThrottlesAlarm]", "[{Name: LambdaErrorsAlarm}, {Name: LambdaThrottlesAlarm}]")
      .replace(
        /MinimumHealthyHosts:[^]*?Percentage: 100/,
        "ComputePlatform: Lambda\n      TrafficRoutingConfig: {Type: AllAtOnce}",
      );
    // What the deploy action is cannot be mended by a word.
    const left = check([{ ...TEMPLATE, text }, BUILDSPEC]).findings;
    expect(left.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["error pipeline"]);
  });
});

describe("an AppSpec beside a template", () => {
  const appspec = {
    path: "appspec.yml",
    text: `version: 0.0
Resources:
  - fn: {Type: "AWS::Lambda::Function", Properties: {Name: fn, Alias: live, CurrentVersion: "1", TargetVersion: "2"}}
Hooks:
  - BeforeAllowTraffic: check-before
`,
  };

  it("has hooks that the deployment group's role must be allowed to call", () => {
    const told = (text: string): string[] =>
      check([{ ...TEMPLATE, text }, appspec])
        .findings.filter(({ message }) => message.includes("lambda:InvokeFunction"))
        .map(({ message }) => message);
    expect(told(TEMPLATE.text)).toEqual([
      "CodeDeployServiceRole is not authorized to perform: lambda:InvokeFunction. It is needed for the hook check-before of CodeDeployDeploymentGroup.",
    ]);
    const allowed = TEMPLATE.text.replace(
      "- 'lambda:ListAliases'\n                Resource: !Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${ProjectName}'",
      "- 'lambda:InvokeFunction'\n                Resource: !Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:check-*'",
    );
    expect(told(allowed)).toEqual([]);
  });
});
