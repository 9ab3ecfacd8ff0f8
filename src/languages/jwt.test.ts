/** Tokens that are taken and tokens that are not. */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { expect, it } from "vitest";
import { checkClaims, JwtError, parseJwt, scopesOf, verifySignature, type SetKey } from "./jwt.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function token(claims: object, key: KeyObject, header: object): string {
  const signed = `${part(header)}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
const setKey = (key: KeyObject, kid: string): SetKey => ({ ...key.export({ format: "jwk" }), kid, use: "sig" });
const KEYS = [setKey(rsa.publicKey, "rsa"), setKey(ec.publicKey, "ec")];

it("verifies an RSA signature with the key that the token names", () => {
  const parsed = parseJwt(token({ sub: "me", scope: "a b" }, rsa.privateKey, { alg: "RS256", kid: "rsa" }));
  expect(() => verifySignature(parsed, KEYS)).not.toThrow();
  expect(scopesOf(parsed)).toEqual(["a", "b"]);
  expect(() => verifySignature({ ...parsed, signed: `${parsed.signed}x` }, KEYS)).toThrow("signature is invalid");
  expect(() => verifySignature({ ...parsed, keyId: "other" }, KEYS)).toThrow(JwtError);
});

it("does not take another algorithm, and no unsigned token", () => {
  expect(() => parseJwt(`${part({ alg: "none" })}.${part({})}.`)).toThrow("signing method none is invalid");
  expect(() => parseJwt(`${part({ alg: "HS256" })}.${part({})}.x`)).toThrow("signing method HS256 is invalid");
  const elliptic = token({}, ec.privateKey, { alg: "ES256", kid: "ec" });
  expect(() => parseJwt(elliptic)).toThrow("signing method ES256 is invalid");
  expect(() => parseJwt(`${part({ alg: "constructor" })}.${part({})}.x`)).toThrow(JwtError);
  expect(() => parseJwt("abc")).toThrow("invalid number of segments");
  // A key of the other kind does not verify, whatever the header says.
  const confused = parseJwt(token({}, ec.privateKey, { alg: "RS256", kid: "ec" }));
  expect(() => verifySignature(confused, KEYS)).toThrow(JwtError);
});

it("holds issuer, audience and times against what is expected", () => {
  const now = 1_000_000_000_000;
  const good = { iss: "https://i", aud: ["x", "app"], exp: 1_000_000_001, nbf: 1_000_000_000, iat: 999_999_999 };
  const check = (claims: object) => () =>
    checkClaims(parseJwt(token(claims, rsa.privateKey, { alg: "RS256" })), {
      issuer: "https://i",
      audience: ["app"],
      now,
    });
  expect(check(good)).not.toThrow();
  expect(check({ ...good, iss: "https://j" })).toThrow("issuer does not match");
  expect(check({ ...good, aud: "x" })).toThrow("the token does not have a valid audience");
  expect(check({ ...good, aud: "x", client_id: "app" })).toThrow("the token does not have a valid audience");
  expect(check({ ...good, aud: undefined, client_id: "app" })).not.toThrow();
  expect(check({ ...good, exp: 1_000_000_000 })).toThrow("the token has expired");
  expect(check({ ...good, exp: undefined })).toThrow("the token has expired");
  expect(check({ ...good, nbf: 1_000_000_001 })).toThrow("not valid yet");
  expect(check({ ...good, iat: 1_000_000_001 })).toThrow("issued in the future");
});
