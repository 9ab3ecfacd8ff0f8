/**
 * The action types of CodePipeline: how many artifacts each takes and gives, and how it is configured ("Valid action types and providers",
 * "Number of input and output artifacts for each action type", "Action structure reference").
 */

export interface ActionConfiguration {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface ActionType {
  /** Least and most. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  /** The configuration's keys; undefined where they are not all known here. */
  readonly configuration?: ActionConfiguration;
}

function keys(required: string, optional = ""): ActionConfiguration {
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  return { required: words(required), optional: words(optional) };
}

const SOURCE = { inputs: [0, 0], outputs: [1, 1] } as const;
const DEPLOY = { inputs: [1, 1], outputs: [0, 0] } as const;
const CODE_BUILD: ActionType = {
  inputs: [1, 5],
  outputs: [0, 5],
  configuration: keys(
    "ProjectName",
    "PrimarySource BatchEnabled BuildspecOverride CombineArtifacts EnvironmentVariables",
  ),
};

/** By `Category/Owner/Provider`. */
const ACTION_TYPES: Readonly<Record<string, ActionType>> = {
  "Source/AWS/S3": {
    ...SOURCE,
    configuration: keys("S3Bucket S3ObjectKey", "PollForSourceChanges AllowOverrideForS3ObjectKey"),
  },
  "Source/AWS/CodeCommit": {
    ...SOURCE,
    configuration: keys("RepositoryName BranchName", "PollForSourceChanges OutputArtifactFormat"),
  },
  "Source/AWS/ECR": { ...SOURCE, configuration: keys("RepositoryName", "ImageTag") },
  "Source/AWS/CodeStarSourceConnection": {
    ...SOURCE,
    configuration: keys("ConnectionArn FullRepositoryId BranchName", "OutputArtifactFormat DetectChanges"),
  },
  "Source/ThirdParty/GitHub": {
    ...SOURCE,
    configuration: keys("Owner Repo Branch OAuthToken", "PollForSourceChanges"),
  },
  "Build/AWS/CodeBuild": CODE_BUILD,
  "Test/AWS/CodeBuild": CODE_BUILD,
  "Build/AWS/ECRBuildAndPublish": { inputs: [1, 1], outputs: [0, 1] },
  "Test/AWS/DeviceFarm": { inputs: [1, 1], outputs: [0, 0] },
  "Deploy/AWS/S3": {
    ...DEPLOY,
    configuration: keys("BucketName Extract", "ObjectKey KMSEncryptionKeyARN CannedACL CacheControl"),
  },
  "Deploy/AWS/CloudFormation": {
    inputs: [0, 10],
    outputs: [0, 1],
    configuration: keys(
      "ActionMode StackName",
      "Capabilities ChangeSetName OutputFileName ParameterOverrides RoleArn TemplateConfiguration TemplatePath",
    ),
  },
  "Deploy/AWS/CloudFormationStackSet": { inputs: [1, 10], outputs: [0, 1] },
  "Deploy/AWS/CloudFormationStackInstances": { inputs: [0, 10], outputs: [0, 1] },
  "Deploy/AWS/CodeDeploy": { ...DEPLOY, configuration: keys("ApplicationName DeploymentGroupName") },
  "Deploy/AWS/CodeDeployToECS": {
    inputs: [1, 5],
    outputs: [0, 0],
    configuration: keys(
      "ApplicationName DeploymentGroupName TaskDefinitionTemplateArtifact AppSpecTemplateArtifact",
      "AppSpecTemplatePath TaskDefinitionTemplatePath " +
        [1, 2, 3, 4].map((n) => `Image${n}ArtifactName Image${n}ContainerName`).join(" "),
    ),
  },
  "Deploy/AWS/ECS": {
    ...DEPLOY,
    configuration: keys("ClusterName ServiceName", "FileName DeploymentTimeout"),
  },
  "Deploy/AWS/ElasticBeanstalk": { ...DEPLOY, configuration: keys("ApplicationName EnvironmentName") },
  "Deploy/AWS/AppConfig": DEPLOY,
  "Deploy/AWS/EC2": DEPLOY,
  "Deploy/AWS/EKS": DEPLOY,
  "Deploy/AWS/Lambda": DEPLOY,
  "Deploy/AWS/OpsWorks": DEPLOY,
  "Deploy/AWS/ServiceCatalog": DEPLOY,
  "Deploy/ThirdParty/AlexaSkillsKit": { inputs: [1, 2], outputs: [0, 0] },
  "Invoke/AWS/Lambda": { inputs: [0, 5], outputs: [0, 5], configuration: keys("FunctionName", "UserParameters") },
  "Invoke/AWS/StepFunctions": {
    inputs: [0, 1],
    outputs: [0, 1],
    configuration: keys("StateMachineArn", "Input InputType ExecutionNamePrefix"),
  },
  "Invoke/AWS/CodePipeline": { inputs: [0, 0], outputs: [0, 0] },
  "Invoke/AWS/InspectorScan": { inputs: [0, 5], outputs: [0, 5] },
  "Invoke/ThirdParty/Snyk": { inputs: [1, 1], outputs: [0, 1] },
  "Approval/AWS/Manual": {
    inputs: [0, 0],
    outputs: [0, 0],
    configuration: keys("", "CustomData ExternalEntityLink NotificationArn"),
  },
  "Compute/AWS/Commands": { inputs: [1, 10], outputs: [0, 1] },
};

/** The action type; undefined for one that is not listed. */
export function actionType(category: string, owner: string, provider: string): ActionType | undefined {
  const name = `${category}/${owner}/${provider}`;
  return Object.hasOwn(ACTION_TYPES, name) ? ACTION_TYPES[name] : undefined;
}

/** The names of all, as `Category/Owner/Provider`. */
export const ACTION_TYPE_NAMES: readonly string[] = Object.keys(ACTION_TYPES);

/** The modes of a CloudFormation action, with the keys that each needs besides ("AWS CloudFormation deploy action reference"). */
export const ACTION_MODES: ReadonlyMap<string, readonly string[]> = new Map([
  ["CREATE_UPDATE", ["TemplatePath", "RoleArn"]],
  ["REPLACE_ON_FAILURE", ["TemplatePath", "RoleArn"]],
  ["CHANGE_SET_REPLACE", ["ChangeSetName", "TemplatePath", "RoleArn"]],
  ["CHANGE_SET_EXECUTE", ["ChangeSetName"]],
  ["DELETE_ONLY", ["RoleArn"]],
]);
