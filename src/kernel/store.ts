/**
 * Durable state: ordered string keys to bytes, changed only inside a transaction. Two implementations
 * (memory-store.ts, disk-store.ts) keep one contract, held by store.contract.test.ts.
 */

/** One range of keys, in UTF-8 byte order; `start` is included, `end` is not. */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
  /** From the greatest key down to the smallest. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Store {
  get(key: string): Uint8Array | undefined;
  /** A snapshot's worth of rows; do not write while walking it. */
  range(range: KeyRange): Iterable<readonly [key: string, value: Uint8Array]>;
  /** Only inside `transact`; outside it is a bug and throws. */
  put(key: string, value: Uint8Array): void;
  /** Only inside `transact`; a key that is not there is no error. */
  remove(key: string): void;
  /**
   * Runs `work` at once and synchronously; reads inside see its own writes. When it returns, everything that it wrote is
   * there together, and survives the end of this process; when it throws, nothing is. A transaction inside a transaction is part of
   * the outer one, but when it throws its own writes are undone.
   */
  transact<T>(work: () => T): T;
  /** True while a transaction runs. */
  readonly writing: boolean;
  close(): Promise<void>;
}

/** The longest key in UTF-8 bytes: LMDB's bound, kept by both stores so that neither takes what the other would not. */
const LONGEST_KEY = 1978;

/** The key, or an error: a table whose keys can be longer must shorten them (by a digest, say). */
export function checkKey(key: string): string {
  if (key.length * 3 > LONGEST_KEY && Buffer.byteLength(key) > LONGEST_KEY) {
    throw new Error(`a key of more than ${LONGEST_KEY} bytes: ${key.slice(0, 100)}…`);
  }
  return key;
}

/** Raised for a write outside of a transaction: a bug of ours. */
export function refuseWriteOutsideTransaction(): never {
  throw new Error("a write outside of a transaction");
}

/**
 * Compares two strings as their UTF-8 bytes do (S3's listing order): JavaScript's own order differs only where
 * surrogate pairs meet U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return inUtf8Order(x) - inUtf8Order(y);
  }
  return a.length - b.length;
}

/** Moves the surrogates above the rest of the basic plane, where their UTF-8 bytes stand. */
function inUtf8Order(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
