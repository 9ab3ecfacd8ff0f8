/** Reads the input of AWS's Query protocol: dotted parameter names, lists as `Name.member.1`, maps as `Name.entry.1.key`. */
import { AwsError } from "../kernel/errors.ts";
import type { Member, Shape, StructureShape } from "./model.ts";
import type { ParamNode } from "./params.ts";
import { put } from "./put.ts";
import { readScalar } from "./scalar-text.ts";

type Structure = Record<string, unknown>;

/**
 * Reads a structure out of a tree of parameters; names that the shape does not have are left out, as AWS does.
 * Raises MalformedInput for a value that is not of its member's type.
 */
export function readQuery(shape: StructureShape, node: ParamNode): Structure {
  const result: Structure = {};
  if (node.children === undefined) return result;
  const members = membersByQueryName(shape);
  for (const [name, child] of node.children) {
    const member = members.get(name);
    if (member === undefined) continue;
    const value = readMember(member, child);
    if (value !== undefined) result[member.name] = value;
  }
  return result;
}

const byQueryName = new WeakMap<StructureShape, Map<string, Member>>();

function membersByQueryName(shape: StructureShape): Map<string, Member> {
  let members = byQueryName.get(shape);
  if (members === undefined) {
    members = new Map();
    for (const member of shape.members.values()) {
      // SQS has two members under one name (AttributeNames and MessageSystemAttributeNames): the older one is meant.
      const name = member.xmlName ?? member.name;
      if (!members.has(name)) members.set(name, member);
    }
    byQueryName.set(shape, members);
  }
  return members;
}

function readMember(member: Member, node: ParamNode): unknown {
  const { shape } = member;
  switch (shape.type) {
    case "structure":
    case "union":
      return readQuery(shape, node);
    case "list": {
      const item = shape.member;
      // Some old clients send a flat list for a nested one; AWS takes the indexes where they stand.
      const nested = member.xmlFlattened === true ? undefined : node.children?.get(item.xmlName ?? "member");
      const items = inOrder(nested ?? node).map((child) => readMember(item, child));
      if (items.length === 0 && node.value === undefined && nested === undefined) return undefined;
      return items.filter((value) => value !== undefined);
    }
    case "map": {
      const entries = member.xmlFlattened === true ? node : node.children?.get("entry");
      const result: Structure = {};
      if (entries === undefined) return node.value === undefined ? undefined : result;
      for (const entry of inOrder(entries)) {
        const key = entry.children?.get(shape.key.xmlName ?? "key")?.value;
        if (key === undefined) throw new AwsError("MalformedInput", "Map entry without a key");
        const value = entry.children?.get(shape.value.xmlName ?? "value");
        put(result, key, value === undefined ? undefined : readMember(shape.value, value));
      }
      return result;
    }
    case "string":
    case "number":
    case "boolean":
    case "blob":
    case "timestamp":
    case "document":
      return node.value === undefined ? undefined : readText(shape, node.value);
  }
}

function readText(shape: Shape, text: string): unknown {
  // An empty number or flag is the same as none; an empty text is a value.
  if (text === "" && shape.type !== "string" && shape.type !== "blob") return undefined;
  return readScalar(
    shape,
    text,
    "date-time",
    (_, typeName) => new AwsError("MalformedInput", `STRING_VALUE cannot be converted to ${typeName}`),
  );
}

/** The children with an index as their name, in its order; gaps are closed. */
function inOrder(node: ParamNode): ParamNode[] {
  if (node.children === undefined) return [];
  const indexed: [number, ParamNode][] = [];
  for (const [name, child] of node.children) {
    if (/^\d{1,9}$/.test(name)) indexed.push([Number(name), child]);
  }
  return indexed.sort(([a], [b]) => a - b).map(([, child]) => child);
}
