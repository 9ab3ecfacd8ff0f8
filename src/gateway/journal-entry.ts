/** How a call's input is told in the journal: short, without bytes and without secrets. */

const LONGEST_VALUE = 256;
const LONGEST_INPUT = 2048;
const SECRET = /secret|password|privatekey|sessiontoken|^token$/i;

/** One line of JSON of at most 2,048 characters; undefined for an empty input. */
export function describeInput(input: object): string | undefined {
  let empty = true;
  for (const _ in input) {
    empty = false;
    break;
  }
  if (empty) return undefined;
  const text = JSON.stringify(input, shorten);
  return text.length > LONGEST_INPUT ? `${text.slice(0, LONGEST_INPUT)}…` : text;
}

function shorten(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "string") {
    if (key !== "" && SECRET.test(key)) return "(hidden)";
    return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array || isBufferJson(value)) return "(bytes)";
  if ("pipe" in value || Symbol.asyncIterator in value) return "(stream)";
  return value;
}

/** Buffer has a toJSON, which JSON.stringify calls before we see the value. */
function isBufferJson(value: object): boolean {
  return "type" in value && value.type === "Buffer" && "data" in value;
}
