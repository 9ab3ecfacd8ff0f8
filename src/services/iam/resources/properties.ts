/** Reads the properties of a resource in a template: what has the wrong type is told by name. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ResourceRequest, ResourceUpdate } from "../../../service.ts";
import type { Tag } from "../state.ts";

type Properties = Readonly<Record<string, unknown>>;

function wrong(name: string, wanted: string): AwsError {
  return new AwsError("ValidationError", `Property validation failure: Value of property {/${name}} must be ${wanted}`);
}

/** A text; numbers and booleans are taken as CloudFormation takes them. */
export function optionalText(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrong(name, "of type String");
}

export function text(properties: Properties, name: string): string {
  const value = optionalText(properties, name);
  if (value === undefined)
    throw new AwsError(
      "ValidationError",
      `Property validation failure: Encountered missing required property {/${name}}`,
    );
  return value;
}

export function optionalNumber(properties: Properties, name: string): number | undefined {
  const value = optionalText(properties, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) throw wrong(name, "of type Number");
  return number;
}

/** A list of texts; absent is empty. */
export function texts(properties: Properties, name: string): string[] {
  const value = properties[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(name, "of type List of String");
  return value.map((item: unknown) => text({ [name]: item }, name));
}

/** A list of objects; absent is empty. */
export function objects(properties: Properties, name: string): Properties[] {
  const value = properties[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(name, "of type List");
  return value.map((item: unknown) => object({ [name]: item }, name));
}

export function object(properties: Properties, name: string): Properties {
  const value = properties[name];
  if (!isObject(value)) throw wrong(name, "an object");
  return value;
}

/** A policy document: an object in the template, or its text. */
export function policyText(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : JSON.stringify(object(properties, name));
}

/** Tags of the resource over those of its stack. `aws:cloudformation:…` stays out: nobody but AWS may write `aws:` tags. */
export function tagsOf(request: Pick<ResourceRequest, "properties" | "tags">): Tag[] {
  const tags = new Map(Object.entries(request.tags).filter(([key]) => !key.startsWith("aws:")));
  for (const tag of objects(request.properties, "Tags")) tags.set(text(tag, "Key"), text(tag, "Value"));
  return Array.from(tags, ([Key, Value]) => ({ Key, Value }));
}

/** Keys of tags that the template or the stack had and no longer has. */
export function droppedTagKeys(
  { previousProperties, previousTags }: Pick<ResourceUpdate, "previousProperties" | "previousTags">,
  tags: readonly Tag[],
): string[] {
  const kept = new Set(tags.map(({ Key }) => Key));
  const before = tagsOf({ properties: previousProperties, tags: previousTags });
  return before.map(({ Key }) => Key).filter((key) => !kept.has(key));
}

/** Inline policies by name, as `Policies` has them. */
export function inlinePolicies(properties: Properties): Map<string, string> {
  return new Map(
    objects(properties, "Policies").map((policy) => [text(policy, "PolicyName"), policyText(policy, "PolicyDocument")]),
  );
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
