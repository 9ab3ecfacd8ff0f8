/** The CloudFormation resource types of S3. */
import type { ResourceType } from "../../../service.ts";
import { bucket } from "./bucket.ts";
import { bucketPolicy } from "./bucket-policy.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::S3::Bucket": bucket,
  "AWS::S3::BucketPolicy": bucketPolicy,
};
