/**
 * Presigned S3 URLs of Signature Version 2, which boto3 and `aws s3 presign` still make for an endpoint of one's own.
 * Source: AWS "Signing and Authenticating REST Requests", section "Query String Request Authentication Alternative".
 */
import { createHmac } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import { refusedSignature } from "./sigv4-error.ts";
import { sameSignature } from "./sigv4-key.ts";

/** The query parameters that are part of what is signed: they name another resource, or change the reply. */
const SIGNED_PARAMETERS: ReadonlySet<string> = new Set([
  ..."accelerate acl analytics cors delete inventory lifecycle location logging metrics notification".split(" "),
  ..."object-lock partNumber policy replication requestPayment restore select select-type storageClass".split(" "),
  ..."tagging torrent uploadId uploads versionId versioning versions website".split(" "),
  ..."response-cache-control response-content-disposition response-content-encoding".split(" "),
  ..."response-content-language response-content-type response-expires".split(" "),
]);

/** A presigned URL of Version 2 as it came. It has no credential scope: neither day nor region. */
export interface LegacySignature {
  readonly accessKeyId: string;
  /** Base64. */
  readonly signature: string;
  /** When the URL ends, epoch seconds, as the client wrote it. */
  readonly expires: string;
  readonly sessionToken?: string;
}

/** Reads the query of a presigned URL of Version 2. @throws AwsError `AccessDenied` where a part is missing or no number */
export function readLegacySignature(parameters: URLSearchParams): LegacySignature {
  const accessKeyId = parameters.get("AWSAccessKeyId");
  const signature = parameters.get("Signature");
  const expires = parameters.get("Expires");
  if (!accessKeyId || !signature || !expires) {
    throw new AwsError(
      "AccessDenied",
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
      { status: 403 },
    );
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new AwsError("AccessDenied", `Invalid date (should be seconds since epoch): ${expires}`, { status: 403 });
  }
  const sessionToken = parameters.get("x-amz-security-token");
  return { accessKeyId, signature, expires, ...(sessionToken === null ? {} : { sessionToken }) };
}

/** Verifies it; `now` in epoch milliseconds. @throws AwsError `AccessDenied` (expired), `SignatureDoesNotMatch` */
export function verifyLegacySignature(
  request: HttpRequest,
  { accessKeyId, signature, expires }: LegacySignature,
  secretAccessKey: string,
  now: number,
): void {
  const end = Number(expires) * 1000;
  if (now > end) {
    throw new AwsError("AccessDenied", "Request has expired", {
      status: 403,
      members: { Expires: isoSeconds(end), ServerTime: isoSeconds(now) },
    });
  }
  const strings = resources(request).map((resource) => stringToSign(request, expires, resource));
  const matches = strings.some((text) => {
    const expected = createHmac("sha1", secretAccessKey).update(text).digest("base64");
    return sameSignature(expected, signature);
  });
  if (matches) return;
  throw refusedSignature(
    "s3",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    { AWSAccessKeyId: accessKeyId, StringToSign: strings.at(-1), SignatureProvided: signature },
  );
}

function isoSeconds(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

/** The path with its bucket in front: as it is, and, where the host begins with a bucket's name, with that one. */
function resources(request: HttpRequest): string[] {
  const bucket = /^(.+?)\.(?:s3[.-]|localhost)/.exec(request.headers["host"] ?? "")?.[1];
  return bucket === undefined ? [request.path] : [request.path, `/${bucket}${request.path}`];
}

function stringToSign(request: HttpRequest, expires: string, path: string): string {
  const parameters = new URLSearchParams(request.query);
  const stated = (name: string) => request.headers[name] ?? parameters.get(name) ?? "";
  const amz = new Map<string, string>();
  for (const [name, value] of parameters) if (name.startsWith("x-amz-")) amz.set(name, value.trim());
  for (const name in request.headers)
    if (name.startsWith("x-amz-")) amz.set(name, (request.headers[name] ?? "").trim());
  const headers = [...amz].sort(byName).map(([name, value]) => `${name}:${value}\n`);
  // URLSearchParams tells `?acl` from `?acl=` no more, but no SDK writes the latter.
  const signed = [...parameters].filter(([name]) => SIGNED_PARAMETERS.has(name)).sort(byName);
  const query = signed.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&");
  const resource = query === "" ? path : `${path}?${query}`;
  return `${request.method}\n${stated("content-md5")}\n${stated("content-type")}\n${expires}\n${headers.join("")}${resource}`;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
