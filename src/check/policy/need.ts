/** Something that a role must be allowed to do, and what CodePipeline's actions need by their provider. */
import type { Json } from "../../template/value.ts";
import type { CheckedResource } from "../template/view.ts";

/** What somebody needs of a role. */
export interface Need {
  readonly role: CheckedResource;
  /** All of them; of several in a list, one. */
  readonly actions: readonly (string | readonly string[])[];
  /** With what; undefined where that is not known. */
  readonly resource?: Json | undefined;
  /** What it is needed for: "for its logs, project Build". */
  readonly purpose: string;
  readonly severity: "error" | "warning";
}

/** "Permissions required by the service role" in each provider's action reference. */
export const PROVIDER_NEEDS: Readonly<Record<string, Need["actions"]>> = {
  "Source/CodeCommit": [
    "codecommit:GetBranch",
    "codecommit:GetCommit",
    "codecommit:UploadArchive",
    "codecommit:GetUploadArchiveStatus",
    "codecommit:CancelUploadArchive",
  ],
  // The service has two names, and either may stand in a policy.
  "Source/CodeStarSourceConnection": [["codestar-connections:UseConnection", "codeconnections:UseConnection"]],
  "Source/ECR": ["ecr:DescribeImages"],
  "Source/S3": ["s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketVersioning"],
  "Build/CodeBuild": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
  "Test/CodeBuild": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
  "Deploy/CodeDeploy": [
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
  ],
  "Deploy/CodeDeployToECS": [
    "codedeploy:CreateDeployment",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
    "ecs:RegisterTaskDefinition",
  ],
  "Deploy/ECS": [
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:RegisterTaskDefinition",
    "ecs:UpdateService",
  ],
  "Deploy/S3": ["s3:PutObject"],
  "Invoke/Lambda": ["lambda:InvokeFunction", "lambda:ListFunctions"],
  "Invoke/StepFunctions": ["states:DescribeExecution", "states:DescribeStateMachine", "states:StartExecution"],
};

/** What each mode of a CloudFormation action calls. */
export const MODE_NEEDS: Readonly<Record<string, readonly string[]>> = {
  CREATE_UPDATE: ["cloudformation:CreateStack", "cloudformation:DescribeStacks", "cloudformation:UpdateStack"],
  REPLACE_ON_FAILURE: [
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeStacks",
    "cloudformation:UpdateStack",
  ],
  DELETE_ONLY: ["cloudformation:DeleteStack", "cloudformation:DescribeStacks"],
  CHANGE_SET_REPLACE: [
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStacks",
  ],
  CHANGE_SET_EXECUTE: [
    "cloudformation:DescribeChangeSet",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:DescribeStacks",
  ],
};
