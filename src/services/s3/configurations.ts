/** A bucket's configuration documents: one table for them all, each as it was given. What they mean is read where it matters. */
import type {
  AbacStatus,
  AccelerateConfiguration,
  NotificationConfiguration,
  ObjectLockConfiguration,
  PublicAccessBlockConfiguration,
  RequestPaymentConfiguration,
  TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type { ServiceContext } from "../../service.ts";
import { configurations, type AclGrant, type In, type Tag } from "./state.ts";

/** A lifecycle rule. */
export type Rule = NonNullable<
  NonNullable<In<"PutBucketLifecycleConfiguration">["LifecycleConfiguration"]>["Rules"]
>[number];
export type CorsRule = In<"PutBucketCors">["CORSConfiguration"]["CORSRules"][number];

/** A document without its SDK's looseness: lists that the wire requires are there. */
export interface Documents {
  abac: AbacStatus;
  accelerate: AccelerateConfiguration;
  acl: { readonly grants: readonly AclGrant[] };
  cors: { readonly CORSRules: CorsRule[] };
  encryption: In<"PutBucketEncryption">["ServerSideEncryptionConfiguration"];
  lifecycle: {
    readonly Rules: Rule[];
    readonly TransitionDefaultMinimumObjectSize?: TransitionDefaultMinimumObjectSize;
  };
  logging: In<"PutBucketLogging">["BucketLoggingStatus"];
  notification: NotificationConfiguration;
  objectLock: ObjectLockConfiguration;
  ownershipControls: In<"PutBucketOwnershipControls">["OwnershipControls"];
  policy: { readonly text: string };
  publicAccessBlock: PublicAccessBlockConfiguration;
  replication: In<"PutBucketReplication">["ReplicationConfiguration"];
  requestPayment: RequestPaymentConfiguration;
  tagging: { readonly TagSet: readonly Tag[] };
  website: In<"PutBucketWebsite">["WebsiteConfiguration"];
}
export type DocumentKind = keyof Documents;

/** Documents of which a bucket has several, each with an id. */
export type ListedKind = "analytics" | "intelligentTiering" | "inventory" | "metrics";

/** The bucket's document of this kind; undefined when it has none. */
export function configuration<K extends DocumentKind>(
  context: ServiceContext,
  bucket: string,
  kind: K,
): Documents[K] | undefined {
  const row = context.table(configurations).get(bucket, kind);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of a kind are only ever written by keepConfiguration, which takes that kind's document
  return row === undefined ? undefined : (withDates(row) as Documents[K]);
}

/** Inside a transaction: keeps the document in place of the one before. */
export function keepConfiguration<K extends DocumentKind>(
  context: ServiceContext,
  bucket: string,
  kind: K,
  document: Documents[K],
): void {
  context.table(configurations).put([bucket, kind], withoutDates(document));
}

/** Inside a transaction: takes the document away. */
export function removeConfiguration(context: ServiceContext, bucket: string, kind: DocumentKind): void {
  context.table(configurations).remove(bucket, kind);
}

/** Inside a transaction: takes all of the bucket's documents away. */
export function removeAllConfigurations(context: ServiceContext, bucket: string): void {
  const table = context.table(configurations);
  for (const [key] of Array.from(table.entries([bucket]))) table.remove(...key);
}

/** One of the documents with an id. `Listed` is the SDK's type of that kind. */
export function listedConfiguration<Listed>(
  context: ServiceContext,
  bucket: string,
  kind: ListedKind,
  id: string,
): Listed | undefined {
  const row = context.table(configurations).get(bucket, kind, id);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of a kind are only ever written by keepListedConfiguration, for that kind's operation
  return row === undefined ? undefined : (withDates(row) as Listed);
}

/** All documents of a kind with ids, by id. */
export function listedConfigurations<Listed>(context: ServiceContext, bucket: string, kind: ListedKind): Listed[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in listedConfiguration
  return [...context.table(configurations).list([bucket, kind])].map((row) => withDates(row) as Listed);
}

/** Inside a transaction. */
export function keepListedConfiguration(
  context: ServiceContext,
  bucket: string,
  kind: ListedKind,
  id: string,
  document: object,
): void {
  context.table(configurations).put([bucket, kind, id], withoutDates(document));
}

/** Inside a transaction. */
export function removeListedConfiguration(context: ServiceContext, bucket: string, kind: ListedKind, id: string): void {
  context.table(configurations).remove(bucket, kind, id);
}

/** Rows are plain data: a Date is kept as `{ $date: epoch milliseconds }`. */
function withoutDates(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  return mapParts(value, withoutDates);
}

function withDates(value: unknown): unknown {
  if (typeof value === "object" && value !== null && "$date" in value) return new Date(Number(value.$date));
  return mapParts(value, withDates);
}

function mapParts(value: unknown, each: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(each);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, each(part)]));
}
