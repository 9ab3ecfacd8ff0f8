/** Bucket names and keys: what S3 accepts (AWS page "General purpose bucket naming rules"). */
import { invalidArgument, s3Error } from "./errors.ts";

const RESERVED_PREFIXES = ["xn--", "sthree-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** Raises InvalidBucketName. */
export function checkBucketName(name: string): void {
  const good =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (!good) throw s3Error("InvalidBucketName", { members: { BucketName: name } });
}

/** Raises KeyTooLongError for more than 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > 1024) throw s3Error("KeyTooLongError", { members: { Size: String(size), MaxSizeAllowed: "1024" } });
}

/** Raises MetadataTooLarge for user metadata of more than 2 KB, names and values counted. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) size += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (size > 2048) throw s3Error("MetadataTooLarge", { members: { Size: String(size), MaxSizeAllowed: "2048" } });
}

/** The bucket, key and version of an `x-amz-copy-source`: `[/]bucket/key[?versionId=…]`, percent-encoded. */
export function parseCopySource(source: string): { bucket: string; key: string; versionId?: string } {
  const mark = source.indexOf("?versionId=");
  const path = decode(mark < 0 ? source : source.slice(0, mark), source);
  const bare = path.startsWith("/") ? path.slice(1) : path;
  const arn = /^arn:aws:s3:::/.exec(bare)?.[0];
  const rest = arn === undefined ? bare : bare.slice(arn.length);
  const slash = rest.indexOf("/");
  if (slash <= 0 || slash === rest.length - 1) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      source,
    );
  }
  const found = { bucket: rest.slice(0, slash), key: rest.slice(slash + 1) };
  return mark < 0 ? found : { ...found, versionId: decode(source.slice(mark + "?versionId=".length), source) };
}

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument("The x-amz-copy-source header is not URL-encoded", "x-amz-copy-source", source);
  }
}
