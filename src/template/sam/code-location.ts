/**
 * Where a function's or a layer's code lies in S3, in the forms that SAM takes.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { isTruthy } from "./property-table.ts";
import { invalidResource } from "./sam-error.ts";

const DYNAMIC_REFERENCE = /\{\{resolve:(?:ssm|ssm-secure|secretsmanager):[a-zA-Z0-9_.\-/]+(?::\d+)?\}\}/;

/** `s3://bucket/key?versionId=v` or `{ Bucket, Key, Version }` as Lambda's S3Bucket, S3Key, S3ObjectVersion. */
export function codeLocation(location: Json, id: string, property: string): JsonObject {
  if (isObject(location)) {
    const [bucket, key, version] = [own(location, "Bucket"), own(location, "Key"), own(location, "Version")];
    if (!isTruthy(bucket) || !isTruthy(key)) {
      throw invalidResource(id, `'${property}' requires Bucket and Key properties to be specified.`);
    }
    return { S3Bucket: bucket, S3Key: key, ...(version === undefined ? {} : { S3ObjectVersion: version }) };
  }
  if (typeof location !== "string") throw invalidResource(id, `'${property}' must be of type dict or string.`);
  if (DYNAMIC_REFERENCE.exec(location)?.[0].includes("/") === true) {
    throw invalidResource(
      id,
      `Unsupported dynamic reference detected in '${property}'. Please consider using alternative 'FunctionCode' object format.`,
    );
  }
  const parsed = parseS3Uri(location);
  if (parsed === undefined) {
    throw invalidResource(
      id,
      `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
    );
  }
  return parsed;
}

/** An `s3://` URI as S3Bucket, S3Key and S3ObjectVersion; undefined for any other text. */
export function parseS3Uri(uri: string): JsonObject | undefined {
  const parts = /^s3:\/\/([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/i.exec(uri);
  const [, bucket, path, query] = parts ?? [];
  // Brackets in the host part are no bucket: CDK's unresolved tokens look so.
  if (bucket === undefined || path === undefined || /[[\]]/.test(bucket)) return undefined;
  const versions = new URLSearchParams(query ?? "").getAll("versionId").filter((version) => version !== "");
  const [version] = versions;
  return {
    S3Bucket: bucket,
    S3Key: path.replace(/^\/+/, ""),
    ...(versions.length === 1 && version !== undefined ? { S3ObjectVersion: version } : {}),
  };
}
