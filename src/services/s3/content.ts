/** Bytes in and out: takes a request's body into a blob with its MD5 and checksum, and reads a Content or a range of it. */
import { createHash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import type { Blob, ByteRange } from "../../kernel/blobs.ts";
import type { Body, ServiceContext } from "../../service.ts";
import { createChecksum, givenChecksum, type ChecksumMembers } from "./checksums.ts";
import { s3Error } from "./errors.ts";
import { contents, type ChecksumAlgorithm, type Content, type Slice } from "./state.ts";

/** The largest body of one request (AWS page "Amazon S3 multipart upload limits"). */
const LARGEST_BODY = 5 * 2 ** 30;

/** A body that was taken in; its blob is not kept yet. */
export interface Received {
  readonly blob: Blob;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/** What the wire has measured and verified of a body when it has been read to its end. */
interface BodyFacts {
  readonly length: number;
  readonly md5: string;
  /** The client's, or the CRC64NVME that S3 gives an object that came without one. */
  readonly checksum: Received["checksum"];
}

/** A body from the wire says on itself what it measured; one from another service does not. */
type MeasuredBody = Readable & { readonly facts?: Promise<BodyFacts>; readonly bytes?: Uint8Array };

/**
 * Takes all of `body`. A request's own MD5 and checksum have been checked by the wire, whose failure is the stream's error; for
 * a call from another service they are checked here. Raises BadDigest and EntityTooLarge, leaving nothing behind.
 */
export async function receive(
  context: ServiceContext,
  body: MeasuredBody | Uint8Array | string | undefined,
  wanted: ChecksumMembers & {
    readonly ContentMD5?: string | undefined;
    readonly ChecksumAlgorithm?: string | undefined;
  },
): Promise<Received> {
  if (body instanceof Readable && body.facts !== undefined) {
    const blob = await context.blobs.write(body.bytes ?? body);
    const { length, md5, checksum } = await body.facts;
    return { blob, size: length, md5, checksum };
  }
  const source = body instanceof Readable ? body : Buffer.from(body ?? "");
  return measured(context, source, wanted);
}

async function measured(
  context: ServiceContext,
  source: Readable | Uint8Array,
  wanted: ChecksumMembers & {
    readonly ContentMD5?: string | undefined;
    readonly ChecksumAlgorithm?: string | undefined;
  },
): Promise<Received> {
  const given = givenChecksum(wanted);
  const md5 = createHash("md5");
  const checksum = await createChecksum(given?.algorithm ?? "CRC64NVME");
  let blob: Blob;
  if (source instanceof Uint8Array) {
    md5.update(source);
    checksum.update(source);
    blob = await context.blobs.write(source);
  } else {
    let size = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        md5.update(chunk);
        checksum.update(chunk);
        if (size > LARGEST_BODY) done(s3Error("EntityTooLarge"));
        else done(null, chunk);
      },
    });
    source.once("error", (error) => meter.destroy(error));
    blob = await context.blobs.write(source.pipe(meter));
  }
  const digest = md5.digest();
  const value = checksum.digest();
  if (wanted.ContentMD5 !== undefined && wanted.ContentMD5 !== digest.toString("base64")) {
    await context.blobs.discard(blob);
    throw s3Error("BadDigest");
  }
  if (given !== undefined && given.value !== value) {
    await context.blobs.discard(blob);
    throw s3Error("BadDigest", {
      message: `The ${given.algorithm} you specified did not match the calculated checksum.`,
    });
  }
  return { blob, size: blob.size, md5: digest.toString("hex"), checksum: { algorithm: checksum.algorithm, value } };
}

/** Base64 checksum of stored bytes, by reading them. */
export async function checksumOf(
  context: ServiceContext,
  slices: readonly Slice[],
  algorithm: ChecksumAlgorithm,
): Promise<string> {
  const checksum = await createChecksum(algorithm);
  for await (const chunk of piecesOf(context, slices)) checksum.update(chunk);
  return checksum.digest();
}

// ── Keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** All of a blob. */
export function wholeOf(blob: Blob): Slice {
  return { blob, start: 0, size: blob.size };
}

/** Inside a transaction: keeps the slices' blobs as a Content with one reference; answers its key. */
export function keepContent(context: ServiceContext, slices: readonly Slice[]): string {
  for (const { blob } of slices) context.blobs.keep(blob);
  return adoptContent(context, slices);
}

/** Inside a transaction: the same for blobs that are kept already, taken out of other contents with `takeContent`. */
export function adoptContent(context: ServiceContext, slices: readonly Slice[]): string {
  const id = context.random.hex(32);
  context.table(contents).put([id], { references: 1, slices });
  return id;
}

/** Inside a transaction: gives up one reference and answers the slices, whose blobs are now kept for the caller. */
export function takeContent(context: ServiceContext, id: string): readonly Slice[] {
  const { references, slices } = contentOf(context, id);
  if (references > 1) {
    for (const { blob } of slices) context.blobs.keep(blob);
    context.table(contents).put([id], { references: references - 1, slices });
  } else {
    context.table(contents).remove(id);
  }
  return slices;
}

/** Inside a transaction: one more version refers to the content. */
export function shareContent(context: ServiceContext, id: string): void {
  const { references, slices } = contentOf(context, id);
  context.table(contents).put([id], { references: references + 1, slices });
}

/** Inside a transaction: one version fewer refers to it; the last one takes the bytes away. */
export function releaseContent(context: ServiceContext, id: string): void {
  const { references, slices } = contentOf(context, id);
  if (references > 1) {
    context.table(contents).put([id], { references: references - 1, slices });
    return;
  }
  context.table(contents).remove(id);
  for (const { blob } of slices) context.blobs.release(blob);
}

/** The content of a version that exists. */
export function contentOf(context: ServiceContext, id: string): Content {
  const content = context.table(contents).get(id);
  if (content === undefined) throw new Error(`the content ${id} is gone while a version refers to it`);
  return content;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The bytes of `range` (all without one), small ones at once and large ones as a stream. */
export function readContent(context: ServiceContext, content: Content, range?: ByteRange): Body {
  const slices = range === undefined ? content.slices : slicesOf(content.slices, range);
  const [only] = slices;
  if (only === undefined) return new Uint8Array();
  if (slices.length > 1) return Readable.from(piecesOf(context, slices), { objectMode: false });
  const { blob, start, size } = only;
  if ("bytes" in blob) return blob.bytes.subarray(start, start + size);
  return size === 0 ? new Uint8Array() : context.blobs.read(blob, { start, end: start + size - 1 });
}

/** The slices that make up a range of them all. */
export function slicesOf(slices: readonly Slice[], range: ByteRange): Slice[] {
  const found: Slice[] = [];
  let offset = 0;
  for (const { blob, start, size } of slices) {
    const from = Math.max(0, range.start - offset);
    const to = Math.min(size - 1, range.end - offset);
    if (from <= to) found.push({ blob, start: start + from, size: to - from + 1 });
    offset += size;
  }
  return found;
}

async function* piecesOf(context: ServiceContext, slices: readonly Slice[]): AsyncGenerator<Uint8Array> {
  for (const { blob, start, size } of slices) {
    if (size === 0) continue;
    if ("bytes" in blob) yield blob.bytes.subarray(start, start + size);
    else yield* context.blobs.read(blob, { start, end: start + size - 1 });
  }
}

/** Hex MD5 and base64 checksum of stored bytes, by reading them once. */
export async function measure(
  context: ServiceContext,
  slices: readonly Slice[],
  algorithm: ChecksumAlgorithm,
): Promise<{ readonly md5: string; readonly checksum: Received["checksum"] }> {
  const md5 = createHash("md5");
  const checksum = await createChecksum(algorithm);
  for await (const chunk of piecesOf(context, slices)) {
    md5.update(chunk);
    checksum.update(chunk);
  }
  return { md5: md5.digest("hex"), checksum: { algorithm, value: checksum.digest() } };
}
