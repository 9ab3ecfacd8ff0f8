/**
 * The Mappings section as CloudFormation lets it be written ("Mappings", "CloudFormation quotas").
 */
import { nullValue, TemplateError } from "./template-error.ts";
import { isList, isObject } from "./value.ts";
import type { Json, JsonObject } from "./value.ts";

/** How many attributes a mapping may have. */
const MOST_ATTRIBUTES = 200;

/** The section, whose form is right. Raises TemplateError. AWS::Include may fill a mapping in: its calls are passed over. */
export function readMappings(mappings: JsonObject): JsonObject {
  for (const [name, rows] of Object.entries(mappings)) {
    if (name !== "Fn::Transform") checkMapping(name, rows);
  }
  return mappings;
}

function checkMapping(name: string, rows: Json): void {
  const path = ["Mappings", name];
  if (rows === null) throw nullValue(path);
  if (!isObject(rows)) {
    throw new TemplateError(`Template format error: Every Mappings member must be a map; ${name} is not.`, { path });
  }
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) {
    throw new TemplateError(`Template format error: Mapping name ${name} is non alphanumeric.`, { path });
  }
  checkCount(name, rows);
  for (const [row, cells] of Object.entries(rows)) {
    if (row === "Fn::Transform") continue;
    if (cells === null) throw nullValue([...path, row]);
    if (!isObject(cells)) {
      throw new TemplateError(`Template format error: Every Mappings member must be a map; ${name}.${row} is not.`, {
        path: [...path, row],
      });
    }
    checkName(row, /^[A-Za-z0-9.-]{1,255}$/, [...path, row]);
    checkCount(name, cells);
    for (const [key, cell] of Object.entries(cells)) checkCell(cell, [...path, row, key]);
  }
}

function checkCell(cell: Json, path: readonly string[]): void {
  const key = path.at(-1) ?? "";
  if (key === "Fn::Transform") return;
  if (cell === null) throw nullValue(path);
  const items = isList(cell) ? cell : [cell];
  if (items.some((item) => isObject(item) || isList(item))) {
    throw new TemplateError("Template format error: Every Mappings attribute must be a String or a List.", { path });
  }
  checkName(key, /^[A-Za-z0-9]{1,255}$/, path);
}

function checkName(name: string, pattern: RegExp, path: readonly string[]): void {
  if (pattern.test(name)) return;
  throw new TemplateError(
    `Template format error: Mappings attribute name '${name}' must contain only alphanumeric characters.`,
    { path },
  );
}

function checkCount(name: string, attributes: JsonObject): void {
  const count = Object.keys(attributes).length;
  if (count <= MOST_ATTRIBUTES) return;
  throw new TemplateError(
    `Template format error: Number of attributes for mapping ${name}, ${count}, is greater than maximum allowed, ${MOST_ATTRIBUTES}`,
  );
}
