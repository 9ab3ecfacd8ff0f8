/**
 * What a bucket's settings are now, as AWS::S3::Bucket has them: settings.ts the other way round. AccessControl is left out, as CloudFormation
 * leaves it out: of the grants that a canned list stands for S3 does not say which list it was.
 */
import { present, shownTags, structure, structures, unlessMissing, type Properties } from "../../../resource.ts";
import type { Output, ResourceContext } from "../../../service.ts";
import type { Sdk } from "../state.ts";
import { shownLifecycleRule } from "./lifecycle-read.ts";

/** `written` are the properties as the stack has them, for what can be written in two ways. */
export async function readSettings(
  { call }: ResourceContext,
  Bucket: string,
  written: Properties,
): Promise<Properties> {
  const bucket = { Bucket };
  const accelerate = await call("s3", "GetBucketAccelerateConfiguration", bucket);
  const encryption = await call("s3", "GetBucketEncryption", bucket);
  const cors = await unlessMissing(call("s3", "GetBucketCors", bucket), "NoSuchCORSConfiguration");
  const lifecycle = await unlessMissing(
    call("s3", "GetBucketLifecycleConfiguration", bucket),
    "NoSuchLifecycleConfiguration",
  );
  const logging = await call("s3", "GetBucketLogging", bucket);
  const notification = await call("s3", "GetBucketNotificationConfiguration", bucket);
  const lock = await unlessMissing(
    call("s3", "GetObjectLockConfiguration", bucket),
    "ObjectLockConfigurationNotFoundError",
  );
  const ownership = await unlessMissing(
    call("s3", "GetBucketOwnershipControls", bucket),
    "OwnershipControlsNotFoundError",
  );
  const block = await unlessMissing(call("s3", "GetPublicAccessBlock", bucket), "NoSuchPublicAccessBlockConfiguration");
  const tagging = await unlessMissing(call("s3", "GetBucketTagging", bucket), "NoSuchTagSet");
  const { Status } = await call("s3", "GetBucketVersioning", bucket);
  const website = await unlessMissing(call("s3", "GetBucketWebsite", bucket), "NoSuchWebsiteConfiguration");
  return present({
    AccelerateConfiguration: accelerate.Status && { AccelerationStatus: accelerate.Status },
    BucketEncryption: encryptionOf(encryption),
    BucketName: Bucket,
    CorsConfiguration: cors && corsOf(cors),
    LifecycleConfiguration: lifecycle && lifecycleOf(lifecycle, structure(written, "LifecycleConfiguration") ?? {}),
    LoggingConfiguration: loggingOf(logging, structure(written, "LoggingConfiguration"), Bucket),
    NotificationConfiguration: notificationOf(notification),
    ObjectLockConfiguration: lock?.ObjectLockConfiguration && { ...lock.ObjectLockConfiguration },
    ObjectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
    OwnershipControls: ownership?.OwnershipControls && { Rules: ownership.OwnershipControls.Rules },
    PublicAccessBlockConfiguration: block?.PublicAccessBlockConfiguration && {
      ...block.PublicAccessBlockConfiguration,
    },
    Tags: shownTags(tagging?.TagSet),
    VersioningConfiguration: Status && { Status },
    WebsiteConfiguration: website && websiteOf(website),
  });
}

function encryptionOf({ ServerSideEncryptionConfiguration: document }: Output<Sdk, "GetBucketEncryption">) {
  return {
    ServerSideEncryptionConfiguration: document?.Rules?.map((rule) => ({
      BucketKeyEnabled: rule.BucketKeyEnabled,
      ServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault && {
        ...rule.ApplyServerSideEncryptionByDefault,
      },
    })),
  };
}

function corsOf({ CORSRules }: Output<Sdk, "GetBucketCors">) {
  return {
    CorsRules: CORSRules?.map((rule) => ({
      AllowedHeaders: rule.AllowedHeaders,
      AllowedMethods: rule.AllowedMethods,
      AllowedOrigins: rule.AllowedOrigins,
      ExposedHeaders: rule.ExposeHeaders,
      Id: rule.ID,
      MaxAge: rule.MaxAgeSeconds,
    })),
  };
}

function lifecycleOf(document: Output<Sdk, "GetBucketLifecycleConfiguration">, written: Properties) {
  const rules = structures(written, "Rules");
  return {
    Rules: document.Rules?.map((rule, index) =>
      shownLifecycleRule(rule, rules.find(({ Id }) => Id !== undefined && Id === rule.ID) ?? rules[index] ?? {}),
    ),
    TransitionDefaultMinimumObjectSize: document.TransitionDefaultMinimumObjectSize,
  };
}

/** Without a DestinationBucketName in the template the bucket logs into itself. */
function loggingOf(
  { LoggingEnabled: logging }: Output<Sdk, "GetBucketLogging">,
  written: Properties | undefined,
  bucket: string,
) {
  if (logging === undefined) return undefined;
  const implied = written !== undefined && !("DestinationBucketName" in written) && logging.TargetBucket === bucket;
  return {
    DestinationBucketName: implied ? undefined : logging.TargetBucket,
    LogFilePrefix: logging.TargetPrefix === "" ? undefined : logging.TargetPrefix,
    TargetObjectKeyFormat: logging.TargetObjectKeyFormat && { ...logging.TargetObjectKeyFormat },
  };
}

function websiteOf(document: Output<Sdk, "GetBucketWebsite">) {
  return {
    ErrorDocument: document.ErrorDocument?.Key,
    IndexDocument: document.IndexDocument?.Suffix,
    RedirectAllRequestsTo: document.RedirectAllRequestsTo && { ...document.RedirectAllRequestsTo },
    RoutingRules: document.RoutingRules?.map(({ Condition, Redirect }) => ({
      RedirectRule: Redirect && { ...Redirect },
      RoutingRuleCondition: Condition && { ...Condition },
    })),
  };
}

/** CloudFormation's entries have one event each; the API's may have several, and then they are as many entries. */
function notificationOf(document: Output<Sdk, "GetBucketNotificationConfiguration">) {
  const entries = <Entry extends { readonly Events?: readonly string[] | undefined; readonly Filter?: Filter }>(
    list: readonly Entry[] | undefined,
    destination: (entry: Entry) => Properties,
  ) =>
    list?.flatMap((entry) =>
      (entry.Events ?? []).map((Event) => ({
        Event,
        Filter: entry.Filter?.Key && { S3Key: { Rules: entry.Filter.Key.FilterRules } },
        ...destination(entry),
      })),
    );
  const configuration = {
    EventBridgeConfiguration: document.EventBridgeConfiguration && { EventBridgeEnabled: true },
    LambdaConfigurations: entries(document.LambdaFunctionConfigurations, ({ LambdaFunctionArn }) => ({
      Function: LambdaFunctionArn,
    })),
    QueueConfigurations: entries(document.QueueConfigurations, ({ QueueArn }) => ({ Queue: QueueArn })),
    TopicConfigurations: entries(document.TopicConfigurations, ({ TopicArn }) => ({ Topic: TopicArn })),
  };
  return Object.values(configuration).every((value) => value === undefined) ? undefined : configuration;
}

type Filter = { readonly Key?: { readonly FilterRules?: readonly object[] | undefined } | undefined } | undefined;
