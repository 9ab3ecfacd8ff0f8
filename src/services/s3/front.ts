/**
 * What is checked before every operation on a bucket: that it is there, whose it is, in which region, and that a caller from
 * elsewhere may. An operation's handler finds all that done.
 */
import type { Access, AccessRule, Operations, ServiceContext } from "../../service.ts";
import { requireAccess } from "./bucket-policy.ts";
import { s3Error } from "./errors.ts";
import { buckets, type Bucket, type Sdk } from "./state.ts";

/** The bucket of this name. Raises NoSuchBucket. */
export function bucketNamed(context: ServiceContext, name: string): Bucket {
  const bucket = context.table(buckets).get(name);
  if (bucket === undefined) throw s3Error("NoSuchBucket", { members: { BucketName: name } });
  return bucket;
}

/** Operations that any region answers, as AWS's do. */
const ANYWHERE = new Set(["GetBucketLocation", "CreateBucket"]);

interface BucketInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
  readonly ExpectedBucketOwner?: string;
}

/** The same operations, each behind the checks. */
export function guarded<Ops extends Operations<Sdk>>(operations: Ops, access: Access<Sdk, Ops>): Ops {
  const entries = Object.entries(operations).map(([name, handler]) => {
    // Handlers differ only in their input and output, which pass through here unseen.
    /* oxlint-disable typescript/no-unsafe-type-assertion -- each is called with what it was written for: the same name's input */
    const inner = handler as unknown as (context: ServiceContext, input: BucketInput) => unknown;
    const rule = (access as Readonly<Record<string, AccessRule<never>>>)[name] as AccessRule<BucketInput>;
    /* oxlint-enable typescript/no-unsafe-type-assertion */
    const outer =
      inner.constructor.name === "AsyncFunction"
        ? async (context: ServiceContext, input: BucketInput) => {
            check(name, rule, context, input);
            return inner(context, input);
          }
        : (context: ServiceContext, input: BucketInput) => {
            check(name, rule, context, input);
            return inner(context, input);
          };
    return [name, outer];
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names as before
  return Object.fromEntries(entries) as Ops;
}

function check(name: string, rule: AccessRule<BucketInput>, context: ServiceContext, input: BucketInput): void {
  if (input.Bucket === undefined || name === "CreateBucket") {
    if (context.principal.type === "anonymous") throw s3Error("AccessDenied");
    return;
  }
  const bucket = bucketNamed(context, input.Bucket);
  if (!ANYWHERE.has(name)) checkRegion(context, bucket);
  checkOwner(bucket, input.ExpectedBucketOwner);
  if (context.principal.type !== "anonymous" && context.principal.account === bucket.account) return;
  requireAccess(context, bucket, {
    actions: asList(typeof rule.action === "function" ? rule.action(input) : rule.action),
    resources: asList(rule.resource(input, context)),
    key: input.Key,
    versionId: input.VersionId,
  });
}

/** Refuses with AccessDenied where the bucket is not the account's that the caller expects. */
export function checkOwner(bucket: Bucket, expected: string | undefined): void {
  if (expected !== undefined && expected !== bucket.account) throw s3Error("AccessDenied");
}

/** A signed request names a region; one that is not the bucket's is sent to the right one, as AWS's regional endpoints do. */
function checkRegion(context: ServiceContext, bucket: Bucket): void {
  if (context.http === undefined || context.principal.type === "anonymous" || context.region === bucket.region) return;
  throw s3Error("PermanentRedirect", {
    members: { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    headers: { "x-amz-bucket-region": bucket.region },
  });
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
