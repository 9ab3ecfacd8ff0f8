/** For the tests: CloudWatch Logs' types. */
import { attribute, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

const GROUP = { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "g" } };
const SECOND = { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "g2" } };
export const RECEIVER = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: { RoleName: "receiver", AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") },
  },
  Receiver: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "receiver",
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Role: attribute("Role", "Arn"),
      Code: { ZipFile: "exports.handler = async () => {};" },
    },
  },
  Allowed: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      FunctionName: ref("Receiver"),
      Action: "lambda:InvokeFunction",
      Principal: "*",
    },
  },
};
const counting = (MetricName: string, more = {}) => [{ MetricName, MetricNamespace: "n", MetricValue: "1", ...more }];
const document = (action: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "a.amazonaws.com" }, Action: action, Resource: "*" }],
  });

export const logsTypes: TypeCases = {
  "AWS::Logs::LogGroup": {
    first: { LogGroupName: "group" },
    changed: { LogGroupName: "group", RetentionInDays: 7, Tags: tags("a", "b"), LogGroupClass: "STANDARD" },
    replaced: { LogGroupName: "other", RetentionInDays: 7 },
    untried: {
      DeletionProtectionEnabled: "it keeps the stack from taking the group away",
      KmsKeyId: "there is no KMS",
    },
  },
  "AWS::Logs::LogStream": {
    beside: { Group: GROUP, Group2: SECOND },
    first: { LogGroupName: ref("Group") },
    changed: "both properties need a new stream",
    replaced: { LogGroupName: ref("Group2"), LogStreamName: "s" },
  },
  "AWS::Logs::MetricFilter": {
    beside: { Group: GROUP, Group2: SECOND },
    first: { LogGroupName: ref("Group"), FilterPattern: "ERROR", MetricTransformations: counting("errors") },
    changed: {
      LogGroupName: ref("Group"),
      FilterPattern: "WARN",
      MetricTransformations: counting("warnings", { DefaultValue: 0, Unit: "Count" }),
    },
    replaced: {
      LogGroupName: ref("Group2"),
      FilterName: "f",
      FilterPattern: "ERROR",
      MetricTransformations: counting("errors"),
    },
    untried: {
      ApplyOnTransformedLogs: "there are no transformers",
      EmitSystemFieldDimensions: "it needs centralized log groups",
      FieldSelectionCriteria: "it needs centralized log groups",
    },
  },
  "AWS::Logs::ResourcePolicy": {
    first: { PolicyName: "policy", PolicyDocument: document("logs:PutLogEvents") },
    changed: { PolicyName: "policy", PolicyDocument: document("logs:CreateLogStream") },
    replaced: { PolicyName: "other", PolicyDocument: document("logs:PutLogEvents") },
  },
  "AWS::Logs::SubscriptionFilter": {
    beside: { Group: GROUP, Group2: SECOND, ...RECEIVER },
    first: {
      LogGroupName: ref("Group"),
      FilterPattern: "ERROR",
      DestinationArn: attribute("Receiver", "Arn"),
    },
    changed: { LogGroupName: ref("Group"), FilterPattern: "WARN", DestinationArn: attribute("Receiver", "Arn") },
    replaced: {
      LogGroupName: ref("Group2"),
      FilterName: "f",
      FilterPattern: "ERROR",
      DestinationArn: attribute("Receiver", "Arn"),
    },
    untried: {
      ApplyOnTransformedLogs: "there are no transformers",
      Distribution: "it is for Kinesis, which is not there",
      EmitSystemFields: "it needs centralized log groups",
      FieldSelectionCriteria: "it needs centralized log groups",
      RoleArn: "it is for Kinesis, which is not there",
    },
  },
};
