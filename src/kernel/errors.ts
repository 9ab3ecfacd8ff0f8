/**
 * The three kinds of failure: the caller's (AwsError), the operator's (UsageError), and bugs (anything else).
 */

/** What an AwsError may carry beside its code and message. */
export interface AwsErrorDetails {
  /** HTTP status; where absent, the status that the service's model gives the code, else 400. */
  readonly status?: number;
  /** Further members of the modelled error shape, e.g. `{ Type: "User" }` or S3's `{ BucketName: "b" }`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Extra reply headers, e.g. `{ "x-amz-delete-marker": "true" }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A failure that is the caller's, with AWS's own code and words.
 * `code` is the shape name of the modelled error where there is one (`QueueDoesNotExist`,
 * `ResourceNotFoundException`, `NoSuchBucket`), else the code that AWS's page "Common errors" gives.
 */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly details: AwsErrorDetails;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A failure that is the operator's: says what was given, what is accepted and what to do next. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** True when `error` is an AwsError with one of these codes (any code when none is given). */
export function isAwsError(error: unknown, ...codes: readonly string[]): error is AwsError {
  return error instanceof AwsError && (codes.length === 0 || codes.includes(error.code));
}
