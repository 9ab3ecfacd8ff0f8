/**
 * Access key ids carry their account, as AWS's own do: 16 characters of base 32 are 80 bits, of which the first is set and the next
 * 40 are the account; that is how GetAccessKeyInfo knows.
 */
import { BASE32, type Random } from "./random.ts";

const ACCOUNT_SHIFT = 2 ** 7;

/** What a key is for: `AKIA` lasts (IAM's), `ASIA` is temporary (STS's). */
export type KeyPrefix = "AKIA" | "ASIA";

/** A new id: the prefix and 16 characters. `account` is twelve digits. */
export function newKeyId(random: Random, prefix: KeyPrefix, account: string): string {
  const bytes = random.bytes(10);
  bytes.writeUIntBE(2 ** 47 + Number(account) * ACCOUNT_SHIFT + ((bytes[5] ?? 0) & 0x7f), 0, 6);
  return prefix + toBase32(bytes);
}

/** The account of an AKIA or ASIA id, or undefined for what is no such id or one from before AWS put accounts into them. */
export function accountOfKeyId(accessKeyId: string): string | undefined {
  const [, text = ""] = /^(?:AKIA|ASIA)([A-Z2-7]{16})$/.exec(accessKeyId) ?? [];
  if (text === "") return undefined;
  let value = 0n;
  for (const char of text) value = value * 32n + BigInt(BASE32.indexOf(char));
  const head = value >> 32n;
  if (head >> 47n === 0n) return undefined;
  const account = String((head & 0x7fffffffff80n) >> 7n).padStart(12, "0");
  return account.length === 12 ? account : undefined;
}

function toBase32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let text = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += BASE32[Number((value >> shift) & 31n)];
  return text;
}
