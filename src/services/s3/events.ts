/** Event notifications: which configurations an event meets, and the record that is sent (AWS page "Event message structure"). */
import type { Event, LambdaFunctionConfiguration, NotificationConfiguration } from "@aws-sdk/client-s3";
import type { Principal, ServiceContext } from "../../service.ts";
import { configuration } from "./configurations.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import { canonicalId } from "./owner.ts";
import { keyEncoder } from "./scan.ts";
import type { Bucket, ObjectVersion } from "./state.ts";

/** Every event that may be asked for (AWS page "Supported event types for SQS, SNS, and Lambda"). */
const EVENTS: readonly Event[] = [
  "s3:ReducedRedundancyLostObject",
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:Put",
  "s3:ObjectCreated:Post",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
  "s3:ObjectRestore:*",
  "s3:ObjectRestore:Post",
  "s3:ObjectRestore:Completed",
  "s3:ObjectRestore:Delete",
  "s3:Replication:*",
  "s3:Replication:OperationFailedReplication",
  "s3:Replication:OperationNotTracked",
  "s3:Replication:OperationMissedThreshold",
  "s3:Replication:OperationReplicatedAfterThreshold",
  "s3:LifecycleTransition",
  "s3:IntelligentTiering",
  "s3:ObjectAcl:Put",
  "s3:LifecycleExpiration:*",
  "s3:LifecycleExpiration:Delete",
  "s3:LifecycleExpiration:DeleteMarkerCreated",
  "s3:ObjectTagging:*",
  "s3:ObjectTagging:Put",
  "s3:ObjectTagging:Delete",
];

/** What a `notify` deadline carries. */
export interface Notification {
  readonly functionArn: string;
  readonly bucketArn: string;
  /** The event record, as the function gets it. */
  readonly record: object;
  readonly attempt: number;
}

/**
 * Inside a transaction: sets the event on its way to every destination that asked for it, as deadlines due now, so that either the
 * change and its events are there or neither. `name` is the record's: `ObjectCreated:Put`.
 */
export function announce(context: ServiceContext, bucket: Bucket, name: string, version: ObjectVersion): void {
  const notification = configuration(context, bucket.name, "notification");
  if (notification === undefined) return;
  for (const wanted of notification.LambdaFunctionConfigurations ?? []) {
    if (!isFor(wanted, name, version.key)) continue;
    const payload: Notification = {
      functionArn: wanted.LambdaFunctionArn ?? "",
      bucketArn: `arn:aws:s3:::${bucket.name}`,
      record: recordOf(context, bucket, name, version, wanted.Id ?? ""),
      attempt: 1,
    };
    const owner = context.as({ account: bucket.account, region: bucket.region });
    owner.deadlines.set({ name: "notify", key: context.random.uuid(), due: context.now, payload });
  }
}

function isFor({ Events, Filter }: LambdaFunctionConfiguration, name: string, key: string): boolean {
  const { prefix, suffix } = filterOf(Filter);
  return key.startsWith(prefix) && key.endsWith(suffix) && (Events ?? []).some((event) => covers(event, `s3:${name}`));
}

const covers = (wanted: string, event: string): boolean =>
  wanted.endsWith("*") ? event.startsWith(wanted.slice(0, -1)) : wanted === event;

function recordOf(
  context: ServiceContext,
  bucket: Bucket,
  name: string,
  version: ObjectVersion,
  configurationId: string,
): object {
  const encode = keyEncoder("url");
  const created = !/^(ObjectRemoved|LifecycleExpiration)/.test(name);
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: bucket.region,
    eventTime: new Date(context.now).toISOString(),
    eventName: name,
    userIdentity: { principalId: principalId(context.principal) },
    requestParameters: { sourceIPAddress: context.http?.sourceIp ?? "127.0.0.1" },
    responseElements: { "x-amz-request-id": context.requestId, "x-amz-id-2": context.requestId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: canonicalId(bucket.account) },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: {
        key: encode(version.key),
        ...(created && version.kind === "object" ? { size: version.size, eTag: version.etag } : {}),
        ...(bucket.versioning === "Off" ? {} : { versionId: version.versionId }),
        sequencer: sequencer(context, version, created),
      },
    },
  };
}

