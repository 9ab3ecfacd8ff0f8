/**
 * Properties against their type's schema, as CloudFormation checks them before it calls a resource's handler. The words are those of its
 * open-source validator (aws-cloudformation/cloudformation-resource-schema): values of properties are not told.
 */
import { functionCall, isNoValue, type FunctionCall } from "../intrinsics.ts";
import { isList, isObject } from "../value.ts";
import type { Json, JsonObject, Path } from "../value.ts";
import type { Fault } from "./fault.ts";
import { branches, isAbsent, type ValueForm } from "./presence.ts";
import {
  member,
  TAG,
  type ListType,
  type PropertySchemas,
  type PropertyType,
  type ResourceSchema,
} from "./resource-schema.ts";
import { scalarFaults, typeName } from "./scalar-fault.ts";

/** What is wrong with a resource's properties, in the validator's order: what is missing, what is too much, then each property. */
export function faultsOf(schema: ResourceSchema, properties: JsonObject, options: ValueForm): readonly Fault[] {
  const readOnly = new Set(
    Object.keys(schema.attributes).filter((name) => !name.includes(".") && !Object.hasOwn(schema.properties, name)),
  );
  const check: Check = { schema, options, readOnly, found: [] };
  checkMembers(check, schema.properties, properties, { written: [], pointer: "#" });
  return check.found;
}

interface Check {
  readonly schema: ResourceSchema;
  readonly options: ValueForm;
  readonly readOnly: ReadonlySet<string>;
  readonly found: Fault[];
}

/** A place by both its names: in the template and in AWS's messages. */
interface Place {
  readonly written: Path;
  readonly pointer: string;
}

function below({ written, pointer }: Place, key: string | number): Place {
  return { written: [...written, key], pointer: `${pointer}/${key}` };
}

function checkMembers(check: Check, members: PropertySchemas, value: JsonObject, place: Place): void {
  // A fragment that Fn::Transform or Fn::ForEach will put in may bring any key.
  const isOpen = check.options.form === "written" && Object.keys(value).some((key) => key.startsWith("Fn::"));
  const present = Object.entries(value).filter(([, item]) => !isAbsent(check.options, item));
  if (!isOpen) {
    const keys = new Set(present.map(([key]) => key));
    for (const [key, { required }] of Object.entries(members)) {
      if (required !== true || keys.has(key)) continue;
      const message = `${place.pointer}: required key [${key}] not found`;
      check.found.push({ kind: "required", path: place.written, key, message });
    }
    for (const [key] of present) {
      if (member(members, key) !== undefined) continue;
      const kind = place.pointer === "#" && check.readOnly.has(key) ? "readOnly" : "extraneous";
      const message = `${place.pointer}: extraneous key [${key}] is not permitted`;
      check.found.push({ kind, path: [...place.written, key], key, message });
    }
  }
  for (const [key, item] of present) {
    const property = member(members, key);
    if (property !== undefined) checkValue(check, property.type, item, below(place, key));
  }
}

function checkValue(check: Check, type: PropertyType, value: Json, place: Place): void {
  if (check.options.form === "written") {
    const call = functionCall(value);
    if (call?.name === "Fn::If" && isList(call.argument)) {
      for (const [branch, index] of branches(check.options, call.argument)) {
        const written = [...place.written, "Fn::If", index];
        if (!isNoValue(branch)) checkValue(check, type, branch, { ...place, written });
      }
      return;
    }
    if (call !== undefined) {
      const known = valueOf(check, call);
      if (known !== undefined) checkValue(check, type, known, place);
      return;
    }
  }
  switch (type.type) {
    case "array":
      if (!isList(value)) wrongType(check, "JSONArray", value, place);
      else checkItems(check, type, value, place);
      return;
    case "map":
      if (!isObject(value)) wrongType(check, "JSONObject", value, place);
      else checkMap(check, type.element, value, place);
      return;
    case "ref":
      if (!isObject(value)) wrongType(check, "JSONObject", value, place);
      else checkObject(check, type.name, value, place);
      return;
    case "tag":
      if (!isObject(value)) wrongType(check, "JSONObject", value, place);
      else checkMembers(check, tagMembers(type.optional), value, place);
      return;
    case "json":
      if (!isObject(value) && typeof value !== "string") wrongType(check, "JSONObject", value, place);
      return;
    case "union":
      checkAlternatives(check, type.types, value, place);
      return;
    case "string":
    case "date-time":
    case "boolean":
    case "number":
    case "integer": {
      for (const fault of scalarFaults(type, value, place.pointer)) check.found.push({ ...fault, path: place.written });
    }
  }
}

