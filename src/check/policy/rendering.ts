/** Policies as they will be, as far as a template tells: what is not known yet is a wildcard, a resource is a token of its own. */
import { functionCall, isNoValue, subArgument, subParts } from "../../template/intrinsics.ts";
import { isList, isObject, mapObject, own, scalarText } from "../../template/value.ts";
import type { Json, JsonObject } from "../../template/value.ts";

/** What names are rendered as. */
export interface Names {
  /** A pseudo parameter, a parameter, a resource or an attribute of one; undefined for what nobody knows. */
  text(name: string): string;
}

/** A text whose unknown parts are `*`. A text that begins with something unknown is unknown from there on: `*`. */
export function renderText(value: Json, names: Names): string {
  const plain = scalarText(value);
  if (plain !== undefined) return plain;
  const call = functionCall(value);
  if (call === undefined) return "*";
  const { name, argument } = call;
  switch (name) {
    case "Ref":
      return typeof argument === "string" ? names.text(argument) : "*";
    case "Fn::GetAtt": {
      const parts = isList(argument) ? argument : [argument];
      return parts.every((part) => typeof part === "string") ? names.text(parts.join(".")) : "*";
    }
    case "Fn::Sub": {
      const sub = subArgument(argument);
      if (sub === undefined) return "*";
      return subParts(sub.text)
        .map((part) => {
          if (part.kind === "text") return part.text;
          const given = own(sub.names, part.name);
          return given === undefined ? names.text(part.name) : renderText(given, names);
        })
        .join("");
    }
    case "Fn::Join": {
      const [delimiter, items] = isList(argument) ? argument : [];
      if (typeof delimiter !== "string" || !isList(items)) return "*";
      return items
        .filter((item) => !isNoValue(item))
        .map((item) => renderText(item, names))
        .join(delimiter);
    }
    default:
      return "*";
  }
}

/** A document with every function in it rendered. Of a Fn::If in a list all branches count, elsewhere the first that is something. */
export function renderDocument(value: Json, names: Names): Json | undefined {
  if (isList(value)) {
    return value.flatMap((item) => {
      const call = functionCall(item);
      if (call?.name === "Fn::If" && isList(call.argument)) {
        return call.argument.slice(1).flatMap((branch) => {
          const rendered = isNoValue(branch) ? undefined : renderDocument(branch, names);
          return rendered === undefined ? [] : isList(rendered) ? rendered : [rendered];
        });
      }
      const rendered = renderDocument(item, names);
      return rendered === undefined ? [] : [rendered];
    });
  }
  if (!isObject(value)) return value;
  if (isNoValue(value)) return undefined;
  const call = functionCall(value);
  if (call === undefined) return mapObject(value, (member) => renderDocument(member, names));
  if (call.name !== "Fn::If" || !isList(call.argument)) return renderText(value, names);
  for (const branch of call.argument.slice(1)) {
    const rendered = renderDocument(branch, names);
    if (rendered !== undefined) return rendered;
  }
  return undefined;
}

/** True where a macro will put something in that is not known here. */
export function hasMacro(value: Json): boolean {
  if (isList(value)) return value.some(hasMacro);
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([key, member]) => key === "Fn::Transform" || key.startsWith("Fn::ForEach") || hasMacro(member),
  );
}

/** The statements of a document, a single one among them. */
export function statementsOf(
  document: JsonObject,
): readonly { readonly value: Json; readonly path: readonly (string | number)[] }[] {
  const statements = own(document, "Statement");
  if (isList(statements)) return statements.map((value, index) => ({ value, path: ["Statement", index] }));
  return statements === undefined ? [] : [{ value: statements, path: ["Statement"] }];
}
