/** What drift must not tell: values of NoEcho parameters, and what secure dynamic references stand for. */
import { isList, isObject, own, type Json, type JsonObject } from "../../../template/value.ts";
import type { StackRow } from "../state.ts";
import { identityOf } from "./meaning.ts";

/** Looked up for the handler alone, so that the stack itself does not know the value that it wrote. */
const SECURE = /\{\{resolve:(?:ssm-secure|secretsmanager):/;

/** Both sides with secrets hidden: NoEcho's as stars, and under a secure reference the reference itself, which is no difference. */
export function withoutSecrets(
  { config }: StackRow,
  written: JsonObject,
  live: JsonObject,
): { readonly expected: JsonObject; readonly actual: JsonObject } {
  const hidden = (config?.parameters ?? []).filter(({ noEcho, text }) => noEcho && text !== "").map(({ text }) => text);
  return { expected: hideInObject(written, hidden), actual: hideInObject(referred(written, live), hidden) };
}

function hideInObject(properties: JsonObject, hidden: readonly string[]): JsonObject {
  if (hidden.length === 0) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, hide(value, hidden)]));
}

function hide(value: Json, hidden: readonly string[]): Json {
  if (typeof value === "string") return hidden.reduce((text, secret) => text.replaceAll(secret, "****"), value);
  if (isList(value)) return value.map((item) => hide(item, hidden));
  return isObject(value) ? hideInObject(value, hidden) : value;
}

/** `live` with the references of `written` where they stand. */
function referred(written: JsonObject, live: JsonObject): JsonObject {
  const entries = Object.entries(live).map(([name, value]): [string, Json] => [
    name,
    referredIn(own(written, name), value),
  ]);
  return Object.fromEntries(entries);
}

function referredIn(written: Json | undefined, live: Json): Json {
  if (typeof written === "string") return SECURE.test(written) ? written : live;
  if (isObject(written) && isObject(live)) return referred(written, live);
  if (!isList(written) || !isList(live)) return live;
  return live.map((item, index) => {
    const name = identityOf(item);
    return referredIn(name === undefined ? written[index] : written.find((one) => identityOf(one) === name), item);
  });
}
