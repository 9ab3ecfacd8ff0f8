/** Whether two texts with wildcards may stand for the same text. */

/** A wildcard for a part of a name that is not known yet: any text without colons, and without underscores, which no stack's name has. */
export const GENERATED = "\uE002";

/** True when some text matches both; `*` is any text, `?` any character. In time of the product of their lengths. */
export function overlap(left: string, right: string): boolean {
  // reach[j]: left[0..i) and right[0..j) can stand for the same text.
  let reach = Array.from({ length: right.length + 1 }, (_, j) => j === 0);
  for (let j = 0; j < right.length && isMany(right[j]); j += 1) reach[j + 1] = true;
  for (const mine of left) {
    const next = Array.from({ length: right.length + 1 }, () => false);
    next[0] = isMany(mine) && reach[0] === true;
    for (let j = 1; j <= right.length; j += 1) {
      const other = right[j - 1] ?? "";
      if (isMany(mine)) next[j] = reach[j] === true || (next[j - 1] === true && swallows(mine, other));
      else if (isMany(other)) next[j] = next[j - 1] === true || (reach[j] === true && swallows(other, mine));
      else next[j] = reach[j - 1] === true && (mine === other || mine === "?" || other === "?");
    }
    reach = next;
  }
  return reach[right.length] === true;
}

function isMany(character: string | undefined): boolean {
  return character === "*" || character === GENERATED;
}

function swallows(wildcard: string, character: string): boolean {
  return wildcard === "*" || (character !== "_" && character !== ":");
}
