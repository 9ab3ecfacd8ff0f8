/** The checksums that S3 knows, all alike: fed in pieces, told in base64 as the `x-amz-checksum-…` headers carry them. */
import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { IHasher } from "hash-wasm";
import { combineCrcs, CRC_KINDS, createCrc32c, createCrc64Nvme } from "./checksum-crc.ts";

/** S3's `ChecksumAlgorithm` (AWS: "Checking object integrity in Amazon S3"), with the length of a value in bytes. */
const DIGEST_BYTES = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
} as const;

export type ChecksumAlgorithm = keyof typeof DIGEST_BYTES;

/** The algorithms whose checksums of parts add up to the one of the whole object (`FULL_OBJECT`). */
export type CombinableAlgorithm = keyof typeof CRC_KINDS;

/** Every algorithm, in the order of S3's model. */
export const CHECKSUM_ALGORITHMS = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
  "SHA512",
  "MD5",
  "XXHASH64",
  "XXHASH3",
  "XXHASH128",
] as const satisfies readonly ChecksumAlgorithm[];

/** A running checksum; `digest` may be called once. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  update(bytes: Uint8Array): void;
  /** Base64 of the big-endian value. */
  digest(): string;
}

/** True when `name` is an algorithm that S3 knows, in S3's spelling (`CRC64NVME`). */
export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(DIGEST_BYTES, name);
}

/** True when parts of this algorithm can be combined. */
export function isCombinable(algorithm: ChecksumAlgorithm): algorithm is CombinableAlgorithm {
  return Object.hasOwn(CRC_KINDS, algorithm);
}

/** True when `value` is base64 of as many bytes as the algorithm makes. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === DIGEST_BYTES[algorithm] && bytes.toString("base64") === value;
}

/** Starts a checksum. Only the xxHash family is really awaited: its WebAssembly is loaded when it is first asked for. */
export async function createChecksum(algorithm: ChecksumAlgorithm): Promise<Checksum> {
  switch (algorithm) {
    case "CRC32":
      return crc32Checksum();
    case "CRC32C": {
      const crc = createCrc32c();
      return { algorithm, update: (bytes) => crc.update(bytes), digest: () => crc.digest().toString("base64") };
    }
    case "CRC64NVME": {
      const crc = createCrc64Nvme();
      return { algorithm, update: (bytes) => crc.update(bytes), digest: () => crc.digest().toString("base64") };
    }
    case "SHA1":
    case "SHA256":
    case "SHA512":
    case "MD5":
      return hashChecksum(algorithm, createHash(algorithm.toLowerCase()));
    case "XXHASH64":
      return wasmChecksum(algorithm, await (await import("hash-wasm")).createXXHash64());
    case "XXHASH3":
      return wasmChecksum(algorithm, await (await import("hash-wasm")).createXXHash3());
    case "XXHASH128":
      return wasmChecksum(algorithm, await (await import("hash-wasm")).createXXHash128());
    default:
      return algorithm satisfies never;
  }
}

function crc32Checksum(): Checksum {
  let value = 0;
  return {
    algorithm: "CRC32",
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(value);
      return out.toString("base64");
    },
  };
}

function hashChecksum(algorithm: ChecksumAlgorithm, hash: Hash): Checksum {
  return {
    algorithm,
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest("base64"),
  };
}

function wasmChecksum(algorithm: ChecksumAlgorithm, hasher: IHasher): Checksum {
  hasher.init();
  return {
    algorithm,
    update: (bytes) => {
      hasher.update(bytes);
    },
    digest: () => Buffer.from(hasher.digest("binary")).toString("base64"),
  };
}

/** One part of an object: its checksum in base64 and its length in bytes. */
export interface PartChecksum {
  readonly checksum: string;
  readonly length: number;
}

/** The checksum of a whole object (base64) from those of its parts, in order, without reading the object again. */
export function combineCrc(algorithm: CombinableAlgorithm, parts: readonly PartChecksum[]): string {
  const kind = CRC_KINDS[algorithm];
  const numbers = parts.map(({ checksum, length }) => ({
    crc: BigInt(`0x${Buffer.from(checksum, "base64").toString("hex") || "0"}`),
    length,
  }));
  const hex = combineCrcs(kind, numbers)
    .toString(16)
    .padStart(kind.width / 4, "0");
  return Buffer.from(hex, "hex").toString("base64");
}
