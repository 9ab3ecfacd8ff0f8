/** What is there of a value: AWS::NoValue and the branches of a Fn::If that may be taken, in properties as they are written. */
import { functionCall, isNoValue } from "../intrinsics.ts";
import { isList, isObject, own } from "../value.ts";
import type { Json } from "../value.ts";

/** How properties are to be read. */
export interface ValueForm {
  /** `written`: functions stand for values that are not known yet. `resolved`: all is data. */
  readonly form: "written" | "resolved";
  /** Those that are known already; of a Fn::If with another condition both branches are looked at. */
  readonly conditions?: ReadonlyMap<string, boolean>;
  /** The parameters whose values are known: a Ref to one is looked at as its value. */
  readonly parameters?: ReadonlyMap<string, Json>;
}

/** The branches of a Fn::If that may be taken, with their places in its argument. */
export function branches({ conditions }: ValueForm, argument: readonly Json[]): readonly (readonly [Json, number])[] {
  const [name, whenTrue, whenFalse] = argument;
  if (whenTrue === undefined || whenFalse === undefined) return [];
  const known = typeof name === "string" ? conditions?.get(name) : undefined;
  if (known === true) return [[whenTrue, 1]];
  if (known === false) return [[whenFalse, 2]];
  return [
    [whenTrue, 1],
    [whenFalse, 2],
  ];
}

/** True for AWS::NoValue, also as every branch of a Fn::If that may be taken. */
export function isAbsent(form: ValueForm, value: Json | undefined): boolean {
  if (value === undefined) return true;
  if (form.form === "resolved") return false;
  const call = functionCall(value);
  if (call?.name !== "Fn::If" || !isList(call.argument)) return isNoValue(value);
  const taken = branches(form, call.argument);
  return taken.length > 0 && taken.every(([branch]) => isAbsent(form, branch));
}

/** True when something may stand at `keys` below the value, in any item of the lists on the way. */
export function isGiven(form: ValueForm, value: Json | undefined, keys: readonly string[]): boolean {
  if (value === undefined || isAbsent(form, value)) return false;
  const [key, ...rest] = keys;
  if (key === undefined) return true;
  if (isList(value)) return value.some((item) => isGiven(form, item, keys));
  if (!isObject(value)) return false;
  const call = form.form === "written" ? functionCall(value) : undefined;
  if (call?.name === "Fn::If" && isList(call.argument)) {
    return branches(form, call.argument).some(([branch]) => isGiven(form, branch, keys));
  }
  return isGiven(form, own(value, key), rest);
}
