/** AWS::S3::Bucket. */
import { isAwsError } from "../../../kernel/errors.ts";
import { unlessMissing } from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import { s3Error } from "../errors.ts";
import type { In } from "../state.ts";
import { Fields } from "./fields.ts";
import { readSettings } from "./settings-read.ts";
import { SETTINGS, type SettingCall } from "./settings.ts";

/** Regions whose website endpoints have a dash (AWS page "Amazon S3 website endpoints"). */
const DASHED = new Set(
  "us-east-1 us-west-1 us-west-2 us-gov-west-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 eu-west-1 sa-east-1".split(
    " ",
  ),
);

export const bucket: ResourceType = {
  properties: ["BucketName", "ObjectLockEnabled", "Tags", ...SETTINGS.map(({ property }) => property)],
  unsupported: [
    "BucketEncryption.ServerSideEncryptionConfiguration.BlockedEncryptionTypes",
    "ObjectLockConfiguration.Rule.DefaultRetention.DefaultEventHold",
  ],
  replaceOn: ["BucketName"],
  nameProperty: "BucketName",
  identifiers: ["BucketName"],
  // S3 keeps the grants that a canned list stands for, not which list it was.
  writeOnly: ["AccessControl"],

  async read(context, { physicalId, properties }) {
    if (!(await isThere(context, physicalId))) return undefined;
    const live = await readSettings(context, physicalId, properties);
    return { physicalId, properties: live, attributes: attributesOf(context, physicalId) };
  },

  async create(context, request) {
    const { properties } = request;
    const name =
      new Fields(properties, "").text("BucketName") ?? request.generatedName({ maxLength: 63, lowercase: true });
    await makeBucket(context, request, name);
    try {
      await applyTags(context, request, name);
      for (const { property, put } of SETTINGS) {
        if (properties[property] !== undefined) await send(context, put(name, properties[property]));
      }
    } catch (error) {
      // What could not be finished must not stay behind under a name that the stack does not know.
      if (!request.retried) await context.call("s3", "DeleteBucket", { Bucket: name });
      throw error;
    }
    return done(context, name);
  },

  async update(context, request) {
    const { properties, previousProperties, physicalId } = request;
    const changed = (property: string): boolean =>
      JSON.stringify(properties[property]) !== JSON.stringify(previousProperties[property]);
    if (changed("ObjectLockEnabled") && isOn(properties["ObjectLockEnabled"])) {
      await send(context, [
        "PutObjectLockConfiguration",
        { Bucket: physicalId, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
      ]);
    }
    await applyTags(context, request, physicalId);
    // Taken away in the opposite order, and first: an access list must be gone before nobody may have one.
    for (const { property, remove } of SETTINGS.toReversed()) {
      if (changed(property) && properties[property] === undefined) await send(context, remove(physicalId));
    }
    for (const { property, put } of SETTINGS) {
      const value = properties[property];
      if (changed(property) && value !== undefined) await send(context, put(physicalId, value));
    }
    return done(context, physicalId);
  },

  async delete(context, { physicalId }) {
    try {
      await context.call("s3", "DeleteBucket", { Bucket: physicalId });
    } catch (error) {
      if (!isAwsError(error, "NoSuchBucket")) throw error;
    }
    return { status: "SUCCESS" };
  },
};

const isOn = (value: unknown): boolean => value === true || value === "true";

async function makeBucket(context: ResourceContext, request: ResourceRequest, name: string): Promise<void> {
  // us-east-1 answers 200 for a bucket that the caller owns already; a stack must not take it over.
  const there = await bucketExists(context, name);
  if (there && request.retried) return;
  if (there) throw s3Error("BucketAlreadyExists", { message: `${name} already exists`, members: { BucketName: name } });
  const { properties } = request;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's enum leaves regions out; the service takes any
  const LocationConstraint = context.region as "eu-west-1";
  await context.call("s3", "CreateBucket", {
    Bucket: name,
    ...(context.region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint } }),
    ...(isOn(properties["ObjectLockEnabled"]) ? { ObjectLockEnabledForBucket: true } : {}),
  });
}

/** Raises what S3 answers for a bucket that may not be looked at. */
async function isThere(context: ResourceContext, name: string): Promise<boolean> {
  const head = context.call("s3", "HeadBucket", { Bucket: name });
  return (await unlessMissing(head, "NoSuchBucket", "NotFound")) !== undefined;
}

async function bucketExists(context: ResourceContext, name: string): Promise<boolean> {
  try {
    return await isThere(context, name);
  } catch (error) {
    // Somebody else's bucket is there all the same.
    if (isAwsError(error, "AccessDenied", "PermanentRedirect")) return true;
    throw error;
  }
}

/** The resource's own tags win over the stack's. */
async function applyTags(context: ResourceContext, request: ResourceRequest, name: string): Promise<void> {
  const own = new Fields({ Tags: request.properties["Tags"] }, "").list("Tags", (tag) => {
    const [key = "", value = ""] = [tag.text("Key"), tag.text("Value")];
    return [key, value] as const;
  });
  const tags = { ...request.tags, ...Object.fromEntries(own ?? []) };
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (TagSet.length > 0) await context.call("s3", "PutBucketTagging", { Bucket: name, Tagging: { TagSet } });
  else await context.call("s3", "DeleteBucketTagging", { Bucket: name });
}

async function send(context: ResourceContext, [operation, input]: SettingCall): Promise<void> {
  // A setting's input is checked against the model by `call` itself; its type would be that of twelve operations at once.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const typed = [operation as "PutBucketTagging", withoutGaps(input) as In<"PutBucketTagging">] as const;
  await context.call("s3", ...typed);
}

/** Takes out what the template did not say. */
function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGaps);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, withoutGaps(part)]));
}

function done(context: ResourceContext, name: string): Progress {
  return { status: "SUCCESS", physicalId: name, attributes: attributesOf(context, name) };
}

function attributesOf({ region, partition }: ResourceContext, name: string) {
  return {
    Arn: `arn:${partition}:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website${DASHED.has(region) ? "-" : "."}${region}.amazonaws.com`,
  };
}
