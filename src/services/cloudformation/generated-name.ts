/** Physical names of AWS's form: `STACK-LOGICALID-RANDOM` (AWS page "Name type"). */

export interface NameOptions {
  readonly maxLength?: number;
  readonly lowercase?: boolean;
  /** The characters of the random part. */
  readonly alphabet?: string;
  readonly separator?: string;
}

/** The length of the random part. */
export const TOKEN_LENGTH = 12;

/**
 * The name for one physical resource: the same for the same `token`. Where it would be longer than `maxLength` the stack's name and the
 * logical id are cut, each to its half, or to what the other leaves.
 */
export function generatedName(
  stackName: string,
  logicalId: string,
  token: string,
  { maxLength = 255, lowercase = false, alphabet, separator = "-" }: NameOptions = {},
): string {
  const random = alphabet === undefined || alphabet === "" ? token : inAlphabet(token, alphabet);
  const room = maxLength - random.length - 2 * separator.length;
  let [stack, logical] = [stackName, logicalId];
  if (stack.length + logical.length > room) {
    const half = Math.max(0, Math.floor(room / 2));
    if (logical.length <= half) stack = stack.slice(0, Math.max(0, room - logical.length));
    else if (stack.length <= half) logical = logical.slice(0, Math.max(0, room - stack.length));
    else [stack, logical] = [stack.slice(0, half), logical.slice(0, half)];
  }
  const name = [stack, logical, random]
    .filter((part) => part !== "")
    .join(separator)
    .slice(-maxLength);
  return lowercase ? name.toLowerCase() : name;
}

function inAlphabet(token: string, alphabet: string): string {
  return Array.from(token, (char) => alphabet[(char.codePointAt(0) ?? 0) % alphabet.length] ?? "").join("");
}
