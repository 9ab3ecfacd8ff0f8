/**
 * Text as the original has it while it edits an API: text of the template prints as Python 2's `u'…'`, text of its own as
 * `'…'`. A deployment's logical id is a hash of that print, so the two are told apart.
 */

const MASK = 64;
const MULTIPLIER = 1_000_003n;

/** A text, and whether it comes from the template (`isUnicode`) or from the transform. */
export class Text {
  readonly text: string;
  readonly isUnicode: boolean;
  #hash: bigint | undefined;

  constructor(text: string, isUnicode: boolean) {
    this.text = text;
    this.isUnicode = isUnicode;
  }

  /** Python 2.7's hash on 64 bits, without a sign. */
  get hash(): bigint {
    this.#hash ??= hashOf(this.text);
    return this.#hash;
  }

  /** The text changed, of the same kind. */
  map(change: (text: string) => string): Text {
    return new Text(change(this.text), this.isUnicode);
  }
}

/** A text of the transform's own. */
export function str(text: string): Text {
  return new Text(text, false);
}

/** A text of the template. */
export function unicode(text: string): Text {
  return new Text(text, true);
}

/** "string_hash" of CPython 2.7's stringobject.c. */
function hashOf(text: string): bigint {
  const points = Array.from(text, (character) => BigInt(character.codePointAt(0) ?? 0));
  const first = points[0];
  if (first === undefined) return 0n;
  let hash = first << 7n;
  for (const point of points) hash = BigInt.asUintN(MASK, MULTIPLIER * hash) ^ point;
  return BigInt.asUintN(MASK, hash ^ BigInt(points.length));
}
