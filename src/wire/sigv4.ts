/** Verifies Signature Version 4: that whoever sent a request knows the secret of its access key, and sent it just now. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import { canonicalRequest } from "./sigv4-canonical.ts";
import { headerMalformed, queryParametersError, refusedSignature } from "./sigv4-error.ts";
import { verifyLegacySignature } from "./sigv4-legacy.ts";
import { EMPTY_SHA256, sameSignature, sha256Hex, signatureOf, signingKey } from "./sigv4-key.ts";
import { basicTime, type Signature } from "./sigv4-read.ts";

export { signatureDialect, type SignatureDialect } from "./sigv4-error.ts";
export { readSignature, type Signature } from "./sigv4-read.ts";

const MINUTE = 60_000;
/** How far a request's time may be from now: S3 allows 15 minutes, the others 5 (AWS: "Troubleshoot Signature Version 4"). */
const S3_SKEW = 15 * MINUTE;
const SERVICE_SKEW = 5 * MINUTE;
/** Services other than S3 honour a presigned request for 15 minutes, whatever its X-Amz-Expires says. */
const SERVICE_PRESIGNED = 15 * MINUTE;

/** What is verified, and against what. */
export interface Verification {
  readonly request: HttpRequest;
  readonly signature: Signature;
  readonly secretAccessKey: string;
  /** The signing name that the called service answers to. */
  readonly service: string;
  /** Now, in epoch milliseconds, by the clock that the caller of the API lives by. */
  readonly now: number;
  /**
   * Hex SHA-256 of the body as it was received. Where the body is still to come (S3), leave it out: then the hash that
   * the client declared is used, and `openBody` holds the body to it.
   */
  readonly payloadHash?: string;
}

/**
 * Verifies a signature.
 * @throws AwsError `SignatureDoesNotMatch` / `InvalidSignatureException`; from S3 also `RequestTimeTooSkewed`,
 * `AccessDenied` ("Request has expired", headers not signed) and `AuthorizationHeaderMalformed` (another service's scope)
 */
export function verifySignature(verification: Verification): void {
  const { request, signature, secretAccessKey, service, now } = verification;
  checkScope(signature, service);
  if (signature.legacy !== undefined) {
    verifyLegacySignature(request, signature.legacy, secretAccessKey, now);
    return;
  }
  checkSignedHeaders(request, signature);
  if (signature.dialect === "s3") checkS3Time(signature, now);
  else checkServiceTime(signature, now);

  const canonical = canonicalRequest(
    request,
    signature.signedHeaders,
    hashInSignature(verification),
    signature.dialect === "s3",
  );
  const stringToSign = `AWS4-HMAC-SHA256\n${signature.timestamp}\n${credentialScope(signature)}\n${sha256Hex(canonical)}`;
  const key = signingKey(secretAccessKey, signature.date, signature.region, signature.service);
  if (!sameSignature(signatureOf(key, stringToSign), signature.signature)) {
    throw mismatch(signature, canonical, stringToSign);
  }
}

