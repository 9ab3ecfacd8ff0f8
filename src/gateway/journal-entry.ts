/** How a call's input is told in the journal: short, without bytes and without secrets. */
import type { StructureShape } from "../wire/model.ts";

const LONGEST_VALUE = 256;
const LONGEST_INPUT = 2048;
const SECRET = /secret|password|privatekey|sessiontoken|^token$/i;

/** One line of JSON of at most 2,048 characters; undefined for an empty input. What the model of the input calls sensitive is hidden. */
export function describeInput(input: object, model?: StructureShape): string | undefined {
  let empty = true;
  for (const _ in input) {
    empty = false;
    break;
  }
  if (empty) return undefined;
  const sensitive = model === undefined ? NONE : sensitiveMembers(model);
  const text = JSON.stringify(input, function replace(this: unknown, key, value: unknown) {
    return this === input && sensitive.has(key) ? "(hidden)" : shorten(key, value);
  });
  return text.length > LONGEST_INPUT ? `${text.slice(0, LONGEST_INPUT)}…` : text;
}

const NONE: ReadonlySet<string> = new Set();
const known = new WeakMap<StructureShape, ReadonlySet<string>>();

function sensitiveMembers(model: StructureShape): ReadonlySet<string> {
  let found = known.get(model);
  if (found === undefined) {
    const members = [...model.members.values()];
    found = new Set(members.filter(({ shape }) => shape.type === "string" && shape.sensitive).map(({ name }) => name));
    known.set(model, found);
  }
  return found;
}

function shorten(key: string, value: unknown): unknown {
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
