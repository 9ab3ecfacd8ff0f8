/** Checksums: published check values, any split of the input, and CRCs of parts joined. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CHECKSUM_ALGORITHMS,
  combineCrc,
  createChecksum,
  isChecksumValue,
  type ChecksumAlgorithm,
  type CombinableAlgorithm,
} from "./checksum.ts";

async function checksumOf(algorithm: ChecksumAlgorithm, ...pieces: Uint8Array[]): Promise<string> {
  const checksum = await createChecksum(algorithm);
  for (const piece of pieces) checksum.update(piece);
  return checksum.digest();
}

describe("checksums", () => {
  it.each([
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["MD5", "25f9e794323b453885f5181f1b624d0b"],
    ["XXHASH64", "8cb841db40e6ae83"],
  ] as const)("%s of 123456789 is the published %s", async (algorithm, hex) => {
    expect(await checksumOf(algorithm, Buffer.from("123456789"))).toBe(Buffer.from(hex, "hex").toString("base64"));
  });

  it.each([
    ["XXHASH64", "ef46db3751d8e999"],
    ["XXHASH3", "2d06800538d394c2"],
    ["XXHASH128", "99aa06d3014798d86001c324468d497f"],
  ] as const)("%s of nothing is the published %s", async (algorithm, hex) => {
    expect(await checksumOf(algorithm)).toBe(Buffer.from(hex, "hex").toString("base64"));
  });

  it("do not depend on how the bytes are split, nor on where in memory they lie", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CHECKSUM_ALGORITHMS),
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(200), { maxLength: 4 }),
        async (algorithm, bytes, cuts) => {
          const ends = [...cuts.filter((cut) => cut <= bytes.length), bytes.length].sort((a, b) => a - b);
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          expect(await checksumOf(algorithm, ...pieces)).toBe(await checksumOf(algorithm, Buffer.from(bytes)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of parts combine to the checksum of the whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<CombinableAlgorithm>("CRC32", "CRC32C", "CRC64NVME"),
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
        async (algorithm, parts) => {
          const checksums = await Promise.all(
            parts.map(async (part) => ({ checksum: await checksumOf(algorithm, part), length: part.length })),
          );
          expect(combineCrc(algorithm, checksums)).toBe(await checksumOf(algorithm, ...parts));
        },
      ),
    );
  });

  it("are recognised by the length of their bytes and by proper base64", () => {
    expect(isChecksumValue("CRC32", "AAAAAA==")).toBe(true);
    expect(isChecksumValue("CRC32", "AAAAAAA=")).toBe(false);
    expect(isChecksumValue("CRC32", "!AAAAA==")).toBe(false);
    expect(isChecksumValue("SHA256", "AAAAAA==")).toBe(false);
  });
});
