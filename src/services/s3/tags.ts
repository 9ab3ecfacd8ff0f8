/** Tag sets: their limits, and the header form `a=1&b=2` (AWS page "Categorizing your objects using tags"). */
import { invalidArgument, s3Error } from "./errors.ts";
import type { Tag } from "./state.ts";

const KEY_LENGTH = 128;
const VALUE_LENGTH = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Checks a tag set. Raises InvalidTag and, for too many, BadRequest. */
export function checkTags(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
  most: number,
  what: "Object" | "Bucket",
): Tag[] {
  if (tags.length > most) {
    throw s3Error("InvalidTag", {
      message:
        what === "Object"
          ? `Object tags cannot be greater than ${most}`
          : `Bucket tag count cannot be greater than ${most}`,
    });
  }
  const seen = new Set<string>();
  return tags.map(({ Key = "", Value = "" }) => {
    if (Key === "" || Key.length > KEY_LENGTH || !ALLOWED.test(Key)) {
      throw s3Error("InvalidTag", { message: "The TagKey you have provided is invalid", members: { TagKey: Key } });
    }
    // CloudFormation marks the buckets that it makes with tags of its own.
    const ours = what === "Bucket" && Key.startsWith("aws:cloudformation:");
    if (Key.toLowerCase().startsWith("aws:") && !ours) {
      throw s3Error("InvalidTag", { message: "System tags cannot be added/updated by requester" });
    }
    if (Value.length > VALUE_LENGTH || !ALLOWED.test(Value)) {
      throw s3Error("InvalidTag", { message: "The TagValue you have provided is invalid", members: { TagKey: Key } });
    }
    if (seen.has(Key)) {
      throw s3Error("InvalidTag", {
        message: "Cannot provide multiple Tags with the same key",
        members: { TagKey: Key },
      });
    }
    seen.add(Key);
    return { Key, Value };
  });
}

/** The tags of an `x-amz-tagging` header. Raises InvalidArgument when it is not of the form of a query string. */
export function tagsOfHeader(header: string | undefined): Tag[] {
  if (header === undefined || header === "") return [];
  const tags = header.split("&").map((pair) => {
    const at = pair.indexOf("=");
    const [key, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    return { Key: decode(key, header), Value: decode(value, header) };
  });
  return checkTags(tags, 10, "Object");
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
}
