/**
 * Dynamic references ("Using dynamic references to specify template values"): `{{resolve:ssm:/name:1}}` inside strings.
 */
import { TemplateError } from "./template-error.ts";
import { isList, isObject } from "./value.ts";
import type { Json } from "./value.ts";

/** One dynamic reference: the service and what follows it. */
export interface DynamicReference {
  readonly service: "ssm" | "ssm-secure" | "secretsmanager";
  /** Everything after the service, e.g. `/app/key:3` or `MySecret:SecretString:password`. */
  readonly key: string;
  /** The whole text, e.g. `{{resolve:ssm:/app/key:3}}`. */
  readonly text: string;
}

const REFERENCE = /\{\{resolve:([^:{}]*):([^{}]*)\}\}/g;

/** Every dynamic reference in a value, each once. Raises TemplateError for a service that there is none of. */
export function dynamicReferencesOf(value: Json): readonly DynamicReference[] {
  const found = new Map<string, DynamicReference>();
  collect(value, found);
  return [...found.values()];
}

function collect(value: Json, found: Map<string, DynamicReference>): void {
  if (isList(value)) for (const item of value) collect(item, found);
  else if (isObject(value)) for (const member of Object.values(value)) collect(member, found);
  else if (typeof value === "string") {
    for (const match of value.matchAll(REFERENCE))
      found.set(match[0], referenceOf(match[0], match[1] ?? "", match[2] ?? ""));
  }
}

function referenceOf(text: string, service: string, key: string): DynamicReference {
  if (service !== "ssm" && service !== "ssm-secure" && service !== "secretsmanager") {
    throw new TemplateError(`Incorrect format is used in the following dynamic reference: [${text}]`);
  }
  if (key.trim() === "")
    throw new TemplateError(`Incorrect format is used in the following dynamic reference: [${text}]`);
  return { service, key, text };
}

/** The value with each dynamic reference replaced that `lookup` knows, by its whole text. */
export function replaceReferences(value: Json, lookup: (text: string) => string | undefined): Json {
  if (isList(value)) return value.map((item) => replaceReferences(item, lookup));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceReferences(member, lookup)]));
  }
  return typeof value === "string" ? value.replace(REFERENCE, (text) => lookup(text) ?? text) : value;
}
