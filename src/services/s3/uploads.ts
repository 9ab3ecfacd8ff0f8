/** Multipart uploads under way: finding one and giving one up. */
import type { ServiceContext } from "../../service.ts";
import { releaseContent } from "./content.ts";
import { s3Error } from "./errors.ts";
import { parts, uploads, type Part, type Upload } from "./state.ts";

/** The upload of this id. Raises NoSuchUpload. */
export function uploadOf(context: ServiceContext, input: { Bucket: string; Key: string; UploadId: string }): Upload {
  const upload = context.table(uploads).get(input.Bucket, input.Key, input.UploadId);
  if (upload === undefined) throw s3Error("NoSuchUpload", { members: { UploadId: input.UploadId } });
  return upload;
}

/** The parts that have arrived, by number. */
export function partsOf(context: ServiceContext, upload: Upload, after?: number): Iterable<Part> {
  return context.table(parts).list([upload.id], after === undefined ? {} : { after: [after] });
}

/** Inside a transaction: takes the upload and its parts away, with the bytes of those parts that nothing else refers to. */
export function abandonUpload(context: ServiceContext, upload: Upload): void {
  for (const part of Array.from(partsOf(context, upload))) {
    releaseContent(context, part.content);
    context.table(parts).remove(upload.id, part.number);
  }
  context.table(uploads).remove(upload.bucket, upload.key, upload.id);
}
