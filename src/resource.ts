/**
 * What CloudFormation resource types share: reading properties, whose numbers and booleans may come as text (ValidationError for what they cannot
 * be), deleting what may be gone already, creating what an earlier attempt may have made, and telling what is there now.
 */
import { AwsError, isAwsError } from "./kernel/errors.ts";

export type Properties = Readonly<Record<string, unknown>>;

function wrong(name: string, wanted: string): never {
  throw new AwsError("ValidationError", `Value of property ${name} must be ${wanted}`);
}

/** Undefined where it is absent. */
export function text(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return wrong(name, "of type String");
}

/** One that the type's `required` names. */
export function requiredText(properties: Properties, name: string): string {
  return text(properties, name) ?? wrong(name, "given");
}

export function number(properties: Properties, name: string): number | undefined {
  const value = properties[name];
  if (value === undefined) return undefined;
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : wrong(name, "of type Number");
}

export function flag(properties: Properties, name: string): boolean | undefined {
  const value = properties[name];
  if (value === undefined) return undefined;
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : wrong(name, "of type Boolean");
}

export function texts(properties: Properties, name: string): string[] | undefined {
  const value = properties[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return wrong(name, "of type List");
  return value.map((item: unknown) => text({ [name]: item }, name) ?? wrong(name, "a List of Strings"));
}

/** A property that is an object; undefined where it is absent. */
export function structure(properties: Properties, name: string): Properties | undefined {
  const value = properties[name];
  return value === undefined || isProperties(value) ? value : wrong(name, "an object");
}

export function structures(properties: Properties, name: string): Properties[] {
  const value = properties[name] ?? [];
  if (!Array.isArray(value)) return wrong(name, "of type List");
  return value.map((item: unknown) => (isProperties(item) ? item : wrong(name, "a List of Objects")));
}

function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of texts (environment variables); numbers and booleans are written as text. */
export function textMap(properties: Properties, name: string): Record<string, string> | undefined {
  const value = structure(properties, name);
  return value === undefined
    ? undefined
    : Object.fromEntries(Object.keys(value).map((key) => [key, requiredText(value, key)]));
}

/** A list of `{ Key, Value }` as a record. */
export function pairs(properties: Properties, name: string): Record<string, string> {
  return Object.fromEntries(
    structures(properties, name).map((pair) => [requiredText(pair, "Key"), requiredText(pair, "Value")]),
  );
}

/**
 * A text of which AWS knows a few: the model's check of the call turns others away, in AWS's words.
 */
export function choice<Value extends string>(properties: Properties, name: string): Value | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return text(properties, name) as Value | undefined;
}

/** `{ [name]: value }` where there is a value, nothing otherwise. */
export function given<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key loses its name in the compiler's eyes
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}

/** A JSON document that may be given as an object or as text. */
export function document(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : JSON.stringify(value ?? wrong(name, "given"));
}

/** Runs a delete; what is not there is deleted. */
export async function unlessGone(work: Promise<unknown>): Promise<{ status: "SUCCESS" }> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException", "ParameterNotFound")) throw error;
  }
  return { status: "SUCCESS" };
}

/** Services differ in what they call it. */
const ALREADY_THERE = ["ResourceAlreadyExistsException", "ResourceConflictException", "ParameterAlreadyExists"];

/** Runs a create; with `retried` a resource that exists is the one that the earlier attempt made. */
export async function unlessMade(retried: boolean, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!retried || !isAwsError(error, ...ALREADY_THERE)) throw error;
  }
}

/** Runs a read; undefined when it raises one of these codes, with which the service says that there is no such thing. */
export async function unlessMissing<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAwsError(error, ...(codes.length === 0 ? ["ResourceNotFoundException"] : codes))) return undefined;
    throw error;
  }
}

/** Live properties as a read answers them: what is undefined is left out, at any depth. */
export function present(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [[name, withoutGaps(value)]])),
  );
}

function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGaps);
  return isProperties(value) && !(value instanceof Date) ? present(value) : value;
}

/** Undefined for a list or an object with nothing in it, which the services answer for what was never set. */
export function unlessEmpty<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

/** Live tags in CloudFormation's form, without those that AWS puts on by itself (`aws:…`); undefined when there are none. */
export function shownTags(
  tags:
    | Readonly<Record<string, string>>
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined,
): { Key: string; Value: string }[] | undefined {
  const pairs: [string, string][] = Array.isArray(tags)
    ? tags.map(({ Key = "", Value = "" }: { Key?: string; Value?: string }) => [Key, Value])
    : Object.entries(tags ?? {});
  return unlessEmpty(pairs.filter(([Key]) => !Key.startsWith("aws:")).map(([Key, Value]) => ({ Key, Value })));
}

/** A document as a template has it: parsed; as it is where it is no JSON. */
export function parsedDocument(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * A live value as the template writes it, where that means the same (a name and an ARN of one function): no drift. `meaning` reads either.
 */
export function asWritten(
  written: unknown,
  live: string | undefined,
  meaning: (text: string) => string,
): string | undefined {
  return typeof written === "string" && live !== undefined && meaning(written) === meaning(live) ? written : live;
}
