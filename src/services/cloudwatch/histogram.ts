/**
 * How often each value came: pairs of doubles (value, count) in order of value, as bytes, so that a row is read and written as one piece.
 *
 * The first values are kept as they are. When there are more different ones than that, a further one is filed under its bucket, 1 % wide, so
 * that a busy minute stays small; CloudWatch's own percentiles rest on such buckets too.
 */

const EXACT_VALUES = 256;
const BUCKET = Math.log(1.01);

/** `bytes` with `count` more of `value`. */
export function addValue(bytes: Uint8Array | undefined, value: number, count: number): Uint8Array {
  const pairs = bytes === undefined ? new Float64Array(0) : readPairs(bytes);
  let filed = value;
  let at = find(pairs, filed);
  if (pairs[at] !== filed && pairs.length >= EXACT_VALUES * 2) {
    filed = bucketOf(value);
    at = find(pairs, filed);
  }
  if (pairs[at] === filed) {
    pairs[at + 1] = (pairs[at + 1] ?? 0) + count;
    return asBytes(pairs);
  }
  const grown = new Float64Array(pairs.length + 2);
  grown.set(pairs.subarray(0, at));
  grown[at] = filed;
  grown[at + 1] = count;
  grown.set(pairs.subarray(at), at + 2);
  return asBytes(grown);
}

/** A value and how often it came. */
export type Weighted = readonly [value: number, count: number];

/** All the pairs, in order of value. */
export function mergeValues(histograms: readonly (Uint8Array | undefined)[]): Weighted[] {
  const all: Weighted[] = [];
  for (const bytes of histograms) {
    if (bytes === undefined) continue;
    const pairs = readPairs(bytes);
    for (let at = 0; at < pairs.length; at += 2) all.push([pairs[at] ?? 0, pairs[at + 1] ?? 0]);
  }
  return all.sort(([a], [b]) => a - b);
}

function asBytes(pairs: Float64Array): Uint8Array {
  return new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength);
}

/** A copy: a row's bytes may lie anywhere, doubles must be aligned. */
function readPairs(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

/** Where `value` stands among the pairs, or would. */
function find(pairs: Float64Array, value: number): number {
  let low = 0;
  let high = pairs.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pairs[middle * 2] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}

/** The middle of the bucket that `value` falls into. */
function bucketOf(value: number): number {
  if (value === 0) return 0;
  const bucket = Math.floor(Math.log(Math.abs(value)) / BUCKET);
  return Math.sign(value) * Math.exp((bucket + 0.5) * BUCKET);
}
