/** Names and chances: every id that the cloud makes up. With a seed, the same story twice gives the same ids. */
import { randomBytes } from "node:crypto";

export interface Random {
  bytes(count: number): Buffer;
  /**
   * A number from 0 (included) to 1 (excluded). With a seed, each `sequence` of that name is its own: what else is drawn meanwhile, in which
   * order, does not change what it gives.
   */
  fraction(sequence?: string): number;
  uuid(): string;
  hex(length: number): string;
  /** `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string;
}

export const UPPER_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/** What AWS's unique ids (AIDA…, ASIA…) are written in: base 32. */
export const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const LOWER_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";
export const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Without a seed, from the machine's own source; with one, a sequence that is the same each time (not for secrets). */
export function createRandom(seed?: string): Random {
  const source = seed === undefined ? createPool() : createSequence(seed);
  const sequences = new Map<string, Source>();
  const sequence = (name: string): Source => {
    if (seed === undefined) return source;
    const known = sequences.get(name) ?? createSequence(`${seed}/${name}`);
    sequences.set(name, known);
    return known;
  };
  return over(source, sequence);
}

type Source = (count: number) => Buffer;

function over(bytes: Source, sequence: (name: string) => Source): Random {
  return {
    bytes: (count) => Buffer.from(bytes(count)),
    fraction: (name) => (name === undefined ? bytes : sequence(name))(6).readUIntBE(0, 6) / 2 ** 48,
    uuid() {
      const b = Buffer.from(bytes(16));
      b.writeUInt8((b.readUInt8(6) & 0x0f) | 0x40, 6);
      b.writeUInt8((b.readUInt8(8) & 0x3f) | 0x80, 8);
      const h = b.toString("hex");
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
    },
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString("hex")
        .slice(0, length),
    text(length, alphabet) {
      let text = "";
      for (const byte of bytes(length * 2).subarray(0, length)) text += alphabet[byte % alphabet.length];
      return text;
    },
  };
}

/** Asks the machine for 4 KiB at a time: one request needs three ids. */
function createPool(): Source {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (count) => {
    if (count > 1024) return randomBytes(count);
    if (at + count > pool.length) {
      pool = randomBytes(4096);
      at = 0;
    }
    at += count;
    return pool.subarray(at - count, at);
  };
}

/** xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators"), seeded by FNV-1a over the text. */
function createSequence(seed: string): Source {
  const state = new Uint32Array(4);
  let hash = 0x811c9dc5;
  for (let index = 0; index < 4; index++) {
    for (const char of `${index}:${seed}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
    state[index] = hash;
  }
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  function next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ (state[2] ?? 0);
    state[0] = a ^ (state[3] ?? 0);
    state[2] = (state[2] ?? 0) ^ (b << 9);
    state[3] = rotate(state[3] ?? 0, 11);
    return result;
  }
  return (count) => {
    const out = Buffer.alloc(count);
    for (let index = 0; index < count; index++) out[index] = next() & 0xff;
    return out;
  };
}
