/** How configuration documents are kept, told and removed: one way for them all. */
import type { ServiceContext } from "../../../service.ts";
import {
  configuration,
  keepConfiguration,
  removeConfiguration,
  type DocumentKind,
  type Documents,
} from "../configurations.ts";
import { s3Error, type S3ErrorCode } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import type { Bucket } from "../state.ts";

/** What most Put and Delete operations answer. */
export type Nothing = Readonly<Record<string, never>>;

/** An input that names a bucket. */
export interface OnBucket {
  readonly Bucket: string;
}

/** Keeps what `read` finds in the input; `check` may refuse it or write it otherwise. */
export function put<I extends OnBucket, K extends DocumentKind>(
  kind: K,
  read: (input: I) => Documents[K] | undefined,
  check: (context: ServiceContext, bucket: Bucket, document: Documents[K]) => Documents[K] = (_, __, document) =>
    document,
): (context: ServiceContext, input: I) => Nothing {
  return (context, input) => {
    const document = read(input);
    if (document === undefined) throw s3Error("MalformedXML");
    keepConfiguration(context, input.Bucket, kind, check(context, bucketNamed(context, input.Bucket), document));
    return {};
  };
}

/** Tells the document, by `tell`; without one, raises `missing`. */
export function get<K extends DocumentKind, O>(
  kind: K,
  missing: S3ErrorCode,
  tell: (document: Documents[K]) => O,
): (context: ServiceContext, input: OnBucket) => O {
  return (context, input) => {
    const document = configuration(context, input.Bucket, kind);
    if (document === undefined) throw s3Error(missing, { members: { BucketName: input.Bucket } });
    return tell(document);
  };
}

/** Tells the document, an empty one where there is none. */
export function getOr<K extends DocumentKind, O>(
  kind: K,
  tell: (document: Documents[K] | undefined) => O,
): (context: ServiceContext, input: OnBucket) => O {
  return (context, input) => tell(configuration(context, input.Bucket, kind));
}

/** Takes the document away; one that is not there is no error. */
export function remove(kind: DocumentKind): (context: ServiceContext, input: OnBucket) => Nothing {
  return (context, input) => {
    removeConfiguration(context, input.Bucket, kind);
    return {};
  };
}
