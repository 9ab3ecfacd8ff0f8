/** For the tests: every resource type of Lambda with every property that it supports. */
import { attribute, CODE_BUCKET, ref, TAGS } from "./every-part-fixture.ts";

export const LAMBDA_RESOURCES = {
  Layer: {
    Type: "AWS::Lambda::LayerVersion",
    Properties: {
      CompatibleArchitectures: ["x86_64"],
      CompatibleRuntimes: ["nodejs22.x"],
      Content: { S3Bucket: CODE_BUCKET, S3Key: "layer.zip" },
      Description: "a layer",
      LayerName: "every-layer",
      LicenseInfo: "MIT",
    },
  },
  LayerPermission: {
    Type: "AWS::Lambda::LayerVersionPermission",
    Properties: {
      Action: "lambda:GetLayerVersion",
      LayerVersionArn: ref("Layer"),
      OrganizationId: "o-1234567890",
      Principal: "*",
    },
  },
  Function: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Architectures: ["x86_64"],
      Code: { ZipFile: "exports.handler = async () => 1;" },
      Description: "does one thing",
      Environment: { Variables: { TABLE: "orders", LEVEL: "debug" } },
      EphemeralStorage: { Size: 1024 },
      FunctionName: "every-function",
      Handler: "index.handler",
      Layers: [ref("Layer")],
      LoggingConfig: { ApplicationLogLevel: "INFO", LogFormat: "JSON", LogGroup: "/every", SystemLogLevel: "WARN" },
      MemorySize: 256,
      PackageType: "Zip",
      RecursiveLoop: "Allow",
      ReservedConcurrentExecutions: 5,
      Role: attribute("Role", "Arn"),
      Runtime: "nodejs22.x",
      RuntimeManagementConfig: { UpdateRuntimeOn: "Auto" },
      SnapStart: { ApplyOn: "None" },
      Tags: TAGS,
      Timeout: 12,
      TracingConfig: { Mode: "Active" },
    },
  },
  Target: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Code: { ZipFile: "exports.handler = async () => 2;" },
      Handler: "index.handler",
      Role: attribute("Role", "Arn"),
      Runtime: "nodejs22.x",
    },
  },
  Version: {
    Type: "AWS::Lambda::Version",
    Properties: { Description: "first", FunctionName: ref("Function"), RuntimePolicy: { UpdateRuntimeOn: "Auto" } },
  },
  SecondVersion: {
    Type: "AWS::Lambda::Version",
    Properties: { Description: "of the other", FunctionName: attribute("Target", "Arn") },
  },
  Alias: {
    Type: "AWS::Lambda::Alias",
    Properties: {
      Description: "live",
      FunctionName: ref("Function"),
      FunctionVersion: attribute("Version", "Version"),
      Name: "live",
    },
  },
  AliasByArn: {
    Type: "AWS::Lambda::Alias",
    Properties: {
      FunctionName: attribute("Target", "Arn"),
      FunctionVersion: attribute("SecondVersion", "Version"),
      Name: "blue",
    },
  },
  Permission: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      EventSourceToken: "token",
      FunctionName: attribute("Function", "Arn"),
      InvokedViaFunctionUrl: true,
      Principal: "s3.amazonaws.com",
      PrincipalOrgID: "o-1234567890",
      SourceAccount: "000000000000",
      SourceArn: "arn:aws:s3:::anything",
    },
  },
  UrlPermission: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunctionUrl",
      FunctionName: ref("Alias"),
      FunctionUrlAuthType: "NONE",
      Principal: "210987654321",
    },
  },
  Url: {
    Type: "AWS::Lambda::Url",
    Properties: {
      AuthType: "AWS_IAM",
      Cors: {
        AllowCredentials: true,
        AllowHeaders: ["x-one", "x-two"],
        AllowMethods: ["GET"],
        AllowOrigins: ["https://example.com"],
        ExposeHeaders: ["date"],
        MaxAge: 60,
      },
      InvokeMode: "RESPONSE_STREAM",
      Qualifier: "live",
      TargetFunctionArn: attribute("Function", "Arn"),
    },
    DependsOn: "Alias",
  },
  Asynchronous: {
    Type: "AWS::Lambda::EventInvokeConfig",
    Properties: {
      DestinationConfig: {
        OnFailure: { Destination: attribute("Target", "Arn") },
        OnSuccess: { Destination: attribute("Target", "Arn") },
      },
      FunctionName: ref("Function"),
      MaximumEventAgeInSeconds: 120,
      MaximumRetryAttempts: 1,
      Qualifier: "live",
    },
    DependsOn: "Alias",
  },
};
