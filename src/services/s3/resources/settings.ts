/**
 * The settings of AWS::S3::Bucket that have an operation of their own: each property's name, the call that sets it and the call that takes
 * it away. CloudFormation's names differ from the API's in many places; this file is where they are matched (CloudFormation Template
 * Reference, "AWS::S3::Bucket").
 */
import { Fields, readAll } from "./fields.ts";
import type { OperationName } from "../../../service.ts";
import type { Sdk } from "../state.ts";

/** A call to be made. Its input is checked against the model, like every call's, so that it is not typed here. */
export type SettingCall = readonly [operation: OperationName<Sdk>, input: Readonly<Record<string, unknown>>];

export interface Setting {
  readonly property: string;
  readonly put: (bucket: string, value: unknown) => SettingCall;
  /** What undoes it; `value` is what it was. */
  readonly remove: (bucket: string) => SettingCall;
}

/** In the order in which they have to be made: ownership before lists, versions before what needs them, notifications last. */
export const SETTINGS: readonly Setting[] = [
  {
    ...setting(
      "OwnershipControls",
      "PutBucketOwnershipControls",
      "OwnershipControls",
      "DeleteBucketOwnershipControls",
      (fields) => ({
        Rules: fields.list("Rules", (rule) => ({ ObjectOwnership: rule.text("ObjectOwnership") })),
      }),
    ),
    // What the template says no more is as for a new bucket, so that an update that is undone leaves nothing open.
    remove: (Bucket) => [
      "PutBucketOwnershipControls",
      { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } },
    ],
  },
  {
    ...setting(
      "PublicAccessBlockConfiguration",
      "PutPublicAccessBlock",
      "PublicAccessBlockConfiguration",
      "DeletePublicAccessBlock",
      (fields) => ({
        BlockPublicAcls: fields.flag("BlockPublicAcls"),
        BlockPublicPolicy: fields.flag("BlockPublicPolicy"),
        IgnorePublicAcls: fields.flag("IgnorePublicAcls"),
        RestrictPublicBuckets: fields.flag("RestrictPublicBuckets"),
      }),
    ),
    remove: (Bucket) => [
      "PutPublicAccessBlock",
      {
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    ],
  },
  {
    property: "AccessControl",
    put: (Bucket, value) => ["PutBucketAcl", { Bucket, ACL: cannedName(String(value)) }],
    remove: (Bucket) => ["PutBucketAcl", { Bucket, ACL: "private" }],
  },
  {
    property: "VersioningConfiguration",
    put: (Bucket, value) => [
      "PutBucketVersioning",
      {
        Bucket,
        VersioningConfiguration: readAll(value, "VersioningConfiguration", (fields) => ({
          Status: fields.text("Status"),
        })),
      },
    ],
    remove: (Bucket) => ["PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } }],
  },
  {
    property: "ObjectLockConfiguration",
    put: (Bucket, value) => [
      "PutObjectLockConfiguration",
      {
        Bucket,
        ObjectLockConfiguration: readAll(value, "ObjectLockConfiguration", (fields) => ({
          ObjectLockEnabled: fields.text("ObjectLockEnabled"),
          Rule: fields.object("Rule", (rule) => ({
            DefaultRetention: rule.object("DefaultRetention", (retention) => ({
              Days: retention.number("Days"),
              Mode: retention.text("Mode"),
              Years: retention.number("Years"),
            })),
          })),
        })),
      },
    ],
    remove: (Bucket) => [
      "PutObjectLockConfiguration",
      { Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
    ],
  },
  setting(
    "BucketEncryption",
    "PutBucketEncryption",
    "ServerSideEncryptionConfiguration",
    "DeleteBucketEncryption",
    (fields) => ({
      Rules: fields.list("ServerSideEncryptionConfiguration", (rule) => ({
        BucketKeyEnabled: rule.flag("BucketKeyEnabled"),
        ApplyServerSideEncryptionByDefault: rule.object("ServerSideEncryptionByDefault", (standard) => ({
          SSEAlgorithm: standard.text("SSEAlgorithm"),
          KMSMasterKeyID: standard.text("KMSMasterKeyID"),
        })),
      })),
    }),
  ),
  setting("CorsConfiguration", "PutBucketCors", "CORSConfiguration", "DeleteBucketCors", (fields) => ({
    CORSRules: fields.list("CorsRules", (rule) => ({
      ID: rule.text("Id"),
      AllowedHeaders: rule.texts("AllowedHeaders"),
      AllowedMethods: rule.texts("AllowedMethods"),
      AllowedOrigins: rule.texts("AllowedOrigins"),
      ExposeHeaders: rule.texts("ExposedHeaders"),
      MaxAgeSeconds: rule.number("MaxAge"),
    })),
  })),
  {
    property: "LifecycleConfiguration",
    put: (Bucket, value) => {
      const fields = new Fields(value, "LifecycleConfiguration");
      const Rules = fields.list("Rules", lifecycleRule);
      const TransitionDefaultMinimumObjectSize = fields.text("TransitionDefaultMinimumObjectSize");
      fields.done();
      return [
        "PutBucketLifecycleConfiguration",
        { Bucket, LifecycleConfiguration: { Rules }, TransitionDefaultMinimumObjectSize },
      ];
    },
    remove: (Bucket) => ["DeleteBucketLifecycle", { Bucket }],
  },
  {
    property: "LoggingConfiguration",
    put: (Bucket, value) => [
      "PutBucketLogging",
      {
        Bucket,
        BucketLoggingStatus: {
          LoggingEnabled: readAll(value, "LoggingConfiguration", (fields) => ({
            // "If you don't specify a value, … the source bucket": DestinationBucketName.
            TargetBucket: fields.text("DestinationBucketName") ?? Bucket,
            TargetPrefix: fields.text("LogFilePrefix") ?? "",
            TargetObjectKeyFormat: fields.object("TargetObjectKeyFormat", (format) => ({
              PartitionedPrefix: format.object("PartitionedPrefix", (prefix) => ({
                PartitionDateSource: prefix.text("PartitionDateSource"),
              })),
              SimplePrefix: format.object("SimplePrefix", () => ({})),
            })),
          })),
        },
      },
    ],
    remove: (Bucket) => ["PutBucketLogging", { Bucket, BucketLoggingStatus: {} }],
  },
  setting(
    "WebsiteConfiguration",
    "PutBucketWebsite",
    "WebsiteConfiguration",
    "DeleteBucketWebsite",
    websiteConfiguration,
  ),
  {
    property: "AccelerateConfiguration",
    put: (Bucket, value) => [
      "PutBucketAccelerateConfiguration",
      {
        Bucket,
        AccelerateConfiguration: readAll(value, "AccelerateConfiguration", (fields) => ({
          Status: fields.text("AccelerationStatus"),
        })),
      },
    ],
    remove: (Bucket) => [
      "PutBucketAccelerateConfiguration",
      { Bucket, AccelerateConfiguration: { Status: "Suspended" } },
    ],
  },
  {
    property: "NotificationConfiguration",
    put: (Bucket, value) => [
      "PutBucketNotificationConfiguration",
      { Bucket, NotificationConfiguration: readAll(value, "NotificationConfiguration", notificationConfiguration) },
    ],
    remove: (Bucket) => ["PutBucketNotificationConfiguration", { Bucket, NotificationConfiguration: {} }],
  },
];

/** A setting whose operation takes the whole document as one member, and that has an operation to delete it. */
function setting(
  property: string,
  put: OperationName<Sdk>,
  member: string,
  remove: OperationName<Sdk>,
  read: (fields: Fields) => object,
): Setting {
  return {
    property,
    put: (Bucket, value) => [put, { Bucket, [member]: readAll(value, property, read) }],
    remove: (Bucket) => [remove, { Bucket }],
  };
}

/** `PublicRead` is `public-read`. */
function cannedName(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

function lifecycleRule(rule: Fields) {
  const tags = rule.list("TagFilters", (tag) => ({ Key: tag.text("Key"), Value: tag.text("Value") }));
  const oneTransition = rule.object("Transition", transition);
  const oneNoncurrent = rule.object("NoncurrentVersionTransition", noncurrentTransition);
  const noncurrentDays = rule.number("NoncurrentVersionExpirationInDays");
  const expiration = {
    Days: rule.number("ExpirationInDays"),
    Date: rule.date("ExpirationDate"),
    ExpiredObjectDeleteMarker: rule.flag("ExpiredObjectDeleteMarker"),
  };
  const noncurrent = rule.object("NoncurrentVersionExpiration", (fields) => ({
    NewerNoncurrentVersions: fields.number("NewerNoncurrentVersions"),
    NoncurrentDays: fields.number("NoncurrentDays"),
  }));
  return {
    ID: rule.text("Id"),
    Status: rule.text("Status"),
    Filter: lifecycleFilter({
      Prefix: rule.text("Prefix"),
      Tags: tags,
      ObjectSizeGreaterThan: rule.number("ObjectSizeGreaterThan"),
      ObjectSizeLessThan: rule.number("ObjectSizeLessThan"),
    }),
    Expiration: Object.values(expiration).every((value) => value === undefined) ? undefined : expiration,
    NoncurrentVersionExpiration:
      noncurrent ?? (noncurrentDays === undefined ? undefined : { NoncurrentDays: noncurrentDays }),
    Transitions: rule.list("Transitions", transition) ?? (oneTransition && [oneTransition]),
    NoncurrentVersionTransitions:
      rule.list("NoncurrentVersionTransitions", noncurrentTransition) ?? (oneNoncurrent && [oneNoncurrent]),
    AbortIncompleteMultipartUpload: rule.object("AbortIncompleteMultipartUpload", (fields) => ({
      DaysAfterInitiation: fields.number("DaysAfterInitiation"),
    })),
  };
}

/** The API wants several conditions inside And, and a single one outside. */
function lifecycleFilter({ Tags, ...rest }: { Tags: object[] | undefined; [name: string]: unknown }): object {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const count = given.length + (Tags?.length ?? 0);
  if (count > 1) return { And: { ...Object.fromEntries(given), ...(Tags === undefined ? {} : { Tags }) } };
  if (Tags?.[0] !== undefined) return { Tag: Tags[0] };
  return given.length === 0 ? { Prefix: "" } : Object.fromEntries(given);
}

function transition(fields: Fields) {
  return {
    StorageClass: fields.text("StorageClass"),
    Date: fields.date("TransitionDate"),
    Days: fields.number("TransitionInDays"),
  };
}

function noncurrentTransition(fields: Fields) {
  return {
    StorageClass: fields.text("StorageClass"),
    NewerNoncurrentVersions: fields.number("NewerNoncurrentVersions"),
    NoncurrentDays: fields.number("TransitionInDays"),
  };
}

function websiteConfiguration(fields: Fields) {
  const index = fields.text("IndexDocument");
  const error = fields.text("ErrorDocument");
  return {
    IndexDocument: index === undefined ? undefined : { Suffix: index },
    ErrorDocument: error === undefined ? undefined : { Key: error },
    RedirectAllRequestsTo: fields.object("RedirectAllRequestsTo", (target) => ({
      HostName: target.text("HostName"),
      Protocol: target.text("Protocol"),
    })),
    RoutingRules: fields.list("RoutingRules", (rule) => ({
      Redirect: rule.object("RedirectRule", (redirect) => ({
        HostName: redirect.text("HostName"),
        HttpRedirectCode: redirect.text("HttpRedirectCode"),
        Protocol: redirect.text("Protocol"),
        ReplaceKeyPrefixWith: redirect.text("ReplaceKeyPrefixWith"),
        ReplaceKeyWith: redirect.text("ReplaceKeyWith"),
      })),
      Condition: rule.object("RoutingRuleCondition", (condition) => ({
        HttpErrorCodeReturnedEquals: condition.text("HttpErrorCodeReturnedEquals"),
        KeyPrefixEquals: condition.text("KeyPrefixEquals"),
      })),
    })),
  };
}

function notificationConfiguration(fields: Fields) {
  const destination = (arnField: string, member: string) => (entry: Fields) => {
    const event = entry.text("Event");
    return {
      Events: event === undefined ? [] : [event],
      [member]: entry.text(arnField),
      Filter: entry.object("Filter", (filter) => ({
        Key: filter.object("S3Key", (key) => ({
          FilterRules: key.list("Rules", (rule) => ({ Name: rule.text("Name"), Value: rule.text("Value") })),
        })),
      })),
    };
  };
  const eventBridge = fields.object("EventBridgeConfiguration", (bridge) => bridge.flag("EventBridgeEnabled") ?? true);
  return {
    LambdaFunctionConfigurations: fields.list("LambdaConfigurations", destination("Function", "LambdaFunctionArn")),
    QueueConfigurations: fields.list("QueueConfigurations", destination("Queue", "QueueArn")),
    TopicConfigurations: fields.list("TopicConfigurations", destination("Topic", "TopicArn")),
    EventBridgeConfiguration: eventBridge === true ? {} : undefined,
  };
}
