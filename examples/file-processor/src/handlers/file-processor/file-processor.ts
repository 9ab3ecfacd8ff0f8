/** Unpacks each zip that was put into the origin bucket into the processed bucket, under the day of its arrival. */
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { unzipSync } from "fflate";

/** What is used of S3's event message structure (S3 User Guide, "Event message structure"). */
export interface S3Event {
  readonly Records: readonly S3EventRecord[];
}

export interface S3EventRecord {
  /** `2026-01-31T23:59:59.000Z` */
  readonly eventTime: string;
  readonly s3: {
    readonly bucket: { readonly name: string };
    /** The key is encoded as in a form: a blank is `+`. */
    readonly object: { readonly key: string };
  };
}

/**
 * What may come out of one zip, in bytes. It is unpacked in memory, and in dev the function has 128 MB; a zip that claims more is
 * refused before any of it is unpacked.
 */
const LARGEST_CONTENT = 32 * 2 ** 20;

export class FileProcessor {
  readonly #s3: S3Client;
  readonly #bucketProcessed: string;

  /** The seam: whoever makes a FileProcessor says which S3 it works on. */
  constructor(s3: S3Client, bucketProcessed: string) {
    this.#s3 = s3;
    this.#bucketProcessed = bucketProcessed;
  }

  /** Returns the keys that it wrote. Raises S3's errors, and an Error for what is no zip or too large a one. */
  async process(event: S3Event): Promise<string[]> {
    const keys: string[] = [];
    for (const record of event.Records) {
      const zip = await this.#read(record);
      for (const [name, content] of Object.entries(unpack(zip))) {
        const key = `${dayOf(record)}/${name}`;
        await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucketProcessed, Key: key, Body: content }));
        keys.push(key);
      }
    }
    return keys;
  }

  async #read({ s3: { bucket, object } }: S3EventRecord): Promise<Uint8Array> {
    const Key = decodeURIComponent(object.key.replaceAll("+", " "));
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket.name, Key }));
    if (Body === undefined) throw new Error(`S3 gave no body for ${bucket.name}/${Key}`);
    return Body.transformToByteArray();
  }
}

/** `2026/01/31`. By the event's time, not by the clock: an event that is delivered again writes the same keys again. */
function dayOf({ eventTime }: S3EventRecord): string {
  return eventTime.slice(0, "2026-01-31".length).replaceAll("-", "/");
}

/** The zip's files by name; folders are entries, too, and are left out. */
function unpack(zip: Uint8Array): Record<string, Uint8Array> {
  let size = 0;
  return unzipSync(zip, {
    filter({ name, originalSize }) {
      size += originalSize;
      if (size > LARGEST_CONTENT) throw new Error(`The zip holds more than ${LARGEST_CONTENT} bytes`);
      return !name.endsWith("/");
    },
  });
}
