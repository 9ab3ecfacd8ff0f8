/** Values as they are written in a template: what of them is known before a stack is made, in every branch of a Fn::If. */
import { functionCall, isNoValue } from "../../template/intrinsics.ts";
import { isList, isObject, own, scalarText } from "../../template/value.ts";
import type { Json, JsonObject, Path } from "../../template/value.ts";

/** A value and where it stands, under the value that was asked. */
export interface Place {
  readonly value: Json;
  readonly path: Path;
}

/** What a value may be: itself, or each branch of a Fn::If; AWS::NoValue is nothing. */
export function branches({ value, path }: Place): readonly Place[] {
  if (isNoValue(value)) return [];
  const call = functionCall(value);
  if (call?.name !== "Fn::If" || !isList(call.argument)) return [{ value, path }];
  return call.argument
    .slice(1)
    .flatMap((branch, index) => branches({ value: branch, path: [...path, "Fn::If", index + 1] }));
}

/** The member at `keys` of what a value may be, in every branch on the way. */
export function membersAt(place: Place, ...keys: readonly (string | number)[]): readonly Place[] {
  let places = branches(place);
  for (const key of keys) {
    places = places.flatMap(({ value, path }) => {
      const member = isList(value) ? value[Number(key)] : isObject(value) ? own(value, String(key)) : undefined;
      return member === undefined ? [] : branches({ value: member, path: [...path, key] });
    });
  }
  return places;
}

/** The items of a list, in every branch; a single value that stands in a list's place is one item. */
export function itemsOf(place: Place): readonly Place[] {
  return branches(place).flatMap(({ value, path }) =>
    isList(value)
      ? value.flatMap((item, index) => branches({ value: item, path: [...path, index] }))
      : [{ value, path }],
  );
}

/** True where a function stands, whose value is not known yet. */
export function isCall(value: Json | undefined): boolean {
  return functionCall(value) !== undefined;
}

/** True when no function decides which members the value has: it is written out. */
export function isPlain(value: Json | undefined): boolean {
  return isObject(value) && !Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"));
}

/** The text, number or boolean that stands there, as text. */
export function literal(value: Json | undefined): string | undefined {
  return scalarText(value);
}

/** The texts that a property may have where they are written out. */
export function literalsAt(place: Place, ...keys: readonly (string | number)[]): readonly (Place & { text: string })[] {
  return membersAt(place, ...keys).flatMap((found) => {
    const text = literal(found.value);
    return text === undefined ? [] : [{ ...found, text }];
  });
}

/** The logical id that `!Ref X`, `!GetAtt X.Arn` or a Fn::Sub of nothing but one of them names. */
export function referenced(value: Json | undefined): string | undefined {
  const call = functionCall(value);
  if (call === undefined) return undefined;
  const { name, argument } = call;
  if (name === "Ref") return typeof argument === "string" ? argument : undefined;
  if (name === "Fn::GetAtt") {
    const first = isList(argument) ? argument[0] : argument;
    return typeof first === "string" ? first.split(".")[0] : undefined;
  }
  if (name !== "Fn::Sub" || typeof argument !== "string") return undefined;
  return /^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}$/.exec(argument)?.[1];
}

/** The properties as the place that everything below them is asked from. */
export function propertiesPlace(properties: JsonObject): Place {
  return { value: properties, path: [] };
}
