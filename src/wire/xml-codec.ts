/** Values of the tables' shapes as XML: S3's request bodies, and the replies of S3 and of every Query service. */
import type { Member, Shape, StructureShape } from "./model.ts";
import { put } from "./put.ts";
import { readScalar, writeScalar } from "./scalar-text.ts";
import { malformedXml } from "./xml-reader.ts";
import type { XmlElement } from "./xml-reader.ts";

type Structure = Record<string, unknown>;

/** Text safe in an element or an attribute; control characters become references, as S3 writes them. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to be escaped
  return /[&<>"\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/.test(text)
    ? // oxlint-disable-next-line no-control-regex -- see above
      text.replaceAll(/[&<>"\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g, reference)
    : text;
}

function reference(character: string): string {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
  }
}

/** The elements of a structure's members, in the table's order; `only` picks those that go into the body. */
export function writeXmlMembers(shape: StructureShape, value: Structure, only?: (member: Member) => boolean): string {
  let xml = "";
  for (const member of shape.members.values()) {
    const content = value[member.name];
    if (content === undefined || content === null || member.xmlAttribute === true || only?.(member) === false) continue;
    xml += writeXmlMember(member, member.xmlName ?? member.name, content);
  }
  return xml;
}

/** One element of the given name with `value` as a member of the given shape. */
export function writeXmlMember(member: Member, name: string, value: unknown): string {
  const { shape } = member;
  switch (shape.type) {
    case "structure":
    case "union": {
      const structure = isStructure(value) ? value : {};
      const body = writeXmlMembers(shape, structure);
      const start = name + namespaceOf(member) + attributesOf(shape, structure);
      return body === "" ? `<${start}/>` : `<${start}>${body}</${name}>`;
    }
    case "list": {
      const items: unknown[] = Array.isArray(value) ? value : [];
      const flat = member.xmlFlattened === true;
      const itemName = flat ? name : (shape.member.xmlName ?? "member");
      let xml = "";
      for (const item of items) {
        if (item !== undefined && item !== null) xml += writeXmlMember(shape.member, itemName, item);
      }
      if (flat) return xml;
      return xml === "" ? `<${name}/>` : `<${name}>${xml}</${name}>`;
    }
    case "map": {
      const flat = member.xmlFlattened === true;
      const entryName = flat ? name : "entry";
      let xml = "";
      for (const [key, content] of Object.entries(isStructure(value) ? value : {})) {
        if (content === undefined || content === null) continue;
        const keyXml = writeXmlMember(shape.key, shape.key.xmlName ?? "key", key);
        xml += `<${entryName}>${keyXml}${writeXmlMember(shape.value, shape.value.xmlName ?? "value", content)}</${entryName}>`;
      }
      if (flat) return xml;
      return xml === "" ? `<${name}/>` : `<${name}>${xml}</${name}>`;
    }
    case "string":
    case "number":
    case "boolean":
    case "timestamp":
    case "blob":
    case "document": {
      const text = writeScalar(shape, value, "date-time");
      return text === "" ? `<${name}/>` : `<${name}>${escapeXml(text)}</${name}>`;
    }
  }
}

function namespaceOf({ xmlNamespace }: Member): string {
  if (xmlNamespace === undefined) return "";
  const [prefix, uri] = xmlNamespace;
  return prefix === "" ? ` xmlns="${uri}"` : ` xmlns:${prefix}="${uri}"`;
}

function attributesOf(shape: StructureShape, value: Structure): string {
  let xml = "";
  for (const member of shape.members.values()) {
    const content = value[member.name];
    if (member.xmlAttribute !== true || content === undefined || content === null) continue;
    xml += ` ${member.xmlName ?? member.name}="${escapeXml(writeScalar(member.shape, content, "date-time"))}"`;
  }
  return xml;
}

function isStructure(value: unknown): value is Structure {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads an element as a structure. S3 checks bodies against its schema, so an element that the shape does not have
 * raises MalformedXML, and so does a value of the wrong type. `only` picks the members that travel in the body.
 */
export function readXmlStructure(
  shape: StructureShape,
  element: XmlElement,
  only?: (member: Member) => boolean,
): Structure {
  const result: Structure = {};
  const members = membersByXmlName(shape);
  for (const [name, value] of element.attributes) {
    const member = members.get(name);
    if (member?.xmlAttribute === true) result[member.name] = readText(member.shape, value);
  }
  for (const child of element.children) {
    const member = members.get(child.name);
    if (member === undefined || member.xmlAttribute === true || only?.(member) === false) throw malformedXml();
    const { shape: content } = member;
    if (member.xmlFlattened === true && content.type === "list") {
      const list = result[member.name];
      const item = readXmlValue(content.member.shape, child);
      if (Array.isArray(list)) list.push(item);
      else result[member.name] = [item];
    } else if (member.xmlFlattened === true && content.type === "map") {
      const map = result[member.name];
      result[member.name] = readEntry(content, child, isStructure(map) ? map : {});
    } else {
      if (member.name in result) throw malformedXml();
      result[member.name] = readXmlValue(content, child);
    }
  }
  return result;
}

const byXmlName = new WeakMap<StructureShape, Map<string, Member>>();

function membersByXmlName(shape: StructureShape): Map<string, Member> {
  let members = byXmlName.get(shape);
  if (members === undefined) {
    members = new Map();
    for (const member of shape.members.values()) {
      if (member.binding === undefined || member.binding.in === "payload")
        members.set(member.xmlName ?? member.name, member);
    }
    byXmlName.set(shape, members);
  }
  return members;
}

function readXmlValue(shape: Shape, element: XmlElement): unknown {
  switch (shape.type) {
    case "structure":
    case "union":
      return readXmlStructure(shape, element);
    case "list": {
      const itemName = shape.member.xmlName ?? "member";
      return element.children.map((child) => {
        if (child.name !== itemName) throw malformedXml();
        return readXmlValue(shape.member.shape, child);
      });
    }
    case "map": {
      const map: Structure = {};
      for (const child of element.children) {
        if (child.name !== "entry") throw malformedXml();
        readEntry(shape, child, map);
      }
      return map;
    }
    case "string":
    case "number":
    case "boolean":
    case "timestamp":
    case "blob":
    case "document":
      if (element.children.length > 0) throw malformedXml();
      return readText(shape, element.text);
  }
}

function readEntry(shape: Extract<Shape, { type: "map" }>, element: XmlElement, map: Structure): Structure {
  const key = element.children.find((child) => child.name === (shape.key.xmlName ?? "key"));
  const value = element.children.find((child) => child.name === (shape.value.xmlName ?? "value"));
  if (key === undefined || value === undefined) throw malformedXml();
  put(map, key.text, readXmlValue(shape.value.shape, value));
  return map;
}

function readText(shape: Shape, text: string): unknown {
  return readScalar(shape, text, "date-time", malformedXml);
}
