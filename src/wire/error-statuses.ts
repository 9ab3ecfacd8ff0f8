/** HTTP statuses of the codes that no model lists: AWS's page "Common errors" and S3's page "Error responses". */
import type { Protocol } from "./model.ts";

const COMMON: ReadonlyMap<string, number> = new Map([
  ["AccessDenied", 403],
  ["ExpiredToken", 403],
  ["IncompleteSignature", 403],
  ["InternalFailure", 500],
  ["InternalError", 500],
  ["InternalServerError", 500],
  ["InvalidClientTokenId", 403],
  ["InvalidAccessKeyId", 403],
  ["MalformedQueryString", 404],
  ["MissingAuthenticationToken", 403],
  ["MissingAuthenticationTokenException", 403],
  ["NotImplemented", 501],
  ["OptInRequired", 403],
  ["RequestEntityTooLarge", 413],
  ["RequestEntityTooLargeException", 413],
  ["RequestTimeTooSkewed", 403],
  ["ServiceUnavailable", 503],
  ["SignatureDoesNotMatch", 403],
]);

/** The codes whose status differs between a JSON 1.x service (400) and a REST service. */
const REST: ReadonlyMap<string, number> = new Map([
  ["AccessDeniedException", 403],
  ["ExpiredTokenException", 403],
  ["IncompleteSignatureException", 403],
  ["InvalidSignatureException", 403],
  ["UnrecognizedClientException", 403],
]);

const S3: readonly (readonly [status: number, codes: readonly string[]])[] = [
  [304, ["NotModified"]],
  [400, ["ExpiredToken"]],
  [403, ["AccountProblem", "AllAccessDisabled", "CrossLocationLoggingProhibited", "InvalidObjectState"]],
  [403, ["InvalidPayer", "InvalidSecurity", "NotSignedUp"]],
  [404, ["NoSuchBucket", "NoSuchBucketPolicy", "NoSuchConfiguration", "NoSuchCORSConfiguration", "NoSuchKey"]],
  [404, ["NoSuchLifecycleConfiguration", "NoSuchObjectLockConfiguration", "NoSuchPublicAccessBlockConfiguration"]],
  [404, ["NoSuchTagSet", "NoSuchTagSetError", "NoSuchUpload", "NoSuchVersion", "NoSuchWebsiteConfiguration"]],
  [404, ["ObjectLockConfigurationNotFoundError", "OwnershipControlsNotFoundError"]],
  [404, ["ReplicationConfigurationNotFoundError", "ServerSideEncryptionConfigurationNotFoundError"]],
  [405, ["MethodNotAllowed"]],
  [409, ["BucketAlreadyExists", "BucketAlreadyOwnedByYou", "BucketNotEmpty", "ConditionalRequestConflict"]],
  [409, ["InvalidBucketState", "OperationAborted", "RestoreAlreadyInProgress"]],
  [411, ["MissingContentLength"]],
  [412, ["PreconditionFailed"]],
  [416, ["InvalidRange"]],
  [503, ["SlowDown"]],
];

const S3_STATUSES: ReadonlyMap<string, number> = new Map(
  S3.flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
);

/** The status of a code that the service's model does not state; 400 where no page says otherwise. */
export function statusOfCode(protocol: Protocol, code: string): number {
  const own = protocol === "restXml" ? S3_STATUSES : protocol === "restJson1" ? REST : undefined;
  return own?.get(code) ?? COMMON.get(code) ?? 400;
}
