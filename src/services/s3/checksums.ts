/** Checksums as S3's messages carry them: one member per algorithm (AWS page "Checking object integrity in Amazon S3"). */
import {
  CHECKSUM_ALGORITHMS,
  combineCrc,
  createChecksum,
  isChecksumAlgorithm,
  isChecksumValue,
  isCombinable,
} from "../../kernel/checksum.ts";
import { s3Error } from "./errors.ts";
import type { ChecksumAlgorithm, KeptChecksum } from "./state.ts";

export { createChecksum };

/** S3's ten members, of which a message has one at most. */
export type ChecksumMembers = { readonly [A in ChecksumAlgorithm as `Checksum${A}`]?: string | undefined };

/** The checksum that a message carries; undefined for none. Raises InvalidRequest for more than one or a malformed one. */
export function givenChecksum(
  members: ChecksumMembers,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  let found: { algorithm: ChecksumAlgorithm; value: string } | undefined;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = members[`Checksum${algorithm}`];
    if (value === undefined) continue;
    if (found !== undefined) {
      throw s3Error("InvalidRequest", {
        message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
      });
    }
    found = { algorithm, value };
  }
  return found;
}

/** Raises InvalidRequest unless `value` could be a checksum of `algorithm`. */
export function checkChecksumForm({ algorithm, value }: { algorithm: ChecksumAlgorithm; value: string }): void {
  if (isChecksumValue(algorithm, value)) return;
  throw s3Error("InvalidRequest", {
    message: `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`,
  });
}

/** The algorithm that a request names, undefined for none. Raises InvalidRequest for one that S3 does not know. */
export function namedAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  if (isChecksumAlgorithm(name)) return name;
  throw s3Error("InvalidRequest", {
    message:
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  });
}

/** `{ ChecksumCRC32: … }`, and nothing for none. */
export function checksumMembers(
  checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined,
): ChecksumMembers {
  return checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value };
}

/** The same with the checksum's type, as object replies have it. */
export function typedChecksumMembers(checksum: KeptChecksum | undefined): ChecksumMembers & {
  ChecksumType?: KeptChecksum["type"];
} {
  return checksum === undefined ? {} : { ...checksumMembers(checksum), ChecksumType: checksum.type };
}

/** What an upload's checksum may be (AWS page "Checking object integrity", "full object and composite checksum types"). */
export function checkType(algorithm: ChecksumAlgorithm, type: KeptChecksum["type"]): void {
  const combinable = isCombinable(algorithm);
  const impossible = type === "FULL_OBJECT" ? !combinable : algorithm === "CRC64NVME";
  if (!impossible) return;
  throw s3Error("InvalidRequest", {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}

/** The type that an upload has when it names none. */
export function usualType(algorithm: ChecksumAlgorithm): KeptChecksum["type"] {
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

/** The object's checksum from those of its parts, without reading a byte. */
export async function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: KeptChecksum["type"],
  parts: readonly { readonly value: string; readonly size: number }[],
): Promise<KeptChecksum> {
  if (type === "FULL_OBJECT" && isCombinable(algorithm)) {
    const value = combineCrc(
      algorithm,
      parts.map(({ value, size }) => ({ checksum: value, length: size })),
    );
    return { algorithm, value, type };
  }
  const checksum = await createChecksum(algorithm);
  for (const { value } of parts) checksum.update(Buffer.from(value, "base64"));
  return { algorithm, value: `${checksum.digest()}-${parts.length}`, type };
}
