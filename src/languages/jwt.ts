/**
 * JSON Web Tokens (RFC 7519) as an authorizer takes them: taken apart, their signature verified with a key of a JSON Web Key Set (RFC 7517), and their
 * claims held against issuer, audience and time. RSA signatures alone: what
 * signs with an elliptic curve is refused, as API Gateway refuses it ("Currently, only RSA-based algorithms are supported").
 */
import { createPublicKey, verify, type JsonWebKey } from "node:crypto";

export interface Jwt {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Why a token is not taken; the message begins in lower case, as API Gateway tells it. */
export class JwtError extends Error {
  override readonly name = "JwtError";
}

/** A key of a set, with what tells which it is. */
export interface SetKey extends JsonWebKey {
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
}

/** Their hashes. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["RS256", "sha256"],
  ["RS384", "sha384"],
  ["RS512", "sha512"],
]);

/** Raises JwtError for what is no token, or is signed in another way. */
export function parseJwt(text: string): Jwt {
  const parts = text.split(".");
  const [head = "", body = "", tail = ""] = parts;
  if (parts.length !== 3) throw new JwtError("token contains an invalid number of segments");
  const header = objectOf(head);
  const claims = objectOf(body);
  const { alg, kid } = header;
  if (typeof alg !== "string" || !ALGORITHMS.has(alg)) throw new JwtError(`signing method ${String(alg)} is invalid`);
  return {
    algorithm: alg,
    keyId: typeof kid === "string" ? kid : undefined,
    claims,
    signed: `${head}.${body}`,
    signature: Buffer.from(tail, "base64url"),
  };
}

function objectOf(part: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new JwtError("the token is malformed");
  return Object.fromEntries(Object.entries(value));
}

/** Raises JwtError unless one of `keys` made the token's signature. */
export function verifySignature(token: Jwt, keys: readonly SetKey[]): void {
  const hash = ALGORITHMS.get(token.algorithm) ?? "";
  const fits = (key: SetKey): boolean =>
    key.kty === "RSA" &&
    (token.keyId === undefined || key.kid === undefined || key.kid === token.keyId) &&
    (key.use === undefined || key.use === "sig");
  const usable = keys.filter(fits);
  if (usable.length === 0) throw new JwtError("unable to find a signing key that matches the token");
  if (!usable.some((key) => isSignedBy(token, key, hash))) throw new JwtError("signature is invalid");
}

function isSignedBy({ signed, signature }: Jwt, key: SetKey, hash: string): boolean {
  try {
    return verify(hash, Buffer.from(signed), createPublicKey({ key, format: "jwk" }), signature);
  } catch {
    return false;
  }
}

export interface Expected {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Raises JwtError, in the order in which API Gateway looks (AWS page "Control access to HTTP APIs with JWT authorizers"). */
export function checkClaims({ claims }: Jwt, { issuer, audience, now }: Expected): void {
  const { iss, aud, client_id: client, exp, nbf, iat } = claims;
  if (iss !== issuer) throw new JwtError("issuer does not match");
  // The client id counts only where there is no audience.
  const given = aud ?? client;
  const named = Array.isArray(given) ? given : [given];
  if (!named.some((one) => typeof one === "string" && audience.includes(one))) {
    throw new JwtError("the token does not have a valid audience");
  }
  const seconds = now / 1000;
  if (typeof exp !== "number" || exp <= seconds) throw new JwtError("the token has expired");
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= seconds))
    throw new JwtError("the token is not valid yet");
  if (iat !== undefined && !(typeof iat === "number" && iat <= seconds)) {
    throw new JwtError("the token was issued in the future");
  }
}

/** The scopes of a token: `scope` or `scp`, a text with blanks or a list. */
export function scopesOf({ claims }: Jwt): string[] {
  const given = claims["scope"] ?? claims["scp"];
  if (typeof given === "string") return given.split(" ").filter((scope) => scope !== "");
  return Array.isArray(given) ? given.map(String) : [];
}
