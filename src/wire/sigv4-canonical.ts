/** The canonical request of Signature Version 4: the one spelling of a request that both sides hash. */
import type { HttpRequest } from "./http.ts";

/** What a request has to be unreserved (RFC 3986) or percent-encoded in upper case. */
const ENCODED_PATH = /^(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/;
const PLAIN = /^[A-Za-z0-9\-._~]*$/;
const DECODED_PERCENT = /%(?:[46][1-9A-Fa-f]|[57][0-9Aa]|[57]F|[57]f|7E|7e|3[0-9]|2D|2d|2E|2e)/;

/** One byte's canonical spelling. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/**
 * Gives percent-encoded text its canonical spelling: every byte that is not unreserved as `%XX` in upper case, and no
 * other one. `node:http` hands raw non-ASCII bytes on as Latin-1 characters, so a character is a byte here.
 */
function canonicalEncoding(text: string): string {
  return text.replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/g, (found) => {
    if (found.length === 3) return BYTES[Number.parseInt(found.slice(1), 16)] ?? found;
    const code = found.charCodeAt(0);
    return BYTES[code] ?? encodeURIComponent(found);
  });
}

/** S3's path: encoded once, and never normalised, since `a//b/../c` is a key like any other. */
function canonicalS3Path(path: string): string {
  if (path === "") return "/";
  if (ENCODED_PATH.test(path) && !DECODED_PERCENT.test(path)) return path;
  return path
    .split("/")
    .map((segment) => canonicalEncoding(segment))
    .join("/");
}

/** Every other service's path: empty and dot segments resolved, then what was sent is encoded once more. */
function canonicalServicePath(path: string): string {
  if (path === "" || path === "/") return "/";
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  if (kept.length === 0) return "/";
  const joined = `/${kept.join("/")}${path.endsWith("/") ? "/" : ""}`;
  return joined.replaceAll(
    /[^A-Za-z0-9\-._~/]/g,
    (character) => BYTES[character.charCodeAt(0)] ?? encodeURIComponent(character),
  );
}

/** The query sorted by encoded name, then value; a presigned URL's own signature is left out. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs: (readonly [name: string, value: string])[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (name === "X-Amz-Signature") continue;
    const value = at < 0 ? "" : part.slice(at + 1);
    pairs.push([PLAIN.test(name) ? name : queryEncoding(name), PLAIN.test(value) ? value : queryEncoding(value)]);
  }
  if (pairs.length > 1) pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  let text = "";
  for (const [name, value] of pairs) text += `${text === "" ? "" : "&"}${name}=${value}`;
  return text;
}

/** A `+` in a query is a space to AWS, and a space is `%20` in a canonical request. */
function queryEncoding(text: string): string {
  return canonicalEncoding(text.replaceAll("+", "%20"));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A header's value without its outer spaces and with runs of spaces made one. */
function canonicalHeaderValue(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes("  ") ? trimmed.replaceAll(/ {2,}/g, " ") : trimmed;
}

/**
 * The canonical request (AWS: "Create a signed AWS API request").
 * @param signedHeaders lower-case names, sorted
 * @param payloadHash hex SHA-256 of the body, or the literal that stands for it (`UNSIGNED-PAYLOAD`, `STREAMING-…`)
 */
export function canonicalRequest(
  request: HttpRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  s3: boolean,
): string {
  let headers = "";
  for (const name of signedHeaders) headers += `${name}:${canonicalHeaderValue(request.headers[name] ?? "")}\n`;
  const path = s3 ? canonicalS3Path(request.path) : canonicalServicePath(request.path);
  return `${request.method}\n${path}\n${canonicalQuery(request.query)}\n${headers}\n${signedHeaders.join(";")}\n${payloadHash}`;
}
