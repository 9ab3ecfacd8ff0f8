/** Where a value stands in a resource's properties, and what AWS's schema says that it is there. */
import { member, type PropertyType, type ResourceSchema } from "../../../template/schema/resource-schema.ts";

export interface Place {
  /** A JSON pointer (RFC 6901); empty for the resource itself. */
  readonly path: string;
  /** The property that it is the value of; empty for an element of a list. */
  readonly name: string;
  /** True inside a document, where everything says something. */
  readonly document: boolean;
  readonly schema: ResourceSchema | undefined;
  /** Undefined where AWS publishes nothing of it. */
  readonly type: PropertyType | undefined;
}

export function rootOf(schema: ResourceSchema | undefined): Place {
  return { path: "", name: "", document: false, schema, type: undefined };
}

/** A member of the object at `place`. */
export function memberOf({ path, document, schema, type }: Place, name: string): Place {
  const at = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return { path: at, name, document, schema, type: memberType(schema, path === "" ? undefined : type, name, path) };
}

/** An element of the list at `place`. */
export function elementOf({ path, document, schema, type }: Place, index: number): Place {
  const element = type?.type === "array" ? type.element : undefined;
  return { path: `${path}/${index}`, name: "", document, schema, type: element };
}

function memberType(
  schema: ResourceSchema | undefined,
  type: PropertyType | undefined,
  name: string,
  path: string,
): PropertyType | undefined {
  if (schema === undefined) return undefined;
  if (path === "") return member(schema.properties, name)?.type;
  if (type?.type === "map") return type.element;
  if (type?.type === "ref") return member(member(schema.definitions, type.name) ?? {}, name)?.type;
  if (type?.type !== "union") return undefined;
  return type.types.map((one) => memberType(schema, one, name, path)).find((found) => found !== undefined);
}

/** Policy documents and other JSON of any form: compared as what it means. */
export function isDocument({ name, type }: Place): boolean {
  return type?.type === "json" || name.endsWith("PolicyDocument");
}

/** An object whose member names are the user's: a member more is a difference. */
export function isMap({ type }: Place): boolean {
  return type?.type === "map";
}
