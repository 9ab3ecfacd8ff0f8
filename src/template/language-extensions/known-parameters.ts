/**
 * The parameters that are known to who has a template and perhaps some values, but no stack: those given, and the defaults.
 */
import { isObject, own, scalarText, type JsonObject } from "../value.ts";
import type { KnownParameter } from "./scope.ts";

/** Those of the template's own parameters that have a value; not those whose value lies in the parameter store. */
export function knownParameters(
  source: JsonObject,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, KnownParameter> {
  const known = new Map<string, KnownParameter>();
  const declared = own(source, "Parameters");
  for (const [name, declaration] of Object.entries(isObject(declared) ? declared : {})) {
    if (!isObject(declaration)) continue;
    const type = scalarText(own(declaration, "Type")) ?? "";
    const text = Object.hasOwn(given, name) ? given[name] : scalarText(own(declaration, "Default"));
    if (text === undefined || type.startsWith("AWS::SSM::Parameter::Value")) continue;
    const isList = type === "CommaDelimitedList" || type.startsWith("List<");
    const items = text === "" ? [] : text.split(",").map((item) => item.trim());
    const noEcho = String(own(declaration, "NoEcho") ?? false).toLowerCase() === "true";
    known.set(name, { value: isList ? items : text, noEcho });
  }
  return known;
}