/** Greater for a later event of the same key, as text. */
function sequencer(context: ServiceContext, version: ObjectVersion, created: boolean): string {
  const place = created ? Number.MAX_SAFE_INTEGER - version.order : context.now * 1000 + 999;
  return place.toString(16).toUpperCase().padStart(18, "0");
}

function principalId(principal: Principal): string {
  switch (principal.type) {
    case "root":
      return `AWS:${principal.account}`;
    case "user":
    case "role-session":
      return `AWS:${principal.userId}`;
    case "service":
      return principal.service;
    case "anonymous":
      return "AWS:ANONYMOUS";
  }
}

// ── Configurations ──────────────────────────────────────────────────────────────────────────────────────────────────

interface KeyFilter {
  readonly prefix: string;
  readonly suffix: string;
}

/** The rules of a filter. Raises InvalidArgument for names that are not `prefix` or `suffix`, or come twice. */
export function filterOf(filter: LambdaFunctionConfiguration["Filter"]): KeyFilter {
  const found: { prefix?: string; suffix?: string } = {};
  for (const { Name, Value = "" } of filter?.Key?.FilterRules ?? []) {
    const name = Name?.toLowerCase();
    if (name !== "prefix" && name !== "suffix") {
      throw invalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", String(Name));
    }
    if (found[name] !== undefined) {
      throw invalidArgument(`Cannot specify more than one ${name} rule in a filter.`, "FilterRule.Name", name);
    }
    if (Buffer.byteLength(Value) > 1024) {
      throw invalidArgument(
        "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation",
        "FilterRule.Value",
        Value,
      );
    }
    found[name] = Value;
  }
  return { prefix: found.prefix ?? "", suffix: found.suffix ?? "" };
}

/** Checks events, filters and overlaps. Raises InvalidArgument. */
export function checkNotification(notification: NotificationConfiguration): void {
  const all = [
    ...(notification.LambdaFunctionConfigurations ?? []),
    ...(notification.QueueConfigurations ?? []),
    ...(notification.TopicConfigurations ?? []),
  ].map(({ Events, Filter, Id }) => ({ events: Events ?? [], filter: filterOf(Filter), id: Id }));
  const ids = all.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (new Set(ids).size < ids.length) {
    throw s3Error("InvalidArgument", { message: "Same ID used for multiple configurations. IDs must be unique" });
  }
  for (const { events } of all) {
    if (events.length === 0) throw s3Error("MalformedXML");
    for (const event of events) {
      if (!EVENTS.includes(event))
        throw invalidArgument("The event is not supported for notifications", "Event", event);
    }
  }
  all.forEach((one, index) => {
    for (const other of all.slice(index + 1)) checkOverlap(one, other);
  });
}

interface Watch {
  readonly events: readonly Event[];
  readonly filter: KeyFilter;
}

/** One key's event may meet one configuration only. */
function checkOverlap(one: Watch, other: Watch): void {
  const shared = one.events.some((a) => other.events.some((b) => covers(a, b) || covers(b, a)));
  if (!shared) return;
  const prefixes = overlap(one.filter.prefix, other.filter.prefix, (a, b) => a.startsWith(b));
  const suffixes = overlap(one.filter.suffix, other.filter.suffix, (a, b) => a.endsWith(b));
  if (!prefixes || !suffixes) return;
  const plain = [one, other].every(({ filter }) => filter.prefix === "" && filter.suffix === "");
  throw s3Error("InvalidArgument", {
    message: plain
      ? "Configurations overlap. Configurations on the same bucket cannot share a common event type."
      : "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
  });
}

const overlap = (a: string, b: string, within: (whole: string, part: string) => boolean): boolean =>
  within(a, b) || within(b, a);
