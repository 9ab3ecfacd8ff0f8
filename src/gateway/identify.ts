/**
 * Who sent this request: root of an account (a 12-digit access key id, or `test`), a holder of a key that was issued here (its signature
 * is checked), or nobody.
 */
import { AwsError } from "../kernel/errors.ts";
import { ANONYMOUS, rootOf, type IssuedKey, type Principal } from "../service.ts";
import type { HttpRequest } from "../wire/http.ts";
import { readSignature, verifySignature, type Signature, type SignatureDialect } from "../wire/sigv4.ts";

/** What `test`, LocalStack's customary key, stands for. */
const DEFAULT_ACCOUNT = "000000000000";
const DEFAULT_REGION = "us-east-1";

export interface Caller {
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
  readonly signature?: Signature;
  /** Present for keys that were issued here: what the signature is checked with. */
  readonly secretAccessKey?: string;
}

export interface IdentifyOptions {
  readonly request: HttpRequest;
  readonly dialect: SignatureDialect;
  /** Operations that AWS takes unsigned: S3's for the public, STS's with web identities. */
  readonly mayBeAnonymous: boolean;
  readonly regionOfHost: string | undefined;
  readonly issuedKey: (accessKeyId: string) => IssuedKey | undefined;
  /** Epoch milliseconds in the cloud: keys expire by the cloud's clock. */
  readonly now: number;
}

/**
 * Finds the caller; the signature itself is checked by `checkSignature`, once the body's hash is known.
 * @throws AwsError MissingAuthenticationToken, InvalidClientTokenId, ExpiredToken and S3's own
 */
export function identify(options: IdentifyOptions): Caller {
  const { request, dialect, mayBeAnonymous, regionOfHost } = options;
  const signature = readSignature(request, dialect);
  if (signature === undefined) {
    if (!mayBeAnonymous) throw missingToken(dialect);
    return { principal: ANONYMOUS, account: "", region: regionOfHost ?? DEFAULT_REGION };
  }
  const { accessKeyId } = signature;
  const region = signature.region || (regionOfHost ?? DEFAULT_REGION);
  const account = rootAccount(accessKeyId);
  if (account !== undefined) return { principal: rootOf(account, accessKeyId), account, region, signature };

  const key = options.issuedKey(accessKeyId);
  if (key === undefined || key.status === "Inactive") throw unknownKey(dialect, accessKeyId);
  if (key.sessionToken !== undefined && key.sessionToken !== signature.sessionToken) throw wrongToken(dialect);
  if (key.expiresAt !== undefined && key.expiresAt <= options.now) throw expiredToken(dialect);
  const { principal, secretAccessKey } = key;
  return { principal, account: principal.account, region, signature, secretAccessKey };
}

/** The two clocks by which a request may have been signed, in epoch milliseconds. */
export interface SigningTimes {
  readonly machine: number;
  readonly cloud: number;
}

/** Compares the signature with what the caller's secret gives; nothing to compare for root and for nobody. */
export function checkSignature(
  caller: Caller,
  request: HttpRequest,
  times: SigningTimes,
  signingName: string,
  payloadHash?: () => string,
): void {
  const { signature, secretAccessKey } = caller;
  if (signature === undefined || secretAccessKey === undefined) return;
  // Version 2's presigned requests do not say when they were signed.
  const now = signature.legacy === undefined ? nearer(signature.signedAt, times) : times.machine;
  const verification = { request, signature, secretAccessKey, service: signingName, now };
  verifySignature(payloadHash === undefined ? verification : { ...verification, payloadHash: payloadHash() });
}

/** That of the two clocks which the signer went by, as far as one can tell. */
function nearer(signedAt: number, { machine, cloud }: SigningTimes): number {
  return Math.abs(signedAt - cloud) < Math.abs(signedAt - machine) ? cloud : machine;
}

function rootAccount(accessKeyId: string): string | undefined {
  if (accessKeyId === "test") return DEFAULT_ACCOUNT;
  return /^\d{12}$/.test(accessKeyId) ? accessKeyId : undefined;
}

function missingToken(dialect: SignatureDialect): AwsError {
  const code = dialect === "query" ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException";
  return new AwsError(code, "Request is missing Authentication Token", { status: 403 });
}

function unknownKey(dialect: SignatureDialect, accessKeyId: string): AwsError {
  if (dialect === "s3") {
    return new AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      status: 403,
      members: { AWSAccessKeyId: accessKeyId },
    });
  }
  const code = dialect === "query" ? "InvalidClientTokenId" : "UnrecognizedClientException";
  return new AwsError(code, "The security token included in the request is invalid.", { status: 403 });
}

function wrongToken(dialect: SignatureDialect): AwsError {
  if (dialect === "s3")
    return new AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.", { status: 400 });
  return unknownKey(dialect, "");
}

function expiredToken(dialect: SignatureDialect): AwsError {
  if (dialect === "s3") return new AwsError("ExpiredToken", "The provided token has expired.", { status: 400 });
  const code = dialect === "query" ? "ExpiredToken" : "ExpiredTokenException";
  return new AwsError(code, "The security token included in the request is expired", { status: 403 });
}
