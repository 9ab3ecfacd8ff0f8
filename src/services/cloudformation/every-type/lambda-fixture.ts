/** For the tests: Lambda's types. */
import { attribute, MATERIALS, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

const role = (RoleName: string) => ({
  Type: "AWS::IAM::Role",
  Properties: { RoleName, AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") },
});
const ROLES = { Role: role("runner"), Role2: role("runner2") };
const settings = (FunctionName: string) => ({
  FunctionName,
  Runtime: "nodejs20.x",
  Handler: "index.handler",
  Role: attribute("Role", "Arn"),
  Code: { ZipFile: "exports.handler = async () => 1;" },
});
const functions = {
  Role: role("runner"),
  Fn: { Type: "AWS::Lambda::Function", Properties: settings("fn") },
  Fn2: { Type: "AWS::Lambda::Function", Properties: settings("fn2") },
};
const version = (id: string, more = {}) => ({
  Type: "AWS::Lambda::Version",
  Properties: { FunctionName: ref(id), ...more },
});
const layer = (key: string) => ({ Content: { S3Bucket: MATERIALS, S3Key: key } });
const LAYERS = {
  Layer: { Type: "AWS::Lambda::LayerVersion", Properties: { LayerName: "l", ...layer("one.zip") } },
  Layer2: { Type: "AWS::Lambda::LayerVersion", Properties: { LayerName: "l2", ...layer("two.zip") } },
};
const VERSIONS = "a version never changes: every property needs a new one";

export const lambdaTypes: TypeCases = {
  "AWS::Lambda::Alias": {
    beside: { ...functions, V1: version("Fn"), V2: version("Fn2") },
    first: { FunctionName: ref("Fn"), Name: "live", FunctionVersion: attribute("V1", "Version") },
    changed: {
      FunctionName: ref("Fn"),
      Name: "live",
      Description: "another",
      FunctionVersion: attribute("V1", "Version"),
    },
    replaced: { FunctionName: ref("Fn2"), Name: "live", FunctionVersion: attribute("V2", "Version") },
    untried: {
      ProvisionedConcurrencyConfig: "it is not there yet",
      RoutingConfig: "it needs two versions of one function, which the release tests have",
    },
  },
  "AWS::Lambda::EventInvokeConfig": {
    beside: functions,
    first: { FunctionName: ref("Fn"), Qualifier: "$LATEST", MaximumRetryAttempts: 1 },
    changed: {
      FunctionName: ref("Fn"),
      Qualifier: "$LATEST",
      MaximumEventAgeInSeconds: 100,
      DestinationConfig: { OnFailure: { Destination: attribute("Fn2", "Arn") } },
    },
    replaced: { FunctionName: ref("Fn2"), Qualifier: "$LATEST", MaximumRetryAttempts: 1 },
  },
  "AWS::Lambda::Function": {
    beside: { ...ROLES, ...LAYERS },
    first: settings("function"),
    changed: {
      ...settings("function"),
      Architectures: ["arm64"],
      Code: { S3Bucket: MATERIALS, S3Key: "one.zip" },
      Description: "another",
      Environment: { Variables: { MODE: "1" } },
      EphemeralStorage: { Size: 1024 },
      Handler: "other.handler",
      Layers: [ref("Layer")],
      LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "DEBUG" },
      MemorySize: 256,
      RecursiveLoop: "Allow",
      ReservedConcurrentExecutions: 5,
      Role: attribute("Role2", "Arn"),
      Runtime: "nodejs22.x",
      RuntimeManagementConfig: { UpdateRuntimeOn: "Auto" },
      Tags: tags("a", "b"),
      Timeout: 30,
      TracingConfig: { Mode: "Active" },
    },
    replaced: { ...settings("other"), PackageType: "Zip" },
    untried: {
      CodeSigningConfigArn: "it is not there yet",
      DeadLetterConfig: "there are no queues and topics yet",
      FileSystemConfigs: "it is not there",
      ImageConfig: "it is not there",
      KmsKeyArn: "there is no KMS",
      SnapStart: "it is told apart by its own tests",
      VpcConfig: "there are no networks",
    },
  },
  "AWS::Lambda::LayerVersion": {
    first: { LayerName: "layer", ...layer("one.zip") },
    changed: VERSIONS,
    replaced: {
      LayerName: "layer",
      ...layer("two.zip"),
      CompatibleArchitectures: ["arm64"],
      CompatibleRuntimes: ["nodejs20.x"],
      Description: "another",
      LicenseInfo: "MIT",
    },
  },
  "AWS::Lambda::LayerVersionPermission": {
    beside: LAYERS,
    first: { Action: "lambda:GetLayerVersion", LayerVersionArn: ref("Layer"), Principal: "111111111111" },
    changed: "every property needs a new statement",
    replaced: {
      Action: "lambda:GetLayerVersion",
      LayerVersionArn: ref("Layer2"),
      Principal: "*",
      OrganizationId: "o-a1b2c3d4e5",
    },
  },
  "AWS::Lambda::Permission": {
    beside: functions,
    first: { Action: "lambda:InvokeFunction", FunctionName: ref("Fn"), Principal: "s3.amazonaws.com" },
    changed: "every property needs a new statement",
    replaced: {
      Action: "lambda:InvokeFunction",
      FunctionName: ref("Fn2"),
      Principal: "s3.amazonaws.com",
      SourceAccount: "000000000000",
      SourceArn: "arn:aws:s3:::b",
    },
    untried: {
      EventSourceToken: "it is for Alexa alone",
      FunctionUrlAuthType: "it is for function URLs: their own tests have it",
      InvokedViaFunctionUrl: "it is for function URLs: their own tests have it",
      PrincipalOrgID: "there are no organizations",
    },
  },
  "AWS::Lambda::Url": {
    beside: { ...functions, V1: version("Fn"), Live: alias("Fn", "V1"), Other: alias("Fn", "V1", "other") },
    first: { AuthType: "AWS_IAM", TargetFunctionArn: ref("Fn") },
    changed: {
      AuthType: "NONE",
      TargetFunctionArn: ref("Fn"),
      InvokeMode: "RESPONSE_STREAM",
      Cors: { AllowOrigins: ["*"] },
    },
    replaced: { AuthType: "AWS_IAM", TargetFunctionArn: ref("Fn"), Qualifier: "live" },
  },
  "AWS::Lambda::Version": {
    beside: functions,
    first: { FunctionName: ref("Fn") },
    changed: VERSIONS,
    replaced: { FunctionName: ref("Fn2"), Description: "another", RuntimePolicy: { UpdateRuntimeOn: "Auto" } },
    untried: {
      CodeSha256: "it is the hash of a zip that is made by CloudFormation here",
      ProvisionedConcurrencyConfig: "it is not there yet",
    },
  },
};

function alias(id: string, versionId: string, Name = "live") {
  const Properties = { FunctionName: ref(id), Name, FunctionVersion: attribute(versionId, "Version") };
  return { Type: "AWS::Lambda::Alias", Properties };
}
