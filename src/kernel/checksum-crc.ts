/** CRC-32C and CRC-64/NVME, which Node does not have, and the arithmetic that joins the CRCs of parts. */
import { endianness } from "node:os";

/** A CRC's polynomial in the reflected form that these three algorithms use, and its width in bits. */
interface CrcKind {
  readonly polynomial: bigint;
  readonly width: 32 | 64;
}

export const CRC_KINDS = {
  CRC32: { polynomial: 0xedb8_8320n, width: 32 },
  CRC32C: { polynomial: 0x82f6_3b78n, width: 32 },
  CRC64NVME: { polynomial: 0x9a6c_9329_ac4b_c9b5n, width: 64 },
} as const satisfies Record<string, CrcKind>;

/** How many bytes one step takes: a table for each of the eight ("slicing by 8"). */
const SLICES = 8;
const LITTLE_ENDIAN = endianness() === "LE";
const NO_WORDS = new Int32Array(0);

/** The tables of a CRC, made on first use; `high` is all zero for 32 bits. */
interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

function makeTables({ polynomial, width }: CrcKind): Tables {
  const low = new Int32Array(SLICES * 256);
  const high = new Int32Array(SLICES * 256);
  const polynomialLow = Number(polynomial & 0xffff_ffffn);
  const polynomialHigh = Number(polynomial >> 32n);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd === 1) {
        l ^= polynomialLow;
        h ^= polynomialHigh;
      }
    }
    low[byte] = l;
    high[byte] = width === 64 ? h : 0;
  }
  for (let index = 256; index < low.length; index++) {
    const l = low[index - 256] ?? 0;
    const h = high[index - 256] ?? 0;
    low[index] = ((l >>> 8) | (h << 24)) ^ (low[l & 255] ?? 0);
    high[index] = (h >>> 8) ^ (high[l & 255] ?? 0);
  }
  return { low, high };
}

/** A running CRC. */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** The CRC in big-endian bytes, as S3's headers carry it. */
  digest(): Buffer;
}

let crc32cTables: Tables | undefined;
let crc64Tables: Tables | undefined;

/** CRC-32C (Castagnoli). */
export function createCrc32c(): Crc {
  crc32cTables ??= makeTables(CRC_KINDS.CRC32C);
  const table = crc32cTables.low;
  let crc = -1;
  return {
    update(bytes) {
      crc = crc32cOf(table, crc, bytes);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(~crc >>> 0);
      return out;
    },
  };
}

function at(table: Int32Array, index: number): number {
  // Every index below is a byte within one of the eight tables, so the fallback is never taken; V8 inlines this.
  return table[index] ?? 0;
}

function crc32cOf(t: Int32Array, start: number, b: Uint8Array): number {
  let crc = start;
  const { first, words, end } = aligned(b);
  let i = 0;
  for (; i < first; i++) crc = (crc >>> 8) ^ at(t, (crc ^ (b[i] ?? 0)) & 255);
  for (let w = 0; w < words.length; w += 2) {
    const x = crc ^ at(words, w);
    const y = at(words, w + 1);
    crc =
      at(t, 1792 + (x & 255)) ^
      at(t, 1536 + ((x >>> 8) & 255)) ^
      at(t, 1280 + ((x >>> 16) & 255)) ^
      at(t, 1024 + (x >>> 24)) ^
      at(t, 768 + (y & 255)) ^
      at(t, 512 + ((y >>> 8) & 255)) ^
      at(t, 256 + ((y >>> 16) & 255)) ^
      at(t, y >>> 24);
  }
  for (i = end; i < b.length; i++) crc = (crc >>> 8) ^ at(t, (crc ^ (b[i] ?? 0)) & 255);
  return crc;
}

/** A piece of bytes as the words that it is read in: eight bytes at a time, from the first multiple of four on. */
interface Aligned {
  /** The bytes before `words`. */
  readonly first: number;
  /** An even number of 32-bit words, little-endian as these CRCs need them; none on a big-endian machine (s390x). */
  readonly words: Int32Array;
  /** Where the bytes after `words` begin. */
  readonly end: number;
}

