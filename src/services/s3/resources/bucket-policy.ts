/** AWS::S3::BucketPolicy. */
import { isAwsError } from "../../../kernel/errors.ts";
import { parsedDocument, unlessMissing } from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import { s3Error } from "../errors.ts";
import { Fields } from "./fields.ts";

export const bucketPolicy: ResourceType = {
  properties: ["Bucket", "PolicyDocument"],
  required: ["Bucket", "PolicyDocument"],
  replaceOn: ["Bucket"],
  identifiers: ["Bucket"],

  async read(context, { physicalId }) {
    const text = await policyOf(context, physicalId);
    return text === undefined
      ? undefined
      : { physicalId, properties: { Bucket: physicalId, PolicyDocument: parsedDocument(text) } };
  },

  async create(context, request) {
    const name = bucketOf(request);
    if (!request.retried && (await hasPolicy(context, name))) {
      throw s3Error("InvalidBucketState", { message: `The bucket policy already exists on bucket ${name}.` });
    }
    return put(context, request, name);
  },

  update: (context, request) => put(context, request, request.physicalId),

  async delete(context, { physicalId }) {
    try {
      await context.call("s3", "DeleteBucketPolicy", { Bucket: physicalId });
    } catch (error) {
      if (!isAwsError(error, "NoSuchBucket")) throw error;
    }
    return { status: "SUCCESS" };
  },
};

function bucketOf({ properties }: ResourceRequest): string {
  return new Fields(properties, "").text("Bucket") ?? "";
}

async function hasPolicy(context: ResourceContext, name: string): Promise<boolean> {
  const found = context.call("s3", "GetBucketPolicy", { Bucket: name });
  return (await unlessMissing(found, "NoSuchBucketPolicy")) !== undefined;
}

/** Undefined where there is none, or no bucket. */
async function policyOf(context: ResourceContext, name: string): Promise<string | undefined> {
  const found = context.call("s3", "GetBucketPolicy", { Bucket: name });
  return (await unlessMissing(found, "NoSuchBucketPolicy", "NoSuchBucket"))?.Policy;
}

async function put(context: ResourceContext, { properties }: ResourceRequest, name: string): Promise<Progress> {
  const { PolicyDocument: document } = properties;
  const Policy = typeof document === "string" ? document : JSON.stringify(document);
  await context.call("s3", "PutBucketPolicy", { Bucket: name, Policy });
  return { status: "SUCCESS", physicalId: name };
}