/** What a Ref to a known parameter stands for. */
function valueOf({ options }: Check, { name, argument }: FunctionCall): Json | undefined {
  return name === "Ref" && typeof argument === "string" ? options.parameters?.get(argument) : undefined;
}

function tagMembers(optional: readonly string[] = []): PropertySchemas {
  const entries = Object.entries(TAG).map(([key, { type }]) => [key, optional.includes(key) ? { type } : TAG[key]]);
  return optional.length === 0 ? TAG : Object.fromEntries(entries);
}

function checkItems(check: Check, list: ListType, items: readonly Json[], place: Place): void {
  const present = [...items.entries()].filter(([, item]) => !isAbsent(check.options, item));
  checkCount(
    check,
    list,
    present.map(([, item]) => item),
    place,
  );
  for (const [position, [index, item]] of present.entries()) {
    const at = { written: [...place.written, index], pointer: `${place.pointer}/${position}` };
    checkValue(check, list.element, item, at);
  }
}

function checkCount(check: Check, { minItems, maxItems, uniqueItems }: ListType, items: readonly Json[], place: Place) {
  const { pointer, written: path } = place;
  const say = (words: string): void => {
    check.found.push({ kind: "items", path, message: `${pointer}: ${words}` });
  };
  // What is written may yet turn out to be none, or the same as another.
  const isKnown = check.options.form === "resolved" || items.every((item) => functionCall(item) === undefined);
  if (!isKnown) return;
  const count = items.length;
  if (minItems !== undefined && count < minItems) say(`expected minimum item count: ${minItems}, found: ${count}`);
  if (maxItems !== undefined && count > maxItems) say(`expected maximum item count: ${maxItems}, found: ${count}`);
  const texts = uniqueItems === true ? items.map((item) => JSON.stringify(item)) : [];
  if (new Set(texts).size < texts.length) say("array items are not unique");
}

function checkMap(check: Check, element: PropertyType, value: JsonObject, place: Place): void {
  for (const [key, item] of Object.entries(value)) {
    if (check.options.form === "written" && key.startsWith("Fn::")) continue;
    if (!isAbsent(check.options, item)) checkValue(check, element, item, below(place, key));
  }
}

function checkObject(check: Check, name: string, value: JsonObject, place: Place): void {
  const members = member(check.schema.definitions, name);
  // A definition without properties is one that takes any.
  if (members !== undefined && Object.keys(members).length > 0) checkMembers(check, members, value, place);
}

/** `anyOf`: the value is right when one alternative takes it. The faults are those of the one that it is nearest to. */
function checkAlternatives(check: Check, types: readonly PropertyType[], value: Json, place: Place): void {
  let nearest: readonly Fault[] | undefined;
  for (const type of types) {
    const found: Fault[] = [];
    checkValue({ ...check, found }, type, value, place);
    if (found.length === 0) return;
    if (nearest === undefined || distance(found, place) < distance(nearest, place)) nearest = found;
  }
  const message = `${place.pointer}: #: no subschema matched out of the total ${types.length} subschemas`;
  check.found.push({ kind: "alternatives", path: place.written, message }, ...(nearest ?? []));
}

/** Another type altogether is further away than any number of faults inside. */
function distance(faults: readonly Fault[], { written }: Place): number {
  const isOther = faults.some(({ kind, path }) => kind === "type" && path.length === written.length);
  return isOther ? Infinity : faults.length;
}

function wrongType(check: Check, expected: string, value: Json, place: Place): void {
  const message = `${place.pointer}: expected type: ${expected}, found: ${typeName(value)}`;
  check.found.push({ kind: "type", path: place.written, message });
}
