/**
 * SecureStrings: AES-256-GCM under a key of this service's own, which stands for the AWS managed key `alias/aws/ssm` until there is KMS. Each
 * account has one in each region, made when it is first needed. As on AWS the parameter's ARN is part of what is authenticated ("How AWS
 * Systems Manager Parameter Store uses AWS KMS"): a ciphertext is worth nothing under another name.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { ServiceContext } from "../../service.ts";
import { refuse } from "./errors.ts";
import { parameterArn } from "./names.ts";
import { keys, type Owner } from "./state.ts";

export const MANAGED_KEY = "alias/aws/ssm";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key that encrypts. Raises InvalidKeyId for any but the AWS managed one: there is no other. */
export function keyFor(context: ServiceContext, keyId: string | undefined): string {
  const arn = `arn:aws:kms:${context.region}:${context.account}:${MANAGED_KEY}`;
  if (keyId === undefined || keyId === MANAGED_KEY || keyId === arn) return MANAGED_KEY;
  return refuse(
    "InvalidKeyId",
    `Seatrial has no KMS service yet: the only key for a SecureString is ${MANAGED_KEY}, not ${keyId}. Leave KeyId out.`,
  );
}

/** Inside a transaction. */
export function encrypt(context: ServiceContext, name: string, value: string): Uint8Array {
  const iv = context.random.bytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", makeKey(context), iv);
  cipher.setAAD(Buffer.from(parameterArn(context, name)));
  const body = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** The value of a parameter of `owner`'s. */
export function decrypt(context: ServiceContext, owner: Owner, name: string, bytes: Uint8Array): string {
  const key = context.table(keys, owner).get(MANAGED_KEY);
  if (key === undefined) throw new Error(`there is no key for ${parameterArn(owner, name)}`);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(parameterArn(owner, name)));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const body = bytes.subarray(IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
}

function makeKey(context: ServiceContext): Uint8Array {
  const table = context.table(keys);
  const there = table.get(MANAGED_KEY);
  if (there !== undefined) return there;
  const made = context.random.bytes(32);
  table.put([MANAGED_KEY], made);
  return made;
}
