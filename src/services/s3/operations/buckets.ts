/** CreateBucket, DeleteBucket, HeadBucket, ListBuckets, GetBucketLocation. */
import { isPublicAcl, requestedAcl } from "../acl.ts";
import { keepConfiguration, removeAllConfigurations } from "../configurations.ts";
import { notThere, refuseMembers, s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import { checkBucketName } from "../names.ts";
import { canonicalId } from "../owner.ts";
import { buckets, uploads, versions, type Bucket, type Op } from "../state.ts";
import { checkTags } from "../tags.ts";
import { abandonUpload } from "../uploads.ts";

const US_EAST_1 = "us-east-1";
const REGION = /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-[a-z]+-\d$/;
const MOST_LISTED = 10_000;

export const CreateBucket: Op<"CreateBucket"> = (context, input) => {
  const name = input.Bucket;
  refuseMembers("CreateBucket", { BucketNamespace: input.BucketNamespace });
  checkBucketName(name);
  const { CreateBucketConfiguration: wanted } = input;
  if (wanted?.Bucket !== undefined || wanted?.Location !== undefined) throw notThere("directory buckets");
  const region = regionOf(wanted?.LocationConstraint, context.region);
  const account = context.account;
  const table = context.table(buckets);
  const there = table.get(name);
  if (there !== undefined) {
    if (there.account !== account) throw s3Error("BucketAlreadyExists", { members: { BucketName: name } });
    // "Amazon S3 returns 200 OK in us-east-1 when you already own the bucket" (CreateBucket, Errors), and resets its ACL.
    if (region === US_EAST_1 && there.region === US_EAST_1) return { Location: `/${name}`, BucketArn: arnOf(name) };
    throw s3Error("BucketAlreadyOwnedByYou", { members: { BucketName: name } });
  }
  const ownership = input.ObjectOwnership ?? "BucketOwnerEnforced";
  const grants = requestedAcl(input, account, account);
  if (grants !== undefined && ownership === "BucketOwnerEnforced" && input.ACL !== "private") {
    throw s3Error("InvalidBucketAclWithObjectOwnership");
  }
  // New buckets block public access, so that a public list cannot be set before that is changed (since April 2023).
  if (grants !== undefined && isPublicAcl(grants)) throw s3Error("InvalidBucketAclWithBlockPublicAccessError");
  const bucket: Bucket = {
    name,
    account,
    region,
    createdAt: context.now,
    versioning: input.ObjectLockEnabledForBucket === true ? "Enabled" : "Off",
    objectLock: input.ObjectLockEnabledForBucket === true,
  };
  table.put([name], bucket);
  keepConfiguration(context, name, "ownershipControls", { Rules: [{ ObjectOwnership: ownership }] });
  keepConfiguration(context, name, "publicAccessBlock", {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
  if (grants !== undefined) keepConfiguration(context, name, "acl", { grants });
  if (bucket.objectLock) keepConfiguration(context, name, "objectLock", { ObjectLockEnabled: "Enabled" });
  if (wanted?.Tags !== undefined && wanted.Tags.length > 0) {
    keepConfiguration(context, name, "tagging", { TagSet: checkTags(wanted.Tags, 50, "Bucket") });
  }
  return { Location: region === US_EAST_1 ? `/${name}` : `http://${name}.s3.amazonaws.com/`, BucketArn: arnOf(name) };
};

const arnOf = (name: string): string => `arn:aws:s3:::${name}`;

/** The bucket's region, from the location constraint and the region of the endpoint that was asked. */
function regionOf(constraint: string | undefined, asked: string): string {
  if (constraint === undefined || constraint === "") {
    if (asked === US_EAST_1) return asked;
    throw s3Error("IllegalLocationConstraintException");
  }
  const region = constraint === "EU" ? "eu-west-1" : constraint;
  if (region === US_EAST_1 || !REGION.test(region)) {
    throw s3Error("InvalidLocationConstraint", { members: { LocationConstraint: constraint } });
  }
  // The endpoint of us-east-1 makes buckets anywhere; a regional one makes its own only.
  if (asked !== US_EAST_1 && asked !== region) {
    throw s3Error("IllegalLocationConstraintException", {
      message: `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    });
  }
  return region;
}

export const DeleteBucket: Op<"DeleteBucket"> = (context, input) => {
  const { name, account, region } = bucketNamed(context, input.Bucket);
  for (const _ of context.table(versions).list([name], { limit: 1 })) {
    const versioned = bucketNamed(context, name).versioning !== "Off";
    throw s3Error("BucketNotEmpty", {
      members: { BucketName: name },
      ...(versioned
        ? { message: "The bucket you tried to delete is not empty. You must delete all versions in the bucket." }
        : {}),
    });
  }
  for (const upload of Array.from(context.table(uploads).list([name]))) abandonUpload(context, upload);
  removeAllConfigurations(context, name);
  context.as({ account, region }).deadlines.cancel({ name: "lifecycle", key: name });
  context.table(buckets).remove(name);
  return {};
};

export const HeadBucket: Op<"HeadBucket"> = (context, input) => {
  const { region, name } = bucketNamed(context, input.Bucket);
  return { BucketRegion: region, BucketArn: arnOf(name), AccessPointAlias: false };
};

export const ListBuckets: Op<"ListBuckets"> = (context, input) => {
  const after = input.ContinuationToken === undefined ? "" : Buffer.from(input.ContinuationToken, "base64").toString();
  const most = input.MaxBuckets ?? MOST_LISTED;
  const found: Bucket[] = [];
  let token: string | undefined;
  for (const [, bucket] of context
    .table(buckets)
    .beginning([], input.Prefix ?? "", after === "" ? {} : { from: after })) {
    const hidden =
      bucket.account !== context.account ||
      bucket.name === after ||
      (input.BucketRegion !== undefined && bucket.region !== input.BucketRegion);
    if (hidden) continue;
    const last = found.at(-1);
    if (found.length === most && last !== undefined) {
      token = Buffer.from(last.name).toString("base64");
      break;
    }
    found.push(bucket);
  }
  return {
    Buckets: found.map(({ name, createdAt, region }) => ({
      Name: name,
      CreationDate: new Date(createdAt),
      BucketRegion: region,
      BucketArn: arnOf(name),
    })),
    Owner: { ID: canonicalId(context.account) },
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
  };
};

export const GetBucketLocation: Op<"GetBucketLocation"> = (context, input) => {
  const { region } = bucketNamed(context, input.Bucket);
  // "Buckets in Region us-east-1 have a LocationConstraint of null." The model's enum has no "" and leaves out newer regions.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's enum leaves regions out
  return region === US_EAST_1 ? {} : { LocationConstraint: region as "eu-west-1" };
};
