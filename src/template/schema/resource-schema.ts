/**
 * What AWS publishes of a resource type: its properties and their types, what is required, what may only be read, what a change
 * replaces. `scripts/extract-schemas.mjs` writes them in this very form to dist/schemas.
 */

/** The type of a property's value. */
export type PropertyType =
  | StringType
  | NumberType
  | { readonly type: "boolean" | "date-time" }
  /** `json` is an object of any form, or its text; `tag` a Key and a Value. */
  | { readonly type: "json" }
  | { readonly type: "tag"; readonly optional?: readonly ("Key" | "Value")[] }
  | ListType
  | { readonly type: "map"; readonly element: PropertyType }
  /** An object with the properties that the schema's `definitions` has under `name`. */
  | { readonly type: "ref"; readonly name: string }
  | { readonly type: "union"; readonly types: readonly PropertyType[] };

export interface StringType {
  readonly type: "string";
  readonly allowedValues?: readonly string[];
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Found anywhere in the text. */
  readonly pattern?: string;
}

export interface NumberType {
  readonly type: "number" | "integer";
  readonly allowedValues?: readonly number[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ListType {
  readonly type: "array";
  readonly element: PropertyType;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** One property, of a resource or of an object inside it. */
export interface PropertySchema {
  readonly type: PropertyType;
  /** Absent: it may be left out. */
  readonly required?: true;
  /** "Update requires" of the reference: absent where a change replaces nothing. */
  readonly replacement?: "always" | "conditional";
  /** What AWS takes when it is absent, in words. */
  readonly defaultValue?: string;
  readonly deprecated?: true;
  /** The resources that it takes the name of: type and attribute, such as `AWS::IAM::Role` and `Arn`. */
  readonly refersTo?: readonly { readonly type: string; readonly attribute: string }[];
}

export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

/** A resource type as AWS publishes it. Read its records with `own`-like care: keys come from templates. */
export interface ResourceSchema {
  /** `AWS::Lambda::Function`. */
  readonly name: string;
  readonly properties: PropertySchemas;
  /** What Fn::GetAtt gives, by its name with dots. What is not a property as well may not be set. */
  readonly attributes: Readonly<Record<string, PropertyType>>;
  /** The objects that properties of type `ref` are. */
  readonly definitions: Readonly<Record<string, PropertySchemas>>;
  /** The properties or attributes that tell one resource from all others ("primaryIdentifier"). */
  readonly primaryIdentifier?: readonly string[];
  /** What `Ref` gives, where that is something else. */
  readonly refIdentifier?: readonly string[];
  /** The property that takes tags: a list of Key and Value, the same with PropagateAtLaunch, or a map. */
  readonly tags?: { readonly property: string; readonly variant: "standard" | "asg" | "map" };
  /** Paths whose change replaces the resource, beside those that say so themselves. */
  readonly replacementPaths?: readonly (readonly string[])[];
  /** The transform without which the type does not exist (`AWS::Serverless-2016-10-31`). */
  readonly transform?: string;
}

/** The published types; a type is read when it is first asked for. */
export interface SchemaCatalogue {
  get(type: string): ResourceSchema | undefined;
  /** Every type's name, in alphabetical order. */
  names(): Iterable<string>;
}

/** The member called `key`, never something inherited. */
export function member<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** `AWS::…::Tag`, as nearly all types that have tags define it. */
export const TAG: PropertySchemas = {
  Key: { type: { type: "string" }, required: true },
  Value: { type: { type: "string" }, required: true },
};
