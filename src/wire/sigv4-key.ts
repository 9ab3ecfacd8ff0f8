/** The cryptography of Signature Version 4: derived signing keys, kept for a while, and signatures made with them. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** SHA-256 of nothing, which stands for an empty body and ends every chunk's string to sign. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A key serves one secret, day, region and service; a busy cloud uses a handful, so a small memory is enough. */
const KEPT_KEYS = 256;
const keys = new Map<string, SigningKey>();
const BLOCK = 64;
const DIGEST = 32;

/**
 * A derived key, made ready for HMAC (RFC 2104): two one-shot hashes over prepared blocks take half the time of
 * `createHmac`, and every call of every service waits for one.
 */
export interface SigningKey {
  /** The key ⊕ 0x36…, one block. */
  readonly inner: Buffer;
  /** The key ⊕ 0x5c…, one block, and room for the inner digest. */
  readonly outer: Buffer;
}

function prepared(key: Buffer): SigningKey {
  const inner = Buffer.alloc(BLOCK, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return { inner, outer };
}

/** Strings to sign are well below this; longer ones get a buffer of their own. */
const scratch = Buffer.alloc(1024);

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** The signing key of a credential scope (AWS: "Derive a signing key for SigV4"). `date` is `yyyyMMdd`. */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): SigningKey {
  const name = `${date}/${region}/${service}/${secretAccessKey}`;
  const kept = keys.get(name);
  if (kept !== undefined) return kept;
  const key = prepared(hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), "aws4_request"));
  if (keys.size >= KEPT_KEYS) {
    // A Map remembers its order of insertion, so the first key is the oldest.
    const oldest = keys.keys().next();
    if (oldest.done !== true) keys.delete(oldest.value);
  }
  keys.set(name, key);
  return key;
}

/** The signature, in lower-case hex, of a string to sign. */
export function signatureOf({ inner, outer }: SigningKey, stringToSign: string): string {
  const room = BLOCK + stringToSign.length * 3;
  const block = room <= scratch.length ? scratch : Buffer.alloc(room);
  block.set(inner);
  const length = block.write(stringToSign, BLOCK, "utf8");
  outer.write(hash("sha256", block.subarray(0, BLOCK + length), "hex"), BLOCK, "hex");
  return hash("sha256", outer, "hex");
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

/** Compares two signatures without telling by the time it takes how much of them is equal. */
export function sameSignature(expected: string, provided: string): boolean {
  const a = Buffer.from(expected, "latin1");
  const b = Buffer.from(provided, "latin1");
  return a.length === b.length && timingSafeEqual(a, b);
}
