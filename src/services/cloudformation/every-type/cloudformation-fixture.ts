/** For the tests: CloudFormation's own types. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import type { TestCloud } from "../../../testing/cloud.ts";
import { allowing, attribute, MATERIALS, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

/** Keeps each resource as an object of the bucket: its physical id is the object's key. */
const PROVIDER = `
const { DeleteObjectCommand, PutObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async (event) => {
  const { RequestType, ResourceProperties: { Name, Value } } = event;
  const Key = RequestType === "Delete" ? event.PhysicalResourceId : "custom/" + Name;
  const at = { Bucket: "${MATERIALS}", Key };
  await s3.send(RequestType === "Delete" ? new DeleteObjectCommand(at) : new PutObjectCommand({ ...at, Body: String(Value) }));
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({ Status: "SUCCESS", PhysicalResourceId: Key, StackId, RequestId, LogicalResourceId });
  await fetch(event.ResponseURL, { method: "PUT", body });
};`;

const CUSTOM = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: "provider",
      AssumeRolePolicyDocument: trusting("lambda.amazonaws.com"),
      Policies: [{ PolicyName: "all", PolicyDocument: allowing("s3:*") }],
    },
  },
  Provider: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "provider",
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Timeout: 20,
      Role: attribute("Role", "Arn"),
      Code: { ZipFile: PROVIDER },
    },
  },
};
const custom = (properties: Record<string, string>) => ({ ServiceToken: attribute("Provider", "Arn"), ...properties });

/** The nested stacks' templates, by their key in the bucket. */
export const CHILDREN = {
  "one.json": {
    Resources: { Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "inner" } } },
  },
  "two.json": {
    Parameters: { Days: { Type: "Number" } },
    Resources: {
      Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "inner", RetentionInDays: ref("Days") } },
      Stream: { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: ref("Group") } },
    },
    Outputs: { Name: { Value: ref("Group") } },
  },
  // Without what a stack set's own rollback would make anew.
  "set.json": {
    Parameters: { Days: { Type: "Number" } },
    Resources: {
      Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "inner", RetentionInDays: ref("Days") } },
    },
  },
};
const child = (key: keyof typeof CHILDREN) => `https://${MATERIALS}.s3.amazonaws.com/${key}`;

/** The roles of self-managed permissions, for an account that is its own target. */
const STACK_SET_ROLES = {
  Administration: {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: "AWSCloudFormationStackSetAdministrationRole",
      AssumeRolePolicyDocument: trusting("cloudformation.amazonaws.com"),
      Policies: [{ PolicyName: "assume", PolicyDocument: allowing("sts:AssumeRole") }],
    },
  },
  Execution: {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: "AWSCloudFormationStackSetExecutionRole",
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" }],
      },
      Policies: [{ PolicyName: "all", PolicyDocument: allowing("*") }],
    },
  },
};
const inEveryRegion = (properties: Record<string, number>) =>
  JSON.stringify({
    Resources: { Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "inner", ...properties } } },
  });

/** Tells the stack's wait conditions that they may go on. */
async function signal(cloud: TestCloud, StackName: string): Promise<void> {
  const stacks = new CloudFormation(cloud.client());
  const { StackResources = [] } = await stacks.describeStackResources({ StackName });
  for (const { PhysicalResourceId, ResourceType } of StackResources) {
    if (ResourceType !== "AWS::CloudFormation::WaitConditionHandle" || PhysicalResourceId === undefined) continue;
    const body = JSON.stringify({ Status: "SUCCESS", UniqueId: "one", Data: "go", Reason: "done" });
    await fetch(PhysicalResourceId, { method: "PUT", body });
  }
  stacks.destroy();
}

/** Why the schema's `Id` of these types is not an attribute. */
const PHYSICAL_ID = "the reference has no such return value: Ref gives it";

export const cloudformationTypes: TypeCases = {
  "AWS::CloudFormation::CustomResource": {
    beside: CUSTOM,
    first: custom({ Name: "a", Value: "1" }),
    changed: custom({ Name: "a", Value: "2", ServiceTimeout: "30" }),
    // Its function says that it is another one.
    replaced: custom({ Name: "b", Value: "1" }),
    notGiven: { Id: PHYSICAL_ID },
  },
  "AWS::CloudFormation::Macro": {
    notGiven: { Id: PHYSICAL_ID },
    first: { Name: "one", FunctionName: "a-function" },
    changed: {
      Name: "one",
      FunctionName: "another",
      Description: "changed",
      LogGroupName: "errors",
      LogRoleARN: "arn:aws:iam::000000000000:role/errors",
    },
    replaced: { Name: "two", FunctionName: "a-function" },
    isInside: true,
  },
  "AWS::CloudFormation::Stack": {
    first: { TemplateURL: child("one.json") },
    changed: { TemplateURL: child("two.json"), Parameters: { Days: 7 }, Tags: tags("a"), TimeoutInMinutes: 5 },
    replaced: "an embedded stack is updated, whatever changes",
    untried: { NotificationARNs: "there is no SNS" },
    // The reference knows `Outputs.NAME` alone, which the schema does not name.
    notGiven: Object.fromEntries(
      ["ChangeSetId", "CreationTime", "LastUpdateTime", "Outputs", "ParentId", "RootId", "StackId", "StackStatus"].map(
        (name) => [name, "the reference has no such return value"],
      ),
    ),
  },
  "AWS::CloudFormation::StackSet": {
    beside: STACK_SET_ROLES,
    first: {
      StackSetName: "set",
      PermissionModel: "SELF_MANAGED",
      TemplateBody: inEveryRegion({ RetentionInDays: 7 }),
      Description: "the first",
      StackInstancesGroup: [{ DeploymentTargets: { Accounts: ["000000000000"] }, Regions: ["us-east-1", "eu-west-1"] }],
    },
    changed: {
      StackSetName: "set",
      PermissionModel: "SELF_MANAGED",
      TemplateURL: child("set.json"),
      Parameters: [{ ParameterKey: "Days", ParameterValue: "14" }],
      AdministrationRoleARN: attribute("Administration", "Arn"),
      ExecutionRoleName: ref("Execution"),
      Capabilities: ["CAPABILITY_IAM"],
      Description: "the second",
      ManagedExecution: { Active: true },
      Tags: tags("a"),
      OperationPreferences: { RegionOrder: ["ap-south-1", "us-east-1"], MaxConcurrentCount: 2 },
      StackInstancesGroup: [
        {
          DeploymentTargets: { Accounts: ["000000000000"] },
          Regions: ["us-east-1", "ap-south-1"],
          ParameterOverrides: [{ ParameterKey: "Days", ParameterValue: "30" }],
        },
      ],
    },
    replaced: { StackSetName: "other", PermissionModel: "SELF_MANAGED", TemplateBody: inEveryRegion({}) },
    untried: {
      AutoDeployment: "there is no Organizations service",
      CallAs: "there is no Organizations service",
    },
  },
  "AWS::CloudFormation::WaitCondition": {
    beside: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
    first: { Handle: ref("Handle"), Timeout: 600, Count: 1 },
    changed: "a wait condition cannot be updated",
    replaced: "a wait condition cannot be updated",
    notGiven: { Id: PHYSICAL_ID },
    isInside: true,
    meanwhile: signal,
  },
  "AWS::CloudFormation::WaitConditionHandle": {
    first: {},
    changed: "it has no properties",
    replaced: "it has no properties",
    notGiven: { Id: PHYSICAL_ID },
    isInside: true,
  },
};
