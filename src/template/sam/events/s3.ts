/**
 * The event type S3: a notification on a bucket of the same template, and the permission that must be there before it.
 */
import { isList, isObject, own, sameJson } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { isText, listOf, mapOf, oneOf, passThrough, readProperties, strict, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { fromTemplate } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { ref, whenCondition } from "../references.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const s3Source: EventSource = {
  type: "S3",
  table: {
    Bucket: typed(isText, true),
    Events: strict(oneOf(isText, listOf(isText)), true),
    Filter: typed(mapOf(isText)),
  },
  check: (event, context) => {
    bucketOf(event, context);
  },
  expand,
};

/** The properties of a bucket that SAM takes through; one that it does not know is an error. */
const BUCKET_PROPERTIES: PropertyTable = Object.fromEntries(
  [
    "AccessControl",
    "AccelerateConfiguration",
    "AnalyticsConfigurations",
    "BucketEncryption",
    "BucketName",
    "CorsConfiguration",
    "IntelligentTieringConfigurations",
    "InventoryConfigurations",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "MetricsConfigurations",
    "NotificationConfiguration",
    "ObjectLockConfiguration",
    "ObjectLockEnabled",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "ReplicationConfiguration",
    "Tags",
    "VersioningConfiguration",
    "WebsiteConfiguration",
  ].map((name) => [name, passThrough()]),
);

const BUCKET_ATTRIBUTES = ["DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

function bucketOf(
  event: Pick<EventInstance, "relativeId" | "properties">,
  context: TransformContext,
): { readonly id: string; readonly bucket: JsonObject } {
  const property = own(event.properties, "Bucket");
  const id = isObject(property) ? own(property, "Ref") : undefined;
  if (id !== undefined && typeof id !== "string") {
    throw invalidEvent(event.relativeId, "'Ref' value in S3 events is not a valid string.");
  }
  const bucket = id === undefined ? undefined : context.written.get(id);
  if (id === undefined || bucket === undefined) {
    throw invalidEvent(event.relativeId, "S3 events must reference an S3 bucket in the same template.");
  }
  return { id, bucket };
}

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const { id, bucket } = bucketOf(event, context);
  const allow = permission(event, "s3.amazonaws.com", { account: ref("AWS::AccountId") });
  const written = own(bucket, "Properties") ?? {};
  if (!isObject(written)) throw invalidResource(id, "Properties should be a map.");
  const condition = allow.attributes.get("Condition");
  const dependent = typeof condition === "string" ? undefined : dependsOn(event.id, bucket, allow.id);
  const tagged = typeof condition === "string" ? dependByTag(id, written, allow.id, condition) : written;
  const changed: JsonObject = {
    ...bucket,
    ...(dependent === undefined ? {} : { DependsOn: dependent }),
    Properties: {
      ...tagged,
      NotificationConfiguration: notifications(event, id, own(tagged, "NotificationConfiguration"), condition),
    },
  };
  context.written.set(id, changed);
  return [allow, bucketDraft(id, changed)];
}

/** S3 tries a notification out when it is set, so the permission must be there before the bucket. */
function dependsOn(eventId: string, bucket: JsonObject, permissionId: string): Json {
  const written = own(bucket, "DependsOn") ?? [];
  const list = typeof written === "string" ? [written] : written;
  if (!isList(list) || !list.every((item) => typeof item === "string")) {
    throw invalidResource(eventId, "Invalid type for field 'DependsOn'. Expected a string or list of strings.");
  }
  return list.includes(permissionId) ? list : [...new Set([...list, permissionId])];
}

/** DependsOn cannot be conditional, a tag's value can; a Ref in it has the same effect. */
function dependByTag(bucketId: string, properties: JsonObject, permissionId: string, condition: string): JsonObject {
  const tags = own(properties, "Tags") ?? [];
  if (!isList(tags)) throw invalidResource(bucketId, "Property 'Tags' should be a list.");
  const tag = {
    Key: `sam:ConditionalDependsOn:${permissionId}`,
    Value: whenCondition(condition, ref(permissionId), "no dependency"),
  };
  return { ...properties, Tags: [...tags, tag] };
}

function notifications(
  event: EventInstance,
  bucketId: string,
  written: Json | undefined,
  condition: Json | undefined,
): Json {
  const config = written ?? {};
  if (!isObject(config)) throw invalidResource(bucketId, "Property 'NotificationConfiguration' should be a map.");
  const present = own(config, "LambdaConfigurations") ?? [];
  if (!isList(present)) throw invalidResource(bucketId, "Invalid type for LambdaConfigurations. Must be a list.");
  const kinds = own(event.properties, "Events");
  const filter = own(event.properties, "Filter");
  const configurations = [...present];
  for (const kind of isList(kinds) ? kinds : [kinds ?? ""]) {
    const plain: JsonObject = {
      Event: kind,
      Function: event.target.arn,
      ...(filter === undefined ? {} : { Filter: filter }),
    };
    const wanted = typeof condition === "string" ? whenCondition(condition, plain) : plain;
    if (!configurations.some((known) => sameJson(known, wanted))) configurations.push(wanted);
  }
  return { ...config, LambdaConfigurations: configurations };
}

function bucketDraft(id: string, bucket: JsonObject): Draft {
  const type = own(bucket, "Type");
  if (type === undefined) throw invalidResource(id, "Resource dict missing key 'Type'.");
  if (type !== "AWS::S3::Bucket") {
    throw invalidResource(
      id,
      `Resource has incorrect Type; expected 'AWS::S3::Bucket', got '${show(fromTemplate(type ?? null))}'`,
    );
  }
  const properties = own(bucket, "Properties");
  const attributes = Object.fromEntries(Object.entries(bucket).filter(([name]) => BUCKET_ATTRIBUTES.includes(name)));
  return new Draft(id, type, attributes, own(bucket, "DependsOn")).set(
    readProperties(id, type, isObject(properties) ? properties : {}, BUCKET_PROPERTIES),
  );
}
