/** How AWS refuses a signature: the same faults have other codes, statuses and words in S3, in Query and in JSON services. */
import { AwsError } from "../kernel/errors.ts";
import type { Protocol } from "./model.ts";

/** Whose words a signature is refused in: S3's own, those of Query services, of JSON services, or of REST-JSON ones. */
export type SignatureDialect = "s3" | "query" | "json" | "restJson";

/** The dialect of a protocol; the only REST-XML service here is S3. */
export function signatureDialect(protocol: Protocol): SignatureDialect {
  switch (protocol) {
    case "restXml":
      return "s3";
    case "awsQuery":
      return "query";
    case "restJson1":
      return "restJson";
    case "awsJson1_0":
    case "awsJson1_1":
    case "rpcv2Cbor":
      return "json";
    default:
      return protocol satisfies never;
  }
}

/** The signature does not conform to AWS standards (`IncompleteSignature`); never for S3, which has words of its own. */
export function incompleteSignature(dialect: SignatureDialect, message: string): AwsError {
  if (dialect === "query") return new AwsError("IncompleteSignature", message, { status: 400 });
  return new AwsError("IncompleteSignatureException", message, { status: dialect === "json" ? 400 : 403 });
}

/** The signature is whole but wrong or out of its time: `SignatureDoesNotMatch`, or `InvalidSignatureException` in JSON. */
export function refusedSignature(
  dialect: SignatureDialect,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): AwsError {
  if (dialect === "s3" || dialect === "query") {
    return new AwsError("SignatureDoesNotMatch", message, { status: 403, members });
  }
  return new AwsError("InvalidSignatureException", message, { status: dialect === "json" ? 400 : 403, members });
}

/** S3's `AuthorizationHeaderMalformed`: `reason` completes its sentence. */
export function headerMalformed(reason: string, members: Readonly<Record<string, unknown>> = {}): AwsError {
  return new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${reason}`, {
    status: 400,
    members,
  });
}

/** S3's `AuthorizationQueryParametersError`, for presigned URLs. */
export function queryParametersError(message: string): AwsError {
  return new AwsError("AuthorizationQueryParametersError", message, { status: 400 });
}

/** Signature Version 4A needs the caller's public key, which a secret alone does not give; Seatrial has only Version 4. */
export function asymmetricNotImplemented(algorithm: string): AwsError {
  return new AwsError(
    "NotImplemented",
    `Seatrial does not verify Signature Version 4A (${algorithm}); sign with AWS4-HMAC-SHA256 instead.`,
    { status: 501 },
  );
}
