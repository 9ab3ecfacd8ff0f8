/** For the tests: a template of every resource type of the services with every property that it supports, as its documentation has them. */
import type { Template } from "../stack-fixture.ts";

const ref = (Ref: string) => ({ Ref });
const attribute = (...path: readonly string[]) => ({ "Fn::GetAtt": path });

const TAGS = [
  { Key: "team", Value: "shop" },
  { Key: "stage", Value: "test" },
];
const allow = (action: string | readonly string[], Resource: unknown = "*") => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "One", Effect: "Allow", Action: action, Resource }],
});
const trust = (service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});

/** A bucket that has to be there before, with a layer's code as `layer.zip`. */
export const CODE_BUCKET = "every-type-code";

const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"><IDPSSODescriptor/>${" ".repeat(
  1000,
)}</EntityDescriptor>`;

const iam = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
      Description: "runs functions",
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
      MaxSessionDuration: 7200,
      Path: "/shop/",
      PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow(["s3:GetObject", "lambda:*"]) }],
      RoleName: "every-role",
      Tags: TAGS,
    },
  },
  Group: {
    Type: "AWS::IAM::Group",
    Properties: {
      GroupName: "every-group",
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      Path: "/shop/",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow("s3:ListAllMyBuckets") }],
    },
  },
  User: {
    Type: "AWS::IAM::User",
    Properties: {
      Groups: [ref("Group")],
      LoginProfile: { Password: "Correct-horse-7", PasswordResetRequired: true },
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      Path: "/shop/",
      PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow("s3:ListAllMyBuckets") }],
      Tags: TAGS,
      UserName: "every-user",
    },
  },
  OtherUser: { Type: "AWS::IAM::User", Properties: { UserName: "other-user" } },
  AccessKey: { Type: "AWS::IAM::AccessKey", Properties: { Serial: 1, Status: "Inactive", UserName: ref("User") } },
  Membership: {
    Type: "AWS::IAM::UserToGroupAddition",
    Properties: { GroupName: ref("Group"), Users: [ref("OtherUser")] },
  },
  Policy: {
    Type: "AWS::IAM::Policy",
    Properties: {
      Groups: [ref("Group")],
      PolicyDocument: allow("s3:GetObject"),
      PolicyName: "shared",
      Roles: [ref("Role")],
      Users: [ref("User")],
    },
  },
  RolePolicy: {
    Type: "AWS::IAM::RolePolicy",
    Properties: { PolicyDocument: allow("s3:GetObject"), PolicyName: "of-role", RoleName: ref("Role") },
  },
  UserPolicy: {
    Type: "AWS::IAM::UserPolicy",
    Properties: { PolicyDocument: allow("s3:GetObject"), PolicyName: "of-user", UserName: ref("User") },
  },
  GroupPolicy: {
    Type: "AWS::IAM::GroupPolicy",
    Properties: { GroupName: ref("Group"), PolicyDocument: allow("s3:GetObject"), PolicyName: "of-group" },
  },
  ManagedPolicy: {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      Description: "read",
      Groups: [ref("Group")],
      ManagedPolicyName: "every-policy",
      Path: "/shop/",
      PolicyDocument: allow("s3:GetObject"),
      Roles: [ref("Role")],
      Users: [ref("User")],
    },
  },
  Profile: {
    Type: "AWS::IAM::InstanceProfile",
    Properties: { InstanceProfileName: "every-profile", Path: "/shop/", Roles: [ref("Role")] },
  },
  Oidc: {
    Type: "AWS::IAM::OIDCProvider",
    Properties: {
      ClientIdList: ["sts.amazonaws.com", "other"],
      Tags: TAGS,
      ThumbprintList: ["a".repeat(40)],
      Url: "https://token.example.com",
    },
  },
  Saml: {
    Type: "AWS::IAM::SAMLProvider",
    Properties: { Name: "every-saml", SamlMetadataDocument: METADATA, Tags: TAGS },
  },
  Linked: {
    Type: "AWS::IAM::ServiceLinkedRole",
    Properties: { AWSServiceName: "autoscaling.amazonaws.com", CustomSuffix: "blue", Description: "scales" },
  },
};

const lambda = {
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

const logs = {
  LogGroup: {
    Type: "AWS::Logs::LogGroup",
    Properties: {
      DeletionProtectionEnabled: false,
      LogGroupClass: "STANDARD",
      LogGroupName: "/every",
      RetentionInDays: 7,
      Tags: TAGS,
    },
  },
  LogStream: {
    Type: "AWS::Logs::LogStream",
    Properties: { LogGroupName: ref("LogGroup"), LogStreamName: "stream" },
  },
  Errors: {
    Type: "AWS::Logs::MetricFilter",
    Properties: {
      FilterName: "errors",
      FilterPattern: '{ $.level = "error" }',
      LogGroupName: ref("LogGroup"),
      MetricTransformations: [
        {
          Dimensions: [{ Key: "path", Value: "$.path" }],
          MetricName: "Errors",
          MetricNamespace: "Shop",
          MetricValue: "1",
          Unit: "Count",
        },
      ],
    },
  },
  MayInvoke: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: ref("Target"),
      Principal: "logs.amazonaws.com",
      SourceArn: attribute("LogGroup", "Arn"),
    },
  },
  Subscription: {
    Type: "AWS::Logs::SubscriptionFilter",
    Properties: {
      DestinationArn: attribute("Target", "Arn"),
      Distribution: "ByLogStream",
      FilterName: "to-target",
      FilterPattern: "ERROR",
      LogGroupName: ref("LogGroup"),
    },
    DependsOn: "MayInvoke",
  },
  LogPolicy: {
    Type: "AWS::Logs::ResourcePolicy",
    Properties: {
      PolicyDocument:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"es.amazonaws.com"},"Action":"logs:PutLogEvents","Resource":"*"}]}',
      PolicyName: "every-log-policy",
    },
  },
};

const s3 = {
  Bucket: {
    Type: "AWS::S3::Bucket",
    Properties: {
      AccelerateConfiguration: { AccelerationStatus: "Enabled" },
      AccessControl: "Private",
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } },
        ],
      },
      BucketName: "every-bucket",
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedHeaders: ["*"],
            AllowedMethods: ["GET", "PUT"],
            AllowedOrigins: ["https://example.com"],
            ExposedHeaders: ["ETag"],
            Id: "cors",
            MaxAge: 60,
          },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          {
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
            Id: "old-form",
            NoncurrentVersionExpirationInDays: 30,
            Prefix: "tmp/",
            Status: "Enabled",
            Transition: { StorageClass: "GLACIER", TransitionInDays: 30 },
          },
          {
            ExpirationInDays: 365,
            Id: "new-form",
            NoncurrentVersionExpiration: { NewerNoncurrentVersions: 2, NoncurrentDays: 10 },
            NoncurrentVersionTransitions: [{ StorageClass: "GLACIER", TransitionInDays: 5 }],
            ObjectSizeGreaterThan: 1024,
            Status: "Enabled",
            TagFilters: [{ Key: "kind", Value: "log" }],
            Transitions: [{ StorageClass: "STANDARD_IA", TransitionInDays: 60 }],
          },
          { ExpirationDate: "2030-01-01T00:00:00Z", Status: "Disabled" },
        ],
      },
      LoggingConfiguration: { DestinationBucketName: ref("LogBucket"), LogFilePrefix: "every/" },
      NotificationConfiguration: {
        LambdaConfigurations: [
          {
            Event: "s3:ObjectCreated:*",
            Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } },
            Function: attribute("Target", "Arn"),
          },
        ],
      },
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Days: 1, Mode: "GOVERNANCE" } },
      },
      ObjectLockEnabled: true,
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      Tags: TAGS,
      VersioningConfiguration: { Status: "Enabled" },
      WebsiteConfiguration: {
        ErrorDocument: "error.html",
        IndexDocument: "index.html",
        RoutingRules: [
          {
            RedirectRule: { ReplaceKeyPrefixWith: "new/" },
            RoutingRuleCondition: { KeyPrefixEquals: "old/" },
          },
        ],
      },
    },
    DependsOn: "BucketMayInvoke",
  },
  BucketMayInvoke: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: ref("Target"),
      Principal: "s3.amazonaws.com",
      SourceArn: "arn:aws:s3:::every-bucket",
    },
  },
  LogBucket: { Type: "AWS::S3::Bucket", Properties: {} },
  BucketPolicy: {
    Type: "AWS::S3::BucketPolicy",
    Properties: {
      Bucket: ref("Bucket"),
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [attribute("Bucket", "Arn")],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    },
  },
};

export const EVERY_TYPE: Template & {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
} = { Resources: { ...iam, ...lambda, ...logs, ...s3 } };

/** Properties that a type's list has and its handler refuses, by type and name, with why. */
export const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "AWS::Lambda::Alias": ["ProvisionedConcurrencyConfig", "RoutingConfig"],
  "AWS::Lambda::Function": [
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "KmsKeyArn",
    "VpcConfig",
  ],
  "AWS::Lambda::Version": ["CodeSha256", "ProvisionedConcurrencyConfig"],
  "AWS::Logs::LogGroup": ["KmsKeyId"],
  "AWS::Logs::MetricFilter": ["ApplyOnTransformedLogs", "EmitSystemFieldDimensions", "FieldSelectionCriteria"],
  "AWS::Logs::SubscriptionFilter": ["ApplyOnTransformedLogs", "EmitSystemFields", "FieldSelectionCriteria", "RoleArn"],
};