function aligned(bytes: Uint8Array): Aligned {
  const first = LITTLE_ENDIAN ? Math.min((4 - (bytes.byteOffset & 3)) & 3, bytes.length) : bytes.length;
  const pairs = Math.floor((bytes.length - first) / SLICES);
  if (pairs === 0) return { first, words: NO_WORDS, end: first };
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, pairs * 2);
  return { first, words, end: first + pairs * SLICES };
}

/** CRC-64/NVME, in two halves of 32 bits, since bitwise operators know no more. */
export function createCrc64Nvme(): Crc {
  crc64Tables ??= makeTables(CRC_KINDS.CRC64NVME);
  const { low: tl, high: th } = crc64Tables;
  let low = -1;
  let high = -1;
  return {
    update(b) {
      let l = low;
      let h = high;
      const { first, words, end } = aligned(b);
      for (let i = 0; i < first; i++) {
        const index = (l ^ (b[i] ?? 0)) & 255;
        l = ((l >>> 8) | (h << 24)) ^ at(tl, index);
        h = (h >>> 8) ^ at(th, index);
      }
      for (let w = 0; w < words.length; w += 2) {
        const x = l ^ at(words, w);
        const y = h ^ at(words, w + 1);
        const i0 = 1792 + (x & 255);
        const i1 = 1536 + ((x >>> 8) & 255);
        const i2 = 1280 + ((x >>> 16) & 255);
        const i3 = 1024 + (x >>> 24);
        const i4 = 768 + (y & 255);
        const i5 = 512 + ((y >>> 8) & 255);
        const i6 = 256 + ((y >>> 16) & 255);
        const i7 = y >>> 24;
        l = at(tl, i0) ^ at(tl, i1) ^ at(tl, i2) ^ at(tl, i3) ^ at(tl, i4) ^ at(tl, i5) ^ at(tl, i6) ^ at(tl, i7);
        h = at(th, i0) ^ at(th, i1) ^ at(th, i2) ^ at(th, i3) ^ at(th, i4) ^ at(th, i5) ^ at(th, i6) ^ at(th, i7);
      }
      for (let i = end; i < b.length; i++) {
        const index = (l ^ (b[i] ?? 0)) & 255;
        l = ((l >>> 8) | (h << 24)) ^ at(tl, index);
        h = (h >>> 8) ^ at(th, index);
      }
      low = l;
      high = h;
    },
    digest() {
      const out = Buffer.alloc(8);
      out.writeUInt32BE(~high >>> 0, 0);
      out.writeUInt32BE(~low >>> 0, 4);
      return out;
    },
  };
}

/** Multiplies two polynomials modulo the CRC's own, all reflected: the top bit is the term of degree 0. */
function multiply(a: bigint, b: bigint, { polynomial, width }: CrcKind): bigint {
  let product = 0n;
  let factor = a;
  for (let bit = BigInt(width) - 1n; bit >= 0n; bit--) {
    if (((b >> bit) & 1n) === 1n) product ^= factor;
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

/** x to the power of 8 × `length`: what it means for a CRC that `length` more bytes follow. */
function shiftBy(length: number, kind: CrcKind): bigint {
  const one = 1n << BigInt(kind.width - 1);
  let power = one >> 8n;
  let shift = one;
  for (let rest = BigInt(length); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) shift = multiply(shift, power, kind);
    power = multiply(power, power, kind);
  }
  return shift;
}

/** The CRC of a whole from those of its parts in order, each as a number with the length of its part in bytes. */
export function combineCrcs(kind: CrcKind, parts: Iterable<{ readonly crc: bigint; readonly length: number }>): bigint {
  // All parts of an upload but the last are usually of one length, and the power is the costly part.
  const shifts = new Map<number, bigint>();
  let whole = 0n;
  for (const { crc, length } of parts) {
    let shift = shifts.get(length);
    if (shift === undefined) {
      shift = shiftBy(length, kind);
      shifts.set(length, shift);
    }
    whole = multiply(whole, shift, kind) ^ crc;
  }
  return whole;
}
