/** For the tests: every resource type of Logs and S3 with every property that it supports. */
import { attribute, ref, TAGS } from "./every-part-fixture.ts";

export const LOGS_RESOURCES = {
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

export const S3_RESOURCES = {
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
