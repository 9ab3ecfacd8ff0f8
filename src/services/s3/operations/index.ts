/** All operations, by AWS's names. */
export * from "./bucket-settings.ts";
export * from "./buckets.ts";
export * from "./configurations.ts";
export * from "./deleting.ts";
export * from "./listed-configurations.ts";
export * from "./listing.ts";
export {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CreateMultipartUpload,
  ListParts,
  UploadPart,
  UploadPartCopy,
} from "./multipart.ts";
export * from "./notification.ts";
export * from "./object-settings.ts";
export * from "./reading.ts";
export { CopyObject, PutObject } from "./writing.ts";
