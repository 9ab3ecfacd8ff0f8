/** Byte ranges: the Range header, x-amz-copy-source-range, and the range that a part of an object is. */
import type { ByteRange } from "../../kernel/blobs.ts";
import { invalidArgument, s3Error } from "./errors.ts";
import type { StoredObject } from "./state.ts";

/**
 * The bytes that a Range header means; undefined for the whole: without one, for several ranges (S3 gives one only) and for what is no
 * range. Raises InvalidRange where nothing of it is there.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, first, last] = match ?? [];
  if (header === undefined || first === undefined || last === undefined || (first === "" && last === ""))
    return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(header, size);
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(header, size);
  return { start, end };
}

function unsatisfiable(header: string, size: number): Error {
  return s3Error("InvalidRange", {
    members: { RangeRequested: header, ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}

/** The bytes that UploadPartCopy takes: both ends are given and there. Raises InvalidArgument, InvalidRange. */
export function parseCopyRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || end < start) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  if (end >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      header,
    );
  }
  return { start, end };
}

/** `bytes 0-9/100` */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}

/** The bytes of one part. Raises InvalidPartNumber where the object has no such part; one put whole is part 1. */
export function partRange(object: StoredObject, number: number): ByteRange {
  const parts = object.parts ?? [{ number: 1, size: object.size }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw s3Error("InvalidPartNumber", {
      members: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  let start = 0;
  for (const { size } of parts.slice(0, number - 1)) start += size;
  return { start, end: start + part.size - 1 };
}