/** `yyyyMMdd/region/service/aws4_request`. */
export function credentialScope(signature: Signature): string {
  return `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
}

/** The last line of the canonical request. */
function hashInSignature({ signature, payloadHash }: Verification): string {
  const declared = signature.payloadHash;
  if (signature.dialect === "s3") {
    return declared ?? (signature.presigned === undefined ? EMPTY_SHA256 : "UNSIGNED-PAYLOAD");
  }
  // A literal (UNSIGNED-PAYLOAD, STREAMING-…) is signed as it is; a hash only counts where it is the body's own.
  if (declared !== undefined && declared.length !== EMPTY_SHA256.length) return declared;
  return payloadHash ?? declared ?? EMPTY_SHA256;
}

function checkScope(signature: Signature, service: string): void {
  if (signature.service === service) return;
  if (signature.dialect !== "s3") {
    throw refusedSignature(signature.dialect, `Credential should be scoped to correct service: '${service}'. `);
  }
  const reason = `incorrect service "${signature.service}". This endpoint belongs to "${service}".`;
  throw signature.presigned === undefined
    ? headerMalformed(reason)
    : queryParametersError(`Error parsing the X-Amz-Credential parameter; ${reason}`);
}

/** The host must be signed everywhere; S3 also wants every `x-amz-` header that a request carries to be signed. */
function checkSignedHeaders(request: HttpRequest, signature: Signature): void {
  const signed = signature.signedHeaders;
  if (signature.dialect !== "s3") {
    if (signed.includes("host") || signed.includes(":authority")) return;
    throw refusedSignature(
      signature.dialect,
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  let unsigned = signed.includes("host") ? "" : "host";
  for (const name in request.headers) {
    if (!name.startsWith("x-amz-") || signed.includes(name)) continue;
    // The body is held to this one in any case.
    if (name === "x-amz-content-sha256" && signature.presigned !== undefined) continue;
    unsigned += `${unsigned === "" ? "" : ", "}${name}`;
  }
  if (unsigned === "") return;
  throw new AwsError("AccessDenied", "There were headers present in the request which were not signed", {
    status: 403,
    members: { HeadersNotSigned: unsigned },
  });
}

function checkS3Time(signature: Signature, now: number): void {
  const { signedAt, presigned } = signature;
  if (presigned === undefined) {
    if (Math.abs(now - signedAt) <= S3_SKEW) return;
    throw new AwsError(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      {
        status: 403,
        members: {
          RequestTime: signature.timestamp,
          ServerTime: isoSeconds(now),
          MaxAllowedSkewMilliseconds: S3_SKEW,
        },
      },
    );
  }
  const expires = presigned.expires ?? 0;
  const end = signedAt + expires * 1000;
  if (signedAt - now > S3_SKEW) {
    throw new AwsError("AccessDenied", "Request is not yet valid", {
      status: 403,
      members: { "X-Amz-Date": signedAt, Expires: isoSeconds(end), ServerTime: isoSeconds(now) },
    });
  }
  if (now <= end) return;
  throw new AwsError("AccessDenied", "Request has expired", {
    status: 403,
    members: { "X-Amz-Expires": expires, Expires: isoSeconds(end), ServerTime: isoSeconds(now) },
  });
}

function checkServiceTime(signature: Signature, now: number): void {
  const { dialect, signedAt, timestamp, presigned } = signature;
  const span = presigned === undefined ? SERVICE_SKEW : SERVICE_PRESIGNED;
  const minutes = `${span / MINUTE} min.`;
  if (signedAt < now - span) {
    throw refusedSignature(
      dialect,
      `Signature expired: ${timestamp} is now earlier than ${basicTime(now - span)} (${basicTime(now)} - ${minutes})`,
    );
  }
  if (signedAt > now + SERVICE_SKEW) {
    throw refusedSignature(
      dialect,
      `Signature not yet current: ${timestamp} is still later than ${basicTime(now + SERVICE_SKEW)} (${basicTime(now)} + ${SERVICE_SKEW / MINUTE} min.)`,
    );
  }
}

function isoSeconds(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

function mismatch(signature: Signature, canonical: string, stringToSign: string): AwsError {
  if (signature.dialect === "s3") {
    return refusedSignature(
      "s3",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      {
        AWSAccessKeyId: signature.accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: signature.signature,
        StringToSignBytes: hexBytes(stringToSign),
        CanonicalRequest: canonical,
        CanonicalRequestBytes: hexBytes(canonical),
      },
    );
  }
  return refusedSignature(
    signature.dialect,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n" +
      `The Canonical String for this request should have been\n'${canonical}'\n\n` +
      `The String-to-Sign should have been\n'${stringToSign}'\n`,
  );
}

function hexBytes(text: string): string {
  return Buffer.from(text, "utf8")
    .toString("hex")
    .replaceAll(/..(?=.)/g, "$& ");
}
