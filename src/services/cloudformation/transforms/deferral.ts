/** Which templates are transformed after the answer: those that call functions of the account, whose time is their own. */
import { LANGUAGE_EXTENSIONS } from "../../../template/language-extensions/transform.ts";
import { SAM_TRANSFORM } from "../../../template/sam/sam-error.ts";
import type { Template } from "../../../template/template.ts";
import { isList, isObject, own, type Json } from "../../../template/value.ts";
import { INCLUDE } from "./include.ts";

/** AWS's own, which are done while the request waits. */
const AT_ONCE: ReadonlySet<Json | undefined> = new Set([SAM_TRANSFORM, LANGUAGE_EXTENSIONS, INCLUDE]);

/** True where a macro of the account is called, in the Transform section or anywhere else. */
export function callsMacros({ transforms, source }: Template): boolean {
  return transforms.some(({ name }) => !AT_ONCE.has(name)) || callsWithin(source);
}

function callsWithin(value: Json): boolean {
  if (isList(value)) return value.some(callsWithin);
  if (!isObject(value)) return false;
  const written = own(value, "Fn::Transform");
  const made = written === undefined ? [] : isList(written) ? written : [written];
  const named = made.map((call) => (isObject(call) ? own(call, "Name") : call));
  return named.some((name) => !AT_ONCE.has(name)) || Object.values(value).some(callsWithin);
}
