/** What an input has wrong, before it is said in its service's way. */

/** One thing that is wrong, in AWS's words. */
export interface Finding {
  /** `revision.s3Location.bucket`; the first letter is small whatever the member's is. */
  readonly path: string;
  readonly isMissing: boolean;
  readonly text: string;
}
